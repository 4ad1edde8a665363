// Package crawl walks the pages of one site, breadth first.
package crawl

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Fetcher gets a document. The bytes are valid until the next call.
type Fetcher interface {
	Fetch(ctx context.Context, url string) ([]byte, error)
}

// ErrGone tells that there is no such document; the crawl goes on without it.
var ErrGone = errors.New("crawl: gone")

type visit struct {
	url   string
	depth int
}

// Crawler walks a site and remembers its pages.
type Crawler struct {
	Host     string
	MaxDepth int
	MaxPages int
	Exclude  []string // patterns of the addresses to stay away from

	fetch    Fetcher
	frontier []visit
	seen     map[string]struct{}
	pages    []Page
}

// New returns a crawler of the site at host.
func New(host string, f Fetcher) *Crawler {
	return &Crawler{Host: host, MaxDepth: 12, MaxPages: 10_000, fetch: f, seen: make(map[string]struct{})}
}

func (c *Crawler) push(url string, depth int) {
	if depth > c.MaxDepth {
		return
	}
	if _, ok := c.seen[url]; ok {
		return
	}
	c.seen[url] = struct{}{}
	c.frontier = append(c.frontier, visit{url, depth})
}

// Run walks from the root of the site until all is seen or a limit is met.
func (c *Crawler) Run(ctx context.Context) error {
	c.push("https://"+c.Host+"/", 0)
	for at := 0; at < len(c.frontier) && len(c.pages) < c.MaxPages; at++ {
		v := c.frontier[at]
		body, err := c.fetch.Fetch(ctx, v.url)
		switch {
		case errors.Is(err, ErrGone):
			continue
		case err != nil:
			return fmt.Errorf("crawl: %s: %w", v.url, err)
		}
		c.pages = append(c.pages, c.scan(v, body)) // alt ML02
	}
	return nil
}

func (c *Crawler) scan(v visit, body []byte) Page {
	doc := string(body) // want ML02 ok ML11
	p := Page{URL: v.url, Depth: v.depth}
	if title, ok := between(doc, "<title>", "</title>"); ok {
		p.Title = strings.TrimSpace(title) // alt ML02
	}
	for href := range hrefs(doc) {
		if url, ok := resolve(c.Host, v.url, href); ok && c.allowed(url) {
			p.Links++
			c.push(url, v.depth+1)
		}
	}
	return p
}

// allowed tells whether the owner of the site lets us see url.
func (c *Crawler) allowed(url string) bool {
	for _, pattern := range c.Exclude {
		if ok, err := regexp.MatchString(pattern, url); ok || err != nil { // want ML11 ok ML05 ML07
			return false
		}
	}
	return true
}

// Pages returns the pages in the order of the walk.
func (c *Crawler) Pages() []Page { return c.pages }
