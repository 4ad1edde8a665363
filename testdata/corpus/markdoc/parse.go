// Package markdoc reads a small dialect of Markdown into a tree and renders it as HTML.
package markdoc

import "strings"

// Kind says what a node is.
type Kind uint8

// The kinds of nodes.
const (
	Document Kind = iota
	Heading
	Paragraph
	List
	Item
	Code
	Text
	Strong
	Emphasis
	Link
)

// Node is a part of a document.
type Node struct {
	Kind     Kind
	Level    int
	Text     string
	Parent   *Node
	Children []*Node
}

func (n *Node) add(kind Kind, text string) *Node {
	c := &Node{Kind: kind, Text: text, Parent: n}
	n.Children = append(n.Children, c)
	return c
}

// Parse reads a document. The texts of its nodes are parts of src.
func Parse(src string) *Node {
	doc := &Node{Kind: Document}
	var para, list, code *Node
	start := 0
	for off := 0; off < len(src); {
		end := off + strings.IndexByte(src[off:], '\n')
		if end < off {
			end = len(src)
		}
		line := src[off:end]
		next := min(end+1, len(src))
		switch {
		case code != nil:
			if line == "```" {
				code.Text = src[start:off]
				code = nil
			}
		case strings.HasPrefix(line, "```"):
			code, para, list = doc.add(Code, ""), nil, nil
			start = next
		case strings.TrimSpace(line) == "":
			para, list = nil, nil
		case line[0] == '#':
			rest := strings.TrimLeft(line, "#")
			h := doc.add(Heading, "")
			h.Level = len(line) - len(rest)
			inline(h, strings.TrimSpace(rest))
			para, list = nil, nil
		case strings.HasPrefix(line, "- "):
			if list == nil {
				list = doc.add(List, "")
			}
			inline(list.add(Item, ""), line[2:])
			para = nil
		default:
			if para == nil {
				para = doc.add(Paragraph, "")
			} else {
				para.add(Text, "\n")
			}
			inline(para, line)
		}
		off = next
	}
	if code != nil {
		code.Text = src[start:]
	}
	return doc
}

// inline reads emphasis and links into parent.
func inline(parent *Node, s string) {
	for s != "" {
		i := strings.IndexAny(s, "*[")
		if i < 0 {
			parent.add(Text, s)
			return
		}
		if i > 0 {
			parent.add(Text, s[:i])
			s = s[i:]
		}
		n := 0
		switch {
		case strings.HasPrefix(s, "**"):
			if n = strings.Index(s[2:], "**"); n >= 0 {
				inline(parent.add(Strong, ""), s[2:2+n])
				s = s[n+4:]
			}
		case s[0] == '*':
			if n = strings.IndexByte(s[1:], '*'); n >= 0 {
				inline(parent.add(Emphasis, ""), s[1:1+n])
				s = s[n+2:]
			}
		default:
			label, rest, ok := strings.Cut(s[1:], "](")
			target, tail, closed := strings.Cut(rest, ")")
			if n = -1; ok && closed {
				n = 0
				inline(parent.add(Link, target), label)
				s = tail
			}
		}
		if n < 0 {
			parent.add(Text, s[:1])
			s = s[1:]
		}
	}
}
