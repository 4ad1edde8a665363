package routetrie

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

var (
	router *Router
	kept   map[string]string
)

var resources = []string{"users", "orders", "invoices", "articles", "carts", "payments", "returns", "reviews"}

func api(tb testing.TB, h Handler) *Router {
	r := New()
	calls := 0
	r.Use(func(next Handler) Handler {
		return func(w http.ResponseWriter, req *http.Request, p *Params) {
			calls++
			next(w, req, p)
		}
	})
	for _, res := range resources {
		for _, route := range [][2]string{
			{"GET", "/v1/" + res}, {"POST", "/v1/" + res}, {"GET", "/v1/" + res + "/{id}"},
			{"DELETE", "/v1/" + res + "/{id}"}, {"GET", "/v1/" + res + "/{id}/notes/{note}"},
		} {
			if err := r.Handle(route[0], route[1], h); err != nil {
				tb.Fatal(err)
			}
		}
	}
	return r
}

func TestRoutes(t *testing.T) {
	r := api(t, func(w http.ResponseWriter, _ *http.Request, p *Params) {
		fmt.Fprint(w, p.Get("id"), "/", p.Get("note"))
	})
	for path, want := range map[string]string{
		"/v1/orders/17/notes/a": "17/a", "/v1/orders/17": "17/", "/v1/orders": "/",
		"/v1/nothing": "404 page not found\n", "/v1/orders/": "404 page not found\n",
	} {
		w := httptest.NewRecorder()
		r.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if got := w.Body.String(); got != want {
			t.Errorf("%s: %q", path, got)
		}
	}
	if len(r.Routes()) != 5*len(resources) {
		t.Error(r.Routes())
	}
	if err := r.Handle("GET", "/v1/carts", nil); err == nil {
		t.Error("no error")
	}
}

func BenchmarkSetup(b *testing.B) {
	for b.Loop() {
		router = api(b, func(http.ResponseWriter, *http.Request, *Params) {})
	}
}

func BenchmarkServe(b *testing.B) {
	r := api(b, func(w http.ResponseWriter, _ *http.Request, p *Params) { io.WriteString(w, p.Get("note")) })
	w, req := httptest.NewRecorder(), httptest.NewRequest("GET", "/v1/orders/17/notes/4", nil)
	for b.Loop() {
		w.Body.Reset()
		r.ServeHTTP(w, req)
	}
}

// A handler that starts work for later keeps what the path says.
func BenchmarkKeep(b *testing.B) {
	r := api(b, func(_ http.ResponseWriter, _ *http.Request, p *Params) { kept = p.Map() })
	w, req := httptest.NewRecorder(), httptest.NewRequest("GET", "/v1/orders/17/notes/4", nil)
	for b.Loop() {
		r.ServeHTTP(w, req)
	}
}
