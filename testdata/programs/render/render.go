// Package render turns a tree of elements into text.
package render

import (
	"bytes"
	"fmt"
	"strings"
)

// Node is anything that can be rendered.
type Node interface {
	render(p *printer) error
}

// Text is a leaf.
type Text string

// Element has a name, attributes and children.
type Element struct {
	Name     string
	Attrs    []Attr
	Children []Node
}

// Attr is an attribute with a value of any type.
type Attr struct {
	Name  string
	Value any
}

// Fragment is a list without an element around it.
type Fragment []Node

type printer struct {
	out   bytes.Buffer
	depth int
}

// String renders a node.
func String(n Node) (string, error) {
	p := new(printer)
	if err := n.render(p); err != nil {
		return "", err
	}
	return p.out.String(), nil
}

func (t Text) render(p *printer) error {
	p.line(escape(string(t)))
	return nil
}

func (f Fragment) render(p *printer) error {
	return p.children(f)
}

func (e *Element) render(p *printer) error {
	if e.Name == "" {
		return fmt.Errorf("element at depth %d has no name", p.depth)
	}
	open := "<" + e.Name
	for _, attr := range e.Attrs {
		open += fmt.Sprintf(" %s=%q", attr.Name, fmt.Sprint(attr.Value))
	}
	p.line(open + ">")
	if err := p.children(e.Children); err != nil {
		return err
	}
	p.line("</" + e.Name + ">")
	return nil
}

// children is the other half of the recursion: nodes render children, children are nodes.
func (p *printer) children(nodes []Node) error {
	p.depth++
	defer func() { p.depth-- }()
	for _, node := range nodes {
		if err := node.render(p); err != nil {
			return err
		}
	}
	return nil
}

func (p *printer) line(text string) {
	p.out.WriteString(indent(p.depth))
	p.out.WriteString(text)
	p.out.WriteByte('\n')
}

func indent(depth int) string { return strings.Repeat("  ", depth) }

func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}
