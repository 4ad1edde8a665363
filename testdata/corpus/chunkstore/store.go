// Package chunkstore stores files as compressed, deduplicated chunks.
package chunkstore

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"
)

const chunkSize = 32 << 10

// Ref names a chunk by the hash of its content.
type Ref [sha256.Size]byte

func (r Ref) String() string { return hex.EncodeToString(r[:]) }

// Backend holds blobs by name.
type Backend interface {
	Has(name string) bool
	Put(name string, blob []byte) error
	Get(name string) ([]byte, error)
}

// Memory is a backend for tests and small caches.
type Memory struct {
	mu    sync.RWMutex
	blobs map[string][]byte
}

// NewMemory returns an empty backend.
func NewMemory() *Memory { return &Memory{blobs: make(map[string][]byte)} }

// Has tells whether name is there.
func (m *Memory) Has(name string) bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	_, ok := m.blobs[name]
	return ok
}

// Put stores a copy of blob.
func (m *Memory) Put(name string, blob []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.blobs[name] = bytes.Clone(blob)
	return nil
}

// ErrMissing is returned for a chunk that is not there.
var ErrMissing = errors.New("chunkstore: missing chunk")

// Get returns the blob stored under name, which must not be changed.
func (m *Memory) Get(name string) ([]byte, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	b, ok := m.blobs[name]
	if !ok {
		return nil, ErrMissing
	}
	return b, nil
}

// Store cuts files into chunks.
type Store struct {
	backend Backend
	level   int
	written int64
}

// New stores in backend, with a gzip level.
func New(backend Backend, level int) *Store {
	return &Store{backend: backend, level: level}
}

// Manifest lists the chunks of a file.
type Manifest struct {
	Size int64
	Refs []Ref
}

var scratch = sync.Pool{
	New: func() any { return bytes.NewBuffer(make([]byte, 0, chunkSize+1024)) }, // want ML03
}

// Write stores all of r, of which size says how much it is.
func (s *Store) Write(r io.Reader, size int64) (*Manifest, error) {
	m := &Manifest{Refs: make([]Ref, 0, (size+chunkSize-1)/chunkSize)}
	chunk := make([]byte, chunkSize) // ok ML03 ML07
	for {
		n, err := io.ReadFull(r, chunk)
		if n > 0 {
			ref, err := s.put(chunk[:n])
			if err != nil {
				return nil, err
			}
			m.Refs = append(m.Refs, ref)
			m.Size += int64(n)
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return m, nil
		case err != nil:
			return nil, err
		}
	}
}

func (s *Store) put(chunk []byte) (Ref, error) {
	ref := Ref(sha256.Sum256(chunk))
	name := ref.String()
	if s.backend.Has(name) {
		return ref, nil
	}
	blob, err := s.squeeze(chunk)
	if err != nil {
		return ref, fmt.Errorf("chunkstore: %s: %w", name, err)
	}
	s.written += int64(len(blob))
	return ref, s.backend.Put(name, blob)
}

func (s *Store) squeeze(chunk []byte) ([]byte, error) {
	buf := scratch.Get().(*bytes.Buffer) // alt ML03
	buf.Reset()
	zw, err := gzip.NewWriterLevel(buf, s.level) // ok ML03
	if err != nil {
		scratch.Put(buf)
		return nil, err
	}
	if _, err := zw.Write(chunk); err != nil { // want ML03
		scratch.Put(buf)
		return nil, err
	}
	if err := zw.Close(); err != nil { // ok ML03
		scratch.Put(buf)
		return nil, err
	}
	if buf.Len() >= len(chunk) {
		scratch.Put(buf)
		return chunk, nil
	}
	return buf.Bytes(), nil
}

var readers sync.Pool

// Read writes the file of a manifest to w.
func (s *Store) Read(w io.Writer, m *Manifest) error {
	for _, ref := range m.Refs {
		blob, err := s.backend.Get(ref.String()) // ok ML11
		if err != nil {
			return err
		}
		if err := expand(w, blob); err != nil {
			return fmt.Errorf("chunkstore: %s: %w", ref, err)
		}
	}
	return nil
}

func expand(w io.Writer, blob []byte) error {
	if len(blob) < 2 || blob[0] != 0x1f || blob[1] != 0x8b {
		_, err := w.Write(blob)
		return err
	}
	src := bytes.NewReader(blob)
	zr, ok := readers.Get().(*gzip.Reader)
	if !ok {
		zr = new(gzip.Reader)
	}
	defer readers.Put(zr)
	if err := zr.Reset(src); err != nil {
		return err
	}
	_, err := io.Copy(w, zr) // ok ML03 ML07
	return err
}
