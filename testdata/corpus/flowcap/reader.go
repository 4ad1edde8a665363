// Package flowcap reads packet captures block by block and sums them up into flows.
package flowcap

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Errors of a broken capture.
var (
	ErrMagic = errors.New("flowcap: not a capture")
	ErrShort = errors.New("flowcap: packet reaches over the end of its block")
)

const (
	magic     = 0x0c4f10e5
	headerLen = 24
)

// Packet is one captured packet. Its data is a part of the block that it came in.
type Packet struct {
	Seconds  uint32
	Src, Dst [4]byte
	Port     uint16
	Data     []byte
}

// Reader takes a capture apart.
type Reader struct {
	r     io.Reader
	block []byte
	off   int
}

// NewReader checks the head of a capture.
func NewReader(r io.Reader) (*Reader, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	if binary.BigEndian.Uint32(head[:]) != magic {
		return nil, ErrMagic
	}
	return &Reader{r: r}, nil
}

func (r *Reader) fill() error {
	var size [4]byte
	if _, err := io.ReadFull(r.r, size[:]); err != nil { // ok ML05
		return err
	}
	r.block = make([]byte, binary.BigEndian.Uint32(size[:])) // want ML02 ok ML07
	r.off = 0
	if _, err := io.ReadFull(r.r, r.block); err != nil {
		return fmt.Errorf("flowcap: block: %w", err)
	}
	return nil
}

// Next returns the next packet, or io.EOF after the last.
func (r *Reader) Next() (Packet, error) {
	if r.off == len(r.block) {
		if err := r.fill(); err != nil {
			return Packet{}, err
		}
	}
	b := r.block[r.off:]
	if len(b) < headerLen {
		return Packet{}, ErrShort
	}
	n := int(binary.BigEndian.Uint32(b[20:]))
	if len(b) < headerLen+n {
		return Packet{}, ErrShort
	}
	p := Packet{
		Seconds: binary.BigEndian.Uint32(b),
		Src:     [4]byte(b[4:]),
		Dst:     [4]byte(b[8:]),
		Port:    binary.BigEndian.Uint16(b[12:]),
		Data:    b[headerLen : headerLen+n],
	}
	r.off += headerLen + n
	return p, nil
}
