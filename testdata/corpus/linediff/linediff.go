// Package linediff compares texts line by line and prints unified diffs.
package linediff

import (
	"bytes"
	"slices"
	"strconv"
)

// Op says where a line is found.
type Op byte

// Lines are in both texts, or in one of them.
const (
	Keep   Op = ' '
	Delete Op = '-'
	Insert Op = '+'
)

// Edit is a line of a diff. Text is a part of the text that was compared.
type Edit struct {
	Op   Op
	Old  int
	New  int
	Text []byte
}

// lines splits without copying; the ends of lines stay.
func lines(text []byte) [][]byte {
	n := bytes.Count(text, []byte{'\n'})
	if len(text) > 0 && text[len(text)-1] != '\n' {
		n++
	}
	out := make([][]byte, 0, n)
	for l := range bytes.Lines(text) {
		out = append(out, l)
	}
	return out
}

// intern numbers the different lines, so that comparing them is cheap.
type intern struct {
	ids map[string]int32
}

func (in *intern) number(ls [][]byte) []int32 {
	out := make([]int32, len(ls))
	for i, l := range ls {
		id, ok := in.ids[string(l)]
		if !ok {
			id = int32(len(in.ids))
			in.ids[string(l)] = id
		}
		out[i] = id
	}
	return out
}

// Compare returns the shortest edit that makes b of a.
func Compare(a, b []byte) []Edit {
	la, lb := lines(a), lines(b)
	in := intern{ids: make(map[string]int32, len(la)+len(lb)/4)}
	na, nb := in.number(la), in.number(lb)

	head := 0
	for head < len(na) && head < len(nb) && na[head] == nb[head] {
		head++
	}
	tail := 0
	for tail < len(na)-head && tail < len(nb)-head && na[len(na)-1-tail] == nb[len(nb)-1-tail] {
		tail++
	}
	trace := search(na[head:len(na)-tail], nb[head:len(nb)-tail])

	// The way is followed from its end, and turned round at last.
	out := make([]Edit, 0, len(la)+len(lb))
	x, y := len(la), len(lb)
	keep := func() {
		x--
		y--
		out = append(out, Edit{Keep, x, y, la[x]})
	}
	for range tail {
		keep()
	}
	for d := len(trace) - 1; d > 0; d-- {
		v := trace[d]
		k := x - y
		px, py := 0, 0
		if down := v.at(k-1) < v.at(k+1); k == -d || k != d && down {
			px = int(v.at(k+1)) + head
			py = px - (k + 1)
		} else {
			px = int(v.at(k-1)) + head
			py = px - (k - 1)
		}
		for x > px && y > py {
			keep()
		}
		if x > px {
			x--
			out = append(out, Edit{Delete, x, y, la[x]})
		} else {
			y--
			out = append(out, Edit{Insert, x, y, lb[y]})
		}
	}
	for x > 0 && y > 0 {
		keep()
	}
	slices.Reverse(out)
	return out
}

// front holds how far each diagonal had come before a round, from -round to round.
type front struct {
	round int
	far   []int32
}

func (f front) at(k int) int32 {
	if i := k + f.round; i >= 0 && i < len(f.far) {
		return f.far[i]
	}
	return -1
}

// search is the greedy algorithm of Myers. Each round is kept, for the way back.
func search(a, b []int32) []front {
	limit := len(a) + len(b)
	v := make([]int32, 2*limit+3)
	mid := limit + 1
	v[mid+1] = 0
	var trace []front
	for d := 0; d <= limit; d++ {
		trace = append(trace, front{d, slices.Clone(v[mid-d : mid+d+1])})
		for k := -d; k <= d; k += 2 {
			x := int32(0)
			if k == -d || k != d && v[mid+k-1] < v[mid+k+1] {
				x = v[mid+k+1]
			} else {
				x = v[mid+k-1] + 1
			}
			y := x - int32(k)
			for int(x) < len(a) && int(y) < len(b) && a[x] == b[y] {
				x++
				y++
			}
			v[mid+k] = x
			if int(x) >= len(a) && int(y) >= len(b) {
				return trace
			}
		}
	}
	return trace
}

// Hunk is a part of a diff with changes in it.
type Hunk struct {
	Edits []Edit
}

// Hunks cuts a diff into parts, with up to context unchanged lines around the changes.
func Hunks(edits []Edit, context int) []Hunk {
	var out []Hunk
	for i := 0; i < len(edits); i++ {
		if edits[i].Op == Keep {
			continue
		}
		start, end := max(0, i-context), i+1
		for quiet := 0; end < len(edits) && quiet <= 2*context; end++ {
			quiet++
			if edits[end].Op != Keep {
				quiet = 0
			}
		}
		last := end - 1
		for last > i && edits[last].Op == Keep {
			last--
		}
		end = min(len(edits), last+context+1)
		out = append(out, Hunk{edits[start:end]})
		i = end - 1
	}
	return out
}

// AppendUnified writes hunks in the unified format to dst.
func AppendUnified(dst []byte, hunks []Hunk) []byte {
	size := 0
	for _, h := range hunks {
		size += 40
		for _, e := range h.Edits {
			size += 1 + len(e.Text)
		}
	}
	dst = slices.Grow(dst, size)
	for _, h := range hunks {
		olds, news := 0, 0
		for _, e := range h.Edits {
			if e.Op != Insert {
				olds++
			}
			if e.Op != Delete {
				news++
			}
		}
		dst = append(dst, "@@ -"...)
		dst = appendRange(dst, h.Edits[0].Old, olds)
		dst = append(dst, " +"...)
		dst = appendRange(dst, h.Edits[0].New, news)
		dst = append(dst, " @@\n"...)
		for _, e := range h.Edits {
			dst = append(dst, byte(e.Op))
			dst = append(dst, e.Text...)
		}
	}
	return dst
}

func appendRange(dst []byte, from, n int) []byte {
	dst = strconv.AppendInt(dst, int64(from+1), 10)
	dst = append(dst, ',')
	return strconv.AppendInt(dst, int64(n), 10)
}
