//! Copies of large structs, and copies that are wanted.

use super::super::testing::Case;
use super::LargeCopy;
use crate::findings::Confidence::{self, High, Medium};

/// 208 bytes without pointers: a size class.
const BIG: &str = "import (\"container/heap\"; \"sync/atomic\")\ntype big struct { id int; rest [25]int }\n\
    type small struct { id int }\n";

fn says(code: &str, sizes: &[(u64, i64)], compiler: Option<&str>) -> Option<Confidence> {
    let mut case = Case::new(&format!("{BIG}{code}"), "f").allocates(sizes);
    if let Some(words) = compiler {
        let source = format!("package m\n{BIG}{code}");
        let found = source.lines().position(|line| line.ends_with("// here"));
        let line = found.expect("a line that is meant") + 1;
        case = case.compiler_says(&format!("example.com/m/m.go:{line}:{words}\n"));
    }
    case.judge(&LargeCopy).map(|draft| draft.confidence)
}

#[test]
fn copies_on_the_heap() {
    let one = [(208, 1000)];
    let push = "func f(h heap.Interface, b big) {\nheap.Push(h, b) // here\n}";
    let range = "func f(bs []big) (out []*big) {\nfor _, b := range bs { // here\nout = append(out, &b)\n}\nreturn\n}";
    let put = "func f(m map[int]big, b big) {\nm[b.id] = b // here\n}";
    for (code, sizes, compiler, expected) in [
        (push, &one[..], Some("14: b escapes to heap"), Some(High)),
        (push, &one[..], None, Some(Medium)),
        (push, &[(64, 1000)][..], None, None),
        (range, &one[..], Some("8: moved to heap: b"), Some(High)),
        (range, &one[..], None, Some(Medium)),
        (put, &one[..], None, Some(Medium)),
        (
            "func f(b big, run func(func())) { // here\nrun(func() { b.id++ })\n}",
            &one[..],
            Some("8: moved to heap: b"),
            Some(High),
        ),
        (
            "func f() chan big {\nreturn make(chan big, 32) // here\n}",
            &[(6784, 100)][..],
            None,
            Some(Medium),
        ),
        (
            "func f(in <-chan big) (all []big) {\nfor b := range in {\nall = append(all, b) // here\n}\nreturn\n}",
            &[(208, 100), (416, 100), (896, 100)][..],
            None,
            Some(Medium),
        ),
    ] {
        assert_eq!(says(code, sizes, compiler), expected, "{code}");
    }
}

#[test]
fn copies_that_are_wanted() {
    let one = [(208, 1000)];
    for (code, sizes, compiler) in [
        // What is swapped as a whole must not change.
        (
            "func f(v *atomic.Value, b big) {\nv.Store(b) // here\n}",
            &one[..],
            Some("9: b escapes to heap"),
        ),
        // The changed copy is the result.
        (
            "func f(b big) *big { // here\nb.id = 1\nreturn &b\n}",
            &one[..],
            Some("8: moved to heap: b"),
        ),
        (
            "func f(old *big) *big {\nnext := *old // here\nnext.id = 1\nreturn &next\n}",
            &one[..],
            Some("1: moved to heap: next"),
        ),
        // The length is known: the capacity is what is missing.
        (
            "func f(in []big) (all []big) {\nfor _, b := range in {\nall = append(all, b) // here\n}\nreturn\n}",
            &[(208, 100), (416, 100), (896, 100)][..],
            None,
        ),
        // Small values.
        (
            "func f(m map[int]small, b small) {\nm[b.id] = b // here\n}",
            &[(16, 1000)][..],
            None,
        ),
    ] {
        assert_eq!(says(code, sizes, compiler), None, "{code}");
    }
    let code = "func cloneAll(m map[int]big) map[int]big {\nc := map[int]big{}\nfor k, v := range m {\nc[k] = v // here\n}\nreturn c\n}";
    let case = Case::new(&format!("{BIG}{code}"), "cloneAll").allocates(&one);
    assert!(case.judge(&LargeCopy).is_none());
}
