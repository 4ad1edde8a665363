//! Lines that box values or move variables to the heap, and lines where that is right.

use super::super::testing::Case;
use super::InterfaceEscape;
use crate::findings::Confidence::{self, High, Low, Medium};

/// The Go before the lines of a case: types whose sizes the cases know.
const TYPES: &str = "import (\"container/heap\"; \"container/list\"; \"sort\"; \"sync\"; \"fmt\")\n\
    type event struct { at float64; id int }\n\
    type queue []event\n\
    type sink interface { Take(v any) }\n\
    type logger struct { on bool }\n\
    func (l *logger) debugf(format string, args ...any) {}\n\
    type vec struct { x, y, z float64 }\n\
    type visitor interface { visit(v *vec) }\n";

fn says(code: &str, function: &str, block: u64, compiler: Option<&str>) -> Option<Confidence> {
    let mut case = Case::new(&format!("{TYPES}{code}"), function).allocates(&[(block, 5000)]);
    if let Some(words) = compiler {
        let source = format!("package m\n{TYPES}{code}");
        let found = source.lines().position(|line| line.ends_with("// here"));
        let line = found.expect("a line that is meant") + 1;
        case = case.compiler_says(&format!("example.com/m/m.go:{line}:{words}\n"));
    }
    case.judge(&InterfaceEscape).map(|draft| draft.confidence)
}

#[test]
fn boxed_values() {
    for (code, function, block, compiler, expected) in [
        (
            "func f(q *queue, e event) {\nheap.Push(q, e) // here\n}",
            "f",
            16,
            Some("14: e escapes to heap"),
            Some(High),
        ),
        (
            "func f(q *queue, e event) {\nheap.Push(q, e) // here\n}",
            "f",
            16,
            None,
            Some(Medium),
        ),
        // Blocks of another size are not the event's.
        (
            "func f(q *queue, e event) {\nheap.Push(q, e) // here\n}",
            "f",
            48,
            None,
            None,
        ),
        (
            "func (q *queue) Pop() any {\ne := (*q)[0]\nreturn e // here\n}",
            "(*queue).Pop",
            16,
            None,
            Some(Medium),
        ),
        (
            "func f(l *list.List, e event) {\nl.PushFront(e) // here\n}",
            "f",
            16,
            None,
            Some(Medium),
        ),
        // A pointer needs no block of its own.
        (
            "func f(l *list.List, e event) {\nl.PushFront(&e) // here\n}",
            "f",
            16,
            None,
            None,
        ),
        (
            "func f(s sink, n int) {\ns.Take(n) // here\n}",
            "f",
            16,
            None,
            Some(Medium),
        ),
        (
            "func f(l *logger, n int) {\nl.debugf(\"%d\", n) // here\n}",
            "f",
            16,
            Some("15: n escapes to heap"),
            Some(High),
        ),
        // Other advice is about formatting.
        (
            "func f(n int) string {\nreturn fmt.Sprint(n) // here\n}",
            "f",
            16,
            Some("19: n escapes to heap"),
            None,
        ),
        (
            "func f(m *sync.Map, n int) {\nm.Store(n, n) // here\n}",
            "f",
            16,
            None,
            Some(Medium),
        ),
        // Dynamic values are what the function is about.
        (
            "func f(n int) any {\nreturn n // here\n}",
            "f",
            16,
            Some("8: n escapes to heap"),
            Some(Low),
        ),
    ] {
        assert_eq!(
            says(code, function, block, compiler),
            expected,
            "{code} {compiler:?}"
        );
    }
}

#[test]
fn escaping_variables() {
    for (code, block, compiler, expected) in [
        (
            "func f(vs []vec, to visitor) {\nfor _, v := range vs { // here\nto.visit(&v)\n}\n}",
            24,
            Some("8: moved to heap: v"),
            Some(High),
        ),
        // The elements of a map have no address.
        (
            "func f(vs map[int]vec, to visitor) {\nfor _, v := range vs { // here\nto.visit(&v)\n}\n}",
            24,
            Some("8: moved to heap: v"),
            Some(Low),
        ),
        (
            "func f(n int, scan func(*int)) {\nfor range n {\nvar x int // here\nscan(&x)\n}\n}",
            16,
            Some("5: moved to heap: x"),
            Some(High),
        ),
        // Each one is kept.
        (
            "func f(n int) (out []*int) {\nfor range n {\nvar x int // here\nout = append(out, &x)\n}\nreturn\n}",
            16,
            Some("5: moved to heap: x"),
            Some(Low),
        ),
        // Another goroutine may still use the last one.
        (
            "func f(n int) {\nfor range n {\nvar x int // here\ngo func() { x++ }()\n}\n}",
            16,
            Some("5: moved to heap: x"),
            Some(Low),
        ),
        // The compiler keeps it on the stack.
        (
            "func f(vs []vec, to visitor) {\nfor _, v := range vs { // here\nto.visit(&v)\n}\n}",
            24,
            Some("1: something else"),
            None,
        ),
    ] {
        assert_eq!(says(code, "f", block, compiler), expected, "{code}");
    }
}

#[test]
fn function_values() {
    let lexer = "type state func(*lexer) state\ntype lexer struct{}\nfunc (l *lexer) name() state { return nil }\n";
    for (code, function, block, compiler, expected) in [
        (
            "func (l *lexer) any() func() state {\nreturn l.name // here\n}",
            "(*lexer).any",
            16,
            Some("9: l.name escapes to heap"),
            Some(High),
        ),
        (
            "func f(n int, close func()) {\nfor range n {\ndefer func() { close() }() // here\n}\n}",
            "f",
            16,
            Some("7: func literal escapes to heap"),
            Some(High),
        ),
        // Without a loop the record lies on the stack.
        (
            "func f(close func()) {\ndefer func() { close() }() // here\n}",
            "f",
            16,
            Some("7: func literal does not escape"),
            None,
        ),
    ] {
        let code = format!("{lexer}{code}");
        assert_eq!(says(&code, function, block, compiler), expected, "{code}");
    }
}

#[test]
fn sort_slice_shows_in_the_library() {
    let draft = Case::new("func f(x []int) {\nsort(x) // here\n}", "f")
        .allocates(&[(24, 1000)])
        .below(&[(
            "internal/reflectlite.Swapper",
            "internal/reflectlite/swapper.go",
        )])
        .without_source()
        .judge(&InterfaceEscape);
    assert_eq!(draft.map(|draft| draft.confidence), Some(Medium));
}
