package inventory

import (
	"fmt"
	"iter"
	"testing"
	"time"
)

var day = time.Date(2025, 5, 1, 0, 0, 0, 0, time.UTC)

func delivery(n int) iter.Seq[Item] {
	return func(yield func(Item) bool) {
		for i := range n {
			it := Item{
				SKU:      skus[i%len(skus)],
				Name:     "part",
				Bin:      bins[i*7%len(bins)],
				Supplier: "north",
				Qty:      i % 20,
				Reorder:  8,
				Price:    1999,
				Expires:  day.AddDate(0, 0, i%90),
			}
			if !yield(it) {
				return
			}
		}
	}
}

var (
	skus = numbered("SKU-%04d", 250)
	bins = numbered("B%03d", 400)
)

func numbered(format string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf(format, i)
	}
	return out
}

var (
	stock *Stock
	picks []Pick
	worth map[string]int64
)

func TestStock(t *testing.T) {
	s := New(delivery(1000), 1000, Quantities(), Fresh(day))
	if err := s.Audit(); err != nil {
		t.Fatal(err)
	}
	p, err := s.Plan(Order{ID: 1, SKU: skus[3], Qty: 9})
	if err != nil || len(p) == 0 {
		t.Fatal(p, err)
	}
	if d := s.Recount(3, func(string, string) int { return 2 }); len(d) == 0 || len(s.Recount(3, func(string, string) int { return 2 })) != 0 {
		t.Fatal(d)
	}
	for range s.Low() {
		return
	}
	t.Fatal("nothing is low")
}

func BenchmarkReindex(b *testing.B) {
	stock = New(delivery(1000), 1000)
	for b.Loop() {
		stock.Reindex()
	}
}

func BenchmarkAudit(b *testing.B) {
	s := New(delivery(1000), 1000, Quantities(), Fresh(day))
	for b.Loop() {
		if err := s.Audit(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPlan(b *testing.B) {
	s := New(delivery(1000), 1000)
	for b.Loop() {
		for id, sku := range skus[1:] {
			p, err := s.Plan(Order{ID: id, SKU: sku, Qty: 1})
			if err == nil {
				picks = p
			}
		}
		worth = s.Value()
	}
}

var diffs []Diff

func BenchmarkRecount(b *testing.B) {
	s := New(delivery(600), 600)
	for b.Loop() {
		diffs = s.Recount(200, func(bin, sku string) int { return len(bin) + len(sku) })
	}
}

func BenchmarkExport(b *testing.B) {
	var total int64
	for b.Loop() {
		// A delivery is booked once and then exported to each of the shops.
		s := New(delivery(300), 300)
		for range 4 {
			total = s.Sheet().Total()
		}
	}
	if total == 0 {
		b.Fatal("nothing is worth anything")
	}
}
