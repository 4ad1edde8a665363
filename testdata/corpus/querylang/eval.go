package querylang

import (
	"fmt"
	"iter"
	"strings"
)

// Row gives the value of a column: a float64, a string, or nil.
type Row interface {
	Column(name string) any
}

// Func is a function of the language. It must not keep its arguments.
type Func func(args []any) (any, error)

// Evaluator is for one goroutine.
type Evaluator struct {
	funcs map[string]Func
}

// NewEvaluator returns an evaluator that knows the functions.
func NewEvaluator(funcs map[string]Func) *Evaluator {
	return &Evaluator{funcs: funcs}
}

// Filter yields the rows for which e holds, up to the first that fails.
func (ev *Evaluator) Filter(rows iter.Seq[Row], e Expr) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for row := range rows {
			v, err := ev.eval(e, row)
			if err != nil {
				yield(nil, err)
				return
			}
			if v == true && !yield(row, nil) {
				return
			}
		}
	}
}

// Select collects the rows for which e holds.
func (ev *Evaluator) Select(rows iter.Seq[Row], e Expr) ([]Row, error) {
	var out []Row
	for row, err := range ev.Filter(rows, e) {
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

func (ev *Evaluator) eval(e Expr, row Row) (any, error) {
	switch e := e.(type) {
	case *Column:
		return row.Column(e.Name), nil
	case *Literal:
		return e.Value, nil
	case *Call:
		return ev.call(e, row)
	case *Binary:
		return ev.binary(e, row)
	}
	return nil, fmt.Errorf("querylang: unknown node %T", e)
}

func (ev *Evaluator) call(c *Call, row Row) (any, error) {
	f, ok := ev.funcs[c.Func]
	if !ok {
		return nil, fmt.Errorf("querylang: no function %s", c.Func)
	}
	args := make([]any, 0, len(c.Args)) // want ML07 ok ML03 ML05
	for _, a := range c.Args {
		v, err := ev.eval(a, row)
		if err != nil {
			return nil, err
		}
		args = append(args, v)
	}
	return f(args)
}

func (ev *Evaluator) binary(b *Binary, row Row) (any, error) {
	left, err := ev.eval(b.Left, row)
	if err != nil {
		return nil, err
	}
	if b.Op == "and" && left != true || b.Op == "or" && left == true {
		return left == true, nil
	}
	right, err := ev.eval(b.Right, row)
	if err != nil {
		return nil, err
	}
	switch b.Op {
	case "and", "or":
		return right == true, nil
	case "ilike":
		s, _ := left.(string)
		pattern, _ := right.(string)
		return strings.Contains(strings.ToLower(s), strings.ToLower(strings.Trim(pattern, "%"))), nil // want ML11
	case "=":
		return left == right, nil
	case "!=":
		return left != right, nil
	}
	x, ok := left.(float64)
	y, ok2 := right.(float64)
	if !ok || !ok2 {
		return nil, fmt.Errorf("querylang: %s of %T and %T", b.Op, left, right)
	}
	switch b.Op {
	case "<":
		return x < y, nil
	case "<=":
		return x <= y, nil
	case ">":
		return x > y, nil
	case ">=":
		return x >= y, nil
	case "+":
		return x + y, nil // ok ML05
	case "-":
		return x - y, nil // ok ML05
	case "*":
		return x * y, nil // ok ML05
	case "/":
		return x / y, nil // ok ML05
	}
	return nil, fmt.Errorf("querylang: unknown operator %s", b.Op)
}
