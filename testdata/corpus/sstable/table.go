// Package sstable reads and writes immutable sorted tables.
//
// A table is a sequence of blocks. A block is its length, the number of its
// entries, the deltas of their offsets as varints, and the entries themselves.
package sstable

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"sort"
)

// ErrCorrupt is returned for blocks that cannot be read.
var ErrCorrupt = errors.New("sstable: corrupt block")

const cachedBlocks = 64

type blockRef struct {
	first []byte
	off   int64
	size  int32
}

type block struct {
	data    []byte
	offsets []uint32
}

// Table is an open table.
type Table struct {
	src   io.ReaderAt
	refs  []blockRef
	cache map[int]*block
	queue []int
}

// Open reads the first key of each block of src.
func Open(src io.ReaderAt, size int64) (*Table, error) {
	t := &Table{src: src, cache: make(map[int]*block, cachedBlocks)}
	for off := int64(0); off < size; {
		data, err := t.read(off)
		if err != nil {
			return nil, fmt.Errorf("block at %d: %w", off, err)
		}
		first, err := firstKey(data)
		if err != nil {
			return nil, fmt.Errorf("block at %d: %w", off, err)
		}
		t.refs = append(t.refs, blockRef{first: first, off: off, size: int32(len(data))}) // alt ML02
		off += int64(len(data)) + 4
	}
	return t, nil
}

func (t *Table) read(off int64) ([]byte, error) {
	var head [4]byte
	if _, err := t.src.ReadAt(head[:], off); err != nil { // ok ML05 ML07
		return nil, err
	}
	data := make([]byte, binary.LittleEndian.Uint32(head[:])) // want ML02 ok ML07
	if _, err := t.src.ReadAt(data, off+4); err != nil && err != io.EOF {
		return nil, err
	}
	return data, nil
}

func firstKey(data []byte) ([]byte, error) {
	b, err := parse(data)
	if err != nil {
		return nil, err
	}
	key, _, err := b.entry(0)
	return key, err // alt ML02
}

func parse(data []byte) (*block, error) {
	count, n := binary.Uvarint(data)
	if n <= 0 || count == 0 || count > uint64(len(data)) {
		return nil, ErrCorrupt
	}
	rest := data[n:]
	var offsets []uint32
	at := uint64(0)
	for range count {
		d, n := binary.Uvarint(rest)
		if n <= 0 {
			return nil, ErrCorrupt
		}
		at += d
		offsets = append(offsets, uint32(at)) // want ML01 ok ML07
		rest = rest[n:]
	}
	return &block{data: rest, offsets: offsets}, nil
}

func (b *block) entry(i int) (key, value []byte, err error) {
	if int64(b.offsets[i]) > int64(len(b.data)) {
		return nil, nil, ErrCorrupt
	}
	p := b.data[b.offsets[i]:]
	klen, n := binary.Uvarint(p)
	if n <= 0 {
		return nil, nil, ErrCorrupt
	}
	p = p[n:]
	vlen, n := binary.Uvarint(p)
	if n <= 0 || klen+vlen > uint64(len(p)-n) {
		return nil, nil, ErrCorrupt
	}
	p = p[n:]
	return p[:klen:klen], p[klen : klen+vlen : klen+vlen], nil
}

// load returns block i by way of the cache. Its place is taken from the block loaded longest ago.
func (t *Table) load(i int) (*block, error) {
	if b, ok := t.cache[i]; ok {
		return b, nil
	}
	data := make([]byte, t.refs[i].size) // ok ML07
	if _, err := t.src.ReadAt(data, t.refs[i].off+4); err != nil && err != io.EOF {
		return nil, err
	}
	b, err := parse(data)
	if err != nil {
		return nil, err
	}
	if len(t.queue) == cachedBlocks {
		delete(t.cache, t.queue[0])
		copy(t.queue, t.queue[1:])
		t.queue = t.queue[:len(t.queue)-1]
	}
	t.cache[i] = b
	t.queue = append(t.queue, i)
	return b, nil
}

// Get returns a copy of the value of key, or nil.
func (t *Table) Get(key []byte) ([]byte, error) {
	i := sort.Search(len(t.refs), func(i int) bool { return bytes.Compare(t.refs[i].first, key) > 0 }) - 1
	if i < 0 {
		return nil, nil
	}
	b, err := t.load(i)
	if err != nil {
		return nil, err
	}
	j := sort.Search(len(b.offsets), func(j int) bool {
		k, _, err := b.entry(j)
		return err != nil || bytes.Compare(k, key) >= 0
	})
	if j == len(b.offsets) {
		return nil, nil
	}
	k, v, err := b.entry(j)
	if err != nil || !bytes.Equal(k, key) {
		return nil, err
	}
	return bytes.Clone(v), nil
}

// All walks the table in order. Key and value are valid until the next step.
func (t *Table) All() iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		var buf []byte
		for i := range t.refs {
			ref := &t.refs[i]
			if int(ref.size) > cap(buf) {
				buf = make([]byte, ref.size, ref.size+ref.size/4)
			}
			buf = buf[:ref.size]
			if _, err := t.src.ReadAt(buf, ref.off+4); err != nil && err != io.EOF {
				return
			}
			b, err := parse(buf)
			if err != nil {
				return
			}
			for j := range b.offsets {
				k, v, err := b.entry(j)
				if err != nil || !yield(k, v) {
					return
				}
			}
		}
	}
}
