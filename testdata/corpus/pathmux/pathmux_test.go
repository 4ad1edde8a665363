package pathmux

import (
	"net/http"
	"testing"
)

var cleaned string

type nowhere struct{ h http.Header }

func (n nowhere) Header() http.Header         { return n.h }
func (n nowhere) WriteHeader(int)             {}
func (n nowhere) Write(p []byte) (int, error) { return len(p), nil }

func router(tb testing.TB) *Mux {
	m := New()
	var served int
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p := From(r.Context()); p != nil && p.Get("repo") != "" {
			served++
		}
	})
	for _, p := range []string{"/", "/health", "/users/{user}", "/users/{user}/repos/{repo}", "/users/{user}/repos/{repo}/issues/{issue}", "/search/code", "/search/users"} {
		for _, method := range []string{"GET", "PUT"} {
			if err := m.Handle(method, p, h); err != nil {
				tb.Fatal(err)
			}
		}
	}
	return m
}

func serve(b *testing.B, method, path string) {
	m := router(b)
	r, err := http.NewRequest(method, path, nil)
	if err != nil {
		b.Fatal(err)
	}
	w := nowhere{http.Header{}}
	for b.Loop() {
		m.ServeHTTP(w, r)
	}
}

func BenchmarkStatic(b *testing.B)    { serve(b, "GET", "/search/users") }
func BenchmarkVariables(b *testing.B) { serve(b, "GET", "/users/ada/repos/engine/issues/12") }
func BenchmarkMethod(b *testing.B)    { serve(b, "POST", "/users/ada") }

func BenchmarkClean(b *testing.B) {
	for b.Loop() {
		cleaned = Clean("/users//ada/./repos/../repos/engine/")
	}
}
