package kdtree

import (
	"math/rand"
	"testing"
)

func cloud(n int) []Point {
	rng := rand.New(rand.NewSource(12))
	out := make([]Point, n)
	for i := range out {
		out[i] = Point{rng.Float64() * 100, rng.Float64() * 100, rng.Float64() * 20}
	}
	return out
}

func TestNearest(t *testing.T) {
	pts := cloud(400)
	tr := Build(pts[:200])
	for _, p := range pts[200:] {
		tr.Insert(p)
	}
	for _, q := range cloud(420)[400:] {
		best := 0
		for i := range pts {
			if pts[i].dist2(q) < pts[best].dist2(q) {
				best = i
			}
		}
		if id, _ := tr.Nearest(q); id != best {
			t.Fatalf("%d, not %d", id, best)
		}
	}
	if b := tr.Bounds(); b.Min[2] < 0 || b.Max[2] > 20 {
		t.Fatal(b)
	}
}

var (
	tree  *Tree
	found []int
)

func BenchmarkBuild(b *testing.B) {
	pts := cloud(1000)
	for b.Loop() {
		tree = Build(pts)
	}
}

func BenchmarkInsert(b *testing.B) {
	pts := cloud(1000)
	for b.Loop() {
		tree = new(Tree)
		for _, p := range pts {
			tree.Insert(p)
		}
	}
}

func BenchmarkQueries(b *testing.B) {
	pts := cloud(1000)
	tr := Build(pts)
	for i := 0; b.Loop(); i++ {
		p := pts[i%len(pts)]
		p[0] += 0.5
		tr.Nearest(p)
		found = tr.Within(p, 9)
	}
}
