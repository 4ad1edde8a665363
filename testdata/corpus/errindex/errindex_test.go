package errindex

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

var (
	index *Index
	hits  []Occurrence
)

func logOf(service int) string {
	var sb strings.Builder
	for i := range 600 {
		fmt.Fprintf(&sb, "2024-05-01T10:%02d:%02d INFO request %d served in %d ms\n", i/60%60, i%60, i*17, i%90)
		if i%200 == 7 {
			fmt.Fprintf(&sb, "2024-05-01T10:%02d:%02d ERROR backend-%c%c refused the connection after %d ms\n",
				i/60%60, i%60, 'a'+service%26, 'a'+i/200, i)
		}
	}
	return sb.String()
}

func filled(tb testing.TB, services int) *Index {
	x := New(1000)
	for s := range services {
		if err := x.Scan(fmt.Sprintf("svc%d", s), strings.NewReader(logOf(s))); err != nil {
			tb.Fatal(err)
		}
	}
	return x
}

func TestScan(t *testing.T) {
	x := filled(t, 3)
	if got := len(x.Top(100)); got != 9 {
		t.Errorf("%d errors", got)
	}
	if got := len(x.Grep("backend-b* refused*")); got != 3 {
		t.Errorf("%d hits", got)
	}
	if err := x.Export(io.Discard); err != nil {
		t.Error(err)
	}
}

func BenchmarkScan(b *testing.B) {
	names, logs := make([]string, 150), make([]string, 150)
	for s := range logs {
		names[s], logs[s] = fmt.Sprintf("svc%d", s), logOf(s)
	}
	for b.Loop() {
		index = New(1000)
		for s, log := range logs {
			// A file has no WriteTo that hands out its content as one string.
			r := struct{ io.Reader }{strings.NewReader(log)}
			if err := index.Scan(names[s], r); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkGrep(b *testing.B) {
	x := filled(b, 40)
	for b.Loop() {
		hits = x.Grep("backend-c* refused*")
	}
}

func BenchmarkTop(b *testing.B) {
	x := filled(b, 40)
	for b.Loop() {
		hits = x.Top(10)
	}
}
