package eventlog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"
)

var (
	segments []*Segment
	topic    *Log
	batch    []Record
)

func segment(base uint64, n int) []byte {
	var b bytes.Buffer
	a := NewAppender(&b, base, nil)
	for i := range n {
		a.Append(fmt.Appendf(nil, `{"order":%d,"state":"shipped","carrier":"north","parcels":%d,"weight":%d}`, i, i%5, i*i%700))
	}
	a.Flush()
	return b.Bytes()
}

func TestLoad(t *testing.T) {
	data := segment(100, 50)
	s, err := Load(bytes.NewReader(data), int64(len(data)))
	if err != nil || len(s.records) != 50 || cap(s.records) != 50 {
		t.Fatal(s, err)
	}
	l := Open([]io.Writer{io.Discard, io.Discard})
	l.Attach(1, s)
	if got := l.Fetch("g", 1, 30); len(got) != 30 || got[0].Offset != 100 {
		t.Error(got)
	}
	if got := l.Fetch("g", 1, 30); len(got) != 20 {
		t.Error(len(got))
	}
	data[len(data)-1] ^= 1
	if _, err := Load(bytes.NewReader(data), int64(len(data))); !errors.Is(err, ErrChecksum) {
		t.Error(err)
	}
}

func BenchmarkLoad(b *testing.B) {
	data := segment(0, 2000)
	segments = make([]*Segment, 80)
	rd := bytes.NewReader(data)
	for i := 0; b.Loop() || i < len(segments); i++ {
		rd.Reset(data)
		s, err := Load(rd, int64(len(data)))
		if err != nil {
			b.Fatal(err)
		}
		segments[i%len(segments)] = s
	}
}

func BenchmarkOpen(b *testing.B) {
	files := make([]io.Writer, 64)
	for i := range files {
		files[i] = io.Discard
	}
	event := []byte(`{"order":1}`)
	for b.Loop() {
		topic = Open(files)
		for i := range uint32(5000) {
			topic.Publish(i, event)
		}
	}
}

func BenchmarkFetch(b *testing.B) {
	data := segment(0, 2000)
	s, err := Load(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		b.Fatal(err)
	}
	l := Open([]io.Writer{io.Discard})
	l.Attach(0, s)
	for b.Loop() {
		if batch = l.Fetch("billing", 0, 100); len(batch) == 0 {
			l.groups["billing"][0] = 0
		}
	}
}
