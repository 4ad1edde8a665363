package main

var block []byte

// lookalikes allocates in many sizes without growing anything.
func lookalikes() {
	for i := range runs {
		anySize(1 + i*7919%3000)
		freeList(16 << (i % 9))
		fixed()
	}
	block = nil
}

//go:noinline
func anySize(n int) {
	block = make([]byte, n)
}

//go:noinline
func freeList(n int) {
	block = make([]byte, n)
}

//go:noinline
func fixed() {
	block = make([]byte, 4096)
}
