// Package shipper follows log files and sends their lines away in batches.
package shipper

import (
	"bytes"
	"fmt"
	"io"
	"sync"
)

const (
	readSize       = 16 << 10
	fingerprintLen = 64
)

// File is a log file.
type File interface {
	io.ReaderAt
	Name() string
}

// Source is a file that is followed.
type Source struct {
	file        File
	fingerprint []byte
	off         int64
	partial     []byte
}

// Tailer follows files. They are known by their first bytes, so that a renamed file is not read twice.
type Tailer struct {
	mu      sync.Mutex
	sources map[string]*Source
	chunk   []byte
}

// NewTailer returns a tailer without files.
func NewTailer() *Tailer {
	return &Tailer{sources: make(map[string]*Source), chunk: make([]byte, readSize)}
}

// Follow begins with the line after the first full read of f.
func (t *Tailer) Follow(f File) (*Source, error) {
	buf := make([]byte, readSize) // want ML02 ok ML07
	n, err := f.ReadAt(buf, 0)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("shipper: %s: %w", f.Name(), err)
	}
	if n < fingerprintLen {
		return nil, fmt.Errorf("shipper: %s: too short", f.Name())
	}
	id := buf[:fingerprintLen] // alt ML02
	off := bytes.LastIndexByte(buf[:n], '\n') + 1
	t.mu.Lock()
	defer t.mu.Unlock()
	if s, ok := t.sources[string(id)]; ok {
		s.file = f
		return s, nil
	}
	s := &Source{file: f, fingerprint: id, off: int64(off)} // alt ML02
	t.sources[string(id)] = s                               // ok ML11
	return s, nil
}

// Poll calls fn with each line that came since the last call. The line is only valid in fn.
func (t *Tailer) Poll(s *Source, fn func(line []byte)) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for {
		n, err := s.file.ReadAt(t.chunk, s.off)
		s.off += int64(n)
		for data := t.chunk[:n]; len(data) > 0; {
			line, rest, full := bytes.Cut(data, []byte{'\n'})
			if !full {
				s.partial = append(s.partial, line...)
				break
			}
			if len(s.partial) > 0 {
				s.partial = append(s.partial, line...)
				line = s.partial
				s.partial = s.partial[:0]
			}
			fn(line)
			data = rest
		}
		if err == io.EOF || n == 0 {
			return nil
		} else if err != nil {
			return fmt.Errorf("shipper: %s: %w", s.file.Name(), err)
		}
	}
}
