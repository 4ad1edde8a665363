// Package relay passes events on to webhooks.
package relay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"
)

// Event is something that happened to an object.
type Event struct {
	ID     uint64            `json:"id"`
	Kind   string            `json:"kind"`
	Object string            `json:"object"`
	At     time.Time         `json:"at"`
	Attrs  map[string]string `json:"attrs,omitempty"`
}

// Sender delivers a body to an address. It does not keep the body.
type Sender interface {
	Send(url string, body []byte) error
}

type state struct {
	sent, failed uint64
	lastError    string
	lastSent     time.Time
	recent       [8]uint64
}

// Hook is an address and the kinds of events it wants.
type Hook struct {
	URL   string
	Kinds map[string]bool
}

// Relay knows the hooks. Deliver may be called from several goroutines.
type Relay struct {
	hooks  []Hook
	sender Sender
	bodies sync.Pool
	clock  func() time.Time

	mu     sync.Mutex
	states map[string]*state
}

// New returns a relay for the hooks.
func New(hooks []Hook, s Sender) *Relay {
	r := &Relay{hooks: hooks, sender: s, clock: time.Now, states: make(map[string]*state, len(hooks))}
	r.bodies.New = func() any { return new(bytes.Buffer) } // alt ML03
	for _, h := range hooks {
		r.states[h.URL] = &state{}
	}
	return r
}

// Deliver sends e to all hooks that want it and returns the number of those that took it.
func (r *Relay) Deliver(e *Event) (int, error) {
	done := 0
	for i := range r.hooks {
		h := &r.hooks[i]
		if !h.Kinds[e.Kind] {
			continue
		}
		body, err := json.Marshal(e) // want ML11 ok ML03 ML07
		if err != nil {
			return done, fmt.Errorf("relay: event %d: %w", e.ID, err)
		}
		if r.note(h.URL, e.ID, r.sender.Send(h.URL, body)) {
			done++
		}
	}
	return done, nil
}

func (r *Relay) note(url string, id uint64, err error) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	st := r.states[url]
	if err != nil {
		st.failed++
		st.lastError = err.Error()
		return false
	}
	st.recent[st.sent%uint64(len(st.recent))] = id
	st.sent++
	st.lastSent = r.clock()
	return true
}

// Replay sends the events to one address as lines, up to limit bytes a body.
func (r *Relay) Replay(url string, events []Event, limit int) error {
	buf := r.bodies.Get().(*bytes.Buffer)
	buf.Reset()
	enc := json.NewEncoder(buf)
	for i := range events {
		if err := enc.Encode(&events[i]); err != nil { // want ML03 ok ML11
			return fmt.Errorf("relay: replay: %w", err)
		}
		if buf.Len() < limit {
			continue
		}
		if err := r.sender.Send(url, buf.Bytes()); err != nil {
			return fmt.Errorf("relay: replay to %s: %w", url, err)
		}
		buf.Reset()
	}
	if buf.Len() > 0 {
		return r.sender.Send(url, buf.Bytes())
	}
	r.bodies.Put(buf)
	return nil
}

// Status is what is known of a hook.
type Status struct {
	URL      string
	Sent     uint64
	Failed   uint64
	Error    string
	LastSent time.Time
	Recent   []uint64
}

// Statuses lists all hooks in their order.
func (r *Relay) Statuses() []Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]Status, len(r.hooks))
	for i, h := range r.hooks {
		st := r.states[h.URL]
		n := min(st.sent, uint64(len(st.recent)))
		recent := make([]uint64, n)
		copy(recent, st.recent[:n])
		out[i] = Status{h.URL, st.sent, st.failed, st.lastError, st.lastSent, recent}
	}
	return out
}

// Parse reads events, one a line.
func Parse(r io.Reader) ([]Event, error) {
	var out []Event
	dec := json.NewDecoder(r)
	for {
		var e Event           // ok ML05 ML07
		err := dec.Decode(&e) // ok ML11
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("relay: event %d: %w", len(out)+1, err)
		}
		out = append(out, e)
	}
}
