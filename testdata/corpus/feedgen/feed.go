// Package feedgen serves the news of a site as an Atom feed.
package feedgen

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Entry is one piece of news.
type Entry struct {
	ID       string
	Title    string
	Link     string
	Author   string
	Updated  time.Time
	Body     string
	Category []string
}

// Feed is what the handler serves.
type Feed struct {
	Title   string
	BaseURL string
	Limit   int
	Entries func() []Entry
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;")

// ServeHTTP writes the newest entries.
func (f *Feed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	if r.Method == http.MethodHead {
		return
	}
	if err := f.Write(w); err != nil {
		// The header is out; all that is left is to end the connection.
		panic(http.ErrAbortHandler)
	}
}

// Write renders the feed.
func (f *Feed) Write(w io.Writer) error {
	entries := f.newest()
	bw := bufio.NewWriterSize(w, 8<<10) // want ML03
	bw.WriteString("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n")
	element(bw, "title", f.Title)
	element(bw, "id", f.BaseURL)
	for i := range entries {
		f.entry(bw, &entries[i])
	}
	bw.WriteString("</feed>\n")
	if err := bw.Flush(); err != nil {
		return fmt.Errorf("feedgen: %w", err)
	}
	return nil
}

// newest returns the entries to show. It leaves the order of those of the site alone.
func (f *Feed) newest() []Entry {
	all := slices.Clone(f.Entries()) // ok ML08
	slices.SortStableFunc(all, func(a, b Entry) int { return b.Updated.Compare(a.Updated) })
	return all[:min(len(all), f.Limit)]
}

func (f *Feed) entry(bw *bufio.Writer, e *Entry) {
	bw.WriteString("<entry>\n")
	element(bw, "id", e.ID)
	element(bw, "title", e.Title)
	element(bw, "updated", e.Updated.UTC().Format(time.RFC3339)) // want ML11
	element(bw, "author", e.Author)
	for _, c := range e.Category {
		bw.WriteString(`<category term="`)
		escaper.WriteString(bw, c)
		bw.WriteString("\"/>\n")
	}
	bw.WriteString(`<link href="`)
	bw.WriteString(f.BaseURL)
	escaper.WriteString(bw, e.Link)
	bw.WriteString("\"/>\n")
	element(bw, "summary", plain(e.Body, 280))
	bw.WriteString("</entry>\n")
}

func element(bw *bufio.Writer, name, text string) {
	bw.WriteByte('<')
	bw.WriteString(name)
	bw.WriteByte('>')
	escaper.WriteString(bw, text)
	bw.WriteString("</")
	bw.WriteString(name)
	bw.WriteString(">\n")
}
