// Package pagefeed publishes posts as an Atom feed.
package pagefeed

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

const (
	excerptWords = 30
	maxAge       = 300
)

// Post is one article.
type Post struct {
	Title   string
	Body    string
	Author  string
	Tags    []string
	Updated time.Time
}

type link struct {
	Rel  string `xml:"rel,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type entry struct {
	ID      string    `xml:"id"`
	Title   string    `xml:"title"`
	Updated time.Time `xml:"updated"`
	Author  string    `xml:"author>name"`
	Link    link      `xml:"link"`
	Summary string    `xml:"summary"`
}

type feed struct {
	XMLName xml.Name  `xml:"http://www.w3.org/2005/Atom feed"`
	Title   string    `xml:"title"`
	ID      string    `xml:"id"`
	Updated time.Time `xml:"updated"`
	Entries []entry   `xml:"entry"`
}

// Site answers requests for its feed.
type Site struct {
	Name  string
	Base  string
	Posts func() []Post
}

func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "GET only", http.StatusMethodNotAllowed)
		return
	}
	f := s.feed(s.Posts())
	if since, err := http.ParseTime(r.Header.Get("If-Modified-Since")); err == nil && !f.Updated.After(since) {
		w.WriteHeader(http.StatusNotModified)
		return
	}

	var body bytes.Buffer        // alt ML03
	body.WriteString(xml.Header) // alt ML03
	enc := xml.NewEncoder(&body) // alt ML03
	enc.Indent("", " ")
	if err := enc.Encode(f); err != nil { // want ML03 ok ML04 ML11 ML05
		http.Error(w, fmt.Sprintf("feed of %s: %v", s.Name, err), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/atom+xml")
	h.Set("Content-Length", strconv.Itoa(body.Len()))
	h.Set("Cache-Control", "max-age="+strconv.Itoa(maxAge))
	if r.Method == http.MethodGet {
		body.WriteTo(w)
	}
}

func (s *Site) feed(posts []Post) *feed {
	f := &feed{Title: s.Name, ID: s.Base, Entries: make([]entry, len(posts))}
	for i := range posts {
		p := &posts[i]
		url := s.Base + "/" + slug(p.Title) // ok ML04
		f.Entries[i] = entry{
			ID:      url,
			Title:   p.Title,
			Updated: p.Updated,
			Author:  p.Author,
			Link:    link{Rel: "alternate", Href: url},
			Summary: excerpt(p.Body),
		}
		if p.Updated.After(f.Updated) {
			f.Updated = p.Updated
		}
	}
	return f
}

// slug turns a title into a part of an URL.
func slug(title string) string {
	out := ""
	for _, r := range title {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			out += string(unicode.ToLower(r)) // want ML04 ok ML11
		case !strings.HasSuffix(out, "-") && out != "":
			out += "-" // alt ML04
		}
	}
	return strings.TrimSuffix(out, "-")
}

// excerpt gives the first words of a text.
func excerpt(body string) string {
	words := strings.Fields(body) // want ML11 ok ML07
	if len(words) <= excerptWords {
		return strings.Join(words, " ")
	}
	return strings.Join(words[:excerptWords], " ") + "…" // ok ML04
}

// Tag is a tag and how often it was used.
type Tag struct {
	Name  string
	Count int
}

// Tags lists all tags, most used first.
func Tags(posts []Post) []Tag {
	counts := make(map[string]int)
	for i := range posts {
		for _, t := range posts[i].Tags {
			counts[t]++
		}
	}
	out := make([]Tag, 0, len(counts))
	for name, n := range maps.All(counts) {
		out = append(out, Tag{name, n})
	}
	slices.SortFunc(out, func(a, b Tag) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Name, b.Name))
	})
	return out
}

// Archive groups posts by month, newest month first.
func Archive(posts []Post) [][]Post {
	sorted := slices.Clone(posts)
	slices.SortStableFunc(sorted, func(a, b Post) int { return b.Updated.Compare(a.Updated) })
	var months [][]Post
	for len(sorted) > 0 {
		y, m, _ := sorted[0].Updated.Date()
		n := slices.IndexFunc(sorted, func(p Post) bool {
			py, pm, _ := p.Updated.Date()
			return py != y || pm != m
		})
		if n < 0 {
			n = len(sorted)
		}
		months = append(months, sorted[:n:n])
		sorted = sorted[n:]
	}
	return months
}
