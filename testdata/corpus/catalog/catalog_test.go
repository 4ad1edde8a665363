package catalog

import (
	"fmt"
	"testing"
	"time"
)

var (
	found  []Article
	brands map[string]int
	titles []string
)

func feed(n int, price int64) *Feed {
	f := &Feed{Supplier: "acme", Articles: make([]Article, n)}
	for i := range f.Articles {
		f.Articles[i] = Article{
			SKU: fmt.Sprintf("ACM-%05d", i), Supplier: "acme", Title: fmt.Sprintf("Kettle %d l", i%7),
			Brand: fmt.Sprintf("brand%d", i%20), Price: price + int64(i%300), Stock: int32(i % 10),
			Categories: [4]string{"kitchen"},
		}
	}
	return f
}

func filled(tb testing.TB, n int) *Catalog {
	c := New(n)
	if _, err := c.Apply(feed(n, 1000), time.Unix(1e9, 0)); err != nil {
		tb.Fatal(err)
	}
	return c
}

func TestApply(t *testing.T) {
	c := filled(t, 100)
	changes, err := c.Apply(feed(100, 1000), time.Unix(2e9, 0))
	if err != nil || len(changes) != 0 {
		t.Error(changes, err)
	}
	if got := len(c.Outdated(time.Unix(2e9, 0))); got != 100 {
		t.Error(got)
	}
	if got := c.Search(Query{Words: []string{"Kettle 3"}}, 5); len(got) != 5 || got[0].Price > got[4].Price {
		t.Error(got)
	}
}

func BenchmarkApply(b *testing.B) {
	cheap, dear := feed(1000, 1000), feed(1000, 2000)
	c := filled(b, 1000)
	now := time.Unix(2e9, 0)
	for b.Loop() {
		c.Apply(dear, now)
		c.Apply(cheap, now)
	}
}

func BenchmarkSearch(b *testing.B) {
	c := filled(b, 2000)
	for b.Loop() {
		found = c.Search(Query{Category: "kitchen", MaxPrice: 1100}, 20)
	}
}

func BenchmarkVisit(b *testing.B) {
	c := filled(b, 200)
	skus := make([]string, 0, 200)
	for a := range c.All() {
		skus = append(skus, a.SKU)
	}
	v := NewViewed(10)
	for i := 0; b.Loop(); i++ {
		if err := v.See(c, skus[i%len(skus)]); err != nil {
			b.Fatal(err)
		}
		titles = v.Titles()
	}
	brands = c.Brands()
}
