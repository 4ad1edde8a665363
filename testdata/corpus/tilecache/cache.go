// Package tilecache renders map tiles and keeps those used last.
package tilecache

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"sync"
)

const side = 64

// Key names a tile.
type Key struct {
	Zoom uint8
	X, Y uint32
}

func (k Key) String() string { return fmt.Sprintf("%d/%d/%d", k.Zoom, k.X, k.Y) }

type slot struct {
	key        Key
	data       []byte
	prev, next *slot
}

// Source gives the height of a point.
type Source interface {
	Height(zoom uint8, x, y uint32) uint8
}

// Cache is safe for concurrent use.
type Cache struct {
	src Source
	max int

	mu    sync.Mutex
	slots map[Key]*slot
	ends  slot
}

// New returns a cache of up to n tiles.
func New(src Source, n int) *Cache {
	c := &Cache{src: src, max: n, slots: make(map[Key]*slot, n+1)}
	c.ends.prev, c.ends.next = &c.ends, &c.ends
	return c
}

func (s *slot) unlink() {
	s.prev.next, s.next.prev = s.next, s.prev
}

func (c *Cache) front(s *slot) {
	s.prev, s.next = &c.ends, c.ends.next
	s.prev.next, s.next.prev = s, s
}

// Tile returns an encoded tile, which must not be changed.
func (c *Cache) Tile(k Key) ([]byte, error) {
	c.mu.Lock()
	if s, ok := c.slots[k]; ok {
		s.unlink()
		c.front(s)
		c.mu.Unlock()
		return s.data, nil
	}
	c.mu.Unlock()

	data, err := c.render(k)
	if err != nil {
		return nil, fmt.Errorf("tilecache: %v: %w", k, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if s, ok := c.slots[k]; ok {
		return s.data, nil
	}
	s := &slot{key: k, data: data}
	c.slots[k] = s
	c.front(s)
	if len(c.slots) > c.max {
		last := c.ends.prev
		last.unlink()
		delete(c.slots, last.key)
	}
	return data, nil
}

type painter struct {
	pixels [side * side]byte
	out    bytes.Buffer
	zw     *zlib.Writer
}

var painters = sync.Pool{
	New: func() any {
		p := new(painter)
		p.out.Grow(side * side / 4)
		p.zw, _ = zlib.NewWriterLevel(&p.out, zlib.BestSpeed)
		return p
	},
}

func (c *Cache) render(k Key) ([]byte, error) {
	p := painters.Get().(*painter)
	defer painters.Put(p)
	i := 0
	for y := range uint32(side) {
		for x := range uint32(side) {
			p.pixels[i] = c.src.Height(k.Zoom, k.X*side+x, k.Y*side+y)
			i++
		}
	}
	p.out.Reset()
	var head [4]byte
	binary.BigEndian.PutUint32(head[:], crc32.ChecksumIEEE(p.pixels[:]))
	p.out.Write(head[:])
	p.zw.Reset(&p.out)
	if _, err := p.zw.Write(p.pixels[:]); err != nil {
		return nil, err
	}
	if err := p.zw.Close(); err != nil {
		return nil, err
	}
	return bytes.Clone(p.out.Bytes()), nil
}

// Len tells how many tiles are held.
func (c *Cache) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.slots)
}

// Keys lists the tiles, used last first.
func (c *Cache) Keys() []Key {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]Key, 0, len(c.slots))
	for s := c.ends.next; s != &c.ends; s = s.next {
		out = append(out, s.key)
	}
	return out
}

var inflaters sync.Pool

// Decode gives the heights of an encoded tile.
func Decode(data []byte) ([]byte, error) {
	if len(data) < 4 {
		return nil, io.ErrUnexpectedEOF
	}
	src := bytes.NewReader(data[4:])
	zr, ok := inflaters.Get().(io.ReadCloser)
	if ok {
		if err := zr.(zlib.Resetter).Reset(src, nil); err != nil {
			return nil, fmt.Errorf("tilecache: %w", err)
		}
	} else {
		var err error
		if zr, err = zlib.NewReader(src); err != nil {
			return nil, fmt.Errorf("tilecache: %w", err)
		}
	}
	defer inflaters.Put(zr)
	pixels := make([]byte, side*side)
	if _, err := io.ReadFull(zr, pixels); err != nil {
		return nil, fmt.Errorf("tilecache: %w", err)
	}
	if crc32.ChecksumIEEE(pixels) != binary.BigEndian.Uint32(data) {
		return nil, fmt.Errorf("tilecache: checksum differs")
	}
	return pixels, nil
}
