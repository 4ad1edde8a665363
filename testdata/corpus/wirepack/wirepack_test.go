package wirepack

import (
	"bytes"
	"fmt"
	"io"
	"testing"
)

func BenchmarkEncodeSmall(b *testing.B) {
	e := NewEncoder(io.Discard)
	f := &Frame{Kind: 3, Stream: 70000, Payload: []byte("position 52.1 4.9 heading 190")}
	for b.Loop() {
		for i := range uint32(200) {
			f.Stream = 70000 + i
			if err := e.Encode(f); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkEncodeDeflated(b *testing.B) {
	e := NewEncoder(io.Discard)
	f := &Frame{Kind: 3, Stream: 9, Payload: bytes.Repeat([]byte("position 52.1 4.9 heading 190\n"), 100)}
	for b.Loop() {
		if err := e.Encode(f); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEach(b *testing.B) {
	var wire bytes.Buffer
	e := NewEncoder(&wire)
	for i := range uint32(300) {
		f := &Frame{Kind: 1, Stream: i % 40, Payload: fmt.Appendf(nil, "%0*d", 100+i%500, i)}
		if i%10 == 0 {
			f.Payload = bytes.Repeat(f.Payload, 5)
		}
		if err := e.Encode(f); err != nil {
			b.Fatal(err)
		}
	}
	box := NewMailbox()
	rd := bytes.NewReader(wire.Bytes())
	d := NewDecoder(rd)
	for b.Loop() {
		rd.Reset(wire.Bytes())
		if err := d.Each(box.Take); err != nil {
			b.Fatal(err)
		}
	}
}
