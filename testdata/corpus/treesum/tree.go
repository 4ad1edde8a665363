// Package treesum compares trees of files by the sums of their parts.
package treesum

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"
	"sync"
)

// Sum is the sum of a file or of a directory.
type Sum [sha256.Size]byte

func (s Sum) String() string { return hex.EncodeToString(s[:]) } // ok ML11

// Node is a file or a directory with its entries, sorted by name.
type Node struct {
	Name    string
	Dir     bool
	Size    int64
	Sum     Sum
	Entries []*Node
}

type summer struct {
	hash hash.Hash
	buf  []byte
	sum  []byte
}

var summers = sync.Pool{
	New: func() any {
		return &summer{hash: sha256.New(), buf: make([]byte, 32<<10), sum: make([]byte, 0, sha256.Size)}
	},
}

// Scan reads a whole tree.
func Scan(fsys fs.FS, name string) (*Node, error) {
	s := summers.Get().(*summer)
	defer summers.Put(s)
	return s.scan(fsys, name)
}

func (s *summer) scan(fsys fs.FS, name string) (*Node, error) {
	list, err := fs.ReadDir(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("treesum: %w", err)
	}
	n := &Node{Name: path.Base(name), Dir: true, Entries: make([]*Node, 0, len(list))}
	for _, e := range list {
		full := path.Join(name, e.Name())
		var child *Node
		switch {
		case e.IsDir():
			child, err = s.scan(fsys, full)
		case e.Type().IsRegular():
			child, err = s.file(fsys, full)
		default:
			continue
		}
		if err != nil {
			return nil, err
		}
		n.Size += child.Size
		n.Entries = append(n.Entries, child)
	}
	s.directory(n)
	return n, nil
}

func (s *summer) file(fsys fs.FS, name string) (*Node, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("treesum: %w", err)
	}
	defer f.Close()
	s.hash.Reset()
	var size int64
	for {
		k, err := f.Read(s.buf)
		s.hash.Write(s.buf[:k])
		size += int64(k)
		if err == io.EOF {
			break
		} else if err != nil {
			return nil, fmt.Errorf("treesum: %s: %w", name, err)
		}
	}
	n := &Node{Name: path.Base(name), Size: size}
	s.sum = s.hash.Sum(s.sum[:0])
	copy(n.Sum[:], s.sum)
	return n, nil
}

func (s *summer) directory(n *Node) {
	slices.SortFunc(n.Entries, func(a, b *Node) int { return strings.Compare(a.Name, b.Name) })
	s.hash.Reset()
	for _, e := range n.Entries {
		s.buf = append(s.buf[:0], e.Name...)
		s.buf = append(s.buf, 0)
		s.buf = append(s.buf, e.Sum[:]...)
		s.hash.Write(s.buf)
	}
	s.buf = s.buf[:cap(s.buf)]
	s.sum = s.hash.Sum(s.sum[:0])
	copy(n.Sum[:], s.sum)
}

// Op is the kind of a change.
type Op byte

// The kinds of changes.
const (
	Added   Op = '+'
	Removed Op = '-'
	Changed Op = '~'
)

// Change is a path that differs.
type Change struct {
	Op   Op
	Path string
	Size int64
}

// Diff lists what has to change in a to make it b.
func Diff(a, b *Node) []Change {
	var out []Change
	for c := range changes("", a, b) {
		out = append(out, c)
	}
	slices.SortFunc(out, func(x, y Change) int { return cmp.Or(strings.Compare(x.Path, y.Path), cmp.Compare(x.Op, y.Op)) })
	return out
}

func changes(prefix string, a, b *Node) iter.Seq[Change] {
	return func(yield func(Change) bool) {
		compare(prefix, a, b, yield)
	}
}

func compare(prefix string, a, b *Node, yield func(Change) bool) bool {
	x, y := a.Entries, b.Entries
	for len(x) > 0 || len(y) > 0 {
		order := 0
		switch {
		case len(x) == 0:
			order = 1
		case len(y) == 0:
			order = -1
		default:
			order = strings.Compare(x[0].Name, y[0].Name)
		}
		ok := true
		switch {
		case order < 0:
			ok = yield(Change{Removed, prefix + x[0].Name, x[0].Size})
			x = x[1:]
		case order > 0:
			ok = yield(Change{Added, prefix + y[0].Name, y[0].Size})
			y = y[1:]
		default:
			if x[0].Sum != y[0].Sum {
				if x[0].Dir && y[0].Dir {
					ok = compare(prefix+x[0].Name+"/", x[0], y[0], yield)
				} else {
					ok = yield(Change{Changed, prefix + x[0].Name, y[0].Size})
				}
			}
			x, y = x[1:], y[1:]
		}
		if !ok {
			return false
		}
	}
	return true
}

// WriteManifest writes the sum and the path of each file.
func WriteManifest(w io.Writer, n *Node) error {
	line := make([]byte, 0, 256)
	var walk func(prefix string, n *Node) error
	walk = func(prefix string, n *Node) error {
		for _, e := range n.Entries {
			if e.Dir {
				if err := walk(prefix+e.Name+"/", e); err != nil {
					return err
				}
				continue
			}
			line = hex.AppendEncode(line[:0], e.Sum[:])
			line = append(line, "  "...)
			line = append(line, prefix...)
			line = append(line, e.Name...)
			line = append(line, '\n')
			if _, err := w.Write(line); err != nil {
				return err
			}
		}
		return nil
	}
	return walk("", n)
}
