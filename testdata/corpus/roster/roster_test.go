package roster

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

var (
	calendar string
	loads    []Load
	plan     *Plan
)

func build(tb testing.TB, days, people int) *Plan {
	p := NewPlan(time.Date(2024, 7, 1, 0, 0, 0, 0, time.UTC), days, people)
	for i := range people {
		w := p.Person(fmt.Sprintf("nurse %02d", i))
		for d := range days / 5 {
			s, err := NewSpan(Minute((d*5+i%5)*1440), Minute((d*5+i%5+2)*1440))
			if err != nil {
				tb.Fatal(err)
			}
			w.Away = append(w.Away, s)
		}
	}
	for _, from := range []Minute{360, 840, 1320} {
		for range 2 {
			if err := p.Repeat("ward", from, 480); err != nil {
				tb.Fatal(err)
			}
		}
	}
	return p
}

func TestAssign(t *testing.T) {
	p := build(t, 10, 24)
	if err := p.Assign(); err != nil {
		t.Fatal(err)
	}
	if got := p.Loads(); len(got) != 24 || got[0].Hours < got[23].Hours {
		t.Error(got)
	}
	if got := p.Calendar("nurse 03"); strings.Count(got, "BEGIN:VEVENT") == 0 {
		t.Error(got)
	}
	var g *Gap
	if err := build(t, 10, 3).Assign(); !errors.As(err, &g) {
		t.Error(err)
	}
}

func BenchmarkAssign(b *testing.B) {
	p := build(b, 30, 24)
	for b.Loop() {
		if err := p.Assign(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPlan(b *testing.B) {
	for b.Loop() {
		plan = build(b, 30, 24)
		if err := plan.Assign(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCalendar(b *testing.B) {
	p := build(b, 60, 24)
	if err := p.Assign(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		calendar = p.Calendar("nurse 07")
		loads = p.Loads()
	}
}
