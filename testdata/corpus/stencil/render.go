package stencil

import (
	"fmt"
	"html"
	"strconv"
	"strings"
)

type scope map[string]any

// Render fills in the data.
func (t *Template) Render(data map[string]any) (string, error) {
	out, err := renderAll(t.nodes, data)
	if err != nil {
		return "", fmt.Errorf("stencil: %s: %w", t.name, err)
	}
	return out, nil
}

func renderAll(nodes []node, sc scope) (string, error) {
	out := ""
	for _, n := range nodes {
		s, err := n.render(sc)
		if err != nil {
			return "", err
		}
		out += s // want ML04
	}
	return out, nil
}

func (n textNode) render(scope) (string, error) { return string(n), nil }

func (n *valueNode) render(sc scope) (string, error) {
	v, err := sc.lookup(n.path)
	if err != nil {
		return "", err
	}
	switch v := v.(type) {
	case string:
		return html.EscapeString(v), nil
	case int:
		return strconv.Itoa(v), nil // ok ML11
	case float64:
		return strconv.FormatFloat(v, 'f', 2, 64), nil // ok ML11
	}
	return html.EscapeString(fmt.Sprint(v)), nil
}

func (n *eachNode) render(sc scope) (string, error) {
	v, err := sc.lookup(n.path)
	if err != nil {
		return "", err
	}
	items, ok := v.([]any)
	if !ok {
		return "", fmt.Errorf("%s is no list", n.path)
	}
	var sb strings.Builder
	for i, item := range items {
		inner := make(scope) // alt ML09
		for k, v := range sc {
			inner[k] = v // want ML09 ok ML07
		}
		inner[n.as] = item     // alt ML09
		inner["index"] = i + 1 // ok ML05 ML09
		s, err := renderAll(n.body, inner)
		if err != nil {
			return "", err
		}
		sb.WriteString(s) // ok ML04
	}
	return sb.String(), nil
}

func (n *ifNode) render(sc scope) (string, error) {
	v, err := sc.lookup(n.path)
	if err != nil || v == nil || v == false || v == "" || v == 0 {
		return "", nil
	}
	return renderAll(n.body, sc)
}

func (sc scope) lookup(path string) (any, error) {
	var cur any = map[string]any(sc)
	for _, name := range strings.Split(path, ".") { // want ML11 ok ML07
		m, ok := cur.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("%s has no fields at %q", path, name)
		}
		if cur, ok = m[name]; !ok {
			return nil, fmt.Errorf("%s is not set", path)
		}
	}
	return cur, nil
}
