// Package sessionbus tells the parts of a gateway of sessions that begin and end.
package sessionbus

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Session is one connection of a client.
type Session struct {
	ID        [16]byte
	User      string
	Device    string
	Remote    string
	Opened    time.Time
	Seen      time.Time
	BytesIn   uint64
	BytesOut  uint64
	Limits    [8]uint32
	Scopes    [6]string
	Suspended bool
}

// ErrClosed is returned after Close.
var ErrClosed = errors.New("sessionbus: closed")

// Handler looks at a session, which it must not change.
type Handler interface {
	Handle(s *Session) error
}

// Workers runs a handler for sessions in the background.
type Workers struct {
	handler Handler
	tasks   chan func()
	wg      sync.WaitGroup
	closed  atomic.Bool
}

// NewWorkers starts n workers.
func NewWorkers(n int, h Handler) *Workers {
	w := &Workers{handler: h, tasks: make(chan func(), 4*n)}
	for range n {
		w.wg.Go(func() {
			for task := range w.tasks {
				task()
			}
		})
	}
	return w
}

// Submit hands s to a worker, which calls done when it is through.
func (w *Workers) Submit(ctx context.Context, s Session, done func(error)) error { // want ML08 ok ML05
	if w.closed.Load() {
		return ErrClosed
	}
	task := func() { done(w.handler.Handle(&s)) } // ok ML05
	select {
	case w.tasks <- task:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("sessionbus: submit: %w", ctx.Err())
	}
}

// Close waits for the workers.
func (w *Workers) Close() {
	if !w.closed.Swap(true) {
		close(w.tasks)
		w.wg.Wait()
	}
}

// Recent keeps the sessions that ended last.
type Recent struct {
	mu   sync.Mutex
	max  int
	list *list.List
}

// NewRecent keeps up to n sessions.
func NewRecent(n int) *Recent { return &Recent{max: n, list: list.New()} }

// Add stores a session that ended.
func (r *Recent) Add(s *Session) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list.PushFront(*s) // want ML08 ok ML05
	if r.list.Len() > r.max {
		r.list.Remove(r.list.Back())
	}
}

// Of counts the sessions of a user.
func (r *Recent) Of(user string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for el := r.list.Front(); el != nil; el = el.Next() {
		if s := el.Value.(Session); s.User == user {
			n++
		}
	}
	return n
}

// Bus passes sessions on to those who watch.
type Bus struct {
	mu       sync.RWMutex
	watchers map[*Watcher]struct{}
}

// Watcher gets the sessions of one user.
type Watcher struct {
	C    <-chan Session
	c    chan Session
	user string
}

// NewBus returns a bus without watchers.
func NewBus() *Bus { return &Bus{watchers: make(map[*Watcher]struct{})} }

// Watch begins to watch a user.
func (b *Bus) Watch(user string) *Watcher {
	c := make(chan Session, 32) // want ML08
	w := &Watcher{C: c, c: c, user: user}
	b.mu.Lock()
	b.watchers[w] = struct{}{}
	b.mu.Unlock()
	return w
}

// Unwatch ends it.
func (b *Bus) Unwatch(w *Watcher) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.watchers[w]; ok {
		delete(b.watchers, w)
		close(w.c)
	}
}

// Publish passes s on to the watchers of its user, save those that are behind.
func (b *Bus) Publish(s *Session) (missed int) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for w := range b.watchers {
		if w.user != s.User {
			continue
		}
		select {
		case w.c <- *s:
		default:
			missed++
		}
	}
	return missed
}

// Policy is the set of limits in force.
type Policy struct {
	Version  int
	Changed  time.Time
	Default  [8]uint32
	PerScope map[string]uint32
	Blocked  [12]string
}

// Policies gives the policy in force to many readers.
type Policies struct {
	write   sync.Mutex
	current atomic.Pointer[Policy]
}

// Current returns the policy in force, which nobody changes any more.
func (p *Policies) Current() *Policy { return p.current.Load() }

// Update puts a changed policy into force.
func (p *Policies) Update(now time.Time, change func(*Policy)) {
	p.write.Lock()
	defer p.write.Unlock()
	var next Policy
	if cur := p.current.Load(); cur != nil {
		next = *cur
	}
	change(&next)
	next.Version++
	next.Changed = now
	p.current.Store(&next)
}

// Store holds the open sessions.
type Store struct {
	mu   sync.RWMutex
	open map[[16]byte]*Session
}

// NewStore returns a store for about n sessions.
func NewStore(n int) *Store { return &Store{open: make(map[[16]byte]*Session, n)} }

// Put stores s, which belongs to the store from then on.
func (st *Store) Put(s *Session) {
	st.mu.Lock()
	st.open[s.ID] = s
	st.mu.Unlock()
}

// Suspended copies out the sessions that are suspended.
func (st *Store) Suspended() []Session {
	st.mu.RLock()
	defer st.mu.RUnlock()
	n := 0
	for _, s := range st.open {
		if s.Suspended {
			n++
		}
	}
	out := make([]Session, 0, n)
	for _, s := range st.open {
		if s.Suspended {
			out = append(out, *s)
		}
	}
	return out
}
