// Package tree indexes keys in a persistent binary tree and in a trie.
package tree

// Tree is a persistent search tree: an insert copies the path to the new node.
// It does not balance itself, so that keys in order make it as deep as it is long.
type Tree struct {
	root *node
	size int
}

type node struct {
	key         string
	value       int
	left, right *node
}

// Insert gives a tree that also holds the key.
func (t *Tree) Insert(key string, value int) *Tree {
	return &Tree{root: insert(t.root, key, value), size: t.size + 1}
}

func insert(n *node, key string, value int) *node {
	if n == nil {
		return &node{key: key, value: value}
	}
	copied := n.clone()
	switch {
	case key < n.key:
		copied.left = insert(n.left, key, value)
	case key > n.key:
		copied.right = insert(n.right, key, value)
	default:
		copied.value = value
	}
	return copied
}

func (n *node) clone() *node {
	copied := *n
	return &copied
}

// Keys lists the keys in order.
func (t *Tree) Keys() []string {
	var keys []string
	var walk func(*node)
	walk = func(n *node) {
		if n == nil {
			return
		}
		walk(n.left)
		keys = append(keys, n.key)
		walk(n.right)
	}
	walk(t.root)
	return keys
}
