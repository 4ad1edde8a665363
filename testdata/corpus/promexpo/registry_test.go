package promexpo

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

var (
	snapshot map[string]float64
	sums     map[string]float64
)

func registry() *Registry {
	r := NewRegistry()
	for i := range 8 {
		f := r.Family(fmt.Sprintf("http_requests_%d_total", i), "Requests.", "method", "code", "host")
		for _, m := range []string{"GET", "POST", "PUT"} {
			for _, c := range []string{"200", "301", "404", "500"} {
				for h := range 5 {
					f.With(m, c, fmt.Sprintf("web-%02d.example.org", h)).Add(float64(h) + 0.5)
				}
			}
		}
	}
	return r
}

func TestWrite(t *testing.T) {
	var sb strings.Builder
	if n, err := registry().WriteTo(&sb); err != nil || int(n) != sb.Len() {
		t.Fatal(n, err)
	}
	if !strings.Contains(sb.String(), `http_requests_3_total{method="PUT",code="404",host="web-04.example.org"} 4.5`) {
		t.Error(sb.String())
	}
}

func BenchmarkScrape(b *testing.B) {
	r := registry()
	for b.Loop() {
		r.WriteTo(io.Discard)
	}
}

func BenchmarkWith(b *testing.B) {
	f := registry().Family("http_requests_1_total", "")
	for b.Loop() {
		f.With("GET", "404", "web-03.example.org").Add(1)
	}
}

func BenchmarkSnapshot(b *testing.B) {
	r := registry()
	f := r.Family("http_requests_2_total", "")
	for b.Loop() {
		snapshot = r.Snapshot()
		sums = f.Sums("host")
	}
}
