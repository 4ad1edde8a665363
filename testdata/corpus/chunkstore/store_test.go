package chunkstore

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"testing"
)

var manifest *Manifest

func file(n int) []byte {
	var b bytes.Buffer
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "record %d of the file, value %x\n", i, i*i)
	}
	return b.Bytes()[:n]
}

func TestStore(t *testing.T) {
	s := New(NewMemory(), gzip.BestSpeed)
	data := file(200_000)
	m, err := s.Write(bytes.NewReader(data), int64(len(data)))
	if err != nil || m.Size != int64(len(data)) || cap(m.Refs) != len(m.Refs) {
		t.Fatal(m, err)
	}
	var out bytes.Buffer
	if err := s.Read(&out, m); err != nil || !bytes.Equal(out.Bytes(), data) {
		t.Error(err)
	}
	if s.written == 0 || s.written > int64(len(data))/2 {
		t.Error(s.written)
	}
}

func BenchmarkWrite(b *testing.B) {
	data := file(512 << 10)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		var err error
		s := New(NewMemory(), gzip.BestSpeed)
		if manifest, err = s.Write(bytes.NewReader(data), int64(len(data))); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	s := New(NewMemory(), gzip.BestSpeed)
	data := file(512 << 10)
	m, err := s.Write(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := s.Read(io.Discard, m); err != nil {
			b.Fatal(err)
		}
	}
}
