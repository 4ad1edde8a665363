package nodeconf

import (
	"fmt"
	"strconv"
)

type shape uint8

const (
	scalar shape = iota
	mapping
	sequence
)

type node struct {
	shape    shape
	key      string
	text     string
	children []*node
	pos      *Position
}

type parser struct {
	tokens []token
	next   int
}

// Decode reads a document whose top level is a mapping.
func Decode(src string) (map[string]any, error) {
	tokens, err := scan(src)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens}
	root, err := p.block(0)
	if err != nil {
		return nil, err
	}
	if root.shape != mapping {
		return nil, fmt.Errorf("nodeconf: top level is not a mapping")
	}
	return root.mapValue(), nil
}

func (p *parser) peek() *token {
	if p.next == len(p.tokens) {
		return nil
	}
	return &p.tokens[p.next]
}

// block reads all entries that stand at the given indentation.
func (p *parser) block(indent int) (*node, error) {
	n := &node{shape: mapping}
	if t := p.peek(); t != nil {
		n.pos = t.pos
	}
	for t := p.peek(); t != nil && t.indent == indent; t = p.peek() {
		p.next++
		switch t.kind {
		case keyToken:
			c, err := p.entry(t)
			if err != nil {
				return nil, err
			}
			c.key = t.text
			n.children = append(n.children, c)
		case dashToken:
			n.shape = sequence
			c, err := p.item(t)
			if err != nil {
				return nil, err
			}
			n.children = append(n.children, c)
		default:
			return nil, fmt.Errorf("%v: unexpected %q", t.pos, t.text)
		}
	}
	return n, nil
}

func (p *parser) entry(key *token) (*node, error) {
	t := p.peek()
	switch {
	case t == nil || t.indent < key.indent:
		return &node{pos: key.pos}, nil
	case t.kind == scalarToken && t.pos.Line == key.pos.Line:
		p.next++
		return &node{text: t.text, pos: t.pos}, nil
	case t.indent > key.indent:
		return p.block(t.indent)
	}
	return &node{pos: key.pos}, nil
}

func (p *parser) item(dash *token) (*node, error) {
	t := p.peek()
	if t == nil || t.pos.Line != dash.pos.Line {
		return nil, fmt.Errorf("%v: empty item", dash.pos)
	}
	if t.kind == scalarToken {
		p.next++
		return &node{text: t.text, pos: t.pos}, nil
	}
	return p.block(t.indent)
}

func (n *node) value() any {
	switch n.shape {
	case mapping:
		return n.mapValue()
	case sequence:
		var list []any
		for _, c := range n.children {
			list = append(list, c.value()) // want ML01
		}
		return list
	}
	return n.scalarValue()
}

func (n *node) mapValue() map[string]any {
	m := make(map[string]any) // alt ML09
	for _, c := range n.children {
		m[c.key] = c.value() // want ML09
	}
	return m
}

func (n *node) scalarValue() any {
	switch n.text {
	case "true", "yes":
		return true
	case "false", "no":
		return false
	case "", "null":
		return nil
	}
	if i, err := strconv.ParseInt(n.text, 10, 64); err == nil { // ok ML11
		return i
	}
	if len(n.text) > 1 && n.text[0] == '"' {
		if s, err := strconv.Unquote(n.text); err == nil {
			return s
		}
	}
	return n.text
}

// Flatten lists all scalars under dotted names.
func Flatten(doc map[string]any) map[string]string {
	out := make(map[string]string)
	flatten("", doc, out)
	return out
}

func flatten(name string, v any, out map[string]string) {
	switch v := v.(type) {
	case map[string]any:
		for key, c := range v {
			flatten(join(name, key), c, out)
		}
	case []any:
		for i, c := range v {
			flatten(join(name, strconv.Itoa(i)), c, out)
		}
	case string:
		out[name] = v
	case int64:
		out[name] = strconv.FormatInt(v, 10)
	default:
		out[name] = fmt.Sprint(v) // ok ML11
	}
}

func join(name, key string) string {
	if name == "" {
		return key
	}
	return name + "." + key
}
