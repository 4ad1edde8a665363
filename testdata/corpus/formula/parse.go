// Package formula evaluates the formulas of a spreadsheet.
package formula

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

type opcode uint8

const (
	opConst opcode = iota
	opCell
	opAdd
	opSub
	opMul
	opDiv
	opLess
	opConcat
	opCall
)

type instr struct {
	op   opcode
	argc uint8
	at   int32
}

// Program is a compiled formula.
type Program struct {
	code   []instr
	consts []any
	names  []string
}

var errSyntax = errors.New("formula: syntax error")

type parser struct {
	src string
	pos int
	p   *Program
}

// Compile reads a formula such as "=SUM(A1, 2*B3)".
func Compile(src string) (*Program, error) {
	body, ok := strings.CutPrefix(src, "=")
	if !ok {
		return nil, errSyntax
	}
	ps := parser{src: body, p: &Program{}}
	if err := ps.expr(0); err != nil {
		return nil, fmt.Errorf("%q: %w", src, err)
	}
	if ps.peek() != 0 {
		return nil, fmt.Errorf("%q: %w", src, errSyntax)
	}
	return ps.p, nil
}

func (ps *parser) peek() byte {
	for ps.pos < len(ps.src) && ps.src[ps.pos] == ' ' {
		ps.pos++
	}
	if ps.pos == len(ps.src) {
		return 0
	}
	return ps.src[ps.pos]
}

func (ps *parser) emit(op opcode, at, argc int) {
	ps.p.code = append(ps.p.code, instr{op, uint8(argc), int32(at)})
}

var binary = map[byte]struct {
	op   opcode
	prec int
}{'<': {opLess, 1}, '&': {opConcat, 2}, '+': {opAdd, 3}, '-': {opSub, 3}, '*': {opMul, 4}, '/': {opDiv, 4}}

func (ps *parser) expr(min int) error {
	if err := ps.operand(); err != nil {
		return err
	}
	for {
		b, ok := binary[ps.peek()]
		if !ok || b.prec <= min {
			return nil
		}
		ps.pos++
		if err := ps.expr(b.prec); err != nil {
			return err
		}
		ps.emit(b.op, 0, 2)
	}
}

func (ps *parser) operand() error {
	c := ps.peek()
	switch {
	case c == '(':
		ps.pos++
		if err := ps.expr(0); err != nil {
			return err
		}
		return ps.expect(')')
	case c == '"':
		end := strings.IndexByte(ps.src[ps.pos+1:], '"')
		if end < 0 {
			return errSyntax
		}
		ps.constant(ps.src[ps.pos+1 : ps.pos+1+end])
		ps.pos += end + 2
		return nil
	case c >= '0' && c <= '9':
		v, err := strconv.ParseFloat(ps.word(), 64)
		if err != nil {
			return err
		}
		ps.constant(v)
		return nil
	case c >= 'A' && c <= 'Z':
		return ps.name()
	}
	return errSyntax
}

func (ps *parser) constant(v any) {
	ps.emit(opConst, len(ps.p.consts), 0)
	ps.p.consts = append(ps.p.consts, v)
}

func (ps *parser) word() string {
	start := ps.pos
	for ps.pos < len(ps.src) {
		c := ps.src[ps.pos]
		if c != '.' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			break
		}
		ps.pos++
	}
	return ps.src[start:ps.pos]
}

func (ps *parser) name() error {
	name := ps.word()
	if ps.peek() != '(' {
		i := strings.IndexAny(name, "0123456789")
		if i <= 0 {
			return errSyntax
		}
		row, err := strconv.Atoi(name[i:])
		if err != nil {
			return err
		}
		ps.emit(opCell, row<<8|int(name[0]-'A'), 0)
		return nil
	}
	ps.pos++
	argc := 0
	for ps.peek() != ')' {
		if argc > 0 {
			if err := ps.expect(','); err != nil {
				return err
			}
		}
		if err := ps.expr(0); err != nil {
			return err
		}
		argc++
	}
	ps.pos++
	ps.emit(opCall, len(ps.p.names), argc)
	ps.p.names = append(ps.p.names, name)
	return nil
}

func (ps *parser) expect(c byte) error {
	if ps.peek() != c {
		return errSyntax
	}
	ps.pos++
	return nil
}
