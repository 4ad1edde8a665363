package framecodec

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
)

// Decoder reads frames.
type Decoder struct {
	r      io.Reader
	header [headerLen]byte
	packed []byte
	src    bytes.Reader
	fr     io.ReadCloser
	limit  io.LimitedReader
	out    bytes.Buffer
}

// NewDecoder returns a decoder of the frames in r.
func NewDecoder(r io.Reader) *Decoder {
	d := &Decoder{r: r}
	d.fr = flate.NewReader(&d.src)
	return d
}

// Decode reads the next message, which is the caller's to keep. It returns io.EOF
// where the stream ends between two frames.
func (d *Decoder) Decode() ([]byte, error) {
	if _, err := io.ReadFull(d.r, d.header[:]); err != nil {
		return nil, err
	}
	if d.header[3] != version {
		return nil, ErrVersion
	}
	n := int(binary.BigEndian.Uint32(d.header[4:]))
	if n > maxBody {
		return nil, ErrTooLong
	}
	if d.header[0]&flagDeflate == 0 {
		msg := make([]byte, n+trailerLen)
		if _, err := io.ReadFull(d.r, msg); err != nil {
			return nil, io.ErrUnexpectedEOF
		}
		if err := d.verify(msg); err != nil {
			return nil, err
		}
		return msg[:n:n], nil
	}
	if cap(d.packed) < n+trailerLen {
		d.packed = make([]byte, n+trailerLen)
	}
	d.packed = d.packed[:n+trailerLen]
	if _, err := io.ReadFull(d.r, d.packed); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	if err := d.verify(d.packed); err != nil {
		return nil, err
	}
	return d.inflate(d.packed[:n])
}

// verify checks the sum at the end of body.
func (d *Decoder) verify(body []byte) error {
	n := len(body) - trailerLen
	sum := crc32.Checksum(d.header[:], table)
	sum = crc32.Update(sum, table, body[:n])
	if sum != binary.BigEndian.Uint32(body[n:]) {
		return ErrChecksum
	}
	return nil
}

func (d *Decoder) inflate(packed []byte) ([]byte, error) {
	d.src.Reset(packed)
	if err := d.fr.(flate.Resetter).Reset(&d.src, nil); err != nil {
		return nil, fmt.Errorf("framecodec: %w", err)
	}
	d.out.Reset()
	d.limit = io.LimitedReader{R: d.fr, N: maxBody + 1}
	if _, err := d.out.ReadFrom(&d.limit); err != nil {
		return nil, fmt.Errorf("framecodec: %w", err)
	}
	if d.out.Len() > maxBody {
		return nil, ErrTooLong
	}
	return bytes.Clone(d.out.Bytes()), nil
}
