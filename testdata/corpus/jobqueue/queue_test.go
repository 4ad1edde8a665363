package jobqueue

import (
	"context"
	"errors"
	"testing"
	"time"
)

var start = time.Unix(1_750_000_000, 0)

type counter struct {
	runs  int
	fails int
}

var errBusy = errors.New("busy")

func (c *counter) Run(context.Context) error {
	c.runs++
	if c.fails > 0 {
		c.fails--
		return errBusy
	}
	return nil
}

func TestRunUntil(t *testing.T) {
	q := New()
	c := &counter{fails: 1}
	q.Add("poll", c, start, 10*time.Second)
	if err := q.RunUntil(context.Background(), start.Add(25*time.Second)); err != nil {
		t.Fatal(err)
	}
	if at, ok := q.Next(); !ok || c.runs != 4 || !at.Equal(start.Add(32*time.Second)) {
		t.Fatal(c.runs, at)
	}
}

func TestDesk(t *testing.T) {
	var d Desk
	var got []int
	for i := range 5 {
		d.Put(i%2, func() { got = append(got, i) })
	}
	d.Raise(d.waiting[len(d.waiting)-1], 9)
	for d.Serve() {
	}
	if len(got) != 5 || got[1] != 1 && got[1] != 3 {
		t.Fatal(got)
	}
}

func BenchmarkRunUntil(b *testing.B) {
	q := New()
	jobs := make([]counter, 200)
	for i := range jobs {
		q.Add("poll", &jobs[i], start.Add(time.Duration(i)*time.Millisecond), time.Duration(5+i%7)*time.Second)
	}
	now := start
	for b.Loop() {
		now = now.Add(time.Second)
		if err := q.RunUntil(context.Background(), now); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDesk(b *testing.B) {
	var d Desk
	served := 0
	work := func() { served++ }
	for b.Loop() {
		for i := range 16 {
			k := d.Put(i%5, work)
			if i%4 == 0 {
				d.Raise(k, 7)
			}
		}
		for d.Serve() {
		}
	}
}
