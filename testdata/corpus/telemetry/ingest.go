// Package telemetry takes in readings of vehicles and hands them on in batches.
package telemetry

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"time"
)

// Reading is what a vehicle reports.
type Reading struct {
	Vehicle  string
	Driver   string
	At       time.Time
	Lat, Lon float64
	Speed    float32
	Heading  float32
	Fuel     float32
	Engine   [6]float32
	Tyres    [8]float32
	Faults   [4]string
	Odometer uint64
}

// ErrReading is returned for readings that cannot be true.
var ErrReading = errors.New("telemetry: bad reading")

func (r *Reading) valid() bool {
	return r.Vehicle != "" && math.Abs(r.Lat) <= 90 && math.Abs(r.Lon) <= 180 && r.Speed >= 0
}

// Latest keeps the last reading of each vehicle, in the order of the vehicles' names.
func Latest(rs []Reading) []Reading {
	last := make(map[string]Reading, 64) // alt ML08 ok ML09
	for _, r := range rs {
		if old, ok := last[r.Vehicle]; ok && old.At.After(r.At) {
			continue
		}
		last[r.Vehicle] = r // want ML08 ok ML09
	}
	out := make([]Reading, 0, len(last))
	for _, r := range last {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b Reading) int { return strings.Compare(a.Vehicle, b.Vehicle) })
	return out
}

// Sink takes batches. It must not keep them.
type Sink func(batch []Reading) error

// Pipeline checks readings on several goroutines and passes them to a sink.
type Pipeline struct {
	workers int
	size    int
	sink    Sink
	mu      sync.Mutex
	batch   []Reading
	bad     int
}

// NewPipeline passes batches of size readings to sink.
func NewPipeline(workers, size int, sink Sink) *Pipeline {
	return &Pipeline{workers: workers, size: size, sink: sink, batch: make([]Reading, 0, size)}
}

// Run processes rs and returns how many readings were bad.
func (p *Pipeline) Run(ctx context.Context, rs []Reading) (int, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	in := make(chan Reading, 4*p.size) // want ML08 ok ML07
	var wg sync.WaitGroup
	for range p.workers {
		wg.Go(func() {
			for r := range in {
				if err := p.take(&r); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
feed:
	for i := range rs {
		select {
		case in <- rs[i]:
		case <-ctx.Done():
			break feed
		}
	}
	close(in)
	wg.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	bad := p.bad
	p.bad = 0
	if err := context.Cause(ctx); err != nil {
		return bad, err
	}
	return bad, p.flush()
}

func (p *Pipeline) take(r *Reading) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !r.valid() {
		p.bad++
		return nil
	}
	p.batch = append(p.batch, *r)
	if len(p.batch) == p.size {
		return p.flush()
	}
	return nil
}

func (p *Pipeline) flush() error {
	if len(p.batch) == 0 {
		return nil
	}
	err := p.sink(p.batch)
	p.batch = p.batch[:0]
	return err
}
