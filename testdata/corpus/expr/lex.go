package expr

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

type tokenKind uint8

const (
	tokEnd tokenKind = iota
	tokNumber
	tokName
	tokOp
	tokOpen
	tokClose
	tokComma
)

type token struct {
	kind tokenKind
	text string
	pos  int
}

// SyntaxError tells where a formula is wrong.
type SyntaxError struct {
	Pos int
	Msg string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("expr: at %d: %s", e.Pos, e.Msg) }

func isLetter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// scanner cuts a formula into tokens.
type scanner struct {
	src string
	pos int
}

// next returns the next token; at the end it is tokEnd, however often it is called.
func (s *scanner) next() (token, error) {
	for s.pos < len(s.src) && strings.IndexByte(" \t\n", s.src[s.pos]) >= 0 {
		s.pos++
	}
	start := s.pos
	if start == len(s.src) {
		return token{kind: tokEnd, pos: start}, nil
	}
	kind := tokOp
	switch c := s.src[start]; {
	case isDigit(c) || c == '.':
		kind = tokNumber
		s.skip(func(c byte) bool { return isDigit(c) || c == '.' || c == 'e' })
	case isLetter(c):
		kind = tokName
		s.skip(func(c byte) bool { return isLetter(c) || isDigit(c) })
	case c == '(':
		kind, s.pos = tokOpen, start+1
	case c == ')':
		kind, s.pos = tokClose, start+1
	case c == ',':
		kind, s.pos = tokComma, start+1
	case strings.IndexByte("+-*/^<>=", c) >= 0:
		s.pos++
	default:
		r, _ := utf8.DecodeRuneInString(s.src[start:])
		return token{}, &SyntaxError{start, fmt.Sprintf("unexpected %q", r)}
	}
	return token{kind, s.src[start:s.pos], start}, nil
}

func (s *scanner) skip(in func(byte) bool) {
	for s.pos < len(s.src) && in(s.src[s.pos]) {
		s.pos++
	}
}
