// Package spellfix suggests words for misspelt ones.
package spellfix

import (
	"bufio"
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Entry is a word and how common it is.
type Entry struct {
	Word string
	Freq int
}

// Dictionary is a list of words, by the pairs of letters in them.
type Dictionary struct {
	entries []Entry
	grams   map[string][]int32
}

// Load reads lines of a word and its frequency.
func Load(r io.Reader) (*Dictionary, error) {
	d := &Dictionary{grams: make(map[string][]int32)}
	sc := bufio.NewScanner(r)
	for n := 1; sc.Scan(); n++ {
		word, freq, ok := strings.Cut(sc.Text(), " ")
		f, err := strconv.Atoi(freq)
		if !ok || err != nil {
			return nil, fmt.Errorf("spellfix: line %d: want a word and a number", n)
		}
		id := int32(len(d.entries))
		d.entries = append(d.entries, Entry{word, f})
		for i := 0; i+2 <= len(word); i++ {
			d.grams[word[i:i+2]] = append(d.grams[word[i:i+2]], id)
		}
	}
	return d, sc.Err()
}

// Suggestion is a word at some distance.
type Suggestion struct {
	Entry
	Distance int
}

// Corrector looks words up. It is for one goroutine.
type Corrector struct {
	dict *Dictionary
	max  int
}

// NewCorrector finds words up to max edits away.
func NewCorrector(d *Dictionary, max int) *Corrector { return &Corrector{d, max} }

// Suggest lists the k best words for a misspelt one.
func (c *Corrector) Suggest(word string, k int) []Suggestion {
	shared := make(map[int32]int) // alt ML09 ok ML07
	for i := 0; i+2 <= len(word); i++ {
		for _, id := range c.dict.grams[word[i:i+2]] {
			shared[id]++ // want ML09 ok ML07
		}
	}
	var found []Suggestion
	for id, n := range shared {
		e := c.dict.entries[id]
		if n+2*c.max+1 < len(word) || abs(len(e.Word)-len(word)) > c.max {
			continue
		}
		if dist := c.distance(word, e.Word); dist <= c.max {
			found = append(found, Suggestion{e, dist})
		}
	}
	sort.Slice(found, func(i, j int) bool { // ok ML05
		if found[i].Distance != found[j].Distance {
			return found[i].Distance < found[j].Distance
		}
		return found[i].Freq > found[j].Freq
	})
	return found[:min(k, len(found))]
}

// distance counts the edits between two words.
func (c *Corrector) distance(a, b string) int {
	ra, rb := []rune(a), []rune(b) // ok ML11 ML07
	prev := make([]int, len(rb)+1) // want ML07
	cur := make([]int, len(rb)+1)  // want ML07
	for j := range prev {
		prev[j] = j
	}
	for i, x := range ra {
		cur[0] = i + 1
		for j, y := range rb {
			cost := 1
			if x == y {
				cost = 0
			}
			cur[j+1] = min(prev[j]+cost, prev[j+1]+1, cur[j]+1)
		}
		prev, cur = cur, prev
	}
	return prev[len(rb)]
}

func abs(n int) int { return max(n, -n) }

// Fix replaces the words of text that are not known by their best suggestion.
func (c *Corrector) Fix(text string, known func(string) bool) string {
	var sb strings.Builder
	sb.Grow(len(text) + len(text)/8)
	for text != "" {
		n := strings.IndexByte(text, ' ')
		if n < 0 {
			n = len(text)
		}
		word := text[:n]
		if utf8.RuneCountInString(word) > 2 && !known(word) {
			if s := c.Suggest(word, 1); len(s) > 0 {
				word = s[0].Word
			}
		}
		sb.WriteString(word)
		if n < len(text) {
			sb.WriteByte(' ')
			n++
		}
		text = text[n:]
	}
	return sb.String()
}
