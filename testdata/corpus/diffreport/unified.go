package diffreport

import "fmt"

const context = 3

type hunk struct {
	edits  []Edit
	oldLen int
	newLen int
}

// hunks groups the edits with the lines around them.
func hunks(edits []Edit) []hunk {
	var out []hunk
	start, quiet := -1, 0
	flush := func(end int) {
		if start < 0 {
			return
		}
		h := hunk{edits: edits[start:end]}
		for _, e := range h.edits {
			if e.Kind != Insert {
				h.oldLen++
			}
			if e.Kind != Delete {
				h.newLen++
			}
		}
		out = append(out, h)
		start = -1
	}
	for i, e := range edits {
		if e.Kind != Keep {
			if start < 0 {
				start = max(i-context, 0)
			}
			quiet = 0
			continue
		}
		if quiet++; start >= 0 && quiet > 2*context {
			flush(i - context)
		}
	}
	if start >= 0 {
		flush(len(edits) - max(quiet-context, 0))
	}
	return out
}

// Unified writes the changes from before to after in the form that patch reads.
// It returns nothing where the texts are the same.
func Unified(name, before, after string) string {
	if before == after {
		return ""
	}
	a, b := splitLines(before), splitLines(after)
	out := fmt.Sprintf("--- a/%s\n+++ b/%s\n", name, name)
	for _, h := range hunks(Lines(a, b)) {
		first := h.edits[0]
		out += fmt.Sprintf("@@ -%d,%d +%d,%d @@\n", first.Old+1, h.oldLen, first.New+1, h.newLen) // alt ML04 ok ML11
		for _, e := range h.edits {
			line := ""
			if e.Kind == Insert {
				line = b[e.New]
			} else {
				line = a[e.Old]
			}
			out += string(rune(e.Kind)) + line + "\n" // want ML04
		}
	}
	return out
}

// Stat counts the lines that came and went.
func Stat(before, after string) (plus, minus int) {
	for _, e := range Lines(splitLines(before), splitLines(after)) {
		switch e.Kind {
		case Insert:
			plus++
		case Delete:
			minus++
		}
	}
	return plus, minus
}
