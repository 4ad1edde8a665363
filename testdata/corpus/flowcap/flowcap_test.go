package flowcap

import (
	"bytes"
	"encoding/binary"
	"testing"
)

var (
	table *Table
	heavy []*Flow
	hosts map[[4]byte]int64
)

// capture has a new flow in the first packet of each block of 64 packets.
func capture(blocks int) []byte {
	out := binary.BigEndian.AppendUint32(nil, magic)
	payload := bytes.Repeat([]byte("GET /x HTTP/1.1 "), 90)
	for i := range blocks {
		var block []byte
		for j := range 64 {
			n := 40 + (i*31+j*97)%1200
			var h [headerLen]byte
			binary.BigEndian.PutUint32(h[0:], uint32(i))
			who := max(0, i-j%8)
			h[4], h[5], h[6] = 10, byte(who>>8), byte(who)
			h[8] = 192
			binary.BigEndian.PutUint16(h[12:], 443)
			binary.BigEndian.PutUint32(h[20:], uint32(n))
			block = append(block, h[:]...)
			block = append(block, payload[:n]...)
		}
		out = binary.BigEndian.AppendUint32(out, uint32(len(block)))
		out = append(out, block...)
	}
	return out
}

func TestRead(t *testing.T) {
	tab := NewTable(10)
	if err := tab.Read(bytes.NewReader(capture(10))); err != nil {
		t.Fatal(err)
	}
	top := tab.Heaviest(3)
	if len(top) != 3 || top[0].Bytes < top[1].Bytes || top[0].Quantile(0.5) == 0 {
		t.Error(top)
	}
	if err := tab.Read(bytes.NewReader(capture(1)[:200])); err == nil {
		t.Error("no error")
	}
}

func BenchmarkRead(b *testing.B) {
	data := capture(300)
	for b.Loop() {
		table = NewTable(300)
		if err := table.Read(bytes.NewReader(data)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReport(b *testing.B) {
	t := NewTable(300)
	if err := t.Read(bytes.NewReader(capture(300))); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		heavy = t.Heaviest(10)
		hosts = t.PerHost()
	}
}
