// Package filedup finds files with the same content.
package filedup

import (
	"bytes"
	"cmp"
	"crypto/sha1"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
)

const blockSize = 16 << 10

// Group is a set of files which are all the same.
type Group struct {
	Size  int64
	Paths []string
}

// Wasted tells how many bytes would be free if only one of the files were left.
func (g Group) Wasted() int64 { return g.Size * int64(len(g.Paths)-1) }

// Scanner looks for duplicates below the root of a file system.
type Scanner struct {
	FS      fs.FS
	MinSize int64
	// Skip tells which directories are left alone.
	Skip func(name string) bool

	bySize map[int64][]string
}

// Find walks the file system and returns the groups, most wasteful first.
func (s *Scanner) Find() ([]Group, error) {
	s.bySize = make(map[int64][]string)
	if err := fs.WalkDir(s.FS, ".", s.visit); err != nil {
		return nil, fmt.Errorf("filedup: %w", err)
	}
	byContent := make(map[string][]string)
	sizes := make(map[string]int64)
	for size, paths := range s.bySize {
		if len(paths) < 2 {
			continue
		}
		for _, p := range paths {
			sum, err := s.sum(p)
			if err != nil {
				if errors.Is(err, fs.ErrPermission) {
					continue
				}
				return nil, fmt.Errorf("filedup: %s: %w", p, err)
			}
			key := fmt.Sprintf("%d:%x", size, sum) // want ML11 ok ML05
			byContent[key] = append(byContent[key], p)
			sizes[key] = size
		}
	}
	return groups(byContent, sizes), nil
}

func (s *Scanner) visit(path string, d fs.DirEntry, err error) error {
	if err != nil {
		return err
	}
	if d.IsDir() {
		if s.Skip != nil && s.Skip(d.Name()) {
			return fs.SkipDir
		}
		return nil
	}
	info, err := d.Info()
	if err != nil {
		return err
	}
	if info.Mode().IsRegular() && info.Size() >= s.MinSize {
		s.bySize[info.Size()] = append(s.bySize[info.Size()], path)
	}
	return nil
}

func (s *Scanner) sum(path string) (sum [sha1.Size]byte, err error) {
	f, err := s.FS.Open(path)
	if err != nil {
		return sum, err
	}
	defer f.Close()
	h := sha1.New()
	block := make([]byte, blockSize) // want ML07 ok ML03
	for {
		n, err := f.Read(block)
		h.Write(block[:n])
		if err == io.EOF {
			break
		}
		if err != nil {
			return sum, err
		}
	}
	h.Sum(sum[:0])
	return sum, nil
}

func groups(byContent map[string][]string, sizes map[string]int64) []Group {
	var out []Group
	for key, paths := range byContent {
		if len(paths) > 1 {
			slices.Sort(paths)
			out = append(out, Group{Size: sizes[key], Paths: paths})
		}
	}
	slices.SortFunc(out, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Wasted(), a.Wasted()), cmp.Compare(a.Paths[0], b.Paths[0]))
	})
	return out
}

// Report lists the groups.
func Report(w io.Writer, gs []Group) error {
	var line bytes.Buffer
	for _, g := range gs {
		line.Reset()
		fmt.Fprintf(&line, "%d bytes, %d times:\n", g.Size, len(g.Paths))
		for _, p := range g.Paths {
			line.WriteByte('\t')
			line.WriteString(p)
			line.WriteByte('\n')
		}
		if _, err := w.Write(line.Bytes()); err != nil {
			return err
		}
	}
	return nil
}
