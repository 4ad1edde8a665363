package wirepack

import (
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// Errors of broken streams.
var (
	ErrTooLarge = errors.New("wirepack: payload too large")
	ErrChecksum = errors.New("wirepack: checksum differs")
)

// Decoder reads frames. It is not safe for concurrent use.
type Decoder struct {
	r        *bufio.Reader
	header   [headerLen]byte
	inflater io.ReadCloser
	source   bytes.Reader
	inflated bytes.Buffer
}

// NewDecoder returns a decoder of r.
func NewDecoder(r io.Reader) *Decoder {
	return &Decoder{r: bufio.NewReaderSize(r, 32<<10)}
}

// Each calls fn with every frame up to the end of the stream. The frame is fn's until it returns.
func (d *Decoder) Each(fn func(*Frame) error) error {
	var f Frame // ok ML05 ML06
	for {
		if _, err := io.ReadFull(d.r, d.header[:]); err == io.EOF {
			return nil
		} else if err != nil {
			return fmt.Errorf("wirepack: header: %w", err)
		}
		n := binary.BigEndian.Uint32(d.header[8:])
		if n > maxPayload {
			return ErrTooLarge
		}
		payload := make([]byte, n) // want ML07 ok ML03
		if _, err := io.ReadFull(d.r, payload); err != nil {
			return fmt.Errorf("wirepack: payload: %w", err)
		}
		if crc32.ChecksumIEEE(payload) != binary.BigEndian.Uint32(d.header[12:]) {
			return ErrChecksum
		}
		f.Kind, f.Flags = d.header[0], d.header[1]
		f.Stream = binary.BigEndian.Uint32(d.header[4:])
		f.Payload = payload
		if f.Flags&flagDeflated != 0 {
			var err error
			if f.Payload, err = d.inflate(payload); err != nil {
				return fmt.Errorf("wirepack: inflate: %w", err)
			}
			f.Flags &^= flagDeflated
		}
		if err := fn(&f); err != nil {
			return err
		}
	}
}

func (d *Decoder) inflate(payload []byte) ([]byte, error) {
	d.source.Reset(payload)
	if d.inflater == nil {
		d.inflater = flate.NewReader(&d.source)
	} else if err := d.inflater.(flate.Resetter).Reset(&d.source, nil); err != nil {
		return nil, err
	}
	d.inflated.Reset()
	_, err := d.inflated.ReadFrom(d.inflater)
	return d.inflated.Bytes(), err
}

// Mailbox keeps the newest payload of each stream.
type Mailbox struct {
	newest map[uint32][]byte
}

// NewMailbox returns an empty mailbox.
func NewMailbox() *Mailbox { return &Mailbox{newest: make(map[uint32][]byte)} }

// Take stores the payload of f.
func (m *Mailbox) Take(f *Frame) error {
	if len(f.Payload) == 0 {
		delete(m.newest, f.Stream)
		return nil
	}
	m.newest[f.Stream] = bytes.Clone(f.Payload)
	return nil
}

// Newest returns the payload last taken of a stream, or nil. It may be kept, but must not be changed.
func (m *Mailbox) Newest(stream uint32) []byte { return m.newest[stream] }
