package ledger

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func chart(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%s:%03d", []string{"assets", "income", "expenses"}[i%3], i)
	}
	return out
}

func books(tb testing.TB, accounts, entries int) *Ledger {
	names := chart(accounts)
	l := New(names)
	for i := range entries {
		amount := Cents(100 + i*37%9000)
		err := l.Post(Entry{Day: i / 10, Text: "transfer", Postings: []Posting{
			{names[i%accounts], amount},
			{names[(i*7+1)%accounts], -amount},
		}})
		if err != nil {
			tb.Fatal(err)
		}
	}
	return l
}

func TestTrial(t *testing.T) {
	l := books(t, 40, 500)
	var sum Cents
	for _, c := range l.Balances(1000) {
		sum += c
	}
	if sum != 0 || strings.Count(l.Trial(1000), "\n") == 0 || Cents(-5).String() != "-0.05" {
		t.Fatal(sum)
	}
	if err := l.Post(Entry{Postings: []Posting{{"assets:000", 1}}}); !errors.Is(err, ErrUnbalanced) {
		t.Fatal(err)
	}
}

var (
	text  string
	curve []float64
)

func BenchmarkTrial(b *testing.B) {
	l := books(b, 400, 250)
	for b.Loop() {
		text = l.Trial(20)
	}
}

func BenchmarkCurve(b *testing.B) {
	l := books(b, 60, 3000)
	for b.Loop() {
		curve = l.Curve("expenses:005", 0, 300)
	}
}

var board *Dashboard

func BenchmarkBalance(b *testing.B) {
	l := books(b, 200, 40_000)
	board = NewDashboard(5, 200)
	board.Refresh(l, 4000)
	names := l.Accounts()
	for b.Loop() {
		for _, name := range names {
			if _, ok := board.Balance(name); !ok {
				b.Fatal("no balance of " + name)
			}
		}
	}
}
