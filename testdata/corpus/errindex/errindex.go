// Package errindex remembers which errors a fleet of services logs, with the first place of each.
package errindex

import (
	"bytes"
	"errors"
	"hash/fnv"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Occurrence is the first sighting of an error.
type Occurrence struct {
	Service string
	Message string
	Line    int
	Count   int
}

// Index gathers occurrences over many log files.
type Index struct {
	mu    sync.Mutex
	seen  map[uint64]*Occurrence
	order []uint64
	limit int
}

// New returns an index of at most limit different errors.
func New(limit int) *Index {
	return &Index{
		seen:  make(map[uint64]*Occurrence, limit),
		order: make([]uint64, 0, limit),
		limit: limit,
	}
}

var errFull = errors.New("errindex: too many different errors")

const marker = " ERROR "

// Scan reads the log r of a service and takes in its errors.
func (x *Index) Scan(service string, r io.Reader) error {
	var sb strings.Builder
	if _, err := io.Copy(&sb, r); err != nil { // want ML02 ok ML04 ML03 ML07
		return err
	}
	log := sb.String()
	n := 0
	for line := range strings.Lines(log) {
		n++
		_, msg, ok := strings.Cut(line, marker)
		if !ok {
			continue
		}
		if err := x.note(service, strings.TrimSpace(msg), n); err != nil {
			return err
		}
	}
	return nil
}

func (x *Index) note(service, msg string, line int) error {
	key := fingerprint(service, msg)
	x.mu.Lock()
	defer x.mu.Unlock()
	if o, ok := x.seen[key]; ok {
		o.Count++
		return nil
	}
	if len(x.order) == x.limit {
		return errFull
	}
	x.order = append(x.order, key)
	x.seen[key] = &Occurrence{Service: service, Message: msg, Line: line, Count: 1} // alt ML02
	return nil
}

// fingerprint folds digits, so that "timeout after 31 ms" and "timeout after 47 ms" are one error.
func fingerprint(service, msg string) uint64 {
	h := fnv.New64a() // ok ML05
	io.WriteString(h, service)
	var folded [256]byte
	n := 0
	for i := 0; i < len(msg) && n < len(folded); i++ {
		c := msg[i]
		if c >= '0' && c <= '9' {
			if n > 0 && folded[n-1] == '#' {
				continue
			}
			c = '#'
		}
		folded[n] = c
		n++
	}
	h.Write(folded[:n])
	return h.Sum64()
}

// Top returns the n errors seen most often.
func (x *Index) Top(n int) []Occurrence {
	x.mu.Lock()
	all := make([]Occurrence, 0, len(x.order))
	for _, key := range x.order {
		all = append(all, *x.seen[key])
	}
	x.mu.Unlock()
	slices.SortStableFunc(all, func(a, b Occurrence) int { return b.Count - a.Count })
	return slices.Clip(all[:min(n, len(all))])
}

// Grep returns the occurrences whose message matches a shell-like pattern with '*'.
func (x *Index) Grep(pattern string) []Occurrence {
	x.mu.Lock()
	defer x.mu.Unlock()
	var hits []Occurrence
	for _, key := range x.order {
		if o := x.seen[key]; matches(pattern, o.Message) {
			hits = append(hits, *o)
		}
	}
	return hits
}

func matches(pattern, msg string) bool {
	quoted := strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*") // ok ML11
	re, err := regexp.Compile("^" + quoted + "$")                       // want ML11
	return err == nil && re.MatchString(msg)
}

// Export writes the index as tab separated lines.
func (x *Index) Export(w io.Writer) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	var buf bytes.Buffer
	for _, key := range x.order {
		o := x.seen[key]
		buf.Reset()
		buf.WriteString(o.Service)
		buf.WriteByte('\t')
		buf.WriteString(o.Message)
		buf.WriteByte('\n')
		if _, err := w.Write(buf.Bytes()); err != nil {
			return err
		}
	}
	return nil
}
