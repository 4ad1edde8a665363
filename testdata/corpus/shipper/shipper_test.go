package shipper

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

var (
	followed *Tailer
	events   []Event
	body     []byte
	lines    int
)

type file struct {
	*strings.Reader
	name string
}

func (f *file) Name() string { return f.name }

func logLines(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf(`2025-03-01T08:00:%02d.5Z level=info msg="request served" path=/v1/items/%d status=200 ms=%d`, i%60, i, i%37)
	}
	return out
}

func BenchmarkFollow(b *testing.B) {
	text := strings.Join(logLines(120), "\n")
	files := make([]*file, 1000)
	for i := range files {
		files[i] = &file{strings.NewReader(fmt.Sprintf("host-%06d ", i) + text), "app.log"}
	}
	followed = NewTailer()
	i := 0
	for b.Loop() {
		if i == len(files) {
			i = 0
			followed = NewTailer()
		}
		s, err := followed.Follow(files[i])
		if err != nil {
			b.Fatal(err)
		}
		if err := followed.Poll(s, func([]byte) { lines++ }); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

func BenchmarkParseAll(b *testing.B) {
	in := logLines(300)
	for b.Loop() {
		events = ParseAll(in)
	}
}

func BenchmarkParsePlain(b *testing.B) {
	in := make([]string, 300)
	for i := range in {
		in[i] = fmt.Sprintf("goroutine %d [select]:", i)
	}
	for b.Loop() {
		events = ParseAll(in)
	}
}

func BenchmarkEncode(b *testing.B) {
	e := ParseAll(logLines(1))[0]
	for b.Loop() {
		if err := Encode(io.Discard, &e); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPack(b *testing.B) {
	in := ParseAll(logLines(300))
	var err error
	for b.Loop() {
		if body, err = Pack(in); err != nil {
			b.Fatal(err)
		}
	}
}
