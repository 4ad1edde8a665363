package ingest

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
)

// Pipeline takes log lines in and gives compressed batches out.
type Pipeline struct {
	rules     []Rule
	series    map[string]*Series
	seen      map[string]int
	excerpts  []string
	trail     [64][]any
	trailNext int
	pending   []*Event
	batchSize int
	ship      func([]byte) error
}

// NewPipeline ships a batch whenever batchSize events wait.
func NewPipeline(batchSize int, ship func([]byte) error, rules ...Rule) *Pipeline {
	return &Pipeline{
		rules:     rules,
		series:    make(map[string]*Series),
		seen:      make(map[string]int),
		batchSize: batchSize,
		ship:      ship,
	}
}

// ReadFrom ingests every line of r.
func (p *Pipeline) ReadFrom(r io.Reader) (int64, error) {
	var read int64
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := lines.Text()
		read += int64(len(line))
		if err := p.Ingest(line); err != nil {
			return read, err
		}
	}
	return read, lines.Err()
}

// Ingest takes one line.
func (p *Pipeline) Ingest(line string) error {
	event, err := Parse(line)
	if err != nil {
		return err
	}
	p.Enrich(event)
	p.observe(event)
	p.remember(event)
	p.pending = append(p.pending, event)
	if len(p.pending) < p.batchSize {
		return nil
	}
	return p.Flush()
}

// remember keeps the beginning of the first line of each kind.
func (p *Pipeline) remember(e *Event) {
	if p.seen[e.fingerprint] == 0 {
		p.excerpts = append(p.excerpts, excerpt(e.raw))
	}
	p.seen[e.fingerprint]++
}

// excerpt is small, yet keeps the whole line alive.
func excerpt(raw string) string {
	return raw[:min(len(raw), 24)]
}

// Flush ships what waits.
func (p *Pipeline) Flush() error {
	body, err := encode(p.pending)
	if err != nil {
		return fmt.Errorf("encode %d events: %w", len(p.pending), err)
	}
	p.pending = nil
	return p.ship(body)
}

func encode(events []*Event) ([]byte, error) {
	var body bytes.Buffer
	zip := gzip.NewWriter(&body)
	for _, event := range events {
		line, err := json.Marshal(event)
		if err != nil {
			return nil, err
		}
		if _, err := zip.Write(append(line, '\n')); err != nil {
			return nil, err
		}
	}
	if err := zip.Close(); err != nil {
		return nil, err
	}
	return body.Bytes(), nil
}

// Summary renders one line for each series.
func (p *Pipeline) Summary() string {
	var text string
	for name, series := range p.series {
		text += fmt.Sprintf("%-32s %6d p50 %8s p99 %8s\n", name, len(series.Latencies),
			series.Quantile(0.50), series.Quantile(0.99))
	}
	return text
}
