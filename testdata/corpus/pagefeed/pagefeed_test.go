package pagefeed

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

var (
	tags   []Tag
	months [][]Post
)

type discard struct {
	header http.Header
	n      int
}

func (d *discard) Header() http.Header { return d.header }
func (d *discard) WriteHeader(int)     {}
func (d *discard) Write(p []byte) (int, error) {
	d.n += len(p)
	return len(p), nil
}

func posts(n int) []Post {
	start := time.Date(2024, 1, 3, 9, 0, 0, 0, time.UTC)
	out := make([]Post, n)
	for i := range out {
		out[i] = Post{
			Title:   fmt.Sprintf("What Changed in Release %d (and Why)", i),
			Body:    strings.Repeat("The scheduler now keeps its queues apart. ", 30),
			Author:  "J. Haas",
			Tags:    []string{"release", fmt.Sprintf("v%d", i/4), fmt.Sprintf("area-%d", i%9)},
			Updated: start.AddDate(0, 0, i*3),
		}
	}
	return out
}

func BenchmarkServe(b *testing.B) {
	ps := posts(20)
	s := &Site{Name: "Changes", Base: "https://changes.example", Posts: func() []Post { return ps }}
	req, err := http.NewRequest(http.MethodGet, "/feed", nil)
	if err != nil {
		b.Fatal(err)
	}
	w := &discard{header: http.Header{}}
	for b.Loop() {
		s.ServeHTTP(w, req)
	}
}

func BenchmarkTags(b *testing.B) {
	ps := posts(80)
	for b.Loop() {
		tags = Tags(ps)
	}
}

func BenchmarkArchive(b *testing.B) {
	ps := posts(60)
	for b.Loop() {
		months = Archive(ps)
	}
}
