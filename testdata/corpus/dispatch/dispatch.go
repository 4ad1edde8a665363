// Package dispatch hands the messages of devices to those who asked for them.
package dispatch

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Message is what a device sent.
type Message struct {
	Seq    uint64
	Device string
	Topic  string
	At     time.Time
	Values [4]float64
	Flags  uint32
}

// Sink takes messages. It must not keep m after it returns.
type Sink interface {
	Take(m *Message) error
}

// SinkFunc is a function used as a Sink.
type SinkFunc func(m *Message) error

// Take calls f.
func (f SinkFunc) Take(m *Message) error { return f(m) }

// ErrSkip is returned by a sink that does not want to see more of a batch.
var ErrSkip = errors.New("dispatch: skip")

type subscription struct {
	prefix string
	sink   Sink
}

// Hub is where messages come in.
type Hub struct {
	log  *Log
	mu   sync.Mutex // held while subs is replaced
	subs atomic.Pointer[[]subscription]
}

// NewHub returns a hub without subscribers.
func NewHub(log *Log) *Hub {
	h := &Hub{log: log}
	h.subs.Store(new([]subscription))
	return h
}

// Subscribe makes sink see all messages whose topic has the prefix. The slice is
// never changed once it is published, since Publish reads it without the lock.
func (h *Hub) Subscribe(prefix string, sink Sink) (cancel func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	old := *h.subs.Load()
	next := make([]subscription, len(old), len(old)+1)
	copy(next, old)
	next = append(next, subscription{prefix, sink})
	h.subs.Store(&next)
	return func() { h.drop(prefix) }
}

func (h *Hub) drop(prefix string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	old := *h.subs.Load()
	next := make([]subscription, 0, len(old))
	for _, s := range old {
		if s.prefix != prefix {
			next = append(next, s)
		}
	}
	h.subs.Store(&next)
}

// Publish gives each message of the batch to its subscribers.
func (h *Hub) Publish(batch []Message) error {
	subs := *h.subs.Load()
	for _, m := range batch { // want ML05 ok ML08
		h.log.Debug("publish", "seq", m.Seq, "topic", m.Topic, "flags", m.Flags) // want ML05
		for _, s := range subs {
			if !strings.HasPrefix(m.Topic, s.prefix) {
				continue
			}
			if err := s.sink.Take(&m); err != nil && !errors.Is(err, ErrSkip) { // alt ML05
				return fmt.Errorf("dispatch: message %d of %s: %w", m.Seq, m.Device, err)
			}
		}
	}
	return nil
}
