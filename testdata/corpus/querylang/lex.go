// Package querylang filters rows by small expressions, such as
// size > 10 and name ilike "%north%".
package querylang

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind uint8

const (
	eofToken tokenKind = iota
	nameToken
	numberToken
	stringToken
	opToken
)

type token struct {
	kind  tokenKind
	start int
	text  string
}

type stateFn func() stateFn

type lexer struct {
	src    string
	start  int
	off    int
	tokens []token
	err    error
}

func lex(src string) ([]token, error) {
	l := &lexer{src: src}
	for state := l.any; state != nil; {
		state = state()
	}
	return l.tokens, l.err
}

func (l *lexer) emit(k tokenKind) {
	l.tokens = append(l.tokens, token{k, l.start, l.src[l.start:l.off]}) // ok ML01
	l.start = l.off
}

func (l *lexer) take(ok func(rune) bool) {
	for l.off < len(l.src) {
		r, n := utf8.DecodeRuneInString(l.src[l.off:])
		if !ok(r) {
			return
		}
		l.off += n
	}
}

func (l *lexer) any() stateFn {
	l.take(unicode.IsSpace)
	l.start = l.off
	if l.off == len(l.src) {
		l.emit(eofToken)
		return nil
	}
	r, _ := utf8.DecodeRuneInString(l.src[l.off:])
	switch {
	case unicode.IsLetter(r) || r == '_':
		return l.name // want ML05
	case unicode.IsDigit(r):
		return l.number // alt ML05
	case r == '"':
		return l.quoted // alt ML05
	}
	return l.operator // alt ML05
}

func (l *lexer) name() stateFn {
	l.take(func(r rune) bool { return r == '_' || r == '.' || unicode.IsLetter(r) || unicode.IsDigit(r) })
	l.emit(nameToken)
	return l.any // alt ML05
}

func (l *lexer) number() stateFn {
	l.take(func(r rune) bool { return r == '.' || unicode.IsDigit(r) })
	l.emit(numberToken)
	return l.any // alt ML05
}

func (l *lexer) quoted() stateFn {
	end := strings.IndexByte(l.src[l.off+1:], '"')
	if end < 0 {
		l.err = fmt.Errorf("querylang: string at %d has no end", l.off)
		return nil
	}
	l.off += end + 2
	l.emit(stringToken)
	return l.any // alt ML05
}

func (l *lexer) operator() stateFn {
	l.off++
	if l.off < len(l.src) && l.src[l.off] == '=' {
		l.off++
	}
	l.emit(opToken)
	return l.any // alt ML05
}
