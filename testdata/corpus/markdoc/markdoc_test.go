package markdoc

import (
	"fmt"
	"strings"
	"testing"
)

var (
	doc      *Node
	page     string
	contents []Entry
)

func manual(n int) string {
	var sb strings.Builder
	for i := range n {
		fmt.Fprintf(&sb, "## %d. Chapter *number* %d\n\nSome **strong** text with a [link](https://example.org/%d),\nand a second line.\n\n", i, i, i)
		sb.WriteString("- first\n- second *item*\n- third\n\n```\nx := 1\ny := 2\n```\n\n")
	}
	return sb.String()
}

func TestRender(t *testing.T) {
	d := Parse("# A *b*\n\nx **y** [l](u)\n\n- i\n\n```\na<b\n```\n")
	want := `<article><h1>A <em>b</em></h1>` + "\n" + `<p>x <strong>y</strong> <a href="u">l</a></p><ul><li>i</li></ul><pre>a&lt;b` + "\n</pre>\n</article>"
	if got := NewRenderer().Render(d); got != want {
		t.Error(got)
	}
	if got := Contents(d); len(got) != 1 || got[0] != (Entry{1, "A b", "a-b"}) {
		t.Error(got)
	}
}

func BenchmarkParse(b *testing.B) {
	src := manual(50)
	for b.Loop() {
		doc = Parse(src)
	}
}

func BenchmarkRender(b *testing.B) {
	d, r := Parse(manual(20)), NewRenderer()
	for b.Loop() {
		page = r.Render(d)
	}
}

func BenchmarkContents(b *testing.B) {
	d := Parse(manual(50))
	for b.Loop() {
		contents = Contents(d)
	}
}
