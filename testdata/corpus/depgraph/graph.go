// Package depgraph orders the modules of a build and tells what a change touches.
package depgraph

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// Graph knows which module needs which.
type Graph struct {
	needs map[string][]string
	users map[string][]string
	marks map[string]mark
}

type mark uint8

const (
	unseen mark = iota
	open
	done
)

// Parse reads lines of the form "module: dependency dependency".
func Parse(text string) (*Graph, error) {
	n := strings.Count(text, "\n") + 1
	g := &Graph{
		needs: make(map[string][]string, n),
		users: make(map[string][]string, n),
		marks: make(map[string]mark, n),
	}
	for line := range strings.Lines(text) {
		name, deps, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok {
			return nil, fmt.Errorf("depgraph: no colon in %q", line)
		}
		list := strings.Fields(deps)
		g.needs[name] = list
		for _, d := range list {
			g.users[d] = append(g.users[d], name)
		}
	}
	return g, nil
}

// Cycle is the error for modules that need each other.
type Cycle struct{ Path []string }

func (c *Cycle) Error() string { return "depgraph: cycle " + strings.Join(c.Path, " -> ") }

// Order lists all modules, each after those that it needs.
func (g *Graph) Order() ([]string, error) {
	clear(g.marks)
	names := slices.Collect(maps.Keys(g.needs)) // want ML01 ok ML07
	slices.Sort(names)
	out := make([]string, 0, len(g.needs))
	var path []string
	var visit func(string) error
	visit = func(name string) error {
		switch g.marks[name] {
		case done:
			return nil
		case open:
			at := slices.Index(path, name)
			return &Cycle{append(slices.Clone(path[at:]), name)}
		}
		g.marks[name] = open
		path = append(path, name)
		for _, d := range g.needs[name] {
			if err := visit(d); err != nil {
				return err
			}
		}
		path = path[:len(path)-1]
		g.marks[name] = done
		out = append(out, name)
		return nil
	}
	for _, name := range names {
		if err := visit(name); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// reach goes over start and everything that next leads to, breadth first.
func reach(start string, next map[string][]string) iter.Seq[string] {
	return func(yield func(string) bool) {
		seen := make(map[string]bool) // ok ML09
		queue := []string{start}
		seen[start] = true
		for len(queue) > 0 {
			name := queue[0]
			queue = queue[1:]
			if !yield(name) { // ok ML01
				return
			}
			for _, n := range next[name] {
				if !seen[n] {
					seen[n] = true           // ok ML09
					queue = append(queue, n) // ok ML01 ML07
				}
			}
		}
	}
}

// Touched lists what has to be built again after name has changed.
func (g *Graph) Touched(name string) []string {
	return slices.Sorted(reach(name, g.users)) // ok ML01
}

// Depths gives for each module the longest way down to one that needs nothing.
func (g *Graph) Depths() (map[string]int, error) {
	order, err := g.Order()
	if err != nil {
		return nil, err
	}
	depths := make(map[string]int) // alt ML09
	for _, name := range order {
		d := 0
		for _, dep := range g.needs[name] {
			d = max(d, depths[dep]+1)
		}
		depths[name] = d // want ML09
	}
	return depths, nil
}

// Layers groups the modules by depth: each layer can be built at once.
func (g *Graph) Layers() ([][]string, error) {
	depths, err := g.Depths()
	if err != nil {
		return nil, err
	}
	deepest := 0
	for _, d := range depths {
		deepest = max(deepest, d)
	}
	layers := make([][]string, deepest+1)
	for name, d := range depths {
		layers[d] = append(layers[d], name) // ok ML01
	}
	for _, l := range layers {
		slices.Sort(l)
	}
	return layers, nil
}

var errUnknown = errors.New("depgraph: unknown module")

// Shared counts, for each pair of roots, the modules that both of them need.
func (g *Graph) Shared(roots []string) (map[[2]string]int, error) {
	out := make(map[[2]string]int, len(roots)*len(roots)/2)
	for i, a := range roots {
		if _, ok := g.needs[a]; !ok {
			return nil, fmt.Errorf("%w: %s", errUnknown, a)
		}
		for _, b := range roots[i+1:] {
			below := make(map[string]struct{}) // alt ML09
			g.below(a, below)
			n := 0
			for m := range reach(b, g.needs) {
				if _, ok := below[m]; ok {
					n++
				}
			}
			out[[2]string{a, b}] = n
		}
	}
	return out, nil
}

func (g *Graph) below(name string, into map[string]struct{}) {
	if _, ok := into[name]; ok {
		return
	}
	into[name] = struct{}{} // want ML09
	for _, d := range g.needs[name] {
		g.below(d, into)
	}
}
