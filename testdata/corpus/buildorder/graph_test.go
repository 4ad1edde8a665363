package buildorder

import (
	"errors"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
)

func manifest(n int) string {
	rng := rand.New(rand.NewSource(6))
	var sb strings.Builder
	for i := range n {
		fmt.Fprintf(&sb, "lib%03d:", i)
		for range min(i, 3) {
			fmt.Fprintf(&sb, " lib%03d", rng.Intn(i))
		}
		sb.WriteByte('\n')
	}
	return sb.String()
}

func TestOrder(t *testing.T) {
	g, err := Parse(manifest(60))
	if err != nil {
		t.Fatal(err)
	}
	order, err := g.Order()
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range order {
		for need := range g.Closure(name) {
			if slices.Index(order, need) > i {
				t.Fatalf("%s before %s", name, need)
			}
		}
	}
	if d := g.Dot("x"); strings.Count(d, "->") < 100 {
		t.Fatal(d)
	}
	g, _ = Parse("a: b\nb: a\nc:\n")
	var cycle *CycleError
	if _, err := g.Order(); !errors.As(err, &cycle) || len(cycle.Nodes) != 2 {
		t.Fatal(err)
	}
}

var (
	order  []string
	depths map[string]int
	dot    string
)

func BenchmarkPlan(b *testing.B) {
	text := manifest(400)
	tools, err := Parse(manifest(16))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		g, err := Parse(text)
		if err != nil {
			b.Fatal(err)
		}
		for range 2 {
			if order, err = g.Order(); err != nil {
				b.Fatal(err)
			}
		}
		depths = g.Depths()
		dot = tools.Dot("tools")
	}
}
