package spellfix

import (
	"fmt"
	"strings"
	"testing"
)

var (
	best   []Suggestion
	result string
)

func wordList() string {
	var sb strings.Builder
	onsets := strings.Fields("b c d f g h l m n p r s t v st tr pl gr")
	vowels := strings.Fields("a e i o u ai ou")
	codas := strings.Fields("n r st ng ck m ld")
	for i, a := range onsets {
		for j, v := range vowels {
			for k, z := range codas {
				fmt.Fprintf(&sb, "%s%s%ser %d\n", a, v, z, 1000-(i*31+j*7+k)%900)
			}
		}
	}
	return sb.String()
}

func BenchmarkSuggest(b *testing.B) {
	d, err := Load(strings.NewReader(wordList()))
	if err != nil {
		b.Fatal(err)
	}
	c := NewCorrector(d, 2)
	for b.Loop() {
		best = c.Suggest("trangger", 3)
	}
}

func BenchmarkFix(b *testing.B) {
	d, err := Load(strings.NewReader(wordList()))
	if err != nil {
		b.Fatal(err)
	}
	c := NewCorrector(d, 2)
	known := func(w string) bool { return !strings.HasSuffix(w, "err") }
	for b.Loop() {
		result = c.Fix("the stonger planter had some butter and a gronerr or moulderr in the same pailder near the plantation of trees", known)
	}
}
