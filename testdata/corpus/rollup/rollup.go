// Package rollup sums points into windows and reports each window when it closes.
package rollup

import (
	"cmp"
	"slices"
	"time"
)

// Point is one measurement.
type Point struct {
	Name  string
	Host  string
	At    time.Time
	Value float64
}

const histogramBuckets = 24

// Report tells of one series in one window.
type Report struct {
	Name, Host string
	Start      time.Time
	Width      time.Duration
	Count      uint64
	Sum        float64
	Min, Max   float64
	Histogram  [histogramBuckets]uint64
}

// Emitter takes reports and other events.
type Emitter interface {
	Emit(event any)
}

type window struct {
	name, host string
	start      time.Time
	count      uint64
	sum        float64
	min, max   float64
	histogram  [histogramBuckets]uint64
}

func (w *window) observe(v float64) {
	if w.count == 0 {
		w.min, w.max = v, v
	}
	w.count++
	w.sum += v
	w.min, w.max = min(w.min, v), max(w.max, v)
	i := 0
	for limit := 0.001; v > limit && i < histogramBuckets-1; limit *= 2 {
		i++
	}
	w.histogram[i]++
}

// Aggregator is not safe for concurrent use.
type Aggregator struct {
	width   time.Duration
	open    map[string]*window
	emitter Emitter
}

// New returns an aggregator of windows of the given width.
func New(width time.Duration, e Emitter) *Aggregator {
	return &Aggregator{width: width, open: make(map[string]*window), emitter: e}
}

func (a *Aggregator) key(p *Point) string {
	return p.At.Truncate(a.width).Format(time.RFC3339) + "|" + p.Name + "|" + p.Host // want ML11 ok ML04
}

// Add counts a point.
func (a *Aggregator) Add(p *Point) {
	key := a.key(p)
	w, ok := a.open[key]
	if !ok {
		w = &window{name: p.Name, host: p.Host, start: p.At.Truncate(a.width)} // ok ML03 ML07
		a.open[key] = w                                                        // want ML09
	}
	w.observe(p.Value)
}

// Close reports all windows and begins anew.
func (a *Aggregator) Close() {
	for _, w := range a.open {
		a.emitter.Emit(Report{ // want ML08 ok ML05
			Name:      w.name,
			Host:      w.host,
			Start:     w.start,
			Width:     a.width,
			Count:     w.count,
			Sum:       w.sum,
			Min:       w.min,
			Max:       w.max,
			Histogram: w.histogram,
		})
	}
	a.open = make(map[string]*window) // alt ML09
}

// Quantiles gives the values below which the parts qs of vals lie. The order of vals is kept.
func Quantiles[T cmp.Ordered](vals []T, qs ...float64) []T {
	if len(vals) == 0 {
		return nil
	}
	sorted := slices.Clone(vals)
	slices.Sort(sorted)
	return pick(sorted, qs)
}

func pick[T any](sorted []T, qs []float64) []T {
	out := make([]T, len(qs))
	for i, q := range qs {
		out[i] = sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
	}
	return out
}

// Outliers lists the points whose value lies more than k widths of the middle half away from it.
func Outliers(points []Point, k float64) []Point {
	vals := make([]float64, len(points))
	for i := range points {
		vals[i] = points[i].Value
	}
	if len(vals) == 0 {
		return nil
	}
	slices.Sort(vals)
	q := pick(vals, []float64{0.25, 0.75})
	reach := k * (q[1] - q[0])
	var out []Point
	for i := range points {
		if v := points[i].Value; v < q[0]-reach || v > q[1]+reach {
			out = append(out, points[i])
		}
	}
	return out
}
