package accesslog

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func sample(lines int) string {
	var sb strings.Builder
	at := time.Date(2025, 3, 9, 8, 0, 0, 0, time.UTC)
	for i := range lines {
		at = at.Add(150 * time.Millisecond)
		status := 200
		if i%17 == 0 {
			status = 404
		}
		fmt.Fprintf(&sb, "10.%d.%d.7 - - %s \"GET /shop/%d?ref=mail HTTP/1.1\" %d %d\n",
			i*i%11, i*7%19, at.Format(stampLayout), i%300, status, 200+i*13%5000)
	}
	return sb.String()
}

func TestFeed(t *testing.T) {
	total := 0
	s := NewSummary(time.Minute, func(_ time.Time, rows []Row) {
		for _, r := range rows {
			total += r.Hits
		}
	})
	if err := s.Feed(sample(1000)); err != nil {
		t.Fatal(err)
	}
	s.Flush()
	if total != 1000 {
		t.Fatalf("%d hits", total)
	}
}

var last map[time.Time][]Row

func BenchmarkFeed(b *testing.B) {
	text := sample(4000)
	b.SetBytes(int64(len(text)))
	last = make(map[time.Time][]Row, 16)
	s := NewSummary(time.Minute, func(at time.Time, rows []Row) { last[at] = rows })
	for b.Loop() {
		s.start = time.Time{}
		if err := s.Feed(text); err != nil {
			b.Fatal(err)
		}
		s.Flush()
	}
}
