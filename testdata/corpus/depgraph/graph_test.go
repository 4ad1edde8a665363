package depgraph

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

var (
	graph   *Graph
	order   []string
	touched []string
	layers  [][]string
	shared  map[[2]string]int
)

func project(n int) string {
	var sb strings.Builder
	for i := range n {
		fmt.Fprintf(&sb, "mod%03d:", i)
		for j := 1; j <= 4 && i-j*j*3 >= 0; j++ {
			fmt.Fprintf(&sb, " mod%03d", i-j*j*3)
		}
		sb.WriteByte('\n')
	}
	return sb.String()
}

func parse(tb testing.TB, text string) *Graph {
	g, err := Parse(strings.TrimSpace(text))
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

func TestOrder(t *testing.T) {
	g := parse(t, "a: b c\nb: c\nc:\n")
	if got, _ := g.Order(); strings.Join(got, "") != "cba" {
		t.Error(got)
	}
	if got := g.Touched("c"); strings.Join(got, "") != "abc" {
		t.Error(got)
	}
	if got, _ := g.Layers(); len(got) != 3 {
		t.Error(got)
	}
	if got, _ := g.Shared([]string{"a", "b"}); got[[2]string{"a", "b"}] != 2 {
		t.Error(got)
	}
	var c *Cycle
	if _, err := parse(t, "a: b\nb: a\n").Order(); !errors.As(err, &c) {
		t.Error(err)
	}
}

func BenchmarkParse(b *testing.B) {
	text := strings.TrimSpace(project(300))
	for b.Loop() {
		graph = parse(b, text)
	}
}

func BenchmarkLayers(b *testing.B) {
	g := parse(b, project(300))
	for b.Loop() {
		layers, _ = g.Layers()
	}
}

func BenchmarkOrder(b *testing.B) {
	g := parse(b, project(300))
	for b.Loop() {
		order, _ = g.Order()
	}
}

func BenchmarkTouched(b *testing.B) {
	g := parse(b, project(300))
	for b.Loop() {
		touched = g.Touched("mod270")
	}
}

func BenchmarkShared(b *testing.B) {
	g := parse(b, project(100))
	for b.Loop() {
		shared, _ = g.Shared([]string{"mod099", "mod098", "mod097", "mod095"})
	}
}
