package ingest

import (
	"sort"
	"time"
)

// Series is what happened on one route of one service.
type Series struct {
	Name      string
	Latencies []time.Duration
	PerMinute map[int64]*Bucket
}

// Bucket counts one minute.
type Bucket struct {
	Count, Errors int64
	Sum           time.Duration
}

func (p *Pipeline) observe(e *Event) {
	name := e.Service + " " + e.Route
	series := p.series[name]
	if series == nil {
		series = newSeries(name)
		p.series[name] = series
	}
	series.add(e)
}

func newSeries(name string) *Series {
	return &Series{Name: name, PerMinute: make(map[int64]*Bucket)}
}

func (s *Series) add(e *Event) {
	s.Latencies = append(s.Latencies, e.Latency)
	bucket := s.bucket(e.Time)
	bucket.Count++
	bucket.Sum += e.Latency
	if e.Level == "ERROR" {
		bucket.Errors++
	}
}

func (s *Series) bucket(at time.Time) *Bucket {
	minute := at.Unix() / 60
	bucket, ok := s.PerMinute[minute]
	if !ok {
		bucket = new(Bucket)
		s.PerMinute[minute] = bucket
	}
	return bucket
}

// Quantile sorts a copy: the latencies stay in their order of arrival.
func (s *Series) Quantile(q float64) time.Duration {
	if len(s.Latencies) == 0 {
		return 0
	}
	sorted := make([]time.Duration, len(s.Latencies))
	copy(sorted, s.Latencies)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i] < sorted[j] })
	return sorted[int(q*float64(len(sorted)-1))]
}
