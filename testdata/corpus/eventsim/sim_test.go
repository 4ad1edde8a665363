package eventsim

import (
	"strings"
	"testing"
)

var quantiles []float64

func TestRun(t *testing.T) {
	s, err := New(Config{Counters: 3, Customers: 500, Gap: 1, Service: 2.5, Seed: 4})
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	s.Log = &log
	events := 0
	s.OnEvent(func(Event) { events++ })
	vs := s.Run()
	for _, v := range vs {
		if v.Started < v.Arrived || v.Left < v.Started {
			t.Fatal(v)
		}
	}
	if events != 1500 || len(s.Busiest()) != 3 || strings.Count(log.String(), "\n") != 500 {
		t.Error(events)
	}
}

func BenchmarkDay(b *testing.B) {
	for b.Loop() {
		s, err := New(Config{Counters: 6, Customers: 2000, Gap: 1, Service: 5.5, Seed: 9})
		if err != nil {
			b.Fatal(err)
		}
		quantiles = Quantiles(s.Run(), 0.5, 0.9, 0.99)
	}
}
