// Package gauges counts and measures what a service does.
package gauges

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Counter only goes up.
type Counter struct{ n atomic.Int64 }

// Add adds to the counter.
func (c *Counter) Add(n int64) { c.n.Add(n) }

// Value returns the sum of what was added.
func (c *Counter) Value() int64 { return c.n.Load() }

const buckets = 32

// Timer counts time spans in buckets, each twice as wide as the one before.
type Timer struct {
	counts [buckets]atomic.Uint64
	sum    atomic.Int64
}

// Observe adds a time span.
func (t *Timer) Observe(d time.Duration) {
	i := 0
	if us := d.Microseconds(); us > 0 {
		i = min(int(math.Log2(float64(us)))+1, buckets-1)
	}
	t.counts[i].Add(1)
	t.sum.Add(int64(d))
}

// TimerState is what a timer has seen up to some moment.
type TimerState struct {
	Name   string
	Labels string
	Counts [buckets]uint64
	Total  uint64
	Sum    time.Duration
}

// Quantile returns a time span which the part q of all is shorter than.
func (s *TimerState) Quantile(q float64) time.Duration {
	rank := uint64(q * float64(s.Total))
	var seen uint64
	for i, c := range s.Counts {
		if seen += c; seen > rank {
			return time.Duration(1<<i) * time.Microsecond
		}
	}
	return 0
}

// Registry knows all counters and timers by their names.
type Registry struct {
	mu       sync.RWMutex
	counters map[string]*Counter
	timers   map[key]*Timer
}

type key struct{ name, labels string }

// New returns an empty registry.
func New() *Registry {
	return &Registry{counters: make(map[string]*Counter), timers: make(map[key]*Timer)}
}

// Counter returns the counter of the given name, which is made when it is asked for first.
func (r *Registry) Counter(name string) *Counter {
	r.mu.RLock()
	c := r.counters[name]
	r.mu.RUnlock()
	if c != nil {
		return c
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if c = r.counters[name]; c == nil {
		c = new(Counter)
		r.counters[name] = c
	}
	return c
}

// Timer returns the timer of the given name and labels.
func (r *Registry) Timer(name string, labels ...string) *Timer {
	k := key{name, strings.Join(labels, ",")}
	r.mu.RLock()
	t := r.timers[k]
	r.mu.RUnlock()
	if t != nil {
		return t
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if t = r.timers[k]; t == nil {
		t = &Timer{}
		r.timers[k] = t
	}
	return t
}

// State is what all counters and timers held at one moment. Nothing changes it later.
type State struct {
	At       time.Time
	Counters map[string]int64
	Timers   []TimerState
}

// State takes a picture to be sent or compared with a later one.
func (r *Registry) State(at time.Time) *State {
	r.mu.RLock()
	defer r.mu.RUnlock()
	s := &State{
		At:       at,
		Counters: make(map[string]int64, len(r.counters)),
		Timers:   make([]TimerState, 0, len(r.timers)),
	}
	for name, c := range r.counters {
		s.Counters[name] = c.Value()
	}
	for k, t := range r.timers {
		s.Timers = append(s.Timers, TimerState{Name: k.name, Labels: k.labels})
		ts := &s.Timers[len(s.Timers)-1]
		for i := range t.counts {
			ts.Counts[i] = t.counts[i].Load()
			ts.Total += ts.Counts[i]
		}
		ts.Sum = time.Duration(t.sum.Load())
	}
	slices.SortFunc(s.Timers, func(a, b TimerState) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Labels, b.Labels))
	})
	return s
}

// Since returns what was counted between two states.
func (s *State) Since(old *State) map[string]int64 {
	out := make(map[string]int64)
	for name, n := range s.Counters {
		if d := n - old.Counters[name]; d != 0 {
			out[name] = d
		}
	}
	return out
}
