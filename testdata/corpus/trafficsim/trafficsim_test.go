package trafficsim

import "testing"

var (
	fast   []*Car
	traces []Trace
)

func BenchmarkRun(b *testing.B) {
	s := New(40, 50, 1)
	for b.Loop() {
		s.Run(s.now + 1)
	}
}

func BenchmarkDense(b *testing.B) {
	s := New(48, 8, 2)
	for b.Loop() {
		s.Run(s.now + 1)
	}
}

func BenchmarkSpeeding(b *testing.B) {
	s := New(40, 50, 3)
	for b.Loop() {
		fast = s.Speeding()
	}
}

func BenchmarkRecord(b *testing.B) {
	s := New(40, 50, 4)
	for b.Loop() {
		traces = s.Record(50, 0.02)
	}
}
