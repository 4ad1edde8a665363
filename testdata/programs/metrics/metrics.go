// Package metrics counts things by attributes of any type.
package metrics

import "fmt"

// Attr is an attribute of a measurement.
type Attr struct {
	Key   string
	Value any
}

// Int boxes a number.
func Int(key string, value int) Attr { return Attr{Key: key, Value: value} }

// Bool boxes a flag.
func Bool(key string, value bool) Attr { return Attr{Key: key, Value: value} }

// Ratio boxes a fraction.
func Ratio(key string, value float64) Attr { return Attr{Key: key, Value: value} }

// Registry holds counters by their names and attributes.
type Registry struct {
	counters map[any]*int64
	options  []*Options
}

// Options are optional settings, each behind a pointer.
type Options struct {
	Enabled *bool
	Level   *int8
	Rate    *float32
}

// NewRegistry makes an empty registry.
func NewRegistry() *Registry { return &Registry{counters: make(map[any]*int64)} }

type key struct {
	name  string
	first any
}

// Add counts.
func (r *Registry) Add(name string, n int64, attrs ...Attr) {
	k := key{name: name}
	if len(attrs) > 0 {
		k.first = attrs[0].Value
	}
	counter, ok := r.counters[k]
	if !ok {
		counter = new(int64)
		r.counters[k] = counter
	}
	*counter += n
}

// Configure notes options.
func (r *Registry) Configure(enabled bool, level int8, rate float32) {
	r.options = append(r.options, &Options{Enabled: ptr(enabled), Level: ptr(level), Rate: ptr(rate)})
}

func ptr[T any](value T) *T { return &value }

// Describe lists attributes, values boxed again for fmt.
func Describe(attrs []Attr) string {
	text := ""
	for _, attr := range attrs {
		text += fmt.Sprintf("%s=%v ", attr.Key, attr.Value)
	}
	return text
}

// Sum adds up what the counters of one name hold.
func (r *Registry) Sum(name string) (total int64) {
	r.each(func(k key, n int64) {
		if k.name == name {
			total += n
		}
	})
	return total
}

func (r *Registry) each(visit func(key, int64)) {
	for k, n := range r.counters {
		visit(k.(key), *n)
	}
}
