package chunkindex

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"sync"
)

// Sum identifies a chunk.
type Sum [sha256.Size]byte

const headLen = 16

// Ref is the place of a chunk in a file.
type Ref struct {
	Sum    Sum
	Offset int64
	Len    int32
	Head   []byte // the first bytes, to tell the type of what is in the chunk
}

// Index knows the chunks of the files which were added.
type Index struct {
	mu    sync.RWMutex
	files map[string][]Ref
	seen  map[Sum]int
}

// NewIndex returns an empty index.
func NewIndex() *Index {
	return &Index{files: make(map[string][]Ref), seen: make(map[Sum]int)}
}

// Add reads a file and lists its chunks. It returns the number of bytes which no
// file had before.
func (x *Index) Add(name string, r io.Reader) (fresh int64, err error) {
	data, err := io.ReadAll(r) // want ML02 ok ML03 ML07
	if err != nil {
		return 0, fmt.Errorf("chunkindex: %s: %w", name, err)
	}
	refs := split(data)

	x.mu.Lock()
	defer x.mu.Unlock()
	for i := range refs {
		if x.seen[refs[i].Sum]++; x.seen[refs[i].Sum] == 1 {
			fresh += int64(refs[i].Len)
		}
	}
	x.files[name] = refs // alt ML02
	return fresh, nil
}

func split(data []byte) []Ref {
	var refs []Ref
	for off := 0; off < len(data); {
		n := cut(data[off:])
		piece := data[off : off+n]
		refs = append(refs, Ref{ // ok ML01
			Sum:    sha256.Sum256(piece),
			Offset: int64(off),
			Len:    int32(n),
			Head:   piece[:min(headLen, n)], // alt ML02
		})
		off += n
	}
	return refs
}

// Refs returns the chunks of a file.
func (x *Index) Refs(name string) []Ref {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.files[name]
}

// Kinds counts the chunks of a file by the magic number at their start.
func (x *Index) Kinds(name string) map[uint32]int {
	kinds := make(map[uint32]int)
	for _, r := range x.Refs(name) {
		if len(r.Head) >= 4 {
			kinds[binary.BigEndian.Uint32(r.Head)]++
		}
	}
	return kinds
}

// Pack is a store of chunks in memory.
type Pack struct {
	chunks map[Sum][]byte
	size   int64
}

// NewPack returns a store for about n chunks.
func NewPack(n int) *Pack { return &Pack{chunks: make(map[Sum][]byte, n)} }

// Put stores what the pack does not have yet of data, and returns the recipe to
// put data together again. The caller may use data for something else afterwards.
func (p *Pack) Put(data []byte) []Sum {
	recipe := make([]Sum, 0, len(data)/minChunk+1)
	for len(data) > 0 {
		n := cut(data)
		sum := Sum(sha256.Sum256(data[:n]))
		if _, ok := p.chunks[sum]; !ok {
			p.chunks[sum] = bytes.Clone(data[:n])
			p.size += int64(n)
		}
		recipe = append(recipe, sum)
		data = data[n:]
	}
	return recipe
}

// Get puts together what Put took apart.
func (p *Pack) Get(w io.Writer, recipe []Sum) error {
	for _, s := range recipe {
		c, ok := p.chunks[s]
		if !ok {
			return fmt.Errorf("chunkindex: no chunk %x", s[:6])
		}
		if _, err := w.Write(c); err != nil {
			return err
		}
	}
	return nil
}
