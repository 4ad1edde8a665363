package framecodec

import (
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"strings"
	"testing"
)

func messages() [][]byte {
	long := []byte(strings.Repeat(`{"sensor":"t-17","value":21.5,"unit":"C"},`, 120))
	return [][]byte{long, []byte("ping"), long[:900], []byte("subscribe t-17"), long[:3000]}
}

func TestRoundTrip(t *testing.T) {
	var wire bytes.Buffer
	e := NewEncoder(&wire, flate.DefaultCompression)
	for _, m := range messages() {
		if err := e.Encode(m); err != nil {
			t.Fatal(err)
		}
	}
	d := NewDecoder(&wire)
	for i, m := range messages() {
		got, err := d.Decode()
		if err != nil || !bytes.Equal(got, m) {
			t.Fatalf("message %d: %v", i, err)
		}
	}
	if _, err := d.Decode(); !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
}

func BenchmarkEncode(b *testing.B) {
	e := NewEncoder(io.Discard, flate.BestSpeed)
	msgs := messages()
	for b.Loop() {
		for _, m := range msgs {
			if err := e.Encode(m); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkHeartbeat(b *testing.B) {
	e := NewEncoder(io.Discard, flate.BestSpeed)
	beat := []byte("alive t-17 uptime=86400 queue=12 temperature=21.5")
	for b.Loop() {
		if err := e.Encode(beat); err != nil {
			b.Fatal(err)
		}
	}
}

var kept []byte

func BenchmarkDecode(b *testing.B) {
	var wire bytes.Buffer
	e := NewEncoder(&wire, flate.BestSpeed)
	for range 200 {
		for _, m := range messages() {
			if err := e.Encode(m); err != nil {
				b.Fatal(err)
			}
		}
	}
	rd := bytes.NewReader(wire.Bytes())
	d := NewDecoder(rd)
	for b.Loop() {
		rd.Seek(0, io.SeekStart)
		for {
			msg, err := d.Decode()
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			kept = msg
		}
	}
}
