package crawl

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
)

// site makes up pages which link to their children and to some of their neighbours.
type site struct {
	n   int
	buf bytes.Buffer
}

var filler = strings.Repeat("<p>Opening hours change with the season; see the notice at the gate.</p>\n", 90)

func (s *site) Fetch(_ context.Context, url string) ([]byte, error) {
	id := 0
	if _, err := fmt.Sscanf(url, "https://museum.example/room%d.html", &id); err != nil && !strings.HasSuffix(url, "/") {
		return nil, ErrGone
	}
	s.buf.Reset()
	fmt.Fprintf(&s.buf, "<html><head><title>Room %d</title></head><body>%s", id, filler)
	for k := 1; k <= 6; k++ {
		if kid := id*6 + k; kid < s.n {
			fmt.Fprintf(&s.buf, `<a class="n" href="/room%d.html">next</a>`, kid)
		}
	}
	fmt.Fprintf(&s.buf, `<a href="room%d.html#top">near</a><a href="mailto:desk@museum.example">write</a></body>`, (id*7+5)%s.n)
	return s.buf.Bytes(), nil
}

var crawler *Crawler

func TestRun(t *testing.T) {
	c := New("museum.example", &site{n: 300})
	c.Exclude = []string{`/room13\.html$`, `[?&]print=`}
	if err := c.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if n := len(c.Pages()); n != 300 || c.Pages()[9].Title == "" {
		t.Fatalf("%d pages", n)
	}
}

func BenchmarkRun(b *testing.B) {
	f := &site{n: 1000}
	for b.Loop() {
		crawler = New("museum.example", f)
		crawler.Exclude = []string{`/(admin|print)/`}
		if err := crawler.Run(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
