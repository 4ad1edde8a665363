package treesum

import (
	"fmt"
	"io"
	"testing"
	"testing/fstest"
)

var (
	scanned *Node
	changed []Change
	sum     string
)

func tree(n int, edit bool) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := range n {
		text := fmt.Appendf(nil, "file %d", i)
		if edit && i%6 == 0 {
			text = append(text, '!')
		}
		if edit && i%11 == 0 {
			continue
		}
		fsys[fmt.Sprintf("src/p%d/q%d/f%d.go", i%5, i%3, i)] = &fstest.MapFile{Data: text}
	}
	return fsys
}

func scan(tb testing.TB, n int, edit bool) *Node {
	root, err := Scan(tree(n, edit), "src")
	if err != nil {
		tb.Fatal(err)
	}
	return root
}

func BenchmarkScan(b *testing.B) {
	fsys := tree(60, false)
	var err error
	for b.Loop() {
		if scanned, err = Scan(fsys, "src"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDiff(b *testing.B) {
	x, y := scan(b, 300, false), scan(b, 300, true)
	for b.Loop() {
		changed = Diff(x, y)
	}
}

func BenchmarkManifest(b *testing.B) {
	x := scan(b, 300, false)
	for b.Loop() {
		if err := WriteManifest(io.Discard, x); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkString(b *testing.B) {
	s := scan(b, 10, false).Sum
	for b.Loop() {
		sum = s.String()
	}
}
