// Package timerwheel fires many coarse timers cheaply.
package timerwheel

import (
	"errors"
	"slices"
	"sync"
	"time"
)

const (
	levels    = 4
	slotBits  = 6
	slots     = 1 << slotBits
	slabTimer = 256
)

// ErrTooFar is returned for delays beyond the wheel's reach.
var ErrTooFar = errors.New("timerwheel: delay too long")

type timer struct {
	due        uint64
	gen        uint32
	armed      bool
	fn         func(now time.Time)
	prev, next *timer
}

// Handle names a started timer.
type Handle struct {
	t   *timer
	gen uint32
}

// Wheel holds timers by the tick they are due at.
type Wheel struct {
	mu    sync.Mutex
	tick  time.Duration
	start time.Time
	now   uint64
	ring  [levels][slots]timer
	free  *timer
	due   []*timer
	fns   []func(now time.Time)
	armed int
}

// New returns a wheel that begins at start.
func New(tick time.Duration, start time.Time) *Wheel {
	w := &Wheel{tick: tick, start: start}
	for l := range w.ring {
		for s := range w.ring[l] {
			head := &w.ring[l][s]
			head.prev, head.next = head, head
		}
	}
	return w
}

func (w *Wheel) get() *timer {
	if w.free == nil {
		slab := make([]timer, slabTimer)
		for i := range slab {
			slab[i].next = w.free
			w.free = &slab[i]
		}
	}
	t := w.free
	w.free = t.next
	return t
}

func (w *Wheel) put(t *timer) {
	t.gen++
	t.armed = false
	t.fn = nil
	t.prev, t.next = nil, w.free
	w.free = t
}

func (w *Wheel) place(t *timer) {
	distance := t.due - w.now
	level := 0
	for distance >= slots && level < levels-1 {
		distance >>= slotBits
		level++
	}
	head := &w.ring[level][t.due>>(slotBits*level)&(slots-1)]
	t.prev, t.next = head.prev, head
	t.prev.next, head.prev = t, t
}

// After calls fn once d has gone by.
func (w *Wheel) After(d time.Duration, fn func(now time.Time)) (Handle, error) {
	ticks := uint64(max((d+w.tick-1)/w.tick, 1))
	if ticks >= 1<<(slotBits*levels) {
		return Handle{}, ErrTooFar
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.get()
	t.due, t.fn, t.armed = w.now+ticks, fn, true
	w.place(t)
	w.armed++
	return Handle{t, t.gen}, nil
}

// Stop takes a timer back and tells whether it was still to fire.
func (w *Wheel) Stop(h Handle) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if h.t == nil || h.t.gen != h.gen || !h.t.armed {
		return false
	}
	h.t.prev.next, h.t.next.prev = h.t.next, h.t.prev
	w.put(h.t)
	w.armed--
	return true
}

// Advance fires all timers due by now, in the order of their ticks.
func (w *Wheel) Advance(now time.Time) int {
	w.mu.Lock()
	target := uint64(now.Sub(w.start) / w.tick)
	w.due = w.due[:0]
	for w.now < target {
		w.now++
		w.cascade()
		head := &w.ring[0][w.now&(slots-1)]
		for t := head.next; t != head; t = t.next {
			w.due = append(w.due, t)
		}
		head.prev, head.next = head, head
	}
	// A callback may start timers, so the wheel is not held meanwhile, and its list is taken away.
	fns := w.fns[:0]
	w.fns = nil
	for _, t := range w.due {
		fns = append(fns, t.fn)
		w.put(t)
	}
	w.armed -= len(fns)
	w.mu.Unlock()

	n := len(fns)
	for _, fn := range fns {
		fn(now)
	}
	clear(fns)
	w.mu.Lock()
	w.fns = fns
	w.mu.Unlock()
	return n
}

func (w *Wheel) cascade() {
	for level := 1; level < levels && w.now&(1<<(slotBits*level)-1) == 0; level++ {
		head := &w.ring[level][w.now>>(slotBits*level)&(slots-1)]
		t := head.next
		head.prev, head.next = head, head
		for t != head {
			next := t.next
			w.place(t)
			t = next
		}
	}
}

// Pending lists when the armed timers are due, soonest first.
func (w *Wheel) Pending() []time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]time.Time, 0, w.armed)
	for l := range w.ring {
		for s := range w.ring[l] {
			head := &w.ring[l][s]
			for t := head.next; t != head; t = t.next {
				out = append(out, w.start.Add(time.Duration(t.due)*w.tick))
			}
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return out
}
