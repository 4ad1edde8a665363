package lzblock

import (
	"bytes"
	"fmt"
	"io"
	"math/rand"
	"testing"
)

func document(n int) []byte {
	rng := rand.New(rand.NewSource(int64(n)))
	var b bytes.Buffer
	for b.Len() < n {
		fmt.Fprintf(&b, "row %d: status=%d region=eu-%d\n", rng.Intn(5000), rng.Intn(5), rng.Intn(9))
	}
	return b.Bytes()[:n]
}

func TestRoundTrip(t *testing.T) {
	for _, n := range []int{0, 1, 5, 100, 4000, blockSize} {
		doc := document(n)
		small := Compress(doc)
		got, err := Expand(small, n)
		if err != nil || !bytes.Equal(got, doc) {
			t.Fatalf("%d: %v", n, err)
		}
		if n > 10 {
			if _, err := Expand(small[:len(small)/2], n/3); err == nil {
				t.Fatal("half a block was read")
			}
		}
	}
}

var (
	packed   []byte
	unpacked []byte
)

func BenchmarkCompress(b *testing.B) {
	doc := document(20_000)
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		packed = Compress(doc)
	}
}

func BenchmarkExpand(b *testing.B) {
	doc := document(20_000)
	small := Compress(doc)
	for b.Loop() {
		out, err := Expand(small, len(doc))
		if err != nil {
			b.Fatal(err)
		}
		unpacked = out
	}
}

func BenchmarkWriter(b *testing.B) {
	doc := document(400_000)
	z := NewWriter(io.Discard)
	for b.Loop() {
		z.Reset(io.Discard)
		if _, err := z.Write(doc); err != nil {
			b.Fatal(err)
		}
		if err := z.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
