// Package snipsearch indexes plain documents and finds them by words.
package snipsearch

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxDocument = 1 << 20
	snippetLen  = 160
)

// Document is what the index keeps of a text.
type Document struct {
	ID      int
	Title   string
	Snippet string
	Words   int
}

type posting struct {
	doc   int32
	count int32
}

// Index finds documents by words.
type Index struct {
	docs     []Document
	postings map[string][]posting
	buf      bytes.Buffer
	counts   map[string]int32
}

// NewIndex returns an empty index.
func NewIndex() *Index {
	return &Index{postings: make(map[string][]posting), counts: make(map[string]int32)}
}

// Add reads a document. Its first line is its title.
func (ix *Index) Add(id int, r io.Reader) error {
	ix.buf.Reset()
	if _, err := ix.buf.ReadFrom(io.LimitReader(r, maxDocument)); err != nil {
		return fmt.Errorf("snipsearch: document %d: %w", id, err)
	}
	body := ix.buf.String() // want ML02 ok ML11 ML07
	title, text, _ := strings.Cut(body, "\n")
	doc := Document{ID: id, Title: strings.TrimSpace(title), Snippet: snippet(text)} // alt ML02

	clear(ix.counts)
	for w := range words(body) {
		ix.counts[w]++
		doc.Words++
	}
	n := int32(len(ix.docs))
	ix.docs = append(ix.docs, doc) // alt ML02
	for w, c := range ix.counts {
		list, ok := ix.postings[w]
		if !ok {
			w = strings.Clone(w)
		}
		ix.postings[w] = append(list, posting{n, c})
	}
	clear(ix.counts)
	return nil
}

// snippet gives the beginning of text up to a space.
func snippet(text string) string {
	text = strings.TrimSpace(text)
	if len(text) <= snippetLen {
		return text
	}
	cut := snippetLen
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	if i := strings.LastIndexByte(text[:cut], ' '); i > 0 {
		cut = i
	}
	return text[:cut] // alt ML02
}

func words(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		notWord := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
		for w := range strings.FieldsFuncSeq(text, notWord) {
			if !yield(strings.ToLower(w)) { // ok ML11
				return
			}
		}
	}
}

// Hit is a document found.
type Hit struct {
	Doc   *Document
	Score float64
}

// Search returns the best k documents that have any word of the query.
func (ix *Index) Search(query string, k int) []Hit {
	scores := make(map[int32]float64) // ok ML09
	for w := range words(query) {
		list := ix.postings[w]
		idf := math.Log(1 + float64(len(ix.docs))/float64(len(list)+1))
		for _, p := range list {
			scores[p.doc] += idf * float64(p.count) / float64(ix.docs[p.doc].Words+1) // ok ML09
		}
	}
	hits := make([]Hit, 0, len(scores))
	for d, s := range scores {
		hits = append(hits, Hit{&ix.docs[d], s})
	}
	slices.SortFunc(hits, func(a, b Hit) int { return cmp.Compare(b.Score, a.Score) })
	return hits[:min(k, len(hits))] // ok ML02
}

// Highlight marks the words of the query in text.
func Highlight(text, query string) string {
	marked := make(map[string]bool, 4)
	for w := range words(query) {
		marked[w] = true
	}
	var sb strings.Builder
	for len(text) > 0 {
		n := strings.IndexFunc(text, unicode.IsSpace)
		if n < 0 {
			n = len(text)
		}
		if marked[strings.ToLower(text[:n])] { // ok ML11
			sb.WriteString("<b>")    // alt ML04
			sb.WriteString(text[:n]) // alt ML04
			sb.WriteString("</b>")   // alt ML04
		} else {
			sb.WriteString(text[:n]) // want ML04
		}
		text = text[n:]
		if text != "" {
			_, size := utf8.DecodeRuneInString(text)
			sb.WriteString(text[:size]) // alt ML04
			text = text[size:]
		}
	}
	return sb.String()
}
