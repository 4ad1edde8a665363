// Package framecodec reads and writes messages as frames, compressed where that pays.
//
// A frame is a header of eight bytes (flags, three bytes for a version and the
// length, big endian), the body and a checksum.
package framecodec

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

const (
	headerLen  = 8
	trailerLen = 4
	version    = 3

	flagDeflate = 1 << 0

	minDeflate = 256
	maxBody    = 16 << 20
)

// Errors of a broken stream.
var (
	ErrVersion  = errors.New("framecodec: unknown version")
	ErrTooLong  = errors.New("framecodec: body too long")
	ErrChecksum = errors.New("framecodec: checksum does not match")
)

var table = crc32.MakeTable(crc32.Castagnoli)

// Encoder writes frames. It belongs to one connection and one goroutine.
type Encoder struct {
	w     io.Writer
	level int
	body  bytes.Buffer
	stats Stats
}

// Stats counts what went through an encoder.
type Stats struct {
	Frames   int
	Deflated int
	In, Out  int64
}

// NewEncoder returns an encoder which compresses at the given level of flate.
func NewEncoder(w io.Writer, level int) *Encoder {
	return &Encoder{w: w, level: level}
}

// Encode writes msg as one frame, in a single Write.
func (e *Encoder) Encode(msg []byte) error {
	if len(msg) > maxBody {
		return ErrTooLong
	}
	flags := byte(0)
	body := msg
	if len(msg) >= minDeflate {
		packed, err := e.deflate(msg)
		if err != nil {
			return err
		}
		if len(packed) < len(msg) {
			body, flags = packed, flagDeflate
			e.stats.Deflated++
		}
	}
	frame := make([]byte, headerLen, headerLen+len(body)+trailerLen) // want ML07 ok ML03
	frame[0], frame[3] = flags, version
	binary.BigEndian.PutUint32(frame[4:], uint32(len(body)))
	frame = append(frame, body...)
	frame = binary.BigEndian.AppendUint32(frame, crc32.Checksum(frame, table))

	e.stats.Frames++
	e.stats.In += int64(len(msg))
	e.stats.Out += int64(len(frame))
	if _, err := e.w.Write(frame); err != nil {
		return fmt.Errorf("framecodec: frame %d: %w", e.stats.Frames, err)
	}
	return nil
}

func (e *Encoder) deflate(msg []byte) ([]byte, error) {
	e.body.Reset()
	fw, err := flate.NewWriter(&e.body, e.level) // want ML03 ok ML07
	if err != nil {
		return nil, fmt.Errorf("framecodec: %w", err)
	}
	if _, err := fw.Write(msg); err != nil { // alt ML03
		return nil, err
	}
	if err := fw.Close(); err != nil { // alt ML03
		return nil, err
	}
	return e.body.Bytes(), nil
}

// Stats tells what has been written.
func (e *Encoder) Stats() Stats { return e.stats }
