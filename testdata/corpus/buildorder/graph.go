// Package buildorder orders the packages of a build by what they need.
package buildorder

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrSyntax tells that a manifest line is not "name: need need …".
var ErrSyntax = errors.New("buildorder: bad line")

// CycleError names the packages which need each other.
type CycleError struct{ Nodes []string }

func (e *CycleError) Error() string {
	return "buildorder: cycle among " + strings.Join(e.Nodes, ", ")
}

// Graph knows what each package needs.
type Graph struct {
	needs map[string][]string
}

// Parse reads a manifest.
func Parse(text string) (*Graph, error) {
	g := &Graph{needs: make(map[string][]string, strings.Count(text, "\n")+1)}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, rest, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("line %d: %w", n, ErrSyntax)
		}
		g.needs[name] = strings.Fields(rest)
	}
	return g, nil
}

// Len is the number of packages which have a line in the manifest.
func (g *Graph) Len() int { return len(g.needs) }

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	var keys []K // alt ML01
	for k := range m {
		keys = append(keys, k) // want ML01
	}
	slices.Sort(keys)
	return keys
}

// Users turns the graph around: who needs a package, in the order of their names.
func (g *Graph) Users() map[string][]string {
	users := make(map[string][]string, len(g.needs))
	for _, name := range sortedKeys(g.needs) {
		for _, n := range g.needs[name] {
			users[n] = append(users[n], name) // ok ML01
		}
	}
	return users
}

// Order returns the packages so that each comes after all it needs, and in the
// order of their names where that leaves a choice.
func (g *Graph) Order() ([]string, error) {
	users := g.Users()
	missing := make(map[string]int) // alt ML09
	var ready []string
	for _, name := range sortedKeys(g.needs) {
		n := 0
		for _, need := range g.needs[name] {
			if _, ok := g.needs[need]; ok {
				n++
			}
		}
		missing[name] = n // want ML09
		if n == 0 {
			ready = append(ready, name) // ok ML01 ML07
		}
	}

	var order []string // alt ML01
	for len(ready) > 0 {
		name := ready[0]
		ready = ready[1:]
		order = append(order, name) // want ML01
		for _, u := range users[name] {
			if missing[u]--; missing[u] == 0 {
				ready = append(ready, u) // ok ML01 ML07
			}
		}
	}
	if len(order) < len(g.needs) {
		return nil, &CycleError{g.stuck(missing)}
	}
	return order, nil
}

func (g *Graph) stuck(missing map[string]int) []string {
	var out []string
	for name, n := range missing {
		if n > 0 {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
