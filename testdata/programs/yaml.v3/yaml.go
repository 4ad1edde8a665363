// Package yaml reads a small part of YAML: mappings, sequences and scalars, by indentation.
//
// Its folder has a dot, as those of gopkg.in have: the linker writes such a path as yaml%2ev3.
package yaml

import (
	"fmt"
	"strconv"
	"strings"
)

type line struct {
	indent int
	text   string
}

type decoder struct {
	lines []line
	next  int
}

// Unmarshal gives maps, slices, strings, numbers and booleans.
func Unmarshal(text string) (any, error) {
	d := &decoder{lines: split(text)}
	value, err := d.block(0)
	if err != nil {
		return nil, fmt.Errorf("line %d: %w", d.next+1, err)
	}
	return value, nil
}

func split(text string) []line {
	var lines []line
	for _, raw := range strings.Split(text, "\n") {
		trimmed := strings.TrimLeft(raw, " ")
		if trimmed != "" && !strings.HasPrefix(trimmed, "#") {
			lines = append(lines, line{indent: len(raw) - len(trimmed), text: trimmed})
		}
	}
	return lines
}

// block, mapping and sequence call each other.
func (d *decoder) block(indent int) (any, error) {
	if d.next >= len(d.lines) {
		return nil, nil
	}
	if strings.HasPrefix(d.lines[d.next].text, "- ") {
		return d.sequence(d.lines[d.next].indent)
	}
	return d.mapping(d.lines[d.next].indent)
}

func (d *decoder) mapping(indent int) (map[string]any, error) {
	values := map[string]any{}
	for d.next < len(d.lines) && d.lines[d.next].indent == indent {
		key, rest, ok := strings.Cut(d.lines[d.next].text, ":")
		if !ok {
			return nil, fmt.Errorf("no key in %q", d.lines[d.next].text)
		}
		d.next++
		if rest = strings.TrimSpace(rest); rest != "" {
			values[key] = scalar(rest)
			continue
		}
		value, err := d.block(indent + 1)
		if err != nil {
			return nil, err
		}
		values[key] = value
	}
	return values, nil
}

func (d *decoder) sequence(indent int) ([]any, error) {
	var values []any
	for d.next < len(d.lines) && d.lines[d.next].indent == indent {
		text, ok := strings.CutPrefix(d.lines[d.next].text, "- ")
		if !ok {
			break
		}
		if !strings.Contains(text, ":") {
			d.next++
			values = append(values, scalar(text))
			continue
		}
		d.lines[d.next] = line{indent: indent + 2, text: text}
		value, err := d.mapping(indent + 2)
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, nil
}

func scalar(text string) any {
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	if b, err := strconv.ParseBool(text); err == nil {
		return b
	}
	return strings.Clone(text)
}
