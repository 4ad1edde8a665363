// Package flock moves a flock of birds the way Reynolds described it.
package flock

import (
	"math"
	"math/rand"
)

// Bird is one member of the flock.
type Bird struct {
	ID       int
	Pos, Vel Vec
	near     []*Bird
}

// Rule is something that a bird strives for.
type Rule interface {
	Steer(b *Bird) *Vec
}

// World is the sky, a torus of the given size.
type World struct {
	W, H     float64
	Sight    float64
	MaxSpeed float64
	Rules    []Rule

	birds []*Bird
	cells map[cell][]*Bird
}

type cell struct{ x, y int32 }

// New fills a world with n birds.
func New(w, h float64, n int, rng *rand.Rand) *World {
	world := &World{W: w, H: h, Sight: 18, MaxSpeed: 4, cells: make(map[cell][]*Bird)}
	world.birds = make([]*Bird, 0, n)
	for i := range n {
		world.birds = append(world.birds, &Bird{
			ID:  i,
			Pos: Vec{rng.Float64() * w, rng.Float64() * h},
			Vel: Vec{rng.NormFloat64(), rng.NormFloat64()},
		})
	}
	world.Rules = []Rule{
		Separate{Radius: 5, Weight: 1.6},
		Align{Weight: 1},
		Cohere{Weight: 0.8},
	}
	return world
}

func (w *World) cellOf(p Vec) cell {
	return cell{int32(p.X / w.Sight), int32(p.Y / w.Sight)}
}

// index puts the birds into cells as wide as they see.
func (w *World) index() {
	for c, bs := range w.cells {
		w.cells[c] = bs[:0]
	}
	for _, b := range w.birds {
		c := w.cellOf(b.Pos)
		w.cells[c] = append(w.cells[c], b)
	}
}

func (w *World) look(b *Bird) {
	b.near = b.near[:0]
	at := w.cellOf(b.Pos)
	for dx := int32(-1); dx <= 1; dx++ {
		for dy := int32(-1); dy <= 1; dy++ {
			for _, o := range w.cells[cell{at.x + dx, at.y + dy}] {
				if o != b && o.Pos.Sub(b.Pos).Len2() < w.Sight*w.Sight {
					b.near = append(b.near, o)
				}
			}
		}
	}
}

// Step moves all birds by one unit of time.
func (w *World) Step() {
	w.index()
	for _, b := range w.birds {
		w.look(b)
	}
	for _, b := range w.birds {
		var force Vec
		for _, r := range w.Rules {
			if f := r.Steer(b); f != nil {
				force = force.Add(*f)
			}
		}
		b.Vel = b.Vel.Add(force.Scale(0.1)).Limit(w.MaxSpeed)
	}
	for _, b := range w.birds {
		b.Pos = b.Pos.Add(b.Vel)
		b.Pos.X = wrap(b.Pos.X, w.W)
		b.Pos.Y = wrap(b.Pos.Y, w.H)
	}
}

func wrap(x, size float64) float64 {
	x = math.Mod(x, size)
	if x < 0 {
		x += size
	}
	return x
}

// Snapshot is a picture of the flock that can be drawn while it flies on.
func (w *World) Snapshot() []Bird {
	out := make([]Bird, len(w.birds))
	for i, b := range w.birds {
		out[i] = Bird{ID: b.ID, Pos: b.Pos, Vel: b.Vel}
	}
	return out
}
