package quota

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// Refusal is a call that was not allowed.
type Refusal struct {
	Client string
	Plan   string
	Reason string
	At     time.Time
	Cost   float64
	Had    float64
	Trace  [8]uint64
}

// refusals keeps the last ones in a ring.
type refusals struct {
	mu   sync.Mutex
	ring []Refusal
	next int
}

func (r *refusals) add(client, plan string, cost, had float64, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	slot := &r.ring[r.next%len(r.ring)]
	*slot = Refusal{Client: client, Plan: plan, Reason: "rate", At: now, Cost: cost, Had: had}
	r.next++
}

// Refused returns the refusals since t, the oldest first.
func (l *Limiter) Refused(t time.Time) []Refusal {
	r := &l.refused
	r.mu.Lock()
	defer r.mu.Unlock()
	n := min(r.next, len(r.ring))
	start := r.next - n
	for n > 0 && r.ring[start%len(r.ring)].At.Before(t) {
		start++
		n--
	}
	out := make([]Refusal, n)
	for i := range out {
		out[i] = r.ring[(start+i)%len(r.ring)]
	}
	return out
}

// Usage is how much of its burst a client has left.
type Usage struct {
	Client string
	Plan   string
	Left   float64
}

// Scarce lists the clients with less than share of their burst left, the scarcest first.
func (l *Limiter) Scarce(share float64) []Usage {
	var out []Usage
	for i := range l.shards {
		s := &l.shards[i]
		s.mu.Lock()
		for id, c := range s.clients {
			if left := c.tokens / c.plan.Burst; left < share {
				out = append(out, Usage{id, c.plan.Name, left})
			}
		}
		s.mu.Unlock()
	}
	slices.SortFunc(out, func(a, b Usage) int {
		return cmp.Or(cmp.Compare(a.Left, b.Left), cmp.Compare(a.Client, b.Client))
	})
	return out
}
