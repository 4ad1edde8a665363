//! What ML07 says of small functions.

use super::ReuseBuffer;
use crate::findings::Confidence::{self, High, Low, Medium};
use crate::findings::rules::testing::Case;

const IMPORTS: &str = "import (\"bytes\"; \"io\"; \"slices\"; \"strings\"; \"sync\")\n";

fn says(source: &str, function: &str) -> Option<Confidence> {
    Case::new(&format!("{IMPORTS}{source}"), function)
        .allocates(&[(4096, 1000)])
        .judge(&ReuseBuffer)
        .map(|draft| draft.confidence)
}

#[test]
fn scratch_of_an_iteration() {
    let cases: &[(&str, &str, Option<Confidence>)] = &[
        (
            "read",
            "func F(r io.Reader, n int) (sum int, err error) {
	for {
		buf := make([]byte, n) // here
		if _, err = io.ReadFull(r, buf); err != nil {
			return sum, err
		}
		sum += len(buf)
	}
}",
            Some(Medium),
        ),
        (
            "read through a method of an interface",
            "func F(r io.Reader, n int) string {
	var sb strings.Builder
	for range n {
		buf := make([]byte, n) // here
		m, _ := r.Read(buf)
		sb.Write(buf[:m])
	}
	return sb.String()
}",
            Some(Medium),
        ),
        (
            "copied out",
            "func F(in [][]byte) (out []string) {
	for _, b := range in {
		buf := append([]byte(nil), b...) // here
		slices.Reverse(buf)
		out = append(out, string(buf))
	}
	return out
}",
            Some(Medium),
        ),
        (
            "swapped",
            "func F(cur []int, rounds int) []int {
	for range rounds {
		next := make([]int, len(cur)) // here
		for i := range cur {
			next[i] = cur[i] + 1
		}
		cur = next
	}
	return cur
}",
            Some(Medium),
        ),
        (
            "swapped, but all are kept",
            "func F(cur []int, rounds int) (all [][]int) {
	for range rounds {
		next := make([]int, len(cur)) // here
		all = append(all, cur)
		cur = next
	}
	return all
}",
            None,
        ),
        (
            "appended to the result",
            "func F(n int) (rows [][]int) {
	for range n {
		row := make([]int, n) // here
		rows = append(rows, row)
	}
	return rows
}",
            None,
        ),
        (
            "stored in an element",
            "func F(n int) [][]int {
	rows := make([][]int, n)
	for i := range rows {
		rows[i] = make([]int, n) // here
	}
	return rows
}",
            None,
        ),
        (
            "an element of a local table",
            "func F(n int) int {
	rows := make([][]int, n)
	for i := range rows {
		rows[i] = make([]int, n) // here
	}
	return len(rows[0])
}",
            None,
        ),
        (
            "sent",
            "func F(ch chan []byte, n int) {
	for range n {
		buf := make([]byte, n) // here
		ch <- buf
	}
}",
            None,
        ),
        (
            "taken by a goroutine",
            "func F(w io.Writer, n int) {
	for range n {
		buf := make([]byte, n) // here
		go func() { w.Write(buf) }()
	}
}",
            None,
        ),
        (
            "in a field of what is kept",
            "type T struct{ b []byte }
func F(n int) (all []*T) {
	for range n {
		t := &T{b: make([]byte, n)} // here
		all = append(all, t)
	}
	return all
}",
            None,
        ),
        (
            "kept by a callee of the package",
            "var all [][]byte
func keep(b []byte) { all = append(all, b) }
func F(n int) {
	for range n {
		buf := make([]byte, n) // here
		keep(buf)
	}
}",
            None,
        ),
        (
            "used by a callee of the package",
            "func sum(b []byte) (n int) { for _, x := range b { n += int(x) }; return n }
func F(n int) (all int) {
	for range n {
		buf := make([]byte, n) // here
		all += sum(buf)
	}
	return all
}",
            Some(Medium),
        ),
        (
            "given back by a callee",
            "func fill(b []byte) []byte { return append(b, 1) }
func F(n int) (all [][]byte) {
	for range n {
		buf := fill(make([]byte, 0, n)) // here
		all = append(all, buf)
	}
	return all
}",
            None,
        ),
        (
            "trimmed and kept",
            "func F(n int) (all [][]byte) {
	for range n {
		buf := make([]byte, n) // here
		all = append(all, bytes.TrimSpace(buf))
	}
	return all
}",
            None,
        ),
        (
            "a callback that may keep it",
            "func F(n int, fn func([]byte)) {
	for range n {
		buf := make([]byte, n) // here
		fn(buf)
	}
}",
            Some(Low),
        ),
        (
            "a callback that may not",
            "// F calls fn with each block, which is valid only until fn returns.
func F(n int, fn func([]byte)) {
	for range n {
		buf := make([]byte, n) // here
		fn(buf)
	}
}",
            Some(Medium),
        ),
        (
            "kept already, made when it is too short",
            "func F(lens []int) (sum int) {
	var buf []byte
	for _, n := range lens {
		if cap(buf) < n {
			buf = make([]byte, n) // here
		}
		sum += len(buf[:n])
	}
	return sum
}",
            None,
        ),
        (
            "an array that its address makes escape",
            "func F(r io.Reader, n int) (sum int) {
	for range n {
		var head [4096]byte // here
		r.Read(head[:])
		sum += int(head[0])
	}
	return sum
}",
            Some(Medium),
        ),
    ];
    for &(what, source, expected) in cases {
        assert_eq!(says(source, "F"), expected, "{what}");
    }
}

