// Package shardcache keeps values for a while, spread over locks.
package shardcache

import (
	"context"
	"hash/maphash"
	"iter"
	"sync"
	"sync/atomic"
	"time"
)

const shards = 16

type entry[V any] struct {
	value   V
	expires atomic.Int64
	hits    atomic.Uint32
}

type shard[K comparable, V any] struct {
	mu      sync.RWMutex
	entries map[K]*entry[V]
	calls   map[K]*call[V]
}

type call[V any] struct {
	done  chan struct{}
	value V
	err   error
}

// Loader gets a value that is not in the cache.
type Loader[K comparable, V any] func(ctx context.Context, key K) (V, error)

// Cache is safe for concurrent use.
type Cache[K comparable, V any] struct {
	seed   maphash.Seed
	ttl    time.Duration
	clock  func() time.Time
	load   Loader[K, V]
	shards [shards]shard[K, V]
}

// New returns a cache for about n values.
func New[K comparable, V any](n int, ttl time.Duration, load Loader[K, V]) *Cache[K, V] {
	c := &Cache[K, V]{seed: maphash.MakeSeed(), ttl: ttl, clock: time.Now, load: load}
	for i := range c.shards {
		c.shards[i].entries = make(map[K]*entry[V], n/shards+n/shards/4)
		c.shards[i].calls = make(map[K]*call[V])
	}
	return c
}

func (c *Cache[K, V]) shard(key K) *shard[K, V] {
	return &c.shards[maphash.Comparable(c.seed, key)%shards]
}

// Get returns the value of a key. Callers that miss at the same time share one load.
func (c *Cache[K, V]) Get(ctx context.Context, key K) (V, error) {
	s := c.shard(key)
	now := c.clock().UnixNano()
	s.mu.RLock()
	e, ok := s.entries[key]
	s.mu.RUnlock()
	if ok && e.expires.Load() > now {
		e.hits.Add(1)
		return e.value, nil
	}
	return c.miss(ctx, s, key)
}

func (c *Cache[K, V]) miss(ctx context.Context, s *shard[K, V], key K) (V, error) {
	s.mu.Lock()
	if running, ok := s.calls[key]; ok {
		s.mu.Unlock()
		select {
		case <-running.done:
			return running.value, running.err
		case <-ctx.Done():
			var none V
			return none, ctx.Err()
		}
	}
	own := &call[V]{done: make(chan struct{})}
	s.calls[key] = own
	s.mu.Unlock()

	own.value, own.err = c.load(ctx, key)

	s.mu.Lock()
	delete(s.calls, key)
	if own.err == nil {
		e := &entry[V]{value: own.value}
		e.expires.Store(c.clock().Add(c.ttl).UnixNano())
		s.entries[key] = e
	}
	s.mu.Unlock()
	close(own.done)
	return own.value, own.err
}

// Len counts the values, those too old among them.
func (c *Cache[K, V]) Len() int {
	n := 0
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.RLock()
		n += len(s.entries)
		s.mu.RUnlock()
	}
	return n
}

// All walks the values that are not too old.
func (c *Cache[K, V]) All() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		now := c.clock().UnixNano()
		for i := range c.shards {
			if !c.shards[i].each(now, yield) {
				return
			}
		}
	}
}

func (s *shard[K, V]) each(now int64, yield func(K, V) bool) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for k, e := range s.entries {
		if e.expires.Load() > now && !yield(k, e.value) {
			return false
		}
	}
	return true
}

// Snapshot copies the values out.
func (c *Cache[K, V]) Snapshot() map[K]V {
	out := make(map[K]V, c.Len())
	for k, v := range c.All() {
		out[k] = v
	}
	return out
}

// Expired lists the keys of the values that are too old.
func (c *Cache[K, V]) Expired() []K {
	var old []K
	now := c.clock().UnixNano()
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.RLock()
		for k, e := range s.entries {
			if e.expires.Load() <= now {
				old = append(old, k)
			}
		}
		s.mu.RUnlock()
	}
	return old
}

// Drop removes keys.
func (c *Cache[K, V]) Drop(keys ...K) {
	for _, k := range keys {
		s := c.shard(k)
		s.mu.Lock()
		delete(s.entries, k)
		s.mu.Unlock()
	}
}
