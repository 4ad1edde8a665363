package tree

// Trie indexes words by their letters.
type Trie struct {
	children map[byte]*Trie
	word     bool
}

// Add puts a word in.
func (t *Trie) Add(word string) {
	if word == "" {
		t.word = true
		return
	}
	child := t.children[word[0]]
	if child == nil {
		child = t.grow(word[0])
	}
	child.Add(word[1:])
}

func (t *Trie) grow(letter byte) *Trie {
	if t.children == nil {
		t.children = make(map[byte]*Trie)
	}
	child := new(Trie)
	t.children[letter] = child
	return child
}

// Even and Odd list the words below that end at an even or odd depth, each with the help of the other.
func (t *Trie) Even(prefix string) []string {
	var words []string
	if t.word {
		words = append(words, prefix)
	}
	for letter, child := range t.children {
		words = append(words, child.Odd(prefix+string(letter))...)
	}
	return words
}

// Odd is the other half of Even.
func (t *Trie) Odd(prefix string) []string {
	var words []string
	for letter, child := range t.children {
		words = append(words, child.Even(prefix+string(letter))...)
	}
	return words
}
