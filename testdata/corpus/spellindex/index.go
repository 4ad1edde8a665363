// Package spellindex suggests words for misspelt ones, by the trigrams that they share.
package spellindex

import (
	"cmp"
	"slices"
	"strings"
)

type gram [3]byte

// Index holds a dictionary. It is not safe for concurrent use.
type Index struct {
	words    []string
	postings map[gram][]int32
	hits     []uint8
	touched  []int32
	found    []Suggestion
}

// Suggestion is a word and how well it fits, from 0 to 1.
type Suggestion struct {
	Word  string
	Score float64
}

// New indexes a dictionary with a word on each line. The words stay parts of text.
func New(text string) *Index {
	n := strings.Count(text, "\n") + 1
	x := &Index{
		words:    make([]string, 0, n),
		postings: make(map[gram][]int32, min(n, 1<<14)),
	}
	// A first pass counts, so that all lists can be cut from one array.
	counts := make(map[gram]int32, min(n, 1<<14))
	total := int32(0)
	for line := range strings.Lines(text) {
		if w := strings.TrimSpace(line); w != "" {
			x.words = append(x.words, w)
			for g := range grams(w) {
				counts[g]++
				total++
			}
		}
	}
	space := make([]int32, total)
	for g, c := range counts {
		x.postings[g] = space[:0:c]
		space = space[c:]
	}
	for i, w := range x.words {
		for g := range grams(w) {
			x.postings[g] = append(x.postings[g], int32(i))
		}
	}
	x.hits = make([]uint8, len(x.words))
	return x
}

func grams(w string) func(func(gram) bool) {
	return func(yield func(gram) bool) {
		g := gram{' ', ' ', ' '}
		for i := 0; i <= len(w); i++ {
			c := byte(' ')
			if i < len(w) {
				c = w[i]
			}
			g[0], g[1], g[2] = g[1], g[2], c
			if !yield(g) {
				return
			}
		}
	}
}

// Has tells whether w is in the dictionary, which must be sorted.
func (x *Index) Has(w string) bool {
	_, ok := slices.BinarySearch(x.words, w)
	return ok
}

// Suggest returns up to n words for w, the best first.
func (x *Index) Suggest(w string, n int) []Suggestion {
	x.touched = x.touched[:0]
	for g := range grams(w) {
		for _, i := range x.postings[g] {
			if x.hits[i] == 0 {
				x.touched = append(x.touched, i)
			}
			if x.hits[i] < 255 {
				x.hits[i]++
			}
		}
	}
	x.found = x.found[:0]
	for _, i := range x.touched {
		shared := int(x.hits[i])
		x.hits[i] = 0
		all := len(w) + len(x.words[i]) + 2
		if score := 2 * float64(shared) / float64(all); score > 0.4 {
			x.found = append(x.found, Suggestion{x.words[i], score})
		}
	}
	slices.SortFunc(x.found, func(a, b Suggestion) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), strings.Compare(a.Word, b.Word))
	})
	return slices.Clone(x.found[:min(n, len(x.found))])
}

// Correction is a word of a text that is not in the dictionary.
type Correction struct {
	Offset int
	Word   string
	Best   []Suggestion
}

// Check finds the unknown words of a text.
func (x *Index) Check(text string) []Correction {
	var out []Correction
	start := -1
	for i := 0; i <= len(text); i++ {
		letter := i < len(text) && text[i] >= 'a' && text[i] <= 'z'
		switch {
		case letter && start < 0:
			start = i
		case !letter && start >= 0:
			if w := text[start:i]; !x.Has(w) {
				out = append(out, Correction{start, w, x.Suggest(w, 3)})
			}
			start = -1
		}
	}
	return out
}
