package netacl

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

var (
	rules    []Rule
	list     *List
	shadowed []*Rule
	said     string
)

func source(n int) string {
	var sb strings.Builder
	for i := range n {
		fmt.Fprintf(&sb, "%s 10.%d.%d.0/%d # customer %d\n", []string{"allow", "deny", "allow"}[i%3], i%20, i*7%256, 18+i%10, i)
		if i%4 == 0 {
			sb.WriteString("\n# moved from the old list\n")
		}
	}
	return sb.String()
}

func read(tb testing.TB, n int) []Rule {
	rs, err := Read(strings.NewReader(source(n)))
	if err != nil {
		tb.Fatal(err)
	}
	return rs
}

func BenchmarkRead(b *testing.B) {
	src := source(300)
	var err error
	for b.Loop() {
		if rules, err = Read(strings.NewReader(src)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	rs := read(b, 300)
	for b.Loop() {
		list = Compile(rs, Deny)
	}
}

func BenchmarkLookup(b *testing.B) {
	l := Compile(read(b, 300), Deny)
	a := netip.MustParseAddr("10.7.49.12")
	for b.Loop() {
		if _, r := l.Lookup(a); r == nil {
			b.Fatal("no rule")
		}
	}
}

func BenchmarkExplain(b *testing.B) {
	l := Compile(read(b, 300), Deny)
	_, r := l.Lookup(netip.MustParseAddr("10.7.49.12"))
	for b.Loop() {
		said = r.String()
	}
}

func BenchmarkShadowed(b *testing.B) {
	l := Compile(read(b, 300), Deny)
	for b.Loop() {
		shadowed = l.Shadowed()
	}
}
