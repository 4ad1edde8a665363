// Package lzblock compresses blocks quickly, in a format of its own.
//
// A block is a run of sequences: a byte with the lengths of literals and match
// (four bits each, 15 means that bytes of length follow), the literals, and the
// distance of the match in two bytes. The last sequence has no match.
package lzblock

import (
	"encoding/binary"
	"errors"
	"io"
	"sync"
)

const (
	hashBits  = 13
	minMatch  = 4
	maxDist   = 1<<16 - 1
	blockSize = 64 << 10
)

// ErrCorrupt tells that a block cannot be read.
var ErrCorrupt = errors.New("lzblock: corrupt block")

type table [1 << hashBits]int32

var tables = sync.Pool{New: func() any { return new(table) }}

func hash(v uint32) uint32 { return v * 2654435761 >> (32 - hashBits) }

// Bound is the most that n bytes can become.
func Bound(n int) int { return n + n/255 + 16 }

func appendLen(dst []byte, n int) []byte {
	for n -= 15; n >= 255; n -= 255 {
		dst = append(dst, 255)
	}
	return append(dst, byte(n))
}

func appendSeq(dst, lit []byte, match, dist int) []byte {
	m := match - minMatch
	dst = append(dst, byte(min(len(lit), 15)<<4|max(min(m, 15), 0)))
	if len(lit) >= 15 {
		dst = appendLen(dst, len(lit))
	}
	dst = append(dst, lit...)
	if match == 0 {
		return dst
	}
	dst = binary.LittleEndian.AppendUint16(dst, uint16(dist))
	if m >= 15 {
		dst = appendLen(dst, m)
	}
	return dst
}

// Append compresses src to the end of dst.
func Append(dst, src []byte) []byte {
	t := tables.Get().(*table)
	defer tables.Put(t)
	clear(t[:])
	start := 0
	for i := 0; i+minMatch <= len(src); {
		v := binary.LittleEndian.Uint32(src[i:])
		h := hash(v)
		cand := int(t[h]) - 1
		t[h] = int32(i + 1)
		if cand < 0 || i-cand > maxDist || binary.LittleEndian.Uint32(src[cand:]) != v {
			i++
			continue
		}
		n := minMatch
		for i+n < len(src) && src[cand+n] == src[i+n] {
			n++
		}
		dst = appendSeq(dst, src[start:i], n, i-cand)
		i += n
		start = i
	}
	return appendSeq(dst, src[start:], 0, 0)
}

// Compress returns src compressed, in a slice without room to spare.
func Compress(src []byte) []byte {
	p := scratch.Get().(*[]byte)
	defer scratch.Put(p)
	*p = Append((*p)[:0], src)
	out := make([]byte, len(*p))
	copy(out, *p)
	return out
}

var scratch = sync.Pool{
	New: func() any {
		b := make([]byte, 0, Bound(blockSize))
		return &b
	},
}

func readLen(src []byte, n int) (int, []byte, error) {
	for n >= 15 {
		if len(src) == 0 {
			return 0, nil, ErrCorrupt
		}
		b := src[0]
		n, src = n+int(b), src[1:]
		if b < 255 {
			break
		}
	}
	return n, src, nil
}

// Expand undoes Append; size is how long the block was.
func Expand(src []byte, size int) ([]byte, error) {
	out := make([]byte, 0, size)
	for len(src) > 0 {
		tok := src[0]
		lit, rest, err := readLen(src[1:], int(tok>>4))
		if err != nil || lit > len(rest) || lit > size-len(out) {
			return nil, ErrCorrupt
		}
		out = append(out, rest[:lit]...)
		src = rest[lit:]
		if len(src) == 0 {
			break
		}
		if len(src) < 2 {
			return nil, ErrCorrupt
		}
		dist := int(binary.LittleEndian.Uint16(src))
		match, rest, err := readLen(src[2:], int(tok&15))
		match += minMatch
		if err != nil || dist == 0 || dist > len(out) || match > size-len(out) {
			return nil, ErrCorrupt
		}
		src = rest
		for range match {
			out = append(out, out[len(out)-dist])
		}
	}
	return out, nil
}

// Writer compresses a stream, block by block.
type Writer struct {
	w   io.Writer
	in  []byte
	out []byte
	err error
}

// NewWriter returns a writer whose blocks go to w. It must be closed.
func NewWriter(w io.Writer) *Writer {
	return &Writer{
		w:   w,
		in:  make([]byte, 0, blockSize),
		out: make([]byte, 0, Bound(blockSize)+8),
	}
}

// Reset makes the writer begin a new stream to w.
func (z *Writer) Reset(w io.Writer) {
	z.w, z.in, z.err = w, z.in[:0], nil
}

// Write takes the next bytes of the stream.
func (z *Writer) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 && z.err == nil {
		k := min(len(p), blockSize-len(z.in))
		z.in = append(z.in, p[:k]...)
		p = p[k:]
		if len(z.in) == blockSize {
			z.flush()
		}
	}
	return n - len(p), z.err
}

func (z *Writer) flush() {
	z.out = append(z.out[:0], 0, 0, 0, 0, 0, 0, 0, 0)
	z.out = Append(z.out, z.in)
	binary.LittleEndian.PutUint32(z.out, uint32(len(z.in)))
	binary.LittleEndian.PutUint32(z.out[4:], uint32(len(z.out)-8))
	z.in = z.in[:0]
	_, z.err = z.w.Write(z.out)
}

// Close writes what is left.
func (z *Writer) Close() error {
	if len(z.in) > 0 && z.err == nil {
		z.flush()
	}
	return z.err
}
