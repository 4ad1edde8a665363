package uuidtab

import (
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"
)

var (
	ids   []UUID
	text  string
	blob  []byte
	table *Table
)

func some(n, from int) []UUID {
	out := make([]UUID, n)
	for i := range out {
		binary.BigEndian.PutUint64(out[i][4:], uint64(i+from)*0x9e3779b97f4a7c15)
	}
	return out
}

func texts(n int) []string {
	out := make([]string, n)
	for i, id := range some(n, 1) {
		h := hex.EncodeToString(id[:])
		out[i] = strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
	}
	return out
}

func BenchmarkParseAll(b *testing.B) {
	in := texts(500)
	var err error
	for b.Loop() {
		if ids, err = ParseAll(in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseList(b *testing.B) {
	in := strings.Join(texts(500), ",")
	var err error
	for b.Loop() {
		if ids, err = ParseList(in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkText(b *testing.B) {
	u := some(1, 77)[0]
	for b.Loop() {
		text = u.String()
		blob, _ = u.MarshalText()
	}
}

func BenchmarkDistinct(b *testing.B) {
	in := append(some(90, 1), some(20, 1)...)
	for b.Loop() {
		ids = Distinct(in)
	}
}

func BenchmarkTable(b *testing.B) {
	in := some(500, 1)
	other := some(500, 450)
	for b.Loop() {
		table = NewTable(in)
		ids = table.Missing(other)
	}
}
