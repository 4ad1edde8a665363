package filedup

import (
	"bytes"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

func tree(n int) fs.FS {
	t := fstest.MapFS{}
	for i := range n {
		body := bytes.Repeat([]byte{byte(i % 40)}, 600+(i%8)*64)
		t[fmt.Sprintf("photos/%02d/img%04d.raw", i%7, i)] = &fstest.MapFile{Data: body, Mode: 0o644}
	}
	t["photos/.cache/x"] = &fstest.MapFile{Data: make([]byte, 600)}
	return t
}

var found []Group

func find(tb testing.TB, t fs.FS) []Group {
	s := &Scanner{FS: t, MinSize: 1, Skip: func(name string) bool { return len(name) > 1 && strings.HasPrefix(name, ".") }}
	gs, err := s.Find()
	if err != nil {
		tb.Fatal(err)
	}
	return gs
}

func TestFind(t *testing.T) {
	gs := find(t, tree(120))
	var sb strings.Builder
	if err := Report(&sb, gs); err != nil {
		t.Fatal(err)
	}
	if len(gs) != 40 || len(gs[0].Paths) != 3 {
		t.Fatal(sb.String())
	}
}

func BenchmarkFind(b *testing.B) {
	t := tree(400)
	for b.Loop() {
		found = find(b, t)
	}
}
