// Package eventlog keeps events in segments: one file each, read and held as a whole.
package eventlog

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"iter"
	"sort"
)

// Errors of broken segments.
var (
	ErrChecksum = errors.New("eventlog: wrong checksum")
	ErrShort    = errors.New("eventlog: segment ends within a record")
)

const recordHead = 16

// Record is an event. Its payload is a part of the segment that it came from.
type Record struct {
	Offset  uint64
	Payload []byte
}

// Segment is a run of records in memory.
type Segment struct {
	base    uint64
	records []Record
}

// Load reads a segment of size bytes.
func Load(r io.Reader, size int64) (*Segment, error) {
	data := make([]byte, size)
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, err
	}
	n := 0
	for rest := data; len(rest) > 0; n++ {
		if len(rest) < recordHead {
			return nil, ErrShort
		}
		length := int(binary.LittleEndian.Uint32(rest[8:]))
		if len(rest) < recordHead+length {
			return nil, ErrShort
		}
		rest = rest[recordHead+length:]
	}
	s := &Segment{records: make([]Record, 0, n)}
	for len(data) > 0 {
		length := int(binary.LittleEndian.Uint32(data[8:]))
		rec := Record{
			Offset:  binary.LittleEndian.Uint64(data),
			Payload: data[recordHead : recordHead+length : recordHead+length],
		}
		if crc32.ChecksumIEEE(rec.Payload) != binary.LittleEndian.Uint32(data[12:]) {
			return nil, fmt.Errorf("%w at %d", ErrChecksum, rec.Offset)
		}
		s.records = append(s.records, rec)
		data = data[recordHead+length:]
	}
	if len(s.records) > 0 {
		s.base = s.records[0].Offset
	}
	return s, nil
}

// From goes over the records that start at offset or later.
func (s *Segment) From(offset uint64) iter.Seq[Record] {
	at := sort.Search(len(s.records), func(i int) bool { return s.records[i].Offset >= offset })
	return func(yield func(Record) bool) { // ok ML05
		for _, r := range s.records[at:] {
			if !yield(r) {
				return
			}
		}
	}
}

// Appender writes a segment.
type Appender struct {
	w    *bufio.Writer
	next uint64
	head [recordHead]byte
	sync func() error
}

// NewAppender continues at offset next; sync may be nil.
func NewAppender(w io.Writer, next uint64, sync func() error) *Appender {
	return &Appender{w: bufio.NewWriterSize(w, 32<<10), next: next, sync: sync}
}

// Append writes an event and returns its offset.
func (a *Appender) Append(payload []byte) (uint64, error) {
	binary.LittleEndian.PutUint64(a.head[:], a.next)
	binary.LittleEndian.PutUint32(a.head[8:], uint32(len(payload)))
	binary.LittleEndian.PutUint32(a.head[12:], crc32.ChecksumIEEE(payload))
	if _, err := a.w.Write(a.head[:]); err != nil {
		return 0, err
	}
	if _, err := a.w.Write(payload); err != nil {
		return 0, err
	}
	a.next++
	return a.next - 1, nil
}

// Flush hands everything on to the file.
func (a *Appender) Flush() error {
	if err := a.w.Flush(); err != nil || a.sync == nil {
		return err
	}
	return a.sync()
}
