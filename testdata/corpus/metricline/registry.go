package metricline

import (
	"fmt"
	"io"
	"iter"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// Kind is the type of a family.
type Kind string

// The kinds of families.
const (
	Counter Kind = "counter"
	Gauge   Kind = "gauge"
)

type series struct {
	key    string
	labels LabelSet
	bits   atomic.Uint64
}

func (s *series) add(d float64) {
	for {
		old := s.bits.Load()
		if s.bits.CompareAndSwap(old, math.Float64bits(math.Float64frombits(old)+d)) {
			return
		}
	}
}

func (s *series) value() float64 { return math.Float64frombits(s.bits.Load()) }

// Family is all series of one name.
type Family struct {
	name, help string
	kind       Kind
	owner      *Registry

	mu     sync.RWMutex
	series map[string]*series
}

// Registry holds families by name.
type Registry struct {
	mu       sync.RWMutex
	families map[string]*Family
	size     atomic.Int64
	external LabelSet
}

// NewRegistry returns a registry that adds the external labels to each series.
func NewRegistry(external LabelSet) *Registry {
	return &Registry{families: make(map[string]*Family), external: external}
}

// Family registers a name. A second registration must agree with the first.
func (r *Registry) Family(name, help string, kind Kind) (*Family, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if f, ok := r.families[name]; ok {
		if f.kind != kind {
			return nil, fmt.Errorf("metricline: %s is a %s already", name, f.kind)
		}
		return f, nil
	}
	f := &Family{name: name, help: help, kind: kind, owner: r, series: make(map[string]*series)}
	r.families[name] = f
	return f, nil
}

// Add changes the series of the labels by d, and makes it where it is new.
func (f *Family) Add(ls LabelSet, d float64) {
	key := ls.String()
	f.mu.RLock()
	s, ok := f.series[key]
	f.mu.RUnlock()
	if !ok {
		s = f.create(key, ls)
	}
	s.add(d)
}

func (f *Family) create(key string, ls LabelSet) *series {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s, ok := f.series[key]; ok {
		return s
	}
	s := &series{key: key, labels: ls.Merge(f.owner.external)}
	f.series[key] = s
	f.owner.size.Add(1)
	return s
}

func (f *Family) sorted() []*series {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return slices.SortedFunc(maps.Values(f.series), func(a, b *series) int { // want ML01 ok ML07
		return strings.Compare(a.key, b.key)
	})
}

func (r *Registry) inOrder() iter.Seq[*Family] {
	return func(yield func(*Family) bool) {
		r.mu.RLock()
		defer r.mu.RUnlock()
		names := make([]string, 0, len(r.families))
		for name := range r.families {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			if !yield(r.families[name]) {
				return
			}
		}
	}
}

// WriteTo writes all families, sorted.
func (r *Registry) WriteTo(w io.Writer) (int64, error) {
	var total int64
	line := make([]byte, 0, 512)
	for f := range r.inOrder() {
		line = append(line[:0], "# TYPE "...)
		line = append(line, f.name...)
		line = append(line, ' ')
		line = append(line, f.kind...)
		line = append(line, '\n')
		for _, s := range f.sorted() {
			line = append(line, f.name...)
			line = append(line, s.key...)
			line = append(line, ' ')
			line = strconv.AppendFloat(line, s.value(), 'g', -1, 64)
			line = append(line, '\n')
			n, err := w.Write(line)
			total += int64(n)
			if err != nil {
				return total, err
			}
			line = line[:0]
		}
	}
	return total, nil
}

// Snapshot gives the values of all series by full name.
func (r *Registry) Snapshot() map[string]float64 {
	out := make(map[string]float64, r.size.Load())
	for f := range r.inOrder() {
		f.mu.RLock()
		for key, s := range f.series {
			out[f.name+key] = s.value() // ok ML11
		}
		f.mu.RUnlock()
	}
	return out
}

// Change is a series that moved between two snapshots.
type Change struct {
	Name     string
	Old, New float64
}

// Changes compares two snapshots.
func Changes(before, after map[string]float64) []Change {
	var out []Change
	for name, v := range after {
		if old, ok := before[name]; !ok || old != v {
			out = append(out, Change{name, old, v})
		}
	}
	return out
}
