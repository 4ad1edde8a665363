package accesslog

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

type hostSum struct {
	hits    int
	bytes   int64
	classes [6]int
	first   time.Time
}

// Row is what one host did in a window.
type Row struct {
	Host   string
	Hits   int
	Bytes  int64
	Errors int
}

// Summary collects hits until a window is over and hands the rows of each window to Emit.
type Summary struct {
	Width time.Duration
	Emit  func(start time.Time, rows []Row)

	start time.Time
	hosts map[string]hostSum
	line  int
}

// NewSummary returns a summary of windows of the given width.
func NewSummary(width time.Duration, emit func(time.Time, []Row)) *Summary {
	return &Summary{Width: width, Emit: emit, hosts: make(map[string]hostSum)}
}

// Feed reads a piece of the log, which must end at the end of a line.
func (s *Summary) Feed(text string) error {
	for line := range strings.Lines(text) {
		s.line++
		line = strings.TrimRight(line, "\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		h, err := parseHit(line)
		if err != nil {
			return &ParseError{s.line, err}
		}
		if h.At.Sub(s.start) >= s.Width {
			s.Flush()
			s.start = h.At.Truncate(s.Width)
		}
		s.count(&h)
	}
	return nil
}

func (s *Summary) count(h *Hit) {
	sum, ok := s.hosts[h.Host]
	host := h.Host
	if !ok {
		host = strings.Clone(host)
		sum.first = h.At
	}
	sum.hits++
	sum.bytes += h.Bytes
	if c := h.Status / 100; c > 0 && c < len(sum.classes) {
		sum.classes[c]++
	}
	s.hosts[host] = sum // want ML09
}

// Flush ends the window, however far it has come.
func (s *Summary) Flush() {
	if len(s.hosts) == 0 {
		return
	}
	s.Emit(s.start, s.rows())
	s.hosts = make(map[string]hostSum) // alt ML09
}

func (s *Summary) rows() []Row {
	rows := make([]Row, 0, len(s.hosts))
	for host, sum := range s.hosts {
		rows = append(rows, Row{
			Host:   host,
			Hits:   sum.hits,
			Bytes:  sum.bytes,
			Errors: sum.classes[4] + sum.classes[5],
		})
	}
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(b.Hits, a.Hits), strings.Compare(a.Host, b.Host))
	})
	return rows
}
