// Package nodeconf reads the indented configuration of cluster nodes.
package nodeconf

import (
	"fmt"
	"strings"
)

// Position is a place in a source, counted from one.
type Position struct {
	Line, Column int
	Offset       int
}

func (p *Position) String() string { return fmt.Sprintf("%d:%d", p.Line, p.Column) }

type kind uint8

const (
	keyToken kind = iota
	dashToken
	scalarToken
)

type token struct {
	kind   kind
	indent int
	text   string
	pos    *Position
}

type scanner struct {
	src    string
	off    int
	line   int
	tokens []token
}

func (s *scanner) pos(col int) *Position {
	return &Position{Line: s.line, Column: col + 1, Offset: s.off + col} // want ML06 ok ML05
}

func (s *scanner) emit(k kind, indent, col int, text string) {
	s.tokens = append(s.tokens, token{k, indent, text, s.pos(col)})
}

func scan(src string) ([]token, error) {
	s := scanner{src: src, line: 1, tokens: make([]token, 0, 2*strings.Count(src, "\n")+2)}
	for s.off < len(src) {
		line, _, _ := strings.Cut(src[s.off:], "\n")
		if err := s.scanLine(line); err != nil {
			return nil, err
		}
		s.off += len(line) + 1
		s.line++
	}
	return s.tokens, nil
}

func (s *scanner) scanLine(line string) error {
	body := strings.TrimLeft(line, " ")
	indent := len(line) - len(body)
	if strings.HasPrefix(body, "\t") {
		return fmt.Errorf("%v: tab in indentation", s.pos(indent))
	}
	if body == "" || body[0] == '#' {
		return nil
	}
	for {
		rest, ok := strings.CutPrefix(body, "- ")
		if !ok {
			break
		}
		s.emit(dashToken, indent, indent, "")
		body = strings.TrimLeft(rest, " ")
		indent = len(line) - len(body)
	}
	if key, value, ok := strings.Cut(body, ":"); ok && (value == "" || value[0] == ' ') {
		s.emit(keyToken, indent, indent, key)
		body = strings.TrimLeft(value, " ")
	}
	if body = strings.TrimRight(body, " \r"); body != "" {
		s.emit(scalarToken, indent, len(line)-len(body), body)
	}
	return nil
}
