// Package kdtree finds the points of a cloud which are near a place.
package kdtree

import (
	"cmp"
	"math"
	"slices"
)

// Point is a place in space.
type Point [3]float64

func (p Point) dist2(q Point) float64 {
	x, y, z := p[0]-q[0], p[1]-q[1], p[2]-q[2]
	return x*x + y*y + z*z
}

type node struct {
	at          Point
	id          int32
	axis        int8
	left, right *node
}

// Tree is an index of points that takes more points at any time.
type Tree struct {
	root *node
	n    int
}

type item struct {
	at Point
	id int32
}

// Build returns a balanced tree of the points. Their numbers are their places in pts.
func Build(pts []Point) *Tree {
	items := make([]item, len(pts))
	for i, p := range pts {
		items[i] = item{p, int32(i)}
	}
	nodes := make([]node, 0, len(pts))
	var build func(items []item, axis int8) *node
	build = func(items []item, axis int8) *node {
		if len(items) == 0 {
			return nil
		}
		slices.SortFunc(items, func(a, b item) int { return cmp.Compare(a.at[axis], b.at[axis]) })
		mid := len(items) / 2
		nodes = append(nodes, node{at: items[mid].at, id: items[mid].id, axis: axis})
		n := &nodes[len(nodes)-1]
		next := (axis + 1) % 3
		n.left = build(items[:mid], next)
		n.right = build(items[mid+1:], next)
		return n
	}
	return &Tree{root: build(items, 0), n: len(pts)}
}

// Insert adds a point and returns its number.
func (t *Tree) Insert(p Point) int {
	id := t.n
	t.n++
	at, axis := &t.root, int8(0)
	for *at != nil {
		n := *at
		axis = (n.axis + 1) % 3
		if p[n.axis] < n.at[n.axis] {
			at = &n.left
		} else {
			at = &n.right
		}
	}
	*at = &node{at: p, id: int32(id), axis: axis}
	return id
}

// Len is the number of points.
func (t *Tree) Len() int { return t.n }

// Nearest returns the number of the point which is closest to p, or -1.
func (t *Tree) Nearest(p Point) (id int, dist float64) {
	best, d2 := int32(-1), math.Inf(1)
	var walk func(n *node)
	walk = func(n *node) {
		if n == nil {
			return
		}
		if d := n.at.dist2(p); d < d2 {
			best, d2 = n.id, d
		}
		off := p[n.axis] - n.at[n.axis]
		near, far := n.left, n.right
		if off >= 0 {
			near, far = far, near
		}
		walk(near)
		if off*off < d2 {
			walk(far)
		}
	}
	walk(t.root)
	return int(best), math.Sqrt(d2)
}

// Within returns the numbers of the points no farther than r from p, in no order.
func (t *Tree) Within(p Point, r float64) []int {
	var out []int
	t.within(t.root, p, r, &out)
	return out
}

func (t *Tree) within(n *node, p Point, r float64, out *[]int) {
	if n == nil {
		return
	}
	if n.at.dist2(p) <= r*r {
		*out = append(*out, int(n.id))
	}
	off := p[n.axis] - n.at[n.axis]
	if off-r < 0 {
		t.within(n.left, p, r, out)
	}
	if off+r >= 0 {
		t.within(n.right, p, r, out)
	}
}

// Bounds is a box around points.
type Bounds struct{ Min, Max Point }

// Bounds returns the smallest box around all points, or nil where there are none.
func (t *Tree) Bounds() *Bounds {
	if t.root == nil {
		return nil
	}
	b := &Bounds{t.root.at, t.root.at}
	t.root.extend(b)
	return b
}

func (n *node) extend(b *Bounds) {
	if n == nil {
		return
	}
	for i, v := range n.at {
		b.Min[i] = min(b.Min[i], v)
		b.Max[i] = max(b.Max[i], v)
	}
	n.left.extend(b)
	n.right.extend(b)
}
