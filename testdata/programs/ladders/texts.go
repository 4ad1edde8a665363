package main

import (
	"bytes"
	"strings"
)

var (
	text    string
	written int
)

func texts() {
	for i := range runs {
		build(length(i))
		buffer(length(i))
	}
	for i := range runs / 10 {
		concat(200)
		concatMixed(length(i)/10, i)
	}
	text = ""
}

//go:noinline
func build(n int) {
	var b strings.Builder
	for range n {
		b.WriteString("12345678")
	}
	text = b.String()
}

//go:noinline
func buffer(n int) {
	var b bytes.Buffer
	for range n {
		b.WriteString("12345678")
	}
	written += b.Len()
}

//go:noinline
func concat(n int) {
	s := ""
	for range n {
		s += "12345678"
	}
	text = s
}

//go:noinline
func concatMixed(n, run int) {
	s := ""
	for i := range n {
		s += "a piece of some words"[:5+(i*7+run*5)%16]
	}
	text = s
}
