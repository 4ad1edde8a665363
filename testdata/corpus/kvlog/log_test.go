package kvlog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"
)

func keys(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("user/%05d/profile", i)
	}
	return out
}

func TestReplay(t *testing.T) {
	var log bytes.Buffer
	s := New(&log)
	for i, k := range keys(50) {
		if err := s.Put(k, []byte{byte(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Delete(keys(50)[7]); err != nil {
		t.Fatal(err)
	}
	data := log.Bytes()
	r := New(io.Discard)
	if n, err := r.Replay(bytes.NewReader(data[:len(data)-3])); err != nil || n != 50 || r.Len() != 50 {
		t.Fatal(n, err)
	}
	data[20] ^= 1
	if _, err := New(io.Discard).Replay(bytes.NewReader(data)); !errors.Is(err, ErrCorrupt) {
		t.Fatal(err)
	}
}

func BenchmarkPut(b *testing.B) {
	ks := keys(500)
	val := bytes.Repeat([]byte("v"), 200)
	s := New(io.Discard)
	for _, k := range ks {
		if err := s.Put(k, val); err != nil {
			b.Fatal(err)
		}
	}
	for i := 0; b.Loop(); i++ {
		// Most of what clients send is what the store has already.
		if i%50 == 0 {
			val[i/50%len(val)]++
		}
		if err := s.Put(ks[i/10%len(ks)], val); err != nil {
			b.Fatal(err)
		}
	}
}

var store *Store

func BenchmarkReplay(b *testing.B) {
	var log bytes.Buffer
	s := New(&log)
	for i, k := range keys(400) {
		if err := s.Put(k, bytes.Repeat([]byte("x"), 100+i%300)); err != nil {
			b.Fatal(err)
		}
	}
	rd := bytes.NewReader(log.Bytes())
	for b.Loop() {
		rd.Seek(0, io.SeekStart)
		store = New(io.Discard)
		if _, err := store.Replay(rd); err != nil {
			b.Fatal(err)
		}
	}
}
