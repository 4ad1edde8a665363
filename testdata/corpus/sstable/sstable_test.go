package sstable

import (
	"bytes"
	"fmt"
	"testing"
)

var (
	tables []*Table
	value  []byte
	seen   int
)

func stored(tb testing.TB, n int) []byte {
	var out bytes.Buffer
	w := NewWriter(&out, 8<<10)
	for i := range n {
		if err := w.Add(fmt.Appendf(nil, "user:%08d", i*3), bytes.Repeat([]byte{byte(i)}, 180)); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

func BenchmarkOpen(b *testing.B) {
	raw := stored(b, 4000)
	for b.Loop() {
		t, err := Open(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			b.Fatal(err)
		}
		if len(tables) == 40 {
			tables = tables[:0]
		}
		tables = append(tables, t)
	}
}

func BenchmarkGet(b *testing.B) {
	raw := stored(b, 8000)
	t, err := Open(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		b.Fatal(err)
	}
	tables = append(tables, t)
	var key []byte
	i := 0
	for b.Loop() {
		key = fmt.Appendf(key[:0], "user:%08d", (i*7919%8000)*3)
		if i%8 != 0 {
			key = fmt.Appendf(key[:0], "user:%08d", (i%64)*3)
		}
		if value, err = t.Get(key); err != nil || value == nil {
			b.Fatal(err)
		}
		i++
	}
}

func BenchmarkAll(b *testing.B) {
	raw := stored(b, 4000)
	t, err := Open(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		seen = 0
		for range t.All() {
			seen++
		}
	}
}
