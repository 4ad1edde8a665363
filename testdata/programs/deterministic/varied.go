package main

import "strings"

// The sites below allocate objects of several sizes on one line, large objects, or through a shared helper.

var (
	buffer  []byte
	text    string
	numbers []int64
	link    *chain
)

//go:noinline
func thumbnails(n int) {
	for i := range n {
		buffer = make([]byte, 100+i%17*60)
	}
}

//go:noinline
func uploads(n int) {
	for i := range n {
		buffer = make([]byte, 1<<(6+i%12))
	}
}

//go:noinline
func attachments(n int) {
	for i := range n {
		buffer = make([]byte, 20_000+i%7*90_000)
		if i%8 == 0 {
			keptBytes = append(keptBytes, buffer)
		}
	}
}

//go:noinline
func names(n int) {
	for i := range n {
		text = strings.Repeat("x", 16+i%48)
	}
}

// ladders grows slices from nothing, as an append without a capacity does.
//
//go:noinline
func ladders(n int) {
	for range n {
		var grown []int64
		for i := range 1500 {
			grown = append(grown, int64(i))
		}
		numbers = grown
	}
}

//go:noinline
func images(n int) {
	for range n {
		buffer = make([]byte, 64<<10)
	}
}

//go:noinline
func scans(n int) {
	for range n {
		buffer = make([]byte, 256<<10)
	}
}

//go:noinline
func tables(n int) {
	for range n {
		buffer = make([]byte, 512<<10)
	}
}

//go:noinline
func arenas(n int) {
	for i := range n {
		buffer = make([]byte, 1<<20)
		if i%4 == 0 {
			keptBytes = append(keptBytes, buffer)
		}
	}
}

//go:noinline
func dumps(n int) {
	for range n {
		buffer = make([]byte, 2<<20)
	}
}

type chain struct {
	next  *chain
	value [5]int64
}

// chains allocates objects with pointers, alive until the chain is dropped.
//
//go:noinline
func chains(n int) {
	link = nil
	for i := range n {
		link = &chain{next: link, value: [5]int64{int64(i)}}
	}
}

// shared allocates for two callers: one site by function, two by stack.
//
//go:noinline
func shared(size int) []byte { return make([]byte, size) }

//go:noinline
func readers(n int) {
	for range n {
		buffer = shared(640)
	}
}

//go:noinline
func writers(n int) {
	for range n {
		buffer = shared(2304)
	}
}

// nested allocates at the bottom of a recursion of a few frames.
//
//go:noinline
func nested(n, depth int) {
	if depth > 0 {
		nested(n, depth-1)
		return
	}
	for range n {
		buffer = make([]byte, 448)
	}
}

// varied runs the sites of this file.
func varied() {
	thumbnails(20_000)
	uploads(1_500)
	attachments(60)
	names(150_000)
	ladders(300)
	images(80)
	scans(40)
	tables(24)
	arenas(16)
	dumps(14)
	chains(100_000)
	readers(9_000)
	writers(2_000)
	for depth := range 4 {
		nested(4_000, depth)
	}
}
