package assets

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

var (
	bundle *Bundle
	tags   string
)

func site(n int) fstest.MapFS {
	fs := make(fstest.MapFS, n)
	for i := range n {
		fs[fmt.Sprintf("js/app%d.js", i)] = &fstest.MapFile{
			Data: []byte(strings.Repeat(fmt.Sprintf("function f%d(x) { return x + %d; }\n", i, i), 100+i*5)),
		}
	}
	return fs
}

func loaded(tb testing.TB, n int) *Bundle {
	b := New(n)
	if err := b.Load(site(n)); err != nil {
		tb.Fatal(err)
	}
	return b
}

func TestServe(t *testing.T) {
	b := loaded(t, 3)
	r := httptest.NewRequest(http.MethodGet, "/js/app1.js", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	if w.Code != 200 || w.Header().Get("Content-Encoding") != "gzip" {
		t.Error(w.Code, w.Header())
	}
	if got, err := b.Tags("/js/app0.js", "/js/app2.js"); err != nil || strings.Count(got, "\n") != 2 {
		t.Error(got, err)
	}
	if _, err := b.Tags("/x"); err != ErrUnknown {
		t.Error(err)
	}
	if err := b.WriteManifest(io.Discard); err != nil {
		t.Error(err)
	}
}

func BenchmarkLoad(b *testing.B) {
	files := site(40)
	for b.Loop() {
		bundle = New(len(files))
		if err := bundle.Load(files); err != nil {
			b.Fatal(err)
		}
	}
}

type sink struct{ h http.Header }

func (s sink) Header() http.Header         { return s.h }
func (s sink) Write(p []byte) (int, error) { return len(p), nil }
func (s sink) WriteHeader(int)             {}

func BenchmarkServe(b *testing.B) {
	bd := loaded(b, 10)
	r := httptest.NewRequest(http.MethodGet, "/js/app1.js", nil)
	w := sink{make(http.Header)}
	for b.Loop() {
		bd.ServeHTTP(w, r)
	}
}

func BenchmarkTags(b *testing.B) {
	bd := loaded(b, 10)
	for b.Loop() {
		var err error
		if tags, err = bd.Tags("/js/app0.js", "/js/app1.js", "/js/app2.js", "/js/app3.js"); err != nil {
			b.Fatal(err)
		}
		bd.WriteManifest(io.Discard)
	}
}
