package gauges

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

func TestRegistry(t *testing.T) {
	r := New()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 100 {
				r.Counter("hits").Add(1)
				r.Timer("latency", "GET").Observe(time.Duration(i) * time.Millisecond)
			}
		})
	}
	first := r.State(time.Now())
	wg.Wait()
	s := r.State(time.Now())
	if s.Counters["hits"] != 400 || s.Timers[0].Total != 400 || s.Timers[0].Quantile(0.5) < 40*time.Millisecond {
		t.Fatalf("%+v", s)
	}
	_ = s.Since(first)
}

var (
	state  *State
	change map[string]int64
	shared *Registry
)

func filled(n int) *Registry {
	r := New()
	for i := range n {
		r.Counter(names[i]).Add(int64(i))
		r.Timer(names[i]).Observe(time.Duration(i) * time.Millisecond)
	}
	return r
}

var names = func() []string {
	out := make([]string, 120)
	for i := range out {
		out[i] = fmt.Sprintf("service.handler.%03d", i)
	}
	return out
}()

func BenchmarkState(b *testing.B) {
	r := filled(60)
	old := r.State(time.Now())
	for b.Loop() {
		r.Counter(names[7]).Add(1)
		r.Timer(names[7]).Observe(time.Millisecond)
		state = r.State(time.Time{})
		change = state.Since(old)
	}
}

func BenchmarkFill(b *testing.B) {
	for b.Loop() {
		shared = filled(120)
	}
}
