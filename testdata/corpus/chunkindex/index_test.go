package chunkindex

import (
	"bytes"
	"fmt"
	"math/rand"
	"testing"
)

var (
	index *Index
	pack  *Pack
)

func noise(seed int64, n int) []byte {
	b := make([]byte, n)
	rand.New(rand.NewSource(seed)).Read(b)
	return b
}

func TestPack(t *testing.T) {
	p := NewPack(64)
	data := noise(1, 200_000)
	recipe := p.Put(append(bytes.Clone(data), data...))
	var out bytes.Buffer
	if err := p.Get(&out, recipe); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out.Bytes()[:len(data)], data) || p.size > 300_000 {
		t.Fatalf("%d bytes, %d kept", out.Len(), p.size)
	}
}

func BenchmarkAdd(b *testing.B) {
	index = NewIndex()
	data := noise(7, 150_000)
	rd := bytes.NewReader(data)
	add := func(i int) {
		data[i*999%len(data)]++
		rd.Reset(data)
		if _, err := index.Add(fmt.Sprintf("disk%02d.img", i%96), rd); err != nil {
			b.Fatal(err)
		}
	}
	for i := range 96 {
		add(i)
	}
	for i := 0; b.Loop(); i++ {
		add(i)
	}
}

func BenchmarkPack(b *testing.B) {
	data := noise(9, 1<<20)
	for b.Loop() {
		pack = NewPack(len(data) / (4 << 10))
		pack.Put(data)
	}
}
