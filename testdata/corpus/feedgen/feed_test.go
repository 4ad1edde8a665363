package feedgen

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

func news(n int) []Entry {
	body := strings.Repeat("<p>The council <b>met</b> on Tuesday and agreed on\n new benches for the park.</p> ", 9)
	out := make([]Entry, n)
	for i := range out {
		title := fmt.Sprintf("Notes of Meeting No. %d", i)
		out[i] = Entry{
			ID:       fmt.Sprintf("tag:town.example,2025:%d", i),
			Title:    title,
			Link:     "/" + Slug(title),
			Author:   "Clerk & Sons",
			Updated:  time.Unix(1_700_000_000+int64(i*7919%5000), 0),
			Body:     body,
			Category: []string{"council", "parks"},
		}
	}
	return out
}

func TestWrite(t *testing.T) {
	var sb strings.Builder
	f := &Feed{Title: "Town", BaseURL: "https://town.example", Limit: 5, Entries: func() []Entry { return news(9) }}
	if err := f.Write(&sb); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(sb.String(), "<entry>"); n != 5 || !strings.Contains(sb.String(), "Clerk &amp; Sons") {
		t.Fatal(sb.String())
	}
	if s := Slug("  Notes, of  Meeting "); s != "notes-of-meeting" {
		t.Fatal(s)
	}
}

func BenchmarkWrite(b *testing.B) {
	all := news(24)
	f := &Feed{Title: "Town", BaseURL: "https://town.example", Limit: 20, Entries: func() []Entry { return all }}
	for b.Loop() {
		if err := f.Write(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}

var slug string

func BenchmarkSlug(b *testing.B) {
	for b.Loop() {
		slug = Slug("Notes of the Meeting on Benches, Bins and Other Street Furniture")
	}
}
