package huffcode

import (
	"bytes"
	"fmt"
	"testing"
)

var (
	table *Table
	coded [][]byte
	plain []byte
)

func messages(n int) [][]byte {
	out := make([][]byte, n)
	for i := range out {
		out[i] = fmt.Appendf(nil, "order %d: %d pieces of article %d for customer %d, deliver to gate %c",
			i, i%9, i*37%1000, i*i%5000, 'A'+i%6)
	}
	return out
}

func build(tb testing.TB) *Table {
	t, err := Build(bytes.Join(messages(200), nil))
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

func TestRoundTrip(t *testing.T) {
	tab := build(t)
	for _, m := range append(messages(50), nil, []byte("\x00\xff\x80 anything")) {
		z := tab.Encode(m)
		back, err := tab.Decode(z)
		if err != nil || !bytes.Equal(back, m) {
			t.Fatalf("%q, %v", back, err)
		}
	}
	if _, err := tab.Decode([]byte{40, 1}); err == nil {
		t.Error("no error")
	}
}

func BenchmarkBuild(b *testing.B) {
	for b.Loop() {
		table = build(b)
	}
}

func BenchmarkBatch(b *testing.B) {
	t, msgs := build(b), messages(500)
	for b.Loop() {
		coded = t.Batch(msgs)
	}
}

func BenchmarkDecode(b *testing.B) {
	t := build(b)
	z := t.Encode(bytes.Join(messages(40), nil))
	for b.Loop() {
		var err error
		if plain, err = t.Decode(z); err != nil {
			b.Fatal(err)
		}
	}
}
