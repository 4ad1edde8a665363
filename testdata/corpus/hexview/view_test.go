package hexview

import (
	"bytes"
	"io"
	"math/rand"
	"strings"
	"testing"
)

func TestDump(t *testing.T) {
	want := "00000000  68 65 6c 6c 6f 0a                                 |hello.|\n"
	if got := Dump([]byte("hello\n")); got != want {
		t.Fatalf("%q", got)
	}
	data := append(make([]byte, 64), "tail"...)
	var sb strings.Builder
	if err := Copy(&sb, bytes.NewReader(data)); err != nil || strings.Count(sb.String(), "\n") != 3 {
		t.Fatal(sb.String(), err)
	}
	rs := Compare([]byte("abcdef"), []byte("aXcdeYZ"))
	if len(rs) != 3 || rs[0].String() != "00000001 62 > 58" {
		t.Fatal(rs)
	}
}

var (
	shown  string
	ranges []Range
)

func BenchmarkDump(b *testing.B) {
	data := make([]byte, 4000)
	rand.New(rand.NewSource(1)).Read(data)
	for b.Loop() {
		shown = Dump(data)
	}
}

func BenchmarkCompare(b *testing.B) {
	x := make([]byte, 4000)
	rng := rand.New(rand.NewSource(1))
	rng.Read(x)
	y := bytes.Clone(x)
	for range 50 {
		y[rng.Intn(len(y))]++
	}
	for b.Loop() {
		ranges = Compare(x, y)
		for _, r := range ranges[:10] {
			shown = r.String()
		}
	}
}

func BenchmarkCopy(b *testing.B) {
	data := make([]byte, 256<<10)
	rand.New(rand.NewSource(1)).Read(data[:200<<10])
	rd := bytes.NewReader(data)
	for b.Loop() {
		rd.Reset(data)
		if err := Copy(io.Discard, rd); err != nil {
			b.Fatal(err)
		}
	}
}
