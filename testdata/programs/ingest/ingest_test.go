package ingest

import (
	"bytes"
	"fmt"
	"math/rand"
	"testing"
	"time"
)

// kept holds what a long-running process would hold, so that the profile has live objects.
var kept struct {
	pipeline *Pipeline
	shipped  [][]byte
}

func logText(lines int) []byte {
	random := rand.New(rand.NewSource(7))
	services := []string{"checkout", "catalog", "search", "payments", "accounts"}
	routes := []string{"/cart/%d/items?ref=home", "/v1/users/%d", "/v1/orders/%d/lines/9", "/health", "/search/%d?q=tea"}
	levels := []string{"info", "info", "info", "warn", "error"}
	at := time.Date(2025, 3, 14, 9, 26, 53, 0, time.UTC)
	var text bytes.Buffer
	for i := range lines {
		at = at.Add(time.Duration(random.Intn(900)) * time.Millisecond)
		path := routes[random.Intn(len(routes))]
		if path != "/health" {
			path = fmt.Sprintf(path, random.Intn(5000))
		}
		fmt.Fprintf(&text, "%s level=%s service=%s path=%s latency=%dms region=eu-%d user=u%d msg=\"request %s\"\n",
			at.Format(time.RFC3339), levels[random.Intn(len(levels))], services[random.Intn(len(services))],
			path, random.Intn(800), random.Intn(3), random.Intn(4000), []string{"served", "retried", "dropped\\n"}[i%3])
	}
	return text.Bytes()
}

func newTestPipeline() *Pipeline {
	kept.shipped = nil
	return NewPipeline(500, func(body []byte) error {
		kept.shipped = append(kept.shipped, body)
		return nil
	}, Slow(map[string]int64{"checkout": 300, "search": 120}), Rule{Tag: "error", Match: func(e *Event) bool {
		return e.Level == "ERROR"
	}})
}

func BenchmarkIngest(b *testing.B) {
	text := logText(20_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		kept.pipeline = newTestPipeline()
		if _, err := kept.pipeline.ReadFrom(bytes.NewReader(text)); err != nil {
			b.Fatal(err)
		}
		if err := kept.pipeline.Flush(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSummary(b *testing.B) {
	pipeline := newTestPipeline()
	if _, err := pipeline.ReadFrom(bytes.NewReader(logText(20_000))); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		if pipeline.Summary() == "" {
			b.Fatal("no series")
		}
	}
}

func TestParse(t *testing.T) {
	event, err := Parse(`2025-03-14T09:26:53Z level=warn service=search path=/search/12?q=tea latency=15ms msg="a \"b\" c"`)
	if err != nil {
		t.Fatal(err)
	}
	if event.Route != "/search/:id" || event.Level != "WARN" || event.Attrs["msg"] != `a "b" c` {
		t.Errorf("got %+v", event)
	}
}
