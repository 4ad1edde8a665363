package tilecache

import "testing"

var (
	cache   *Cache
	tile    []byte
	keys    []Key
	heights []byte
)

type hills struct{}

func (hills) Height(zoom uint8, x, y uint32) uint8 {
	return uint8((x*x/97 + y*y/131 + uint32(zoom)*17) >> 2)
}

func BenchmarkMiss(b *testing.B) {
	cache = New(hills{}, 600)
	var err error
	x := uint32(0)
	for b.Loop() {
		if tile, err = cache.Tile(Key{Zoom: 7, X: x % 5000, Y: x / 5000}); err != nil {
			b.Fatal(err)
		}
		x++
	}
}

func BenchmarkDecode(b *testing.B) {
	c := New(hills{}, 4)
	data, err := c.Tile(Key{Zoom: 3, X: 9})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if heights, err = Decode(data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkKeys(b *testing.B) {
	c := New(hills{}, 12)
	for x := range uint32(12) {
		if _, err := c.Tile(Key{Zoom: 3, X: x}); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		for range 200 {
			if _, err := c.Tile(Key{Zoom: 3, X: 5}); err != nil {
				b.Fatal(err)
			}
		}
		keys = c.Keys()
	}
}
