package main

type record struct {
	name          string
	id, low, high int
}

type holder struct {
	ints    []int
	bytes   []byte
	records []record
	large   [][256]byte
}

// kept is where the slices live, so that none of them starts on the stack.
var kept holder

func slices() {
	for i := range runs {
		n := length(i)
		ints(n)
		triples(n)
		records(n)
		large(n / 20)
		chunks(n * 10)
		returned = local(n)
	}
	kept = holder{}
	returned = nil
}

//go:noinline
func ints(n int) {
	kept.ints = nil
	for i := range n {
		kept.ints = append(kept.ints, i)
	}
}

//go:noinline
func triples(n int) {
	kept.ints = nil
	for i := 0; i < n; i += 3 {
		kept.ints = append(kept.ints, i, i, i)
	}
}

//go:noinline
func records(n int) {
	kept.records = nil
	for i := range n {
		kept.records = append(kept.records, record{id: i})
	}
}

//go:noinline
func large(n int) {
	kept.large = nil
	for range n {
		kept.large = append(kept.large, [256]byte{})
	}
}

var filler [80]byte

// chunks appends 1 to 80 bytes at a time.
//
//go:noinline
func chunks(n int) {
	kept.bytes = nil
	for step := n; len(kept.bytes) < n; step += 37 {
		kept.bytes = append(kept.bytes, filler[:1+step%len(filler)]...)
	}
}

var returned []int

// local grows a slice that the compiler can begin on the stack.
//
//go:noinline
func local(n int) []int {
	var numbers []int
	for i := range n {
		numbers = append(numbers, i)
	}
	return numbers
}
