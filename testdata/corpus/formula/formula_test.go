package formula

import (
	"fmt"
	"testing"
)

type grid [][]any

func (g grid) Cell(col, row int) any {
	if row >= len(g) || col >= len(g[row]) {
		return nil
	}
	return g[row][col]
}

func newGrid() grid {
	g := make(grid, 50)
	for r := range g {
		for c := range 5 {
			g[r] = append(g[r], float64(r*7+c)/3)
		}
		g[r] = append(g[r], fmt.Sprintf("row %d", r))
	}
	return g
}

var (
	result   any
	compiled *Program
)

func TestEval(t *testing.T) {
	e := NewEvaluator(newGrid())
	for src, want := range map[string]any{
		"=1+2*3":                      7.0,
		"=SUM(A3, 2*A6)/2":            17.5,
		`=IF(A1 < 3, "low", "high")`:  "low",
		`="x" & 1.5 & F2`:             "x1.5row 2",
		"=(A0 + 1) * (2 - 5) / (4-1)": -1.0,
	} {
		p, err := Compile(src)
		if err != nil {
			t.Fatal(err)
		}
		got, err := e.Eval(p)
		if err != nil {
			t.Fatal(src, err)
		}
		if got != want {
			t.Error(src, got, want)
		}
	}
	if _, err := Compile("=1+"); err == nil {
		t.Error("no error")
	}
}

func BenchmarkEval(b *testing.B) {
	e := NewEvaluator(newGrid())
	var ps []*Program
	for _, src := range []string{
		"=A1*B2 + C3/D4 + 2*E5",
		"=SUM(A1, B1, C1, D1, E1) / AVG(A2, B2, C2)",
		`=IF(A9*2 < B30, A9 + 1, "n/a")`,
	} {
		p, err := Compile(src)
		if err != nil {
			b.Fatal(err)
		}
		ps = append(ps, p)
	}
	for b.Loop() {
		for _, p := range ps {
			result, _ = e.Eval(p)
		}
	}
}

// A formula is compiled once and then filled down a column.
func BenchmarkFillDown(b *testing.B) {
	e := NewEvaluator(newGrid())
	for b.Loop() {
		for _, src := range []string{"=SUM(A1, B1, C1) / AVG(A2, B2) + 4", `=F7 & ": " & A7 * 2`} {
			compiled, _ = Compile(src)
			for range 20 {
				result, _ = e.Eval(compiled)
			}
		}
	}
}
