// Package diffreport compares two versions of a text and prints what changed.
package diffreport

import (
	"slices"
	"strings"
)

// Kind tells what happened to a line.
type Kind byte

// The kinds of an Edit.
const (
	Keep   Kind = ' '
	Delete Kind = '-'
	Insert Kind = '+'
)

// Edit is one step on the way from the old text to the new one.
type Edit struct {
	Kind     Kind
	Old, New int
}

// intern gives equal lines equal numbers, so that the search compares integers.
func intern(a, b []string) (x, y []int32) {
	ids := make(map[string]int32, len(a)+len(b))
	number := func(lines []string) []int32 {
		out := make([]int32, len(lines))
		for i, l := range lines {
			id, ok := ids[l]
			if !ok {
				id = int32(len(ids))
				ids[l] = id
			}
			out[i] = id
		}
		return out
	}
	return number(a), number(b)
}

// shortest runs the greedy search of Myers and returns the state of each round.
func shortest(a, b []int32) [][]int32 {
	limit := len(a) + len(b)
	v := make([]int32, 2*limit+2)
	var rounds [][]int32
	for d := 0; d <= limit; d++ {
		rounds = append(rounds, slices.Clone(v[limit-d:limit+d+2]))
		for k := -d; k <= d; k += 2 {
			var x int
			if k == -d || k != d && v[limit+k-1] < v[limit+k+1] {
				x = int(v[limit+k+1])
			} else {
				x = int(v[limit+k-1]) + 1
			}
			y := x - k
			for x < len(a) && y < len(b) && a[x] == b[y] {
				x, y = x+1, y+1
			}
			v[limit+k] = int32(x)
			if x >= len(a) && y >= len(b) {
				return rounds
			}
		}
	}
	return rounds
}

// Lines finds the shortest way from the lines a to the lines b.
func Lines(a, b []string) []Edit {
	p, q := intern(a, b)
	rounds := shortest(p, q)
	edits := make([]Edit, 0, max(len(a), len(b))+len(rounds))
	x, y := len(a), len(b)
	for d := len(rounds) - 1; d > 0; d-- {
		v := rounds[d] // v[i] belongs to diagonal i-d
		k := x - y
		down := k == -d || k != d && v[k-1+d] < v[k+1+d]
		prev := k - 1
		if down {
			prev = k + 1
		}
		px := int(v[prev+d])
		py := px - prev
		for x > px && y > py && x > 0 && y > 0 {
			x, y = x-1, y-1
			edits = append(edits, Edit{Keep, x, y})
		}
		if down {
			y--
			edits = append(edits, Edit{Insert, x, y})
		} else {
			x--
			edits = append(edits, Edit{Delete, x, y})
		}
	}
	for x > 0 && y > 0 {
		x, y = x-1, y-1
		edits = append(edits, Edit{Keep, x, y})
	}
	slices.Reverse(edits)
	return edits
}

func splitLines(text string) []string {
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}
