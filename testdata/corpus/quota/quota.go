// Package quota limits how often clients may call, and remembers who was refused.
package quota

import (
	"container/heap"
	"errors"
	"hash/maphash"
	"sync"
	"time"
)

// Plan is what a client has paid for.
type Plan struct {
	Name  string
	Rate  float64
	Burst float64
}

// Client is the state of a caller.
type Client struct {
	ID      string
	plan    *Plan
	tokens  float64
	updated time.Time
	expires time.Time
	index   int
}

// expiry orders clients by when they may be forgotten.
type expiry []*Client

func (e expiry) Len() int           { return len(e) }
func (e expiry) Less(i, j int) bool { return e[i].expires.Before(e[j].expires) }

func (e expiry) Swap(i, j int) {
	e[i], e[j] = e[j], e[i]
	e[i].index, e[j].index = i, j
}

func (e *expiry) Push(x any) {
	c := x.(*Client)
	c.index = len(*e)
	*e = append(*e, c)
}

func (e *expiry) Pop() any {
	last := len(*e) - 1
	c := (*e)[last]
	(*e)[last] = nil
	*e = (*e)[:last]
	return c
}

const shards = 16

type shard struct {
	mu      sync.Mutex
	clients map[string]*Client
	expiry  expiry
}

// Limiter knows the clients of a service.
type Limiter struct {
	seed    maphash.Seed
	ttl     time.Duration
	plans   func(id string) *Plan
	shards  [shards]shard
	refused refusals
}

// New returns a limiter for about n clients, which forgets those idle for ttl. The plans
// of new clients come from plans.
func New(n int, ttl time.Duration, plans func(id string) *Plan) *Limiter {
	l := &Limiter{seed: maphash.MakeSeed(), ttl: ttl, plans: plans}
	per := n/shards + n/shards/4 + 1
	for i := range l.shards {
		l.shards[i].clients = make(map[string]*Client, per)
		l.shards[i].expiry = make(expiry, 0, per)
	}
	l.refused.ring = make([]Refusal, 256)
	return l
}

// Errors of Allow.
var (
	ErrLimit = errors.New("quota: limit reached")
	ErrPlan  = errors.New("quota: no plan")
)

// Allow takes cost tokens of a client.
func (l *Limiter) Allow(id string, cost float64, now time.Time) error {
	s := &l.shards[maphash.String(l.seed, id)%shards]
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire(now)
	c, ok := s.clients[id]
	if !ok {
		plan := l.plans(id)
		if plan == nil {
			return ErrPlan
		}
		c = &Client{ID: id, plan: plan, tokens: plan.Burst, updated: now, expires: now.Add(l.ttl)}
		s.clients[id] = c
		heap.Push(&s.expiry, c)
	}
	c.tokens = min(c.plan.Burst, c.tokens+c.plan.Rate*now.Sub(c.updated).Seconds())
	c.updated = now
	if c.tokens < cost {
		l.refused.add(id, c.plan.Name, cost, c.tokens, now)
		return ErrLimit
	}
	c.tokens -= cost
	if exp := now.Add(l.ttl); exp.Sub(c.expires) > l.ttl/8 {
		c.expires = exp
		heap.Fix(&s.expiry, c.index)
	}
	return nil
}

func (s *shard) expire(now time.Time) {
	for len(s.expiry) > 0 && s.expiry[0].expires.Before(now) {
		c := heap.Pop(&s.expiry).(*Client)
		delete(s.clients, c.ID)
	}
}

// Len counts the clients that are known.
func (l *Limiter) Len() int {
	n := 0
	for i := range l.shards {
		s := &l.shards[i]
		s.mu.Lock()
		n += len(s.clients)
		s.mu.Unlock()
	}
	return n
}
