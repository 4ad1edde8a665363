package router_test

import (
	"strings"
	"testing"

	"example.com/telemetry/router"
)

var answers []string

// newRequest has the name of a function of the package under test, on purpose.
func newRequest(parts ...string) string {
	path := ""
	for _, part := range parts {
		path += "/" + part
	}
	return path
}

func BenchmarkServe(b *testing.B) {
	r := new(router.Router)
	r.Use(router.Tracing("edge"), router.Retrying(3), router.Shouting)
	for _, kind := range []string{"users", "orders", "items"} {
		r.Handle("/v1/"+kind+"/:id", func(req *router.Request) string {
			return kind + " " + req.Params["id"]
		})
	}
	r.Use(router.Tracing("inner"))
	r.Handle("/files/:volume/:name/raw", func(req *router.Request) string {
		return strings.Join([]string{req.Params["volume"], req.Params["name"]}, ":") + strings.Join(req.Trace, ",")
	})
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		answers = append(answers, r.Serve(newRequest("v1", "orders", "77")))
		answers = append(answers, r.Serve(newRequest("files", "c", "readme", "raw")))
		if i%64 == 0 {
			answers = nil
		}
	}
}
