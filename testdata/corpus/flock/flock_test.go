package flock

import (
	"math/rand"
	"testing"
)

var (
	world   *World
	picture []Bird
)

func TestStep(t *testing.T) {
	w := New(200, 100, 80, rand.New(rand.NewSource(5)))
	for range 30 {
		w.Step()
	}
	for _, b := range w.Snapshot() {
		if b.Pos.X < 0 || b.Pos.X >= 200 || b.Vel.Len() > w.MaxSpeed+1e-9 {
			t.Fatalf("%+v", b)
		}
	}
}

func BenchmarkFlight(b *testing.B) {
	rng := rand.New(rand.NewSource(8))
	for b.Loop() {
		rng.Seed(8)
		world = New(300, 200, 400, rng)
		for range 24 {
			world.Step()
		}
		picture = world.Snapshot()
	}
}
