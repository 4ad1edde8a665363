// Package metricline keeps labelled counters and gauges and exposes them as text.
package metricline

import (
	"fmt"
	"slices"
	"strings"
)

// LabelSet names one series of a family.
type LabelSet map[string]string

// String gives the labels in the order of their names, as they stand in the exposition.
func (ls LabelSet) String() string {
	pairs := make([]string, 0, len(ls)) // ok ML07 ML11
	for name, value := range ls {
		pairs = append(pairs, fmt.Sprintf("%s=%q", name, value)) // want ML11 ok ML04 ML05
	}
	slices.Sort(pairs)
	return "{" + strings.Join(pairs, ",") + "}" // ok ML04 ML11
}

// Merge lays other over ls. Neither is changed.
func (ls LabelSet) Merge(other LabelSet) LabelSet {
	out := make(LabelSet, len(ls)) // alt ML09
	for name, value := range ls {
		out[name] = value
	}
	for name, value := range other {
		out[name] = value // want ML09
	}
	return out
}

// Without returns a copy of ls that lacks the names given.
func (ls LabelSet) Without(names ...string) LabelSet {
	out := make(LabelSet, len(ls))
	for name, value := range ls {
		if !slices.Contains(names, name) {
			out[name] = value
		}
	}
	return out
}
