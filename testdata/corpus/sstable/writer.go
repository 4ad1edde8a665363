package sstable

import (
	"encoding/binary"
	"io"
)

// Writer writes a table. Keys must be added in order.
type Writer struct {
	w       io.Writer
	limit   int
	entries []byte
	deltas  []byte
	frame   []byte
	last    int
	count   int
}

// NewWriter returns a writer of blocks of about limit bytes.
func NewWriter(w io.Writer, limit int) *Writer {
	return &Writer{w: w, limit: limit, entries: make([]byte, 0, limit+limit/8)}
}

// Add appends an entry.
func (w *Writer) Add(key, value []byte) error {
	w.deltas = binary.AppendUvarint(w.deltas, uint64(len(w.entries)-w.last))
	w.last = len(w.entries)
	w.count++
	w.entries = binary.AppendUvarint(w.entries, uint64(len(key)))
	w.entries = binary.AppendUvarint(w.entries, uint64(len(value)))
	w.entries = append(w.entries, key...)
	w.entries = append(w.entries, value...)
	if len(w.entries) >= w.limit {
		return w.Flush()
	}
	return nil
}

// Flush writes the block begun.
func (w *Writer) Flush() error {
	if w.count == 0 {
		return nil
	}
	f := append(w.frame[:0], 0, 0, 0, 0)
	f = binary.AppendUvarint(f, uint64(w.count))
	f = append(f, w.deltas...)
	f = append(f, w.entries...)
	binary.LittleEndian.PutUint32(f, uint32(len(f)-4))
	w.frame, w.entries, w.deltas = f, w.entries[:0], w.deltas[:0]
	w.last, w.count = 0, 0
	_, err := w.w.Write(f)
	return err
}
