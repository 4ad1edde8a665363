package rollup

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

var (
	quantiles []float64
	outliers  []Point
)

type counter struct {
	reports int
	points  uint64
}

func (c *counter) Emit(event any) {
	switch e := event.(type) {
	case Report:
		c.reports++
		c.points += e.Count
	case *Report:
		c.reports++
		c.points += e.Count
	}
}

func points(n int) []Point {
	rnd := rand.New(rand.NewPCG(3, 5))
	start := time.Date(2025, 3, 1, 8, 0, 0, 0, time.UTC)
	out := make([]Point, n)
	for i := range out {
		v := rnd.NormFloat64() + 12
		if i%50 == 0 {
			v *= 9
		}
		out[i] = Point{
			Name:  fmt.Sprintf("disk.%d.wait", i%10),
			Host:  fmt.Sprintf("host-%02d", i/10%60),
			At:    start.Add(time.Duration(i) * 20 * time.Millisecond),
			Value: v,
		}
	}
	return out
}

func BenchmarkWindow(b *testing.B) {
	ps := points(1200)
	a := New(time.Minute, &counter{})
	for b.Loop() {
		for i := range ps {
			a.Add(&ps[i])
		}
		a.Close()
	}
}

func BenchmarkQuantiles(b *testing.B) {
	ps := points(200)
	vals := make([]float64, len(ps))
	for i := range ps {
		vals[i] = ps[i].Value
	}
	for b.Loop() {
		quantiles = Quantiles(vals, 0.5, 0.9, 0.99)
	}
}

func BenchmarkOutliers(b *testing.B) {
	ps := points(200)
	for b.Loop() {
		outliers = Outliers(ps, 4)
	}
}
