package jobqueue

import (
	"container/heap"
	"sync"
)

// Ticket is a piece of work with a priority. The one who put it in may change the
// priority while it waits.
type Ticket struct {
	Priority int
	Do       func()
	index    int
	arrived  uint64
}

type tickets []*Ticket

func (t tickets) Len() int { return len(t) }

func (t tickets) Less(i, j int) bool {
	if t[i].Priority != t[j].Priority {
		return t[i].Priority > t[j].Priority
	}
	return t[i].arrived < t[j].arrived
}

func (t tickets) Swap(i, j int) {
	t[i], t[j] = t[j], t[i]
	t[i].index, t[j].index = i, j
}

func (t *tickets) Push(x any) {
	k := x.(*Ticket)
	k.index = len(*t)
	*t = append(*t, k)
}

func (t *tickets) Pop() any {
	old := *t
	k := old[len(old)-1]
	old[len(old)-1] = nil
	*t = old[:len(old)-1]
	k.index = -1
	return k
}

// Desk lets tickets wait for their turn.
type Desk struct {
	mu      sync.Mutex
	waiting tickets
	arrived uint64
}

// Put lets do wait, and returns its ticket.
func (d *Desk) Put(priority int, do func()) *Ticket {
	k := &Ticket{Priority: priority, Do: do}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.arrived++
	k.arrived = d.arrived
	heap.Push(&d.waiting, k)
	return k
}

// Raise changes the priority of a ticket, unless its turn has come already.
func (d *Desk) Raise(k *Ticket, priority int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if k.index < 0 {
		return
	}
	k.Priority = priority
	heap.Fix(&d.waiting, k.index)
}

// Serve does the most urgent work, and tells whether there was any.
func (d *Desk) Serve() bool {
	d.mu.Lock()
	if len(d.waiting) == 0 {
		d.mu.Unlock()
		return false
	}
	k := heap.Pop(&d.waiting).(*Ticket)
	d.mu.Unlock()
	k.Do()
	return true
}
