package diffreport

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
)

func versions(n, changes int) (string, string) {
	rng := rand.New(rand.NewSource(4))
	var lines []string
	for range n {
		lines = append(lines, fmt.Sprintf("\toption_%d = %d", rng.Intn(400), rng.Intn(9)))
	}
	before := strings.Join(lines, "\n") + "\n"
	for range changes {
		at := rng.Intn(len(lines))
		switch rng.Intn(3) {
		case 0:
			lines[at] = fmt.Sprintf("\tchanged_%d = on", at)
		case 1:
			lines = append(lines[:at], lines[at+1:]...)
		default:
			lines = append(lines[:at+1], lines[at:]...)
			lines[at] = "\t# reviewed"
		}
	}
	return before, strings.Join(lines, "\n") + "\n"
}

func TestUnified(t *testing.T) {
	got := Unified("x", "a\nb\nc\n", "a\nB\nc\nd\n")
	want := "--- a/x\n+++ b/x\n@@ -1,3 +1,4 @@\n a\n-b\n+B\n c\n+d\n"
	if got != want {
		t.Fatalf("got %q", got)
	}
	if p, m := Stat("a\nb\n", "b\nc\n"); p != 1 || m != 1 {
		t.Fatal(p, m)
	}
}

var patch string

func BenchmarkUnified(b *testing.B) {
	before, after := versions(600, 40)
	for b.Loop() {
		patch = Unified("settings.conf", before, after)
	}
}

func BenchmarkStat(b *testing.B) {
	before, after := versions(300, 10)
	for b.Loop() {
		Stat(before, after)
	}
}
