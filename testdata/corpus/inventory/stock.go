package inventory

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
)

// Order asks for some of an item.
type Order struct {
	ID  int
	SKU string
	Qty int
}

// Stock is all that lies in the warehouse.
type Stock struct {
	items  []Item
	bySKU  map[string][]*Item
	checks []Check
}

// New returns a stock of the items in src, about n of them.
func New(src iter.Seq[Item], n int, checks ...Check) *Stock {
	s := &Stock{items: make([]Item, 0, n), checks: checks}
	for it := range src {
		s.items = append(s.items, it)
	}
	s.Reindex()
	return s
}

// Reindex must be called after items came or went.
func (s *Stock) Reindex() {
	s.bySKU = make(map[string][]*Item, len(s.items)) // ok ML09
	for _, it := range s.items {                     // want ML08 ok ML05
		if it.Qty == 0 {
			continue
		}
		s.bySKU[it.SKU] = append(s.bySKU[it.SKU], &it) // alt ML08
	}
	for _, lots := range s.bySKU {
		slices.SortFunc(lots, func(a, b *Item) int {
			return cmp.Or(a.Expires.Compare(b.Expires), cmp.Compare(a.Bin, b.Bin))
		})
	}
}

// Audit holds all items against the checks, and stops at the first that fails.
func (s *Stock) Audit() error {
	for i := range s.items {
		it := &s.items[i]
		if it.Bin == "" {
			return fmt.Errorf("%s: %w", it.SKU, ErrNoBin)
		}
		for _, c := range s.checks {
			if err := c.Verify(*it); err != nil { // want ML08 ok ML05
				return err
			}
		}
	}
	return nil
}

// Pick is how many pieces to take out of a bin.
type Pick struct {
	Bin string
	Qty int
}

// Plan tells where to take an order from, what expires first being taken first.
func (s *Stock) Plan(o Order) ([]Pick, error) {
	lots := s.bySKU[o.SKU]
	picks := make([]Pick, 0, min(len(lots), 4))
	left := o.Qty
	for _, it := range lots {
		if n := min(left, it.Free()); n > 0 {
			picks = append(picks, Pick{it.Bin, n})
			left -= n
		}
		if left == 0 {
			return picks, nil
		}
	}
	return nil, fmt.Errorf("inventory: order %d: %d of %s missing", o.ID, left, o.SKU)
}

// Low yields what has to be ordered again.
func (s *Stock) Low() iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		for i := range s.items {
			it := &s.items[i]
			if short := it.Reorder - it.Free(); short > 0 && !yield(it.SKU, short) {
				return
			}
		}
	}
}

// Value adds up what the stock is worth, by supplier.
func (s *Stock) Value() map[string]int64 {
	out := make(map[string]int64)
	for i := range s.items {
		out[s.items[i].Supplier] += s.items[i].Price * int64(s.items[i].Qty)
	}
	return out
}
