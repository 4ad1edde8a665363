package buildorder

import "strconv"

// Dot draws the graph in the language of Graphviz.
func (g *Graph) Dot(title string) string {
	text := "digraph " + strconv.Quote(title) + " {\n"
	for _, name := range sortedKeys(g.needs) {
		if len(g.needs[name]) == 0 {
			text += "\t" + quoted(name) + ";\n" // alt ML04
			continue
		}
		for _, n := range g.needs[name] {
			text += "\t" + quoted(name) + " -> " + quoted(n) + ";\n" // want ML04
		}
	}
	return text + "}\n" // alt ML04
}

// quoted puts a name in quotes where Graphviz needs them.
func quoted(name string) string {
	for _, c := range name {
		if c != '_' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return strconv.Quote(name)
		}
	}
	return name
}
