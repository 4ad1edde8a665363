package inventory

import "sync"

// Diff is what a count in the warehouse found more or less than expected.
type Diff struct {
	Bin   string
	Delta int
}

// Recount asks for the true quantity of each item, of several at once, and books it.
func (s *Stock) Recount(workers int, count func(bin, sku string) int) []Diff {
	diffs := make([]Diff, len(s.items))
	slots := make(chan struct{}, workers)
	var wg sync.WaitGroup
	for i, it := range s.items { // want ML08 ok ML05
		slots <- struct{}{}
		wg.Go(func() {
			diffs[i] = Diff{it.Bin, count(it.Bin, it.SKU) - it.Qty}
			<-slots
		})
	}
	wg.Wait()
	found := diffs[:0]
	for i, d := range diffs {
		if d.Delta != 0 {
			s.items[i].Qty += d.Delta
			found = append(found, d)
		}
	}
	return found
}
