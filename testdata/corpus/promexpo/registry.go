// Package promexpo keeps counters and gauges with labels and prints them for a scraper.
package promexpo

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// Label is a dimension of a series.
type Label struct{ Name, Value string }

// Series is one number that changes.
type Series struct {
	bits   atomic.Uint64
	labels []Label
	text   string
}

// Add increases the number.
func (s *Series) Add(v float64) {
	for {
		old := s.bits.Load()
		if s.bits.CompareAndSwap(old, math.Float64bits(math.Float64frombits(old)+v)) {
			return
		}
	}
}

// Set replaces the number.
func (s *Series) Set(v float64) { s.bits.Store(math.Float64bits(v)) }

// Value returns the number.
func (s *Series) Value() float64 { return math.Float64frombits(s.bits.Load()) }

// Family is all series of a name.
type Family struct {
	Name, Help string
	labels     []string
	mu         sync.RWMutex
	series     map[string]*Series
}

// Registry holds families.
type Registry struct {
	mu       sync.RWMutex
	families map[string]*Family
}

// NewRegistry returns an empty registry.
func NewRegistry() *Registry { return &Registry{families: make(map[string]*Family)} }

// Family returns the family called name, which it makes at the first call.
func (r *Registry) Family(name, help string, labels ...string) *Family {
	r.mu.Lock()
	defer r.mu.Unlock()
	f, ok := r.families[name]
	if !ok {
		f = &Family{Name: name, Help: help, labels: labels, series: make(map[string]*Series)}
		r.families[name] = f
	}
	return f
}

// With returns the series of the label values, which it makes at the first call.
func (f *Family) With(values ...string) *Series {
	if len(values) != len(f.labels) {
		panic("promexpo: " + f.Name + ": wrong number of label values")
	}
	key := ""
	for _, v := range values {
		key += v + "\xff" // want ML04 ok ML11
	}
	f.mu.RLock()
	s, ok := f.series[key]
	f.mu.RUnlock()
	if ok {
		return s
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if s, ok = f.series[key]; !ok {
		s = f.newSeries(values)
		f.series[key] = s
	}
	return s
}

func (f *Family) newSeries(values []string) *Series {
	s := &Series{labels: make([]Label, len(values))}
	var sb strings.Builder
	sb.WriteString(f.Name)
	for i, v := range values {
		s.labels[i] = Label{f.labels[i], v}
		sb.WriteByte("{,"[min(i, 1)])
		sb.WriteString(f.labels[i])
		sb.WriteByte('=')
		sb.WriteString(strconv.Quote(v))
	}
	if len(values) > 0 {
		sb.WriteByte('}')
	}
	s.text = sb.String()
	return s
}

// WriteTo prints all families in the order of their names.
func (r *Registry) WriteTo(w io.Writer) (int64, error) {
	c := &counter{w: w}
	bw := bufio.NewWriter(c) // ok ML03 ML07
	r.mu.RLock()
	defer r.mu.RUnlock()
	names := slices.Sorted(maps.Keys(r.families)) // ok ML01 ML07
	for _, name := range names {
		r.families[name].print(bw)
	}
	err := bw.Flush()
	return c.n, err
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

func (f *Family) print(w *bufio.Writer) {
	w.WriteString("# HELP ")
	w.WriteString(f.Name)
	w.WriteByte(' ')
	w.WriteString(f.Help)
	w.WriteByte('\n')
	f.mu.RLock()
	defer f.mu.RUnlock()
	lines := make([]string, 0, len(f.series)) // ok ML07 ML03
	for _, s := range f.series {
		lines = append(lines, fmt.Sprintf("%s %g\n", s.text, s.Value())) // want ML11 ok ML05
	}
	slices.Sort(lines)
	for _, l := range lines {
		w.WriteString(l)
	}
}

// Sums adds up the family's series by the value of one label.
func (f *Family) Sums(label string) map[string]float64 {
	f.mu.RLock()
	defer f.mu.RUnlock()
	sums := make(map[string]float64)
	for _, s := range f.series {
		for _, l := range s.labels {
			if l.Name == label {
				sums[l.Value] += s.Value()
			}
		}
	}
	return sums
}

// Snapshot copies the values of all series, by their printed names.
func (r *Registry) Snapshot() map[string]float64 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	out := make(map[string]float64) // alt ML09
	for _, f := range r.families {
		f.mu.RLock()
		for _, s := range f.series {
			out[s.text] = s.Value() // want ML09
		}
		f.mu.RUnlock()
	}
	return out
}
