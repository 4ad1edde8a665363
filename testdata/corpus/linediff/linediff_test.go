package linediff

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
)

var (
	edits []Edit
	hunks []Hunk
	text  []byte
)

func versions(n, changes int) (a, b []byte) {
	rng := rand.New(rand.NewPCG(3, 4))
	changed := make(map[int]bool, changes)
	for range changes {
		changed[rng.IntN(n)] = true
	}
	for i := range n {
		line := fmt.Sprintf("\tstep(%d, %q)\n", i%40, fmt.Sprint("name", i%17))
		a = append(a, line...)
		switch {
		case !changed[i]:
			b = append(b, line...)
		case i%3 == 0:
			b = append(b, line...)
			b = append(b, fmt.Sprintf("\textra(%d)\n", i)...)
		case i%3 == 1:
			b = append(b, fmt.Sprintf("\tother(%d)\n", i)...)
		}
	}
	return a, b
}

func TestCompare(t *testing.T) {
	for _, changes := range []int{0, 1, 5, 60} {
		a, b := versions(200, changes)
		var olds, news []byte
		for _, e := range Compare(a, b) {
			if e.Op != Insert {
				olds = append(olds, e.Text...)
			}
			if e.Op != Delete {
				news = append(news, e.Text...)
			}
		}
		if !bytes.Equal(olds, a) || !bytes.Equal(news, b) {
			t.Error(changes)
		}
	}
	got := string(AppendUnified(nil, Hunks(Compare([]byte("a\nb\nc\n"), []byte("a\nx\nc\n")), 1)))
	if got != "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n" {
		t.Errorf("%q", got)
	}
}

func BenchmarkDiff(b *testing.B) {
	x, y := versions(600, 40)
	for b.Loop() {
		edits = Compare(x, y)
		hunks = Hunks(edits, 3)
		text = AppendUnified(nil, hunks)
	}
}
