package intervals

import (
	"errors"
	"slices"
	"testing"
)

var names = []string{"Oak", "Elm", "Ash", "Fir", "Yew", "Birch", "Maple", "Larch", "Pine", "Alder"}

func week(tb testing.TB) *Building {
	b := NewBuilding(names...)
	for i := range 180 {
		start := i / len(names) * 120
		if err := b.Book(names[i%len(names)], "team", Span{start + i*13%40, start + 60 + i%30}); err != nil {
			tb.Fatal(err)
		}
	}
	return b
}

func TestBook(t *testing.T) {
	b := week(t)
	if err := b.Book("Oak", "late", Span{10, 30}); !errors.Is(err, ErrTaken) {
		t.Fatal(err)
	}
	if !b.Cancel("Oak", 20) || b.Cancel("Oak", 20) {
		t.Fatal("cancel")
	}
	free := b.Free(Span{0, 119}, 100)
	if len(free) != 1 || free[0].Room != "Oak" {
		t.Fatal(free)
	}
	if got := Merge([]Span{{5, 6}, {1, 3}, {3, 4}}); !slices.Equal(got, []Span{{1, 4}, {5, 6}}) {
		t.Fatal(got)
	}
}

var (
	offers   []Offer
	busy     []Span
	load     map[string]int
	building *Building
)

func BenchmarkFree(b *testing.B) {
	w := week(b)
	for i := 0; b.Loop(); i++ {
		offers = w.Free(Span{i % 9 * 100, 1400}, 30+i%3*15)
	}
}

func BenchmarkBusy(b *testing.B) {
	w := week(b)
	for b.Loop() {
		busy = w.Busy()
		load = w.Load()
	}
}

func BenchmarkWeek(b *testing.B) {
	for b.Loop() {
		building = week(b)
	}
}
