// Package kvlog is a small store of keys and values which writes a log of all
// changes and reads it again when it starts.
package kvlog

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"sync"
)

const (
	opPut    = 1
	opDelete = 2

	maxRecord = 1 << 20
)

// Errors of records.
var (
	ErrCorrupt = errors.New("kvlog: corrupt record")
	ErrTooBig  = errors.New("kvlog: record too big")
)

var records = sync.Pool{
	New: func() any {
		b := make([]byte, 0, 1<<10) // want ML03
		return &b
	},
}

// Store holds the latest value of each key.
type Store struct {
	mu   sync.RWMutex
	log  io.Writer
	vals map[string][]byte
}

// New returns a store which writes its changes to log.
func New(log io.Writer) *Store {
	return &Store{log: log, vals: make(map[string][]byte)}
}

// Put sets the value of key. A value that is there already is not written again.
func (s *Store) Put(key string, val []byte) error {
	rec := records.Get().(*[]byte) // alt ML03
	b := appendRecord((*rec)[:0], opPut, key, val)
	s.mu.Lock()
	defer s.mu.Unlock()
	if old, ok := s.vals[key]; ok && bytes.Equal(old, val) {
		return nil // alt ML03
	}
	if len(b) > maxRecord {
		return ErrTooBig // alt ML03
	}
	_, err := s.log.Write(b)
	*rec = b
	records.Put(rec)
	if err != nil {
		return fmt.Errorf("kvlog: put: %w", err)
	}
	s.vals[key] = bytes.Clone(val)
	return nil
}

// Delete removes a key.
func (s *Store) Delete(key string) error {
	rec := records.Get().(*[]byte)
	defer records.Put(rec)
	b := appendRecord((*rec)[:0], opDelete, key, nil)
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.log.Write(b); err != nil {
		return fmt.Errorf("kvlog: delete: %w", err)
	}
	delete(s.vals, key)
	return nil
}

// Get appends the value of key to dst.
func (s *Store) Get(dst []byte, key string) ([]byte, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	v, ok := s.vals[key]
	return append(dst, v...), ok
}

// Len tells how many keys there are.
func (s *Store) Len() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.vals)
}

// appendRecord writes length, checksum, operation, key and value.
func appendRecord(b []byte, op byte, key string, val []byte) []byte {
	b = append(b, 0, 0, 0, 0, 0, 0, 0, 0, op)
	b = binary.AppendUvarint(b, uint64(len(key)))
	b = append(b, key...)
	b = append(b, val...)
	binary.LittleEndian.PutUint32(b, uint32(len(b)-8))
	binary.LittleEndian.PutUint32(b[4:], crc32.ChecksumIEEE(b[8:]))
	return b
}

// Replay applies a log to the store. A record cut short at the end is what a crash
// leaves behind, and is left out.
func (s *Store) Replay(r io.Reader) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	br := bufio.NewReaderSize(r, 64<<10)
	var head [8]byte
	for ; ; n++ {
		if _, err := io.ReadFull(br, head[:]); err != nil {
			if err == io.EOF || err == io.ErrUnexpectedEOF {
				return n, nil
			}
			return n, err
		}
		size := binary.LittleEndian.Uint32(head[:])
		if size > maxRecord {
			return n, ErrCorrupt
		}
		body := make([]byte, size) // want ML07 ok ML03
		if _, err := io.ReadFull(br, body); err != nil {
			return n, nil
		}
		if crc32.ChecksumIEEE(body) != binary.LittleEndian.Uint32(head[4:]) {
			return n, ErrCorrupt
		}
		if err := s.apply(body); err != nil {
			return n, err
		}
	}
}

func (s *Store) apply(body []byte) error {
	if len(body) < 2 {
		return ErrCorrupt
	}
	keyLen, w := binary.Uvarint(body[1:])
	if w <= 0 || keyLen > uint64(len(body)-1-w) {
		return ErrCorrupt
	}
	key := body[1+w:][:keyLen]
	val := body[1+w+int(keyLen):]
	switch body[0] {
	case opPut:
		s.vals[string(key)] = append([]byte(nil), val...)
	case opDelete:
		delete(s.vals, string(key))
	default:
		return ErrCorrupt
	}
	return nil
}
