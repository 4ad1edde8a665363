package csvload

import (
	"fmt"
	"strings"
	"testing"
)

var loaded *Table

func BenchmarkLoad(b *testing.B) {
	var text strings.Builder
	text.WriteString("city,sensor,count,celsius\n")
	for i := range 2_000 {
		fmt.Fprintf(&text, "city-%d,sensor-%d,%d,%.2f\n", i%90, i%700, i*31, float64(i%400)/10-5.25)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		var err error
		if loaded, err = Load(strings.NewReader(text.String())); err != nil {
			b.Fatal(err)
		}
	}
}
