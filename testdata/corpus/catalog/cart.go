package catalog

import (
	"container/list"
	"errors"
)

// Viewed remembers the articles that a visitor looked at last.
type Viewed struct {
	ll  *list.List
	max int
}

// NewViewed remembers up to n articles.
func NewViewed(n int) *Viewed { return &Viewed{ll: list.New(), max: n} }

var errUnknown = errors.New("catalog: no such article")

// See puts the article sku in front.
func (v *Viewed) See(c *Catalog, sku string) error {
	c.mu.RLock()
	a, ok := c.articles[sku]
	c.mu.RUnlock()
	if !ok {
		return errUnknown
	}
	for el := v.ll.Front(); el != nil; el = el.Next() {
		if el.Value.(Article).SKU == sku {
			v.ll.MoveToFront(el)
			return nil
		}
	}
	v.ll.PushFront(a) // want ML08 ok ML05
	if v.ll.Len() > v.max {
		v.ll.Remove(v.ll.Back())
	}
	return nil
}

// Titles lists what was seen, the last first.
func (v *Viewed) Titles() []string {
	out := make([]string, 0, v.ll.Len())
	for el := v.ll.Front(); el != nil; el = el.Next() {
		out = append(out, el.Value.(Article).Title)
	}
	return out
}
