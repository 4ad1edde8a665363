package sessionbus

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync/atomic"
	"testing"
	"time"
)

var (
	suspended []Session
	count     int
)

type tally struct{ in atomic.Uint64 }

func (t *tally) Handle(s *Session) error {
	t.in.Add(s.BytesIn)
	return nil
}

func session(i int) *Session {
	s := &Session{User: fmt.Sprintf("user-%d", i%50), Device: "tablet", BytesIn: uint64(i), Suspended: i%9 == 0}
	binary.BigEndian.PutUint64(s.ID[:], uint64(i))
	return s
}

func BenchmarkSubmit(b *testing.B) {
	w := NewWorkers(2, &tally{})
	defer w.Close()
	s := session(1)
	ctx := context.Background()
	done := func(error) {}
	for b.Loop() {
		if err := w.Submit(ctx, *s, done); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRecent(b *testing.B) {
	r := NewRecent(200)
	s := session(7)
	for b.Loop() {
		for range 20 {
			r.Add(s)
		}
		count = r.Of("user-3")
	}
}

func BenchmarkWatch(b *testing.B) {
	bus := NewBus()
	s := session(7)
	for b.Loop() {
		w := bus.Watch(s.User)
		bus.Publish(s)
		<-w.C
		bus.Unwatch(w)
	}
}

func BenchmarkPolicy(b *testing.B) {
	var p Policies
	now := time.Unix(1_700_000_000, 0)
	for b.Loop() {
		p.Update(now, func(p *Policy) { p.Default[2]++ })
	}
}

func BenchmarkSuspended(b *testing.B) {
	st := NewStore(400)
	for i := range 400 {
		st.Put(session(i))
	}
	for b.Loop() {
		suspended = st.Suspended()
	}
}
