package main

import "strconv"

type point struct {
	x, y, z float64
	tag     [3]int
}

var (
	numbers map[int]int
	names   map[string]struct{}
	points  map[uint32]point
	keys    [5000]string
)

func maps() {
	for i := range keys {
		keys[i] = strconv.Itoa(i + 1_000_000)
	}
	for i := range runs / 4 {
		n := length(i)
		numbersGrown(n)
		numbersSized(n)
		namesGrown(n)
		namesSized(n)
		pointsGrown(n)
		pointsSized(n)
	}
	numbers, names, points = nil, nil, nil
}

//go:noinline
func numbersGrown(n int) {
	numbers = make(map[int]int)
	for i := range n {
		numbers[i] = i
	}
}

//go:noinline
func numbersSized(n int) {
	numbers = make(map[int]int, n)
	for i := range n {
		numbers[i] = i
	}
}

//go:noinline
func namesGrown(n int) {
	names = make(map[string]struct{})
	for i := range n {
		names[keys[i]] = struct{}{}
	}
}

//go:noinline
func namesSized(n int) {
	names = make(map[string]struct{}, n)
	for i := range n {
		names[keys[i]] = struct{}{}
	}
}

//go:noinline
func pointsGrown(n int) {
	points = make(map[uint32]point)
	for i := range n {
		points[uint32(i)] = point{}
	}
}

//go:noinline
func pointsSized(n int) {
	points = make(map[uint32]point, n)
	for i := range n {
		points[uint32(i)] = point{}
	}
}
