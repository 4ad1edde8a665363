package metricline

import (
	"fmt"
	"io"
	"testing"
)

var (
	merged  LabelSet
	moved   []Change
	scraped int64
	inOrder []*series
)

func filled(tb testing.TB, families, perFamily int) *Registry {
	r := NewRegistry(LabelSet{"region": "eu-north", "cluster": "blue", "replica": "a", "tier": "edge"})
	for i := range families {
		f, err := r.Family(fmt.Sprintf("rpc_%02d_total", i), "calls served", Counter)
		if err != nil {
			tb.Fatal(err)
		}
		for j := range perFamily {
			f.Add(LabelSet{"method": fmt.Sprintf("m%d", j%7), "code": fmt.Sprint(200 + j%5), "peer": fmt.Sprintf("10.0.0.%d", j)}, float64(j))
		}
	}
	return r
}

func BenchmarkAdd(b *testing.B) {
	r := filled(b, 1, 8)
	f, _ := r.Family("rpc_00_total", "", Counter)
	ls := LabelSet{"method": "m1", "code": "200", "peer": "10.0.0.1", "path": "/v1/items"}
	for b.Loop() {
		f.Add(ls, 1)
	}
}

func BenchmarkMerge(b *testing.B) {
	ls := LabelSet{"method": "m1", "code": "200", "peer": "10.0.0.1", "path": "/v1/items", "zone": "n2", "host": "h77"}
	ext := LabelSet{"region": "eu-north", "cluster": "blue", "replica": "a", "tier": "edge", "team": "ingest"}
	for b.Loop() {
		merged = ls.Merge(ext)
	}
}

func BenchmarkWithout(b *testing.B) {
	ls := LabelSet{"method": "m1", "code": "200", "peer": "10.0.0.1", "path": "/v1/items", "zone": "n2", "host": "h77"}
	for b.Loop() {
		merged = ls.Without("zone", "le")
	}
}

func BenchmarkScrape(b *testing.B) {
	r := filled(b, 20, 100)
	for b.Loop() {
		n, err := r.WriteTo(io.Discard)
		if err != nil {
			b.Fatal(err)
		}
		scraped = n
	}
}

func BenchmarkSorted(b *testing.B) {
	r := filled(b, 1, 12)
	f, _ := r.Family("rpc_00_total", "", Counter)
	for b.Loop() {
		inOrder = f.sorted()
	}
}

func BenchmarkChanges(b *testing.B) {
	r := filled(b, 10, 100)
	before := r.Snapshot()
	f, _ := r.Family("rpc_03_total", "", Counter)
	for j := range 40 {
		f.Add(LabelSet{"method": fmt.Sprintf("m%d", j%7), "code": fmt.Sprint(200 + j%5), "peer": fmt.Sprintf("10.0.0.%d", j)}, 1)
	}
	for b.Loop() {
		moved = Changes(before, r.Snapshot())
	}
}
