package metrics

import "testing"

var (
	registry *Registry
	texts    []string
)

func BenchmarkAdd(b *testing.B) {
	b.ReportAllocs()
	registry = NewRegistry()
	for i := range b.N {
		registry.Add("requests", 1, Int("status", 200+i%400), Bool("cached", i%2 == 0), Ratio("share", float64(i)))
	}
	if registry.Sum("requests") != int64(b.N) {
		b.Fatal("counts are missing")
	}
}

func BenchmarkConfigure(b *testing.B) {
	b.ReportAllocs()
	registry := NewRegistry()
	for i := range b.N {
		registry.Configure(i%3 == 0, int8(i), float32(i))
	}
}

func BenchmarkDescribe(b *testing.B) {
	b.ReportAllocs()
	texts = nil
	for i := range b.N {
		texts = append(texts, Describe([]Attr{Int("status", 1000+i), Ratio("share", float64(i)+0.5), {Key: "host", Value: "a"}}))
	}
}
