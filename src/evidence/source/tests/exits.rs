//! The ways out of a function without a call.

use std::path::Path;

use crate::evidence::source::{Exits, SourceFile};

fn exits(body: &str) -> Exits {
    let source = format!("package p\nfunc f(w W) error {{\nb := pool.Get()\n{body}\n}}\n");
    let file = SourceFile::parse(Path::new("f.go"), source.as_bytes(), None).unwrap();
    let function = file.declared(None, "f").unwrap();
    function.exits_without(3, |callee| callee.name() == "Put")
}

#[test]
fn each_way_out_needs_the_call() {
    let cases: &[(&str, bool, &[u32], &[u32])] = &[
        ("pool.Put(b)\nreturn nil", true, &[], &[]),
        ("return w.Write(b)", false, &[], &[4]),
        ("defer pool.Put(b)\nreturn nil", true, &[], &[]),
        ("defer func() { pool.Put(b) }()\nreturn nil", true, &[], &[]),
        (
            "if err := w.Do(b); err != nil {\nreturn err\n}\npool.Put(b)\nreturn nil",
            true,
            &[5],
            &[],
        ),
        (
            "if err := w.Do(b); err != nil {\npool.Put(b)\nreturn err\n}\nreturn nil",
            true,
            &[],
            &[8],
        ),
        ("if w.Ok() {\npool.Put(b)\n}\nreturn nil", true, &[], &[7]),
        (
            "g(func() error { return nil })\npool.Put(b)\nreturn nil",
            true,
            &[],
            &[],
        ),
    ];
    for &(body, is_called, errors, others) in cases {
        let expected = Exits {
            is_called,
            errors: errors.to_vec(),
            others: others.to_vec(),
        };
        assert_eq!(exits(body), expected, "{body}");
    }
}