#[test]
fn scratch_of_a_call() {
    let cases: &[(&str, &str, &str, Option<Confidence>)] = &[
        (
            "a method's table",
            "(*G).F",
            "type G struct{ n int }
func (g *G) F(a int) int {
	dist := make([]int, g.n) // here
	dist[a] = 1
	return dist[0]
}",
            Some(Medium),
        ),
        (
            "of a method that readers share",
            "(*G).F",
            "type G struct{ mu sync.RWMutex; n int }
func (g *G) F(a int) int {
	g.mu.RLock()
	defer g.mu.RUnlock()
	dist := make([]int, g.n) // here
	return dist[0]
}",
            Some(Low),
        ),
        (
            "of a function without an owner",
            "F",
            "func F(n int) int {
	dist := make([]int, n) // here
	return dist[0]
}",
            Some(Low),
        ),
        (
            "of a function that a loop calls",
            "f",
            "func f(n int) int {
	dist := make([]int, n) // here
	return dist[0]
}
func G(all []int) (sum int) {
	for _, n := range all {
		sum += f(n)
	}
	return sum
}",
            Some(Medium),
        ),
        (
            "the result",
            "(*G).F",
            "type G struct{ n int }
func (g *G) F() []int {
	out := make([]int, g.n) // here
	return out
}",
            None,
        ),
        (
            "the result in a struct",
            "(*G).F",
            "type G struct{ n int }
type R struct{ all []int }
func (g *G) F() R {
	r := R{all: make([]int, g.n)} // here
	return r
}",
            None,
        ),
        (
            "a field",
            "(*G).F",
            "type G struct{ buf []int }
func (g *G) F(n int) {
	g.buf = make([]int, n) // here
}",
            None,
        ),
        (
            "a named result",
            "(*G).F",
            "type G struct{ n int }
func (g *G) F() (out []int) {
	out = make([]int, g.n) // here
	return
}",
            None,
        ),
    ];
    for &(what, function, source, expected) in cases {
        assert_eq!(says(source, function), expected, "{what}");
    }
}

#[test]
fn what_lives_on_is_not_scratch() {
    let source = "func F(r io.Reader, n int) {
	for range n {
		buf := make([]byte, n) // here
		r.Read(buf)
	}
}";
    let case = Case::new(source, "F").allocates(&[(4096, 1000)]);
    assert!(case.judge(&ReuseBuffer).is_some());
    assert!(case.live().judge(&ReuseBuffer).is_none());
}

#[test]
fn what_the_compiler_proves_is_sure() {
    let source = "type G struct{ n int; fn func([]int) int }
func (g *G) F(a int) int {
	dist := make([]int, g.n) // here
	return g.fn(dist)
}";
    let case = Case::new(source, "(*G).F").allocates(&[(4096, 1000)]);
    let said = case.judge(&ReuseBuffer).map(|draft| draft.confidence);
    assert_eq!(said, Some(Low));
    let case = case.compiler_says(
        "# example.com/m\nexample.com/m/m.go:4:14: make([]int, g.n) does not escape\n",
    );
    let said = case.judge(&ReuseBuffer).map(|draft| draft.confidence);
    assert_eq!(said, Some(High));
}

#[test]
fn slices_that_grow_anew() {
    let source = "func (s *S) near(a int) []int {
	var out []int
	for i, x := range s.all {
		if x > a {
			out = append(out, i) // here
		}
	}
	return out
}
type S struct{ all []int }
func (s *S) Count() (n int) {
	for _, x := range s.all {
		for range s.near(x) {
			n++
		}
	}
	return n
}";
    assert_eq!(says(source, "(*S).near"), Some(Medium));
    let kept = source.replace(
        "for range s.near(x) {\n\t\t\tn++",
        "s.kept = append(s.kept, s.near(x)) \n{",
    );
    assert_eq!(says(&kept, "(*S).near"), None);
}

#[test]
fn made_lazily_for_the_caller() {
    let lazy = |end: &str| {
        let source = format!(
            "type T struct{{ last []byte }}
func put(buf *[]byte, n, at int, c byte) {{
	if *buf == nil {{
		*buf = make([]byte, n) // here
	}}
	(*buf)[at] = c
}}
func (t *T) F(s string) string {{
	var buf []byte
	put(&buf, len(s), 0, s[0])
	{end}
}}"
        );
        says(&source, "put")
    };
    assert_eq!(lazy("return string(buf)"), Some(Medium));
    assert_eq!(lazy("t.last = buf\n\treturn s"), None);
}
