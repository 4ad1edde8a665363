// Package rulematch routes alerts to receivers.
package rulematch

import (
	"fmt"
	"regexp"
	"strings"
)

// Op is the way a matcher compares.
type Op uint8

// The ways to compare.
const (
	Equal Op = iota
	NotEqual
	Regexp
	NotRegexp
	Prefix
	Suffix
	Present
)

// Matcher is a condition on one label.
type Matcher struct {
	Name     string
	Op       Op
	Value    string
	Optional bool
	Fold     bool
}

// NewMatcher checks the pattern where there is one.
func NewMatcher(name string, op Op, value string) (*Matcher, error) {
	if op == Regexp || op == NotRegexp {
		if _, err := regexp.Compile(anchored(value)); err != nil {
			return nil, fmt.Errorf("rulematch: matcher of %s: %w", name, err)
		}
	}
	return &Matcher{Name: name, Op: op, Value: value}, nil
}

func anchored(pattern string) string { return "^(?:" + pattern + ")$" } // ok ML04 ML11

func (m *Matcher) equal(v string) bool    { return v == m.Value }
func (m *Matcher) notEqual(v string) bool { return v != m.Value }
func (m *Matcher) prefix(v string) bool   { return strings.HasPrefix(v, m.Value) }
func (m *Matcher) suffix(v string) bool   { return strings.HasSuffix(v, m.Value) }
func (m *Matcher) present(v string) bool  { return v != "" }

func (m *Matcher) regexp(v string) bool {
	ok, err := regexp.MatchString(anchored(m.Value), v) // want ML11 ok ML03
	return err == nil && ok
}

func (m *Matcher) notRegexp(v string) bool { return !m.regexp(v) }

func (m *Matcher) predicate() func(string) bool {
	holds := m.equal // want ML05
	switch m.Op {
	case NotEqual:
		holds = m.notEqual // alt ML05
	case Regexp:
		holds = m.regexp // alt ML05
	case NotRegexp:
		holds = m.notRegexp // alt ML05
	case Prefix:
		holds = m.prefix // alt ML05
	case Suffix:
		holds = m.suffix // alt ML05
	case Present:
		holds = m.present // alt ML05
	}
	if m.Fold {
		return func(v string) bool { return holds(strings.ToLower(v)) } // alt ML05
	}
	if m.Optional {
		return func(v string) bool { return v == "" || holds(v) } // alt ML05
	}
	return holds
}

// Matchers must all hold.
type Matchers []*Matcher

// Match reports whether the labels meet all matchers.
func (ms Matchers) Match(labels map[string]string) bool {
	for _, m := range ms {
		holds := m.predicate()
		if !holds(labels[m.Name]) {
			return false
		}
	}
	return true
}
