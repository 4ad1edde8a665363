package snipsearch

import (
	"fmt"
	"strings"
	"testing"
)

var (
	shelf *Index
	hits  []Hit
	html  string
)

func texts(n int) []string {
	vocabulary := strings.Fields("harbour ferry tide Mooring rope lantern pilot chart depth sounding buoy channel current gale anchor keel mast Rigging compass log watch bell cargo hold deck bridge stern bow rudder sail")
	out := make([]string, n)
	for i := range out {
		var sb strings.Builder
		fmt.Fprintf(&sb, "Notice %d to mariners\n", i)
		for j := range 700 {
			sb.WriteString(vocabulary[(i*31+j*j+j*7)%len(vocabulary)])
			sb.WriteByte(' ')
		}
		out[i] = sb.String()
	}
	return out
}

func BenchmarkAdd(b *testing.B) {
	docs := texts(64)
	shelf = NewIndex()
	i := 0
	for b.Loop() {
		if i == 2000 {
			shelf, i = NewIndex(), 0
		}
		if err := shelf.Add(i, strings.NewReader(docs[i%len(docs)])); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

func BenchmarkSearch(b *testing.B) {
	ix := NewIndex()
	for i, t := range texts(200) {
		if err := ix.Add(i, strings.NewReader(t)); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		hits = ix.Search("pilot compass 17", 10)
	}
}

func BenchmarkHighlight(b *testing.B) {
	text := texts(1)[0][:1500]
	for b.Loop() {
		html = Highlight(text, "rope keel")
	}
}
