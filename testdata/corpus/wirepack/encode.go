// Package wirepack frames messages for the wire.
//
// A frame is a header of sixteen bytes and a payload, which may be deflated.
package wirepack

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
)

const (
	headerLen   = 16
	maxPayload  = 1 << 24
	deflateFrom = 1024

	flagDeflated = 1
)

// Frame is one message.
type Frame struct {
	Kind    uint8
	Flags   uint8
	Stream  uint32
	Payload []byte
}

// Encoder writes frames. It is not safe for concurrent use.
type Encoder struct {
	w   io.Writer
	buf bytes.Buffer
}

// NewEncoder returns an encoder to w.
func NewEncoder(w io.Writer) *Encoder { return &Encoder{w: w} }

// Encode writes one frame.
func (e *Encoder) Encode(f *Frame) error {
	flags, payload := f.Flags, f.Payload
	if len(payload) >= deflateFrom {
		small, err := deflate(payload)
		if err != nil {
			return fmt.Errorf("wirepack: deflate: %w", err)
		}
		if len(small) < len(payload) {
			flags, payload = flags|flagDeflated, small
		}
	}
	e.buf.Reset()
	header := []any{f.Kind, flags, uint16(0), f.Stream, uint32(len(payload)), crc32.ChecksumIEEE(payload)} // ok ML05 ML11
	for _, field := range header {
		if err := binary.Write(&e.buf, binary.BigEndian, field); err != nil { // want ML11 ok ML05 ML07
			return err
		}
	}
	e.buf.Write(payload)
	_, err := e.w.Write(e.buf.Bytes())
	return err
}

func deflate(payload []byte) ([]byte, error) {
	var buf bytes.Buffer                              // ok ML03 ML07
	buf.Grow(len(payload) / 2)                        // ok ML03 ML07
	zw, err := flate.NewWriter(&buf, flate.BestSpeed) // want ML03 ok ML07
	if err != nil {
		return nil, err
	}
	if _, err := zw.Write(payload); err != nil { // alt ML03
		return nil, err
	}
	if err := zw.Close(); err != nil { // alt ML03
		return nil, err
	}
	return buf.Bytes(), nil
}
