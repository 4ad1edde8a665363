// Package lru is a generic cache that forgets what was used least recently.
package lru

// Cache maps keys to values and keeps at most its capacity of them.
type Cache[K comparable, V any] struct {
	capacity int
	entries  map[K]*node[K, V]
	order    list[K, V]
	onEvict  []func(K, V)
}

type node[K comparable, V any] struct {
	key        K
	value      V
	prev, next *node[K, V]
}

type list[K comparable, V any] struct {
	first, last *node[K, V]
}

// New makes an empty cache.
func New[K comparable, V any](capacity int) *Cache[K, V] {
	return &Cache[K, V]{capacity: capacity, entries: make(map[K]*node[K, V])}
}

// OnEvict registers a function that is told of every forgotten entry.
func (c *Cache[K, V]) OnEvict(tell func(K, V)) {
	c.onEvict = append(c.onEvict, tell)
}

// Put stores a value.
func (c *Cache[K, V]) Put(key K, value V) {
	if n, ok := c.entries[key]; ok {
		n.value = value
		c.order.remove(n)
		c.order.pushFront(n)
		return
	}
	n := newNode(key, value)
	c.entries[key] = n
	c.order.pushFront(n)
	if len(c.entries) > c.capacity {
		c.evict()
	}
}

// Get looks a value up, and makes it with load when it is not there.
func (c *Cache[K, V]) Get(key K, load func(K) V) V {
	if n, ok := c.entries[key]; ok {
		c.order.remove(n)
		c.order.pushFront(n)
		return n.value
	}
	value := load(key)
	c.Put(key, value)
	return value
}

func newNode[K comparable, V any](key K, value V) *node[K, V] {
	return &node[K, V]{key: key, value: value}
}

func (c *Cache[K, V]) evict() {
	last := c.order.last
	c.order.remove(last)
	delete(c.entries, last.key)
	for _, tell := range c.onEvict {
		tell(last.key, last.value)
	}
}

func (l *list[K, V]) pushFront(n *node[K, V]) {
	n.prev, n.next = nil, l.first
	if l.first != nil {
		l.first.prev = n
	}
	l.first = n
	if l.last == nil {
		l.last = n
	}
}

func (l *list[K, V]) remove(n *node[K, V]) {
	if n.prev == nil {
		l.first = n.next
	} else {
		n.prev.next = n.next
	}
	if n.next == nil {
		l.last = n.prev
	} else {
		n.next.prev = n.prev
	}
	n.prev, n.next = nil, nil
}

// Collect gathers what pick makes of each entry, the newest first.
func Collect[K comparable, V, R any](c *Cache[K, V], pick func(K, V) (R, bool)) []R {
	var picked []R
	for n := c.order.first; n != nil; n = n.next {
		if r, ok := pick(n.key, n.value); ok {
			picked = append(picked, r)
		}
	}
	return picked
}
