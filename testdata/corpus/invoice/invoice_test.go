package invoice

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

var (
	issued []*Invoice
	text   string
)

func carts(n int) []Cart {
	out := make([]Cart, n)
	for i := range out {
		out[i].Customer = fmt.Sprintf("customer %d", i)
		for j := range 5 + i*7%40 {
			out[i].Items = append(out[i].Items, Item{
				SKU:   fmt.Sprintf("A%05d", j*31),
				Title: fmt.Sprintf("Article no. %d", j),
				Count: 1 + j%4,
				Unit:  Cents(199 + 35*j),
				Class: TaxClass(j % 3),
			})
		}
	}
	return out
}

func issuer() *Issuer {
	day := time.Date(2024, 3, 1, 9, 0, 0, 0, time.UTC)
	return NewIssuer("R-", 1000, func() time.Time { return day })
}

func TestText(t *testing.T) {
	inv, err := issuer().Issue(&carts(1)[0])
	if err != nil {
		t.Fatal(err)
	}
	if got := inv.Text(); !strings.Contains(got, "Article no. 4") || !strings.HasPrefix(got, "Invoice R-1000\n") {
		t.Error(got)
	}
	if got := string(Ledger(nil, []*Invoice{inv})); !strings.HasPrefix(got, "2024-03-01\tR-1000\t") {
		t.Error(got)
	}
}

func BenchmarkBatch(b *testing.B) {
	cs, is := carts(50), issuer()
	for b.Loop() {
		var err error
		if issued, err = is.Batch(cs); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkText(b *testing.B) {
	inv, err := issuer().Issue(&carts(6)[5])
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		text = inv.Text()
	}
}
