package timerwheel

import (
	"testing"
	"time"
)

var (
	pending []time.Time
	wheel   *Wheel
)

var start = time.Unix(1_700_000_000, 0)

func nothing(time.Time) {}

func BenchmarkFill(b *testing.B) {
	for b.Loop() {
		wheel = New(time.Millisecond, start)
		for i := range 2000 {
			if _, err := wheel.After(time.Duration(i*37)*time.Millisecond, nothing); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkChurn(b *testing.B) {
	w := New(time.Millisecond, start)
	now := start
	for b.Loop() {
		for i := range 50 {
			h, err := w.After(time.Duration(1+i*7%90)*time.Millisecond, nothing)
			if err != nil {
				b.Fatal(err)
			}
			if i%3 == 0 {
				w.Stop(h)
			}
		}
		now = now.Add(20 * time.Millisecond)
		w.Advance(now)
	}
}

func BenchmarkPending(b *testing.B) {
	w := New(time.Millisecond, start)
	for i := range 500 {
		if _, err := w.After(time.Duration(i*37)*time.Millisecond, nothing); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		pending = w.Pending()
	}
}
