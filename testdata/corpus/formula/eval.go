package formula

import (
	"errors"
	"fmt"
	"strconv"
)

// Sheet gives the values of cells: float64, string, bool, or nil for an empty one.
type Sheet interface {
	Cell(col, row int) any
}

// Evaluator runs programs on a sheet.
type Evaluator struct {
	sheet Sheet
	stack []any
	trace func(step int, value any)
}

// NewEvaluator evaluates on sheet.
func NewEvaluator(sheet Sheet) *Evaluator {
	return &Evaluator{sheet: sheet, stack: make([]any, 0, 32)}
}

// Errors of formulas that cannot be evaluated.
var (
	ErrType     = errors.New("formula: #VALUE!")
	ErrDivision = errors.New("formula: #DIV/0!")
	ErrName     = errors.New("formula: #NAME?")
)

func (e *Evaluator) push(v any) { e.stack = append(e.stack, v) }

func (e *Evaluator) pop() any {
	v := e.stack[len(e.stack)-1]
	e.stack = e.stack[:len(e.stack)-1]
	return v
}

func (e *Evaluator) number() (float64, error) {
	switch v := e.pop().(type) {
	case nil:
		return 0, nil
	case float64:
		return v, nil
	case bool:
		if v {
			return 1, nil
		}
		return 0, nil
	}
	return 0, ErrType
}

func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64) // ok ML11
	}
	return fmt.Sprint(v)
}

// Eval runs p.
func (e *Evaluator) Eval(p *Program) (any, error) {
	e.stack = e.stack[:0]
	for step, in := range p.code {
		switch in.op {
		case opConst:
			e.push(p.consts[in.at])
		case opCell:
			e.push(e.sheet.Cell(int(in.at&0xFF), int(in.at>>8)))
		case opConcat:
			b, a := text(e.pop()), text(e.pop())
			e.push(a + b) // ok ML04 ML05
		case opCall:
			if err := e.call(p.names[in.at], int(in.argc)); err != nil {
				return nil, err
			}
		default:
			if err := e.arith(in.op); err != nil {
				return nil, err
			}
		}
		if e.trace != nil {
			e.trace(step, e.stack[len(e.stack)-1])
		}
	}
	return e.pop(), nil
}

func (e *Evaluator) arith(op opcode) error {
	b, err := e.number()
	if err != nil {
		return err
	}
	a, err := e.number()
	if err != nil {
		return err
	}
	switch op {
	case opAdd:
		e.push(a + b) // want ML05
	case opSub:
		e.push(a - b) // ok ML05
	case opMul:
		e.push(a * b) // want ML05
	case opDiv:
		if b == 0 {
			return ErrDivision
		}
		e.push(a / b) // want ML05
	case opLess:
		e.push(a < b)
	}
	return nil
}

func (e *Evaluator) call(name string, argc int) error {
	args := e.stack[len(e.stack)-argc:]
	switch name {
	case "SUM", "AVG":
		sum := 0.0
		for _, v := range args {
			if f, ok := v.(float64); ok {
				sum += f
			}
		}
		if name == "AVG" && argc > 0 {
			sum /= float64(argc)
		}
		e.drop(argc)
		e.push(sum) // want ML05
	case "IF":
		if argc != 3 {
			return ErrType
		}
		out := args[2]
		if yes, ok := args[0].(bool); ok && yes {
			out = args[1]
		}
		e.drop(argc)
		e.push(out)
	default:
		return ErrName
	}
	return nil
}

func (e *Evaluator) drop(n int) { e.stack = e.stack[:len(e.stack)-n] }
