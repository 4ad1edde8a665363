// Package store keeps events in shards that goroutines fill.
package store

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"sync"
)

// Event is a fact about a stream.
type Event struct {
	Stream  string
	Version int
	Payload []byte
}

// Store holds streams of events.
type Store struct {
	shards []*shard
	mu     sync.Mutex
	total  int
}

type shard struct {
	mu      sync.Mutex
	streams map[string][]*Event
}

// Open makes a store of some shards.
func Open(shards int) *Store {
	s := new(Store)
	for range shards {
		s.shards = append(s.shards, &shard{streams: make(map[string][]*Event)})
	}
	return s
}

// Append adds an event to its stream and gives the version it got.
func (s *Store) Append(stream string, payload []byte) int {
	home := s.shards[hash(stream)%uint64(len(s.shards))]
	home.mu.Lock()
	defer home.mu.Unlock()
	version := len(home.streams[stream]) + 1
	home.streams[stream] = append(home.streams[stream], newEvent(stream, version, payload))
	s.count()
	return version
}

// count takes the one lock that all writers share.
func (s *Store) count() {
	s.mu.Lock()
	s.total++
	s.mu.Unlock()
}

func newEvent(stream string, version int, payload []byte) *Event {
	return &Event{Stream: stream, Version: version, Payload: append([]byte(nil), payload...)}
}

func hash(text string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(text))
	return h.Sum64()
}

// Fill starts writers that append and waits for them.
func (s *Store) Fill(writers, each int) {
	var wait sync.WaitGroup
	for w := range writers {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for i := range each {
				payload := binary.AppendUvarint(nil, uint64(w*each+i))
				s.Append(fmt.Sprintf("stream-%d", i%50), payload)
			}
		}()
	}
	wait.Wait()
}

// Replay sends every event through a channel to workers that fold them.
func (s *Store) Replay(workers int) map[string]int {
	events := make(chan *Event)
	folded := make(chan map[string]int)
	for range workers {
		go fold(events, folded)
	}
	for _, shard := range s.shards {
		shard.mu.Lock()
		for _, stream := range shard.streams {
			for _, event := range stream {
				events <- event
			}
		}
		shard.mu.Unlock()
	}
	close(events)
	sizes := make(map[string]int)
	for range workers {
		for stream, size := range <-folded {
			sizes[stream] += size
		}
	}
	return sizes
}

func fold(events <-chan *Event, folded chan<- map[string]int) {
	sizes := make(map[string]int)
	for event := range events {
		snapshot := *event
		snapshot.Payload = append(make([]byte, 0, 64), event.Payload...)
		sizes[event.Stream] += len(snapshot.Payload)
	}
	folded <- sizes
}
