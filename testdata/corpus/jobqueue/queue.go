// Package jobqueue runs jobs at their time, and again when they fail.
package jobqueue

import (
	"container/heap"
	"context"
	"errors"
	"time"
)

// Job does some work. An error makes the queue try again later.
type Job interface {
	Run(ctx context.Context) error
}

// JobFunc is a function used as a Job.
type JobFunc func(ctx context.Context) error

// Run calls f.
func (f JobFunc) Run(ctx context.Context) error { return f(ctx) }

// ErrStop returned by a job takes it off the queue.
var ErrStop = errors.New("jobqueue: stop")

// task is a job and what happened to it so far.
type task struct {
	name     string
	job      Job
	every    time.Duration
	failures int
	lastErr  error
}

// due is a task's next turn.
type due struct {
	at  time.Time
	seq uint64
	id  int
}

type dueHeap []due

func (h dueHeap) Len() int { return len(h) }

func (h dueHeap) Less(i, j int) bool {
	if !h[i].at.Equal(h[j].at) {
		return h[i].at.Before(h[j].at)
	}
	return h[i].seq < h[j].seq
}

func (h dueHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

func (h *dueHeap) Push(x any) { *h = append(*h, x.(due)) }

func (h *dueHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last // want ML05
}

// Queue holds jobs until their time has come.
type Queue struct {
	Backoff time.Duration
	MaxFail int

	tasks   []*task
	dues    dueHeap
	seq     uint64
	dropped int
}

// New returns an empty queue.
func New() *Queue { return &Queue{Backoff: time.Second, MaxFail: 5} }

// Add makes job run at a time and then at intervals; with none, only once.
func (q *Queue) Add(name string, job Job, at time.Time, every time.Duration) {
	q.tasks = append(q.tasks, &task{name: name, job: job, every: every})
	q.schedule(len(q.tasks)-1, at)
}

func (q *Queue) schedule(id int, at time.Time) {
	q.seq++
	heap.Push(&q.dues, due{at: at, seq: q.seq, id: id}) // want ML05
}

// Next tells when something is to be done next.
func (q *Queue) Next() (time.Time, bool) {
	if len(q.dues) == 0 {
		return time.Time{}, false
	}
	return q.dues[0].at, true
}

// RunUntil runs all that is due at now, oldest first.
func (q *Queue) RunUntil(ctx context.Context, now time.Time) error {
	for len(q.dues) > 0 && !q.dues[0].at.After(now) {
		if err := ctx.Err(); err != nil {
			return err
		}
		d := heap.Pop(&q.dues).(due)
		t := q.tasks[d.id]
		err := t.job.Run(ctx)
		switch {
		case errors.Is(err, ErrStop):
			q.tasks[d.id] = nil
		case err != nil:
			t.lastErr = err
			if t.failures++; t.failures >= q.MaxFail {
				q.dropped++
				continue
			}
			q.schedule(d.id, d.at.Add(q.Backoff<<t.failures))
		default:
			t.failures = 0
			if t.every > 0 {
				q.schedule(d.id, d.at.Add(t.every))
			}
		}
	}
	return nil
}
