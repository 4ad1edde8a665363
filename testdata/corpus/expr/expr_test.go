package expr

import (
	"errors"
	"testing"
)

var formulas = []string{
	"price * qty * (1 + vat) - discount",
	"if(stock < reorder, reorder * 2 - stock, 0)",
	"sum(q1, q2, q3, q4) / 4 + max(q1, q2, -q3) ^ 2",
	"-(a + b) * (a - b) / 2.5e3 + sum(a, b, c, max(a, 3.14, b))",
	"rate * 12 > 0.05",
}

var values = map[string]float64{
	"price": 9.5, "qty": 3, "vat": 0.2, "discount": 1, "stock": 4, "reorder": 10,
	"q1": 1, "q2": 2, "q3": 3, "q4": 4, "a": 1, "b": 2, "c": 3, "rate": 0.01,
}

func lookup(name string) (float64, bool) {
	v, ok := values[name]
	return v, ok
}

func TestEval(t *testing.T) {
	for src, want := range map[string]float64{"2+3*4": 14, "2^3^2": 512, "-2^2": 4 - 8, "if(stock<1,1,7)": 7, "(8-2)-3": 3} {
		n, err := Parse(src)
		if err != nil {
			t.Fatal(src, err)
		}
		if got, err := n.Eval(lookup); err != nil || got != want {
			t.Errorf("%s = %v, %v", src, got, err)
		}
	}
	var se *SyntaxError
	if _, err := Parse("2 + $"); !errors.As(err, &se) || se.Pos != 4 {
		t.Fatal(err)
	}
}

var sheet []Node

func BenchmarkParse(b *testing.B) {
	sheet = make([]Node, len(formulas))
	for b.Loop() {
		for i, src := range formulas {
			n, err := Parse(src)
			if err != nil {
				b.Fatal(err)
			}
			sheet[i] = n
		}
	}
}

func BenchmarkEval(b *testing.B) {
	n, err := Parse(formulas[2])
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := n.Eval(lookup); err != nil {
			b.Fatal(err)
		}
	}
}
