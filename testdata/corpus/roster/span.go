// Package roster plans who is on duty when.
package roster

import (
	"errors"
	"time"
)

// Minute counts from the start of the plan.
type Minute int32

// Span is a stretch of time, without its end.
type Span struct{ From, To Minute }

// ErrSpan is returned for spans that end before they start.
var ErrSpan = errors.New("roster: span ends before it starts")

// NewSpan returns the span between two minutes.
func NewSpan(from, to Minute) (*Span, error) {
	if to < from {
		return nil, ErrSpan
	}
	return &Span{from, to}, nil // want ML06
}

// Len is the length of s.
func (s *Span) Len() Minute { return s.To - s.From }

// Overlap returns what two spans have in common, or nil.
func (s *Span) Overlap(t *Span) *Span {
	from, to := max(s.From, t.From), min(s.To, t.To)
	if from >= to {
		return nil
	}
	return &Span{from, to} // want ML06
}

// Plan is a period to staff.
type Plan struct {
	Start  time.Time
	Length Minute
	shifts []*Shift
	people map[string]*Person
}

// Person works in shifts.
type Person struct {
	Name   string
	Away   []*Span
	Worked Minute
	last   *Shift
}

// Shift is a duty that someone has to take.
type Shift struct {
	*Span
	Role string
	By   *Person
}

// NewPlan starts an empty plan for about n people.
func NewPlan(start time.Time, days, n int) *Plan {
	return &Plan{
		Start:  start,
		Length: Minute(days * 24 * 60),
		people: make(map[string]*Person, n),
	}
}

// Person returns the person called name, and makes it at the first call.
func (p *Plan) Person(name string) *Person {
	who, ok := p.people[name]
	if !ok {
		who = &Person{Name: name}
		p.people[name] = who
	}
	return who
}

// Repeat adds a shift on each day from minute from of the day, for length minutes.
func (p *Plan) Repeat(role string, from, length Minute) error {
	for day := Minute(0); day < p.Length; day += 24 * 60 {
		s, err := NewSpan(day+from, day+from+length)
		if err != nil {
			return err
		}
		p.shifts = append(p.shifts, &Shift{Span: s, Role: role}) // ok ML01
	}
	return nil
}

// Blocked returns the parts of s in which the person is away.
func (w *Person) Blocked(s *Span) []*Span {
	var out []*Span
	for _, a := range w.Away {
		if o := a.Overlap(s); o != nil {
			out = append(out, o) // ok ML01 ML06 ML07
		}
	}
	return out
}

const rest = 11 * 60

func (w *Person) free(s *Shift) bool {
	if w.last != nil && s.From-w.last.To < rest {
		return false
	}
	var lost Minute
	for _, b := range w.Blocked(s.Span) { // ok ML01 ML06 ML07
		lost += b.Len()
	}
	return lost == 0
}
