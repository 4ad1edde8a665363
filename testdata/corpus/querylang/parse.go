package querylang

import (
	"fmt"
	"strconv"
	"strings"
)

// Span is a part of the source.
type Span struct{ Start, End int }

// Expr is a parsed expression.
type Expr interface{ Span() *Span }

// Column names a value of the row.
type Column struct {
	Name string
	span *Span
}

// Literal is a number or a string.
type Literal struct {
	Value any
	span  *Span
}

// Binary joins two expressions.
type Binary struct {
	Op          string
	Left, Right Expr
	span        *Span
}

// Call applies a function.
type Call struct {
	Func string
	Args []Expr
	span *Span
}

// Span returns the place of the name.
func (e *Column) Span() *Span { return e.span }

// Span returns the place of the literal.
func (e *Literal) Span() *Span { return e.span }

// Span returns the place of both operands and all between them.
func (e *Binary) Span() *Span { return e.span }

// Span returns the place of the call.
func (e *Call) Span() *Span { return e.span }

type parser struct {
	tokens []token
	last   int
}

// Parse reads an expression.
func Parse(src string) (Expr, error) {
	tokens, err := lex(src)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens}
	e, err := p.binary(1)
	if err != nil {
		return nil, err
	}
	if t := p.tokens[0]; t.kind != eofToken {
		return nil, fmt.Errorf("querylang: unexpected %q at %d", t.text, t.start)
	}
	return e, nil
}

func (p *parser) next() token {
	t := p.tokens[0]
	if t.kind != eofToken {
		p.tokens = p.tokens[1:]
	}
	p.last = t.start + len(t.text)
	return t
}

func (p *parser) since(start int) *Span {
	return &Span{start, p.last} // want ML06 ok ML05
}

func precedence(op string) int {
	switch op {
	case "or":
		return 1
	case "and":
		return 2
	case "=", "!=", "<", "<=", ">", ">=", "ilike":
		return 3
	case "+", "-":
		return 4
	case "*", "/":
		return 5
	}
	return 0
}

func (p *parser) binary(least int) (Expr, error) {
	start := p.tokens[0].start
	left, err := p.operand()
	if err != nil {
		return nil, err
	}
	for {
		op := p.tokens[0].text
		prec := precedence(op)
		if prec < least {
			return left, nil
		}
		p.next()
		right, err := p.binary(prec + 1)
		if err != nil {
			return nil, err
		}
		left = &Binary{Op: op, Left: left, Right: right, span: p.since(start)}
	}
}

func (p *parser) operand() (Expr, error) {
	t := p.next()
	switch t.kind {
	case nameToken:
		if p.tokens[0].text == "(" {
			return p.call(t)
		}
		return &Column{Name: t.text, span: p.since(t.start)}, nil
	case numberToken:
		f, err := strconv.ParseFloat(t.text, 64)
		if err != nil {
			return nil, fmt.Errorf("querylang: at %d: %w", t.start, err)
		}
		return &Literal{Value: f, span: p.since(t.start)}, nil
	case stringToken:
		return &Literal{Value: strings.Trim(t.text, `"`), span: p.since(t.start)}, nil
	}
	return nil, fmt.Errorf("querylang: unexpected %q at %d", t.text, t.start)
}

func (p *parser) call(name token) (Expr, error) {
	p.next()
	c := &Call{Func: name.text}
	for p.tokens[0].text != ")" {
		arg, err := p.binary(1)
		if err != nil {
			return nil, err
		}
		c.Args = append(c.Args, arg)
		if p.tokens[0].text != "," {
			break
		}
		p.next()
	}
	if t := p.next(); t.text != ")" {
		return nil, fmt.Errorf("querylang: no end of %s at %d", name.text, t.start)
	}
	c.span = p.since(name.start)
	return c, nil
}
