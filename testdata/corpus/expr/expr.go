// Package expr computes the formulas of a spreadsheet.
package expr

import (
	"fmt"
	"math"
	"strconv"
)

// Env looks up the value of a name.
type Env func(name string) (float64, bool)

// Node is a formula that has been parsed.
type Node interface {
	Eval(env Env) (float64, error)
}

type number float64

func (n number) Eval(Env) (float64, error) { return float64(n), nil }

type name string

func (n name) Eval(env Env) (float64, error) {
	if v, ok := env(string(n)); ok {
		return v, nil
	}
	return 0, fmt.Errorf("expr: no value for %s", string(n))
}

type binary struct {
	op          byte
	left, right Node
}

func (b *binary) Eval(env Env) (float64, error) {
	x, err := b.left.Eval(env)
	if err != nil {
		return 0, err
	}
	y, err := b.right.Eval(env)
	if err != nil {
		return 0, err
	}
	switch b.op {
	case '+':
		return x + y, nil
	case '-':
		return x - y, nil
	case '*':
		return x * y, nil
	case '/':
		return x / y, nil
	case '^':
		return math.Pow(x, y), nil
	case '<':
		return truth(x < y), nil
	case '>':
		return truth(x > y), nil
	}
	return truth(x == y), nil
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

type call struct {
	fn   func(args []float64) float64
	args []Node
	vals []float64 // working space of Eval
}

func (c *call) Eval(env Env) (float64, error) {
	c.vals = c.vals[:0]
	for _, a := range c.args {
		v, err := a.Eval(env)
		if err != nil {
			return 0, err
		}
		c.vals = append(c.vals, v)
	}
	return c.fn(c.vals), nil
}

var functions = map[string]func([]float64) float64{
	"sum": func(a []float64) (s float64) {
		for _, v := range a {
			s += v
		}
		return s
	},
	"max": func(a []float64) float64 {
		m := math.Inf(-1)
		for _, v := range a {
			m = max(m, v)
		}
		return m
	},
	"if": func(a []float64) float64 {
		if len(a) == 3 && a[0] != 0 {
			return a[1]
		}
		return a[len(a)-1]
	},
}

var precedence = [256]int{'<': 1, '>': 1, '=': 1, '+': 2, '-': 2, '*': 3, '/': 3, '^': 4}

type parser struct {
	scan scanner
	tok  token // the one to be read next
	err  error
}

// Parse reads a formula. What it returns is not for use by several goroutines at once.
func Parse(src string) (Node, error) {
	p := parser{scan: scanner{src: src}}
	p.advance()
	n, err := p.expr(1)
	if p.err != nil {
		return nil, p.err
	}
	if err != nil {
		return nil, err
	}
	if p.tok.kind != tokEnd {
		return nil, &SyntaxError{p.tok.pos, "unexpected " + p.tok.text}
	}
	return n, nil
}

// advance returns the next token. What cannot be read is the end, and kept in err.
func (p *parser) advance() token {
	t := p.tok
	if p.err == nil {
		p.tok, p.err = p.scan.next()
	}
	return t
}

func (p *parser) expr(min int) (Node, error) {
	left, err := p.operand()
	if err != nil {
		return nil, err
	}
	for p.tok.kind == tokOp {
		op := p.tok.text[0]
		prec := precedence[op]
		if prec < min {
			break
		}
		p.advance()
		if op != '^' {
			prec++
		}
		right, err := p.expr(prec)
		if err != nil {
			return nil, err
		}
		left = &binary{op, left, right}
	}
	return left, nil
}

func (p *parser) operand() (Node, error) {
	t := p.advance()
	switch {
	case t.kind == tokNumber:
		v, err := strconv.ParseFloat(t.text, 64)
		if err != nil {
			return nil, &SyntaxError{t.pos, "bad number " + t.text}
		}
		return number(v), nil
	case t.kind == tokName && p.tok.kind == tokOpen:
		return p.call(t)
	case t.kind == tokName:
		return name(t.text), nil
	case t.kind == tokOp && t.text == "-":
		n, err := p.expr(4)
		if err != nil {
			return nil, err
		}
		return &binary{'-', number(0), n}, nil
	case t.kind == tokOpen:
		n, err := p.expr(1)
		if err != nil {
			return nil, err
		}
		if c := p.advance(); c.kind != tokClose {
			return nil, &SyntaxError{c.pos, "missing )"}
		}
		return n, nil
	}
	return nil, &SyntaxError{t.pos, "operand expected"}
}

func (p *parser) call(fn token) (Node, error) {
	f, ok := functions[fn.text]
	if !ok {
		return nil, &SyntaxError{fn.pos, "no function " + fn.text}
	}
	c := &call{fn: f}
	p.advance()
	for {
		a, err := p.expr(1)
		if err != nil {
			return nil, err
		}
		c.args = append(c.args, a)
		switch t := p.advance(); t.kind {
		case tokComma:
		case tokClose:
			return c, nil
		default:
			return nil, &SyntaxError{t.pos, "missing )"}
		}
	}
}
