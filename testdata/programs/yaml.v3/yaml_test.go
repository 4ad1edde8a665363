package yaml

import (
	"fmt"
	"strings"
	"testing"
)

var document any

func BenchmarkUnmarshal(b *testing.B) {
	var text strings.Builder
	text.WriteString("version: 3\nservices:\n")
	for i := range 30 {
		fmt.Fprintf(&text, "  service-%d:\n    image: registry/app-%d\n    ports:\n      - %d\n      - %d\n", i, i, 8000+i, 9000+i)
		fmt.Fprintf(&text, "    limits:\n      memory:\n        soft: %d\n        hard: 4096\n    checks:\n      - name: alive\n        every: 10\n      - name: ready\n        every: 5\n", 512+i)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		var err error
		if document, err = Unmarshal(text.String()); err != nil {
			b.Fatal(err)
		}
	}
}
