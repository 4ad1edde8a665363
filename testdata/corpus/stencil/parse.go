// Package stencil renders text templates with loops and conditions.
//
//	Dear {{name}}, {{#each items as it}}{{it.title}}: {{it.price}} {{/each}}{{#if paid}}Thank you.{{/if}}
package stencil

import (
	"fmt"
	"regexp"
	"strings"
)

type node interface {
	render(sc scope) (string, error)
}

type textNode string

type valueNode struct{ path string }

type eachNode struct {
	path, as string
	body     []node
}

type ifNode struct {
	path string
	body []node
}

// Template is a parsed template.
type Template struct {
	name  string
	nodes []node
}

type parser struct {
	src  string
	tags [][]int
	at   int
}

// Parse reads a template.
func Parse(name, src string) (*Template, error) {
	tag := regexp.MustCompile(`\{\{([#/]?)\s*([^{}]+?)\s*\}\}`) // want ML11
	p := &parser{src: src, tags: tag.FindAllStringSubmatchIndex(src, -1)}
	nodes, err := p.list("")
	if err != nil {
		return nil, fmt.Errorf("stencil: %s: %w", name, err)
	}
	return &Template{name, nodes}, nil
}

func (p *parser) list(end string) ([]node, error) {
	var nodes []node
	for len(p.tags) > 0 {
		t := p.tags[0]
		p.tags = p.tags[1:]
		if t[0] > p.at {
			nodes = append(nodes, textNode(p.src[p.at:t[0]]))
		}
		p.at = t[1]
		arg := p.src[t[4]:t[5]]
		switch p.src[t[2]:t[3]] {
		case "":
			nodes = append(nodes, &valueNode{arg})
		case "#":
			n, err := p.section(arg)
			if err != nil {
				return nil, err
			}
			nodes = append(nodes, n)
		case "/":
			if arg != end {
				return nil, fmt.Errorf("unexpected end of %q", arg)
			}
			return nodes, nil
		}
	}
	if end != "" {
		return nil, fmt.Errorf("no end of %q", end)
	}
	if p.at < len(p.src) {
		nodes = append(nodes, textNode(p.src[p.at:]))
	}
	return nodes, nil
}

func (p *parser) section(arg string) (node, error) {
	keyword, rest, _ := strings.Cut(arg, " ")
	switch keyword {
	case "each":
		path, as, ok := strings.Cut(rest, " as ")
		if !ok {
			return nil, fmt.Errorf("each without as: %q", arg)
		}
		body, err := p.list("each")
		return &eachNode{path, as, body}, err
	case "if":
		body, err := p.list("if")
		return &ifNode{rest, body}, err
	}
	return nil, fmt.Errorf("unknown section %q", keyword)
}
