// Package huffcode compresses messages with canonical Huffman codes.
package huffcode

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

const maxBits = 24

type code struct {
	bits uint32
	len  uint8
}

// Table is a code for bytes.
type Table struct {
	codes [256]code
	// first and offset find a symbol by the value of its code, for each length.
	first   [maxBits + 2]uint32
	offset  [maxBits + 2]int32
	symbols []byte
}

type tree struct {
	weight      int
	symbol      int16
	left, right *tree
}

// queue is a heap of trees; container/heap would do as well.
type queue []*tree

func (q queue) less(i, j int) bool {
	return q[i].weight < q[j].weight || q[i].weight == q[j].weight && q[i].symbol < q[j].symbol
}

func (q *queue) push(t *tree) {
	h := append(*q, t)
	for i := len(h) - 1; i > 0; {
		up := (i - 1) / 2
		if !h.less(i, up) {
			break
		}
		h[i], h[up] = h[up], h[i]
		i = up
	}
	*q = h
}

func (q *queue) pop() *tree {
	h := *q
	top, last := h[0], len(h)-1
	h[0] = h[last]
	h = h[:last]
	for i := 0; ; {
		c := 2*i + 1
		if c >= last {
			break
		}
		if c+1 < last && h.less(c+1, c) {
			c++
		}
		if !h.less(c, i) {
			break
		}
		h[i], h[c] = h[c], h[i]
		i = c
	}
	*q = h
	return top
}

// ErrEmpty is returned for a sample without bytes.
var ErrEmpty = errors.New("huffcode: empty sample")

// Build makes the best code for the frequencies of a sample; each byte gets a code.
func Build(sample []byte) (*Table, error) {
	if len(sample) == 0 {
		return nil, ErrEmpty
	}
	var weights [256]int
	for _, b := range sample {
		weights[b] += 64
	}
	forest := make([]tree, 0, 2*len(weights))
	q := make(queue, 0, len(weights))
	for s, w := range weights {
		forest = append(forest, tree{weight: w + 1, symbol: int16(s)})
		q.push(&forest[s])
	}
	for len(q) > 1 {
		a, b := q.pop(), q.pop()
		forest = append(forest, tree{weight: a.weight + b.weight, symbol: -1, left: a, right: b})
		q.push(&forest[len(forest)-1])
	}
	t := &Table{symbols: make([]byte, 0, len(weights))}
	if err := t.lengths(q[0], 0); err != nil {
		return nil, err
	}
	t.assign()
	return t, nil
}

func (t *Table) lengths(n *tree, depth uint8) error {
	if n.left == nil {
		if depth > maxBits {
			return fmt.Errorf("huffcode: code of %d bits", depth)
		}
		t.codes[n.symbol].len = depth
		t.symbols = append(t.symbols, byte(n.symbol))
		return nil
	}
	if err := t.lengths(n.left, depth+1); err != nil {
		return err
	}
	return t.lengths(n.right, depth+1)
}

func (t *Table) assign() {
	slices.SortFunc(t.symbols, func(a, b byte) int {
		return cmp.Or(cmp.Compare(t.codes[a].len, t.codes[b].len), cmp.Compare(a, b))
	})
	bits, length := uint32(0), uint8(0)
	for i, s := range t.symbols {
		c := &t.codes[s]
		for length < c.len {
			bits <<= 1
			length++
			t.first[length], t.offset[length] = bits, int32(i)
		}
		c.bits = bits
		bits++
	}
	for l := int(length) + 1; l < len(t.offset); l++ {
		t.offset[l] = int32(len(t.symbols))
	}
}

// Encode compresses msg, with its length in front.
func (t *Table) Encode(msg []byte) []byte {
	total := 0
	for _, b := range msg {
		total += int(t.codes[b].len)
	}
	out := make([]byte, 0, binary.MaxVarintLen32+(total+7)/8)
	out = binary.AppendUvarint(out, uint64(len(msg)))
	var acc uint64
	n := 0
	for _, b := range msg {
		c := t.codes[b]
		acc = acc<<c.len | uint64(c.bits)
		for n += int(c.len); n >= 8; n -= 8 {
			out = append(out, byte(acc>>(n-8)))
		}
	}
	if n > 0 {
		out = append(out, byte(acc<<(8-n)))
	}
	return out
}

// ErrCorrupt is returned for what Encode has not made.
var ErrCorrupt = errors.New("huffcode: corrupt message")

// Decode expands what Encode made.
func (t *Table) Decode(z []byte) ([]byte, error) {
	size, n := binary.Uvarint(z)
	if n <= 0 || size > uint64(len(z))*8 {
		return nil, ErrCorrupt
	}
	z = z[n:]
	out := make([]byte, 0, size)
	at := 0
	for uint64(len(out)) < size {
		bits := uint32(0)
		for l := 1; ; l++ {
			if l > maxBits || at == len(z)*8 {
				return nil, ErrCorrupt
			}
			bits = bits<<1 | uint32(z[at/8]>>(7-at%8)&1)
			at++
			count := t.offset[l+1] - t.offset[l]
			if bits >= t.first[l] && int64(bits-t.first[l]) < int64(count) {
				out = append(out, t.symbols[t.offset[l]+int32(bits-t.first[l])])
				break
			}
		}
	}
	return out, nil
}

// Batch compresses messages that are kept together, each with its own length in front.
func (t *Table) Batch(msgs [][]byte) [][]byte {
	out := make([][]byte, len(msgs))
	for i, m := range msgs {
		out[i] = t.Encode(m)
	}
	return out
}
