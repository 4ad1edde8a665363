// Package catalog keeps the articles of a shop and applies the feeds of its suppliers.
package catalog

import (
	"cmp"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"
)

// Article is something that the shop sells.
type Article struct {
	SKU         string
	Supplier    string
	Title       string
	Description string
	Brand       string
	EAN         [13]byte
	Price       int64
	Cost        int64
	Stock       int32
	Weight      int32
	Size        [3]float32
	Categories  [4]string
	Images      [3]string
	Updated     time.Time
}

// Feed is what a supplier sends.
type Feed struct {
	Supplier string
	Articles []Article
}

// Catalog is the current state of all articles.
type Catalog struct {
	mu       sync.RWMutex
	articles map[string]Article
	watchers []func(Change)
	recent   []Change
}

// Change tells how an article differs from before.
type Change struct {
	SKU   string
	Old   int64
	New   int64
	Added bool
}

// New returns a catalog for about n articles.
func New(n int) *Catalog {
	return &Catalog{articles: make(map[string]Article, n)}
}

// Watch calls f with each change from now on.
func (c *Catalog) Watch(f func(Change)) {
	c.mu.Lock()
	c.watchers = append(c.watchers, f)
	c.mu.Unlock()
}

var errSupplier = errors.New("catalog: article of another supplier")

// Apply takes over all articles of a feed and returns what changed; the next call reuses the slice.
func (c *Catalog) Apply(f *Feed, now time.Time) ([]Change, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.recent = c.recent[:0]
	for _, a := range f.Articles {
		if a.Supplier != f.Supplier {
			return c.recent, errSupplier
		}
		old, ok := c.articles[a.SKU]
		if ok && old.Price == a.Price && old.Stock == a.Stock {
			continue
		}
		a.Updated = now
		c.articles[a.SKU] = a // ok ML08 ML09
		c.recent = append(c.recent, Change{a.SKU, old.Price, a.Price, !ok})
	}
	for _, ch := range c.recent {
		for _, f := range c.watchers {
			f(ch)
		}
	}
	return c.recent, nil
}

// Query selects articles.
type Query struct {
	Category string
	Brand    string
	MaxPrice int64
	Words    []string
}

func (q *Query) matches(a *Article) bool {
	if q.Brand != "" && a.Brand != q.Brand || q.MaxPrice > 0 && a.Price > q.MaxPrice {
		return false
	}
	if q.Category != "" && !slices.Contains(a.Categories[:], q.Category) {
		return false
	}
	for _, w := range q.Words {
		if !strings.Contains(a.Title, w) {
			return false
		}
	}
	return true
}

// Search returns the n cheapest articles that match.
func (c *Catalog) Search(q Query, n int) []Article {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var hits []Article
	for _, a := range c.articles {
		if q.matches(&a) {
			hits = append(hits, a) // want ML08 ok ML01
		}
	}
	slices.SortFunc(hits, func(a, b Article) int {
		return cmp.Or(cmp.Compare(a.Price, b.Price), strings.Compare(a.SKU, b.SKU))
	})
	return hits[:min(n, len(hits))]
}

// All goes over the articles in no particular order.
func (c *Catalog) All() iter.Seq[*Article] {
	return func(yield func(*Article) bool) {
		c.mu.RLock()
		defer c.mu.RUnlock()
		for _, a := range c.articles {
			if !yield(&a) { // ok ML08 ML05
				return
			}
		}
	}
}

// Outdated returns the SKUs that no feed has named since t.
func (c *Catalog) Outdated(t time.Time) []string {
	var skus []string
	for a := range c.All() {
		if a.Updated.Before(t) {
			skus = append(skus, a.SKU)
		}
	}
	slices.Sort(skus)
	return skus
}

// Brands counts the articles of each brand.
func (c *Catalog) Brands() map[string]int {
	counts := make(map[string]int, 64)
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, a := range c.articles {
		counts[a.Brand]++
	}
	return counts
}
