// Package eventsim simulates customers in front of counters, event by event.
package eventsim

import (
	"container/heap"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sort"
)

// Kind says what happens.
type Kind uint8

// The kinds of events.
const (
	Arrive Kind = iota
	Start
	Leave
)

// Event is something that happens to a customer.
type Event struct {
	At       float64
	Customer int32
	Counter  int32
	Kind     Kind
}

type agenda []Event

func (a agenda) Len() int           { return len(a) }
func (a agenda) Less(i, j int) bool { return a[i].At < a[j].At }
func (a agenda) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }

func (a *agenda) Push(x any) { *a = append(*a, x.(Event)) }

func (a *agenda) Pop() any {
	last := len(*a) - 1
	e := (*a)[last]
	*a = (*a)[:last]
	return e // want ML05
}

// Counter serves one customer at a time.
type Counter struct {
	queue []int32
	busy  bool
	Idle  float64
	since float64
}

// Visit is what happened to a customer.
type Visit struct {
	Arrived, Started, Left float64
}

// Wait is how long the customer stood in the queue.
func (v Visit) Wait() float64 { return v.Started - v.Arrived }

// Config describes a day.
type Config struct {
	Counters  int
	Customers int
	// Gap and Service are means, in minutes.
	Gap, Service float64
	Seed         uint64
}

// Sim is a day of simulation.
type Sim struct {
	cfg      Config
	rng      *rand.Rand
	agenda   agenda
	counters []Counter
	visits   []Visit
	now      float64
	hooks    []func(Event)
	// Log gets a line for each customer that leaves, if it is set.
	Log io.Writer
}

var errConfig = errors.New("eventsim: nothing to simulate")

// New prepares a day.
func New(cfg Config) (*Sim, error) {
	if cfg.Counters <= 0 || cfg.Customers <= 0 {
		return nil, errConfig
	}
	return &Sim{
		cfg:      cfg,
		rng:      rand.New(rand.NewPCG(cfg.Seed, 1)),
		agenda:   make(agenda, 0, cfg.Counters+1),
		counters: make([]Counter, cfg.Counters),
		visits:   make([]Visit, cfg.Customers),
	}, nil
}

// OnEvent calls f with each event.
func (s *Sim) OnEvent(f func(Event)) { s.hooks = append(s.hooks, f) }

func (s *Sim) schedule(e Event) {
	heap.Push(&s.agenda, e) // want ML05
}

// Run simulates until the last customer has left.
func (s *Sim) Run() []Visit {
	s.schedule(Event{At: s.rng.ExpFloat64() * s.cfg.Gap, Kind: Arrive})
	for len(s.agenda) > 0 {
		e := heap.Pop(&s.agenda).(Event)
		s.now = e.At
		switch e.Kind {
		case Arrive:
			s.arrive(e)
		case Start:
			s.start(e)
		case Leave:
			s.leave(e)
		}
		for _, f := range s.hooks {
			f(e)
		}
	}
	return s.visits
}

func (s *Sim) arrive(e Event) {
	s.visits[e.Customer].Arrived = s.now
	best := 0
	for i := range s.counters {
		if len(s.counters[i].queue) < len(s.counters[best].queue) {
			best = i
		}
	}
	c := &s.counters[best]
	c.queue = append(c.queue, e.Customer) // ok ML01 ML07
	if !c.busy {
		s.next(int32(best))
	}
	if next := e.Customer + 1; int(next) < s.cfg.Customers {
		s.schedule(Event{At: s.now + s.rng.ExpFloat64()*s.cfg.Gap, Customer: next, Kind: Arrive})
	}
}

func (s *Sim) next(counter int32) {
	c := &s.counters[counter]
	if len(c.queue) == 0 {
		c.busy, c.since = false, s.now
		return
	}
	if !c.busy {
		c.busy = true
		c.Idle += s.now - c.since
	}
	s.schedule(Event{At: s.now, Customer: c.queue[0], Counter: counter, Kind: Start})
	c.queue = c.queue[1:]
}

func (s *Sim) start(e Event) {
	s.visits[e.Customer].Started = s.now
	e.At += s.rng.ExpFloat64() * s.cfg.Service
	e.Kind = Leave
	s.schedule(e)
}

func (s *Sim) leave(e Event) {
	s.visits[e.Customer].Left = s.now
	s.logf("%8.2f customer %d leaves counter %d\n", s.now, e.Customer, e.Counter) // want ML05 ok ML11
	s.next(e.Counter)
}

func (s *Sim) logf(format string, args ...any) {
	if s.Log != nil {
		fmt.Fprintf(s.Log, format, args...)
	}
}

// Quantiles returns the waiting times that the shares qs of all customers do not exceed.
func Quantiles(visits []Visit, qs ...float64) []float64 {
	waits := make([]float64, len(visits)) // ok ML03 ML07
	for i, v := range visits {
		waits[i] = v.Wait()
	}
	sort.Float64s(waits)
	out := make([]float64, len(qs))
	for i, q := range qs {
		out[i] = waits[int(q*float64(len(waits)-1))]
	}
	return out
}

type ranking struct {
	ids   []int
	score []float64
}

func (r ranking) Len() int           { return len(r.ids) }
func (r ranking) Less(i, j int) bool { return r.score[r.ids[i]] > r.score[r.ids[j]] }
func (r ranking) Swap(i, j int)      { r.ids[i], r.ids[j] = r.ids[j], r.ids[i] }

// Busiest orders the counters by how little they stood idle.
func (s *Sim) Busiest() []int {
	r := ranking{ids: make([]int, len(s.counters)), score: make([]float64, len(s.counters))}
	for i := range s.counters {
		r.ids[i], r.score[i] = i, -s.counters[i].Idle
	}
	sort.Sort(r)
	return slices.Clip(r.ids)
}
