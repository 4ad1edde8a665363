package tree

import (
	"fmt"
	"testing"
)

var (
	grown *Tree
	trie  *Trie
	words []string
)

// BenchmarkSorted makes the tree deeper than the 128 frames that the runtime records.
func BenchmarkSorted(b *testing.B) {
	keys := make([]string, 400)
	for i := range keys {
		keys[i] = fmt.Sprintf("key-%06d", i)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		grown = new(Tree)
		for i, key := range keys {
			grown = grown.Insert(key, i)
		}
		if len(grown.Keys()) != len(keys) {
			b.Fatal("keys are missing")
		}
	}
}

func BenchmarkTrie(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		trie = new(Trie)
		for i := range 200 {
			trie.Add(fmt.Sprintf("%x", i*i*7919))
		}
		words = append(trie.Even(""), trie.Odd("")...)
	}
}
