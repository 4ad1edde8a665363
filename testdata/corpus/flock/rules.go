package flock

import "math"

// Vec is a vector in the plane.
type Vec struct{ X, Y float64 }

// Add returns v+o.
func (v Vec) Add(o Vec) Vec { return Vec{v.X + o.X, v.Y + o.Y} }

// Sub returns v-o.
func (v Vec) Sub(o Vec) Vec { return Vec{v.X - o.X, v.Y - o.Y} }

// Scale returns v, k times as long.
func (v Vec) Scale(k float64) Vec { return Vec{v.X * k, v.Y * k} }

// Len returns the length of v.
func (v Vec) Len() float64 { return math.Hypot(v.X, v.Y) }

// Len2 returns the square of the length of v, which is enough to compare.
func (v Vec) Len2() float64 { return v.X*v.X + v.Y*v.Y }

// Limit returns v, made no longer than n.
func (v Vec) Limit(n float64) Vec {
	if l := v.Len(); l > n {
		return v.Scale(n / l)
	}
	return v
}

// Separate keeps birds from bumping into each other.
type Separate struct{ Radius, Weight float64 }

// Steer points away from those who are too near.
func (s Separate) Steer(b *Bird) *Vec {
	var sum Vec
	n := 0
	for _, o := range b.near {
		d := b.Pos.Sub(o.Pos)
		if l2 := d.Len2(); l2 > 0 && l2 < s.Radius*s.Radius {
			sum = sum.Add(d.Scale(1 / l2))
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return &Vec{sum.X * s.Weight, sum.Y * s.Weight} // want ML06 ok ML05
}

// Align makes birds fly where the others fly.
type Align struct{ Weight float64 }

// Steer points towards the mean heading.
func (a Align) Steer(b *Bird) *Vec {
	if len(b.near) == 0 {
		return nil
	}
	var sum Vec
	for _, o := range b.near {
		sum = sum.Add(o.Vel)
	}
	mean := sum.Scale(1 / float64(len(b.near)))
	return &Vec{(mean.X - b.Vel.X) * a.Weight, (mean.Y - b.Vel.Y) * a.Weight} // want ML06 ok ML05
}

// Cohere keeps the flock together.
type Cohere struct{ Weight float64 }

// Steer points towards the middle of the neighbours.
func (c Cohere) Steer(b *Bird) *Vec {
	if len(b.near) == 0 {
		return nil
	}
	var sum Vec
	for _, o := range b.near {
		sum = sum.Add(o.Pos)
	}
	to := sum.Scale(1 / float64(len(b.near))).Sub(b.Pos).Limit(1)
	return &Vec{to.X * c.Weight, to.Y * c.Weight} // want ML06 ok ML05
}
