package markdoc

import (
	"html"
	"iter"
	"strings"
	"unicode"
)

// All goes over n and what is below it, in the order of the text.
func (n *Node) All() iter.Seq[*Node] {
	return func(yield func(*Node) bool) { n.walk(yield) }
}

func (n *Node) walk(yield func(*Node) bool) bool {
	if !yield(n) {
		return false
	}
	for _, c := range n.Children {
		if !c.walk(yield) {
			return false
		}
	}
	return true
}

// Renderer writes documents as HTML. Its buffer serves one document after the other.
type Renderer struct {
	buf   []byte
	hooks map[Kind]func(*Node) (before, after string)
}

// NewRenderer returns a renderer with the usual elements.
func NewRenderer() *Renderer {
	r := &Renderer{hooks: make(map[Kind]func(*Node) (string, string), 8)}
	for kind, name := range map[Kind]string{
		Paragraph: "p", List: "ul", Item: "li", Strong: "strong", Emphasis: "em", Document: "article",
	} {
		open, end := "<"+name+">", "</"+name+">"
		r.hooks[kind] = func(*Node) (string, string) { return open, end }
	}
	return r
}

// Render returns the HTML of doc.
func (r *Renderer) Render(doc *Node) string {
	r.buf = r.buf[:0]
	r.node(doc)
	return string(r.buf)
}

func (r *Renderer) node(n *Node) {
	after := ""
	switch n.Kind {
	case Heading:
		d := byte('0' + min(n.Level, 6))
		r.buf = append(r.buf, "<h"...)
		r.buf = append(r.buf, d, '>')
		r.children(n)
		r.buf = append(r.buf, "</h"...)
		r.buf = append(r.buf, d, '>', '\n')
		return
	case Link:
		r.buf = append(r.buf, `<a href="`...)
		r.escape(n.Text)
		r.buf = append(r.buf, `">`...)
		after = "</a>"
	case Code:
		r.buf = append(r.buf, "<pre>"...)
		r.escape(n.Text)
		after = "</pre>\n"
	case Text:
		r.escape(n.Text)
	default:
		if hook, ok := r.hooks[n.Kind]; ok {
			var before string
			before, after = hook(n)
			r.buf = append(r.buf, before...)
		}
	}
	r.children(n)
	r.buf = append(r.buf, after...)
}

func (r *Renderer) children(n *Node) {
	for _, c := range n.Children {
		r.node(c)
	}
}

func (r *Renderer) escape(s string) {
	r.buf = append(r.buf, html.EscapeString(s)...)
}

// Entry is a line of the table of contents.
type Entry struct {
	Level int
	Title string
	Slug  string
}

// Contents lists the headings of doc.
func Contents(doc *Node) []Entry {
	var out []Entry
	for n := range doc.All() {
		if n.Kind != Heading {
			continue
		}
		title := plain(n)
		out = append(out, Entry{n.Level, title, slug(title)})
	}
	return out
}

// plain is the text of n without its markup. Most headings are one piece.
func plain(n *Node) string {
	if len(n.Children) == 1 && n.Children[0].Kind == Text {
		return n.Children[0].Text
	}
	size := 0
	for c := range n.All() {
		if c.Kind == Text {
			size += len(c.Text)
		}
	}
	var sb strings.Builder
	sb.Grow(size)
	for c := range n.All() {
		if c.Kind == Text {
			sb.WriteString(c.Text)
		}
	}
	return sb.String()
}

func slug(title string) string {
	var sb strings.Builder
	sb.Grow(len(title))
	dash := false
	for _, c := range title {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			if dash && sb.Len() > 0 {
				sb.WriteByte('-')
			}
			dash = false
			sb.WriteRune(unicode.ToLower(c))
		} else {
			dash = true
		}
	}
	return sb.String()
}
