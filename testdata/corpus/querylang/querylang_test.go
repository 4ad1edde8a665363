package querylang

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

var (
	expr     Expr
	selected []Row
)

type server map[string]any

func (s server) Column(name string) any { return s[name] }

func fleet(n int) []Row {
	out := make([]Row, n)
	for i := range out {
		out[i] = server{
			"name": fmt.Sprintf("Web-North-%03d", i),
			"cpus": float64(2 + i%30),
			"load": float64(i%97) / 10,
			"zone": fmt.Sprintf("Z%d", i%4),
		}
	}
	return out
}

func BenchmarkParse(b *testing.B) {
	const src = `load / cpus > 0.75 and max(load, cpus, 4) < 30 or name = "web-north-007" and zone != "Z3"`
	var err error
	for b.Loop() {
		if expr, err = Parse(src); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkSelect(b *testing.B, src string) {
	rows := fleet(500)
	ev := NewEvaluator(map[string]Func{"max": func(args []any) (any, error) {
		best := math.Inf(-1)
		for _, a := range args {
			f, ok := a.(float64)
			if !ok {
				return nil, fmt.Errorf("max of %T", a)
			}
			best = max(best, f)
		}
		return best, nil
	}})
	e, err := Parse(src)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if selected, err = ev.Select(slices.Values(rows), e); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSelectCalls(b *testing.B) { benchmarkSelect(b, `max(load, cpus, 4) > 29`) }
func BenchmarkSelectText(b *testing.B)  { benchmarkSelect(b, `name ilike "%NORTH-01%"`) }
func BenchmarkSelectWide(b *testing.B)  { benchmarkSelect(b, `cpus > 6`) }
