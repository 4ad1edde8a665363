package buildorder

import "iter"

// Closure yields all that name needs, directly or not, nearest first.
func (g *Graph) Closure(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		seen := map[string]bool{name: true}
		queue := []string{name}
		for len(queue) > 0 {
			at := queue[0]
			queue = queue[1:]
			for _, n := range g.needs[at] {
				if seen[n] {
					continue
				}
				seen[n] = true
				if !yield(n) {
					return
				}
				queue = append(queue, n)
			}
		}
	}
}

// Depths returns for each package the length of the longest chain of needs below it.
// The graph must have no cycle.
func (g *Graph) Depths() map[string]int {
	depths := make(map[string]int, len(g.needs))
	var visit func(name string) int
	visit = func(name string) int {
		if d, ok := depths[name]; ok {
			return d
		}
		d := 0
		for _, n := range g.needs[name] {
			d = max(d, visit(n)+1)
		}
		depths[name] = d
		return d
	}
	for name := range g.needs {
		visit(name)
	}
	return depths
}
