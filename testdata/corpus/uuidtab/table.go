package uuidtab

import (
	"fmt"
	"iter"
	"slices"
	"strings"
)

func collect[T any](seq iter.Seq[string], n int, f func(string) (T, error)) ([]T, error) {
	out := make([]T, 0, n)
	at := 0
	for s := range seq {
		at++
		v, err := f(s)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", at, err)
		}
		out = append(out, v)
	}
	return out, nil
}

func gather[T any](in []string, f func(string) (T, error)) ([]T, error) {
	var out []T
	for i, s := range in {
		v, err := f(s)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", i+1, err)
		}
		out = append(out, v) // want ML01
	}
	return out, nil
}

func parseValue(s string) (UUID, error) {
	u, err := Parse(s)
	if err != nil {
		return UUID{}, err
	}
	return *u, nil
}

// ParseAll reads each text.
func ParseAll(texts []string) ([]UUID, error) {
	return gather(texts, parseValue)
}

// ParseList reads a list of texts between commas.
func ParseList(list string) ([]UUID, error) {
	return collect(strings.SplitSeq(list, ","), strings.Count(list, ",")+1, parseValue)
}

// Distinct returns the different ids, sorted.
func Distinct(ids []UUID) []UUID {
	seen := make(map[UUID]struct{}) // alt ML09
	var out []UUID
	for _, id := range ids {
		if _, ok := seen[id]; !ok {
			seen[id] = struct{}{} // want ML09
			out = append(out, id) // ok ML01
		}
	}
	slices.SortFunc(out, Compare)
	return out
}

// Table gives rows their number by id.
type Table struct {
	rows map[UUID]int
	ids  []UUID
}

// NewTable numbers the ids as they come.
func NewTable(ids []UUID) *Table {
	t := &Table{rows: make(map[UUID]int, len(ids)), ids: make([]UUID, 0, len(ids))}
	for _, id := range ids {
		if _, ok := t.rows[id]; !ok {
			t.rows[id] = len(t.ids)
			t.ids = append(t.ids, id)
		}
	}
	return t
}

// Missing lists the ids that the table lacks.
func (t *Table) Missing(ids []UUID) []UUID {
	var out []UUID
	for _, id := range ids {
		if _, ok := t.rows[id]; !ok {
			out = append(out, id)
		}
	}
	return out
}
