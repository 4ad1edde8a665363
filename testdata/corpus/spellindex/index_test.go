package spellindex

import (
	"slices"
	"strings"
	"testing"
)

var (
	index       *Index
	suggestions []Suggestion
	corrections []Correction
)

func dictionary() string {
	heads := []string{"re", "un", "over", "inter", "sub", "trans", "pre", "out"}
	middles := []string{"form", "port", "mark", "line", "stand", "write", "light", "view", "code", "press"}
	tails := []string{"", "s", "ed", "ing", "er", "able", "ation", "ness"}
	var words []string
	for _, h := range heads {
		for _, m := range middles {
			for _, t := range tails {
				words = append(words, h+m+t)
			}
		}
	}
	slices.Sort(words)
	return strings.Join(words, "\n")
}

func TestSuggest(t *testing.T) {
	x := New(dictionary())
	if !x.Has("transported") || x.Has("transportet") {
		t.Error("dictionary")
	}
	if s := x.Suggest("transportet", 3); len(s) != 3 || s[0].Word != "transported" {
		t.Error(s)
	}
	if c := x.Check("an unformed overvieu"); len(c) != 2 || c[1].Offset != 12 {
		t.Error(c)
	}
}

func BenchmarkNew(b *testing.B) {
	text := dictionary()
	for b.Loop() {
		index = New(text)
	}
}

func BenchmarkSuggest(b *testing.B) {
	x := New(dictionary())
	for b.Loop() {
		suggestions = x.Suggest("transportet", 5)
	}
}

func BenchmarkCheck(b *testing.B) {
	x := New(dictionary())
	text := strings.Repeat("the outlined interveiw was precoded and submraked by an overviewer ", 10)
	for b.Loop() {
		corrections = x.Check(text)
	}
}
