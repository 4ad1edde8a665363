package bencode

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func torrent(files int) Dict {
	var list []any
	for i := range files {
		list = append(list, Dict{
			"length": int64(1<<20 + i),
			"path":   []any{"season one", fmt.Sprintf("episode %02d of the long series.mkv", i)},
		})
	}
	return Dict{
		"announce":      "udp://tracker.example:6969",
		"creation date": int64(1_700_000_000),
		"info": Dict{
			"name":         "series",
			"piece length": int64(1 << 18),
			"pieces":       strings.Repeat("0123456789abcdefghij", files*4),
			"files":        list,
		},
	}
}

func TestRoundTrip(t *testing.T) {
	data, err := Encode(torrent(3))
	if err != nil || len(data) != Size(torrent(3)) {
		t.Fatal(err)
	}
	v, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Append(nil, v)
	if err != nil || !bytes.Equal(data, again) {
		t.Fatal(err)
	}
	for _, bad := range []string{"", "i1", "5:abc", "d1:ae", "li1e", "x", "d"} {
		if _, err := Decode([]byte(bad)); !errors.Is(err, ErrSyntax) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := Decode(bytes.Repeat([]byte("l"), 99)); !errors.Is(err, ErrDepth) {
		t.Error(err)
	}
}

var (
	library []any
	encoded []byte
)

func BenchmarkDecode(b *testing.B) {
	data, err := Encode(torrent(40))
	if err != nil {
		b.Fatal(err)
	}
	library = make([]any, 1000)
	read := func(i int) {
		v, err := Decode(data)
		if err != nil {
			b.Fatal(err)
		}
		library[i%len(library)] = v
	}
	for i := range library {
		read(i)
	}
	for i := 0; b.Loop(); i++ {
		read(i)
	}
}

func BenchmarkEncode(b *testing.B) {
	t := torrent(40)
	for b.Loop() {
		data, err := Encode(t)
		if err != nil {
			b.Fatal(err)
		}
		encoded = data
	}
}
