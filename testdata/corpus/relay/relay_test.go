package relay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

var (
	parsed   []Event
	statuses []Status
)

type sink struct{ bytes int }

func (s *sink) Send(_ string, body []byte) error {
	s.bytes += len(body)
	return nil
}

func events(n int) []Event {
	at := time.Date(2025, 3, 1, 8, 0, 0, 0, time.UTC)
	out := make([]Event, n)
	for i := range out {
		out[i] = Event{ID: uint64(i), Kind: "changed", Object: fmt.Sprintf("item/%d", i), At: at.Add(time.Duration(i) * time.Second)}
	}
	return out
}

func hooks(n int) []Hook {
	out := make([]Hook, n)
	for i := range out {
		out[i] = Hook{URL: fmt.Sprintf("https://hooks.example/%d", i), Kinds: map[string]bool{"changed": i%4 != 0}}
	}
	return out
}

func BenchmarkDeliver(b *testing.B) {
	r := New(hooks(20), &sink{})
	e := &events(1)[0]
	for b.Loop() {
		if n, err := r.Deliver(e); n == 0 || err != nil {
			b.Fatal(n, err)
		}
	}
}

func BenchmarkReplay(b *testing.B) {
	r := New(hooks(1), &sink{})
	es := events(40)
	for b.Loop() {
		if err := r.Replay("https://hooks.example/0", es, 1<<16); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStatuses(b *testing.B) {
	r := New(hooks(20), &sink{})
	for _, e := range events(12) {
		if _, err := r.Deliver(&e); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		statuses = r.Statuses()
	}
}

func BenchmarkParse(b *testing.B) {
	var lines bytes.Buffer
	enc := json.NewEncoder(&lines)
	for _, e := range events(60) {
		if err := enc.Encode(e); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		var err error
		if parsed, err = Parse(bytes.NewReader(lines.Bytes())); err != nil {
			b.Fatal(err)
		}
	}
}
