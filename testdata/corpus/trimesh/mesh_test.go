package trimesh

import (
	"io"
	"math"
	"testing"
)

var (
	sheet *Mesh
	box   *Box
)

func hills(x, y int) float64 { return math.Sin(float64(x)/3) * math.Cos(float64(y)/5) }

func TestMesh(t *testing.T) {
	m := Grid(20, 10, func(x, y int) float64 { return 0 })
	if a := m.Area(); math.Abs(a-19*9) > 1e-9 {
		t.Error(a)
	}
	for _, n := range m.Normals() {
		if n.Z != 1 {
			t.Fatal(n)
		}
	}
	if b := m.Bounds(); b.Max.X != 19 || b.Max.Y != 9 {
		t.Error(b)
	}
}

func BenchmarkBuild(b *testing.B) {
	for b.Loop() {
		sheet = Grid(30, 30, hills)
	}
}

func BenchmarkNormals(b *testing.B) {
	m := Grid(40, 40, hills)
	for b.Loop() {
		m.Normals()
		box = m.Bounds()
	}
}

func BenchmarkSmooth(b *testing.B) {
	m := Grid(40, 40, hills)
	for b.Loop() {
		m.Smooth(5, 0.3)
	}
}

func BenchmarkWriteOBJ(b *testing.B) {
	m := Grid(40, 40, hills)
	for b.Loop() {
		if err := m.WriteOBJ(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
