// Package trimesh smooths and measures triangle meshes.
package trimesh

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
)

// Vec is a point or direction.
type Vec struct{ X, Y, Z float64 }

// Sub returns v - w.
func (v *Vec) Sub(w *Vec) *Vec {
	return &Vec{v.X - w.X, v.Y - w.Y, v.Z - w.Z} // ok ML06
}

// Cross returns the cross product.
func (v *Vec) Cross(w *Vec) *Vec {
	return &Vec{ // want ML06
		v.Y*w.Z - v.Z*w.Y,
		v.Z*w.X - v.X*w.Z,
		v.X*w.Y - v.Y*w.X,
	}
}

// Len is the length of v.
func (v *Vec) Len() float64 { return math.Sqrt(v.X*v.X + v.Y*v.Y + v.Z*v.Z) }

// Unit returns v with length 1; a zero vector stays.
func (v *Vec) Unit() *Vec {
	n := v.Len()
	if n == 0 {
		return v
	}
	return &Vec{v.X / n, v.Y / n, v.Z / n} // want ML06
}

// Mesh is a set of triangles over shared vertices.
type Mesh struct {
	Vertices  []Vec
	Triangles [][3]int32
	adjacent  [][]int32
}

// Box is the smallest axis-parallel box around something.
type Box struct{ Min, Max Vec }

// Grid builds a w by h sheet whose heights f gives.
func Grid(w, h int, f func(x, y int) float64) *Mesh {
	m := &Mesh{
		Vertices:  make([]Vec, 0, w*h),
		Triangles: make([][3]int32, 0, 2*(w-1)*(h-1)),
	}
	for y := range h {
		for x := range w {
			m.Vertices = append(m.Vertices, Vec{float64(x), float64(y), f(x, y)})
		}
	}
	for y := range h - 1 {
		for x := range w - 1 {
			i := int32(y*w + x)
			m.Triangles = append(m.Triangles, [3]int32{i, i + 1, i + int32(w)}, [3]int32{i + 1, i + int32(w) + 1, i + int32(w)})
		}
	}
	return m
}

// normal is the direction that triangle t faces.
func (m *Mesh) normal(t [3]int32) *Vec {
	a, b, c := &m.Vertices[t[0]], &m.Vertices[t[1]], &m.Vertices[t[2]]
	return b.Sub(a).Cross(c.Sub(a)).Unit()
}

// Normals gives each triangle's direction.
func (m *Mesh) Normals() []*Vec {
	out := make([]*Vec, len(m.Triangles)) // alt ML06
	for i, t := range m.Triangles {
		out[i] = m.normal(t) // alt ML06
	}
	return out
}

// Area is the surface.
func (m *Mesh) Area() float64 {
	sum := 0.0
	for _, t := range m.Triangles {
		a, b, c := &m.Vertices[t[0]], &m.Vertices[t[1]], &m.Vertices[t[2]]
		sum += b.Sub(a).Cross(c.Sub(a)).Len() / 2
	}
	return sum
}

// Bounds is the box around all vertices.
func (m *Mesh) Bounds() *Box {
	inf := math.Inf(1)
	b := &Box{Min: Vec{inf, inf, inf}, Max: Vec{-inf, -inf, -inf}}
	for i := range m.Vertices {
		v := &m.Vertices[i]
		b.Min = Vec{min(b.Min.X, v.X), min(b.Min.Y, v.Y), min(b.Min.Z, v.Z)}
		b.Max = Vec{max(b.Max.X, v.X), max(b.Max.Y, v.Y), max(b.Max.Z, v.Z)}
	}
	return b
}

func (m *Mesh) neighbours() [][]int32 {
	if m.adjacent != nil {
		return m.adjacent
	}
	count := make([]int, len(m.Vertices))
	for _, t := range m.Triangles {
		for _, i := range t {
			count[i] += 2
		}
	}
	total := 6 * len(m.Triangles)
	pool := make([]int32, 0, total)
	adj := make([][]int32, len(m.Vertices))
	for i, n := range count {
		adj[i] = pool[len(pool) : len(pool) : len(pool)+n]
		pool = pool[:len(pool)+n]
	}
	for _, t := range m.Triangles {
		for k, i := range t {
			adj[i] = append(adj[i], t[(k+1)%3], t[(k+2)%3])
		}
	}
	m.adjacent = adj
	return adj
}

// Smooth moves each vertex towards the middle of its neighbours, several times.
func (m *Mesh) Smooth(rounds int, weight float64) {
	adj := m.neighbours()
	for range rounds {
		next := make([]Vec, len(m.Vertices)) // want ML07
		for i, v := range m.Vertices {
			var mid Vec
			for _, j := range adj[i] {
				w := &m.Vertices[j]
				mid.X += w.X
				mid.Y += w.Y
				mid.Z += w.Z
			}
			n := float64(len(adj[i]))
			next[i] = Vec{
				v.X + weight*(mid.X/n-v.X),
				v.Y + weight*(mid.Y/n-v.Y),
				v.Z + weight*(mid.Z/n-v.Z),
			}
		}
		m.Vertices = next
	}
}

var errIndex = errors.New("trimesh: face names a vertex that is not there")

// WriteOBJ writes the mesh as Wavefront text.
func (m *Mesh) WriteOBJ(w io.Writer) error {
	bw := bufio.NewWriter(w)
	for i := range m.Vertices {
		v := &m.Vertices[i]
		fmt.Fprintf(bw, "v %.4f %.4f %.4f\n", v.X, v.Y, v.Z) // want ML11 ok ML05
	}
	for _, t := range m.Triangles {
		if int(max(t[0], t[1], t[2])) >= len(m.Vertices) {
			return errIndex
		}
		fmt.Fprintf(bw, "f %d %d %d\n", t[0]+1, t[1]+1, t[2]+1) // want ML11 ok ML05
	}
	return bw.Flush()
}
