package lru

import (
	"fmt"
	"strconv"
	"testing"
)

type point struct{ x, y, zoom int32 }

type tile struct {
	pixels []byte
	layers [3]string
}

type handler func(attempt int) error

var (
	tiles    *Cache[point, tile]
	names    *Cache[int, string]
	handlers *Cache[string, handler]
	pages    *Cache[string, *[512]byte]
	keys     []string
)

func BenchmarkTiles(b *testing.B) {
	b.ReportAllocs()
	tiles = New[point, tile](300)
	evicted := 0
	tiles.OnEvict(func(point, tile) { evicted++ })
	for i := range b.N {
		at := point{x: int32(i % 700), y: int32(i % 11), zoom: 3}
		tiles.Get(at, func(p point) tile {
			return tile{pixels: make([]byte, 256+int(p.x)), layers: [3]string{"water", "roads", "names"}}
		})
	}
}

func BenchmarkNames(b *testing.B) {
	b.ReportAllocs()
	names = New[int, string](500)
	for i := range b.N {
		names.Get(i%1500, func(id int) string { return "device-" + strconv.Itoa(id) })
	}
	for range 1 + b.N/500 {
		keys = Collect(names, func(id int, name string) (string, bool) { return name, id%2 == 0 })
	}
}

func BenchmarkHandlers(b *testing.B) {
	b.ReportAllocs()
	handlers = New[string, handler](100)
	for i := range b.N {
		route := fmt.Sprintf("/v%d/items", i%300)
		handlers.Get(route, func(route string) handler {
			return func(attempt int) error { return fmt.Errorf("%s: attempt %d", route, attempt) }
		})(i)
	}
}

func BenchmarkPages(b *testing.B) {
	b.ReportAllocs()
	pages = New[string, *[512]byte](200)
	names := make([]string, 450)
	for i := range names {
		names[i] = "page" + strconv.Itoa(i)
	}
	for i := range b.N {
		pages.Get(names[i*7%450], func(string) *[512]byte { return new([512]byte) })
	}
	lengths := Collect(pages, func(name string, page *[512]byte) (float64, bool) { return float64(len(name) + len(page)), true })
	if len(lengths) == 0 {
		b.Fatal("empty cache")
	}
}
