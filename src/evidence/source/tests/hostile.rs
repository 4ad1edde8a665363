//! Sources that nobody wrote in good faith: partial answers or none, in bounded time.

use std::time::{Duration, Instant};

use super::*;

/// Asks everything that can be asked of each of the first and last lines.
fn interrogate(text: &[u8]) {
    let started = Instant::now();
    let Some(file) = SourceFile::parse(Path::new("x.go"), text, None) else {
        return;
    };
    let file = Rc::new(file);
    let package = Package::new(vec![Rc::clone(&file)]);
    let last = file.line_count();
    for line in (1..=last.min(8)).chain(last.saturating_sub(4)..=last) {
        file.fits(line, "p.F");
        file.ignored(line, "ML01");
        let Some(function) = file.function(line, "p.F.func1") else {
            continue;
        };
        function.doc();
        function.parameters();
        for operation in function.operations(line, &package).into_iter().take(4) {
            if let OperationKind::Append { target, .. } = operation.kind {
                function.declaration(&target, line, &package);
                function.fate(&target, line);
                function.appends_per_iteration(&target, line);
            }
        }
        function.loops(line, &package);
        function.declaration("x", line, &package);
        function.fate("x", line);
        package.callers(&function);
    }
    for name in ["T", "A", "x"] {
        package.type_facts(name);
        package.size_of(name);
        package.constant(name);
        package.field_origins(name, "x");
        package.nil_comparisons(name);
    }
    package.pools();
    // Generous: test builds are slow, and so may be the machine.
    assert!(
        started.elapsed() < Duration::from_secs(60),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn deep_nesting() {
    let deep = 200_000;
    for (open, close) in [
        ("(", ")"),
        ("[]", ""),
        ("{", "}"),
        ("func(){", "}"),
        ("-", ""),
        ("x[", "]"),
    ] {
        let head = "package p\nfunc F() {\n\tx := ";
        interrogate(format!("{head}{}1{}\n}}\n", open.repeat(deep), close.repeat(deep)).as_bytes());
        interrogate(format!("{head}{}", open.repeat(deep)).as_bytes());
        interrogate(open.repeat(deep).as_bytes());
    }
}

#[test]
fn nested_loops_and_blocks() {
    let deep = 2_000;
    let text = format!(
        "package p\nfunc F() {{\n{}x = append(x, 1)\n{}\n}}\n",
        "for range x { if x { ".repeat(deep),
        "}}".repeat(deep)
    );
    interrogate(text.as_bytes());
}

#[test]
fn long_lines() {
    let many = 20_000;
    for part in [
        "x = append(x, 1); ",
        "s += x; ",
        "x, err := f(x); ",
        "a + ",
        "func() { x() }(); ",
        "x.y.",
    ] {
        let text = format!("package p\nfunc F() {{\n{}\n}}\n", part.repeat(many));
        interrogate(text.as_bytes());
    }
}

#[test]
fn many_of_everything() {
    let mut text = String::from("package p\n");
    for at in 0..3_000 {
        text.push_str(&format!(
            "type T{at} struct {{ a, b T{}; x [A]T{} }}\nconst A{at} = A{} + A{}\n",
            at + 1,
            at + 2,
            at + 1,
            at + 1
        ));
    }
    text.push_str("type T struct { a, b T0 }\nconst A = A0 * 2\n");
    interrogate(text.as_bytes());
    interrogate("type T T\ntype A []A\nconst x = x + x\n".as_bytes());
    let text = format!(
        "package p\nfunc F(x int) {{\n{}\n}}\n",
        "\tx, y := x, y\n".repeat(20_000)
    );
    interrogate(text.as_bytes());
}

#[test]
fn no_go_at_all() {
    interrogate(b"");
    interrogate(b"\xff\xfe\x00\x00");
    interrogate(&[0; 4096]);
    interrogate("<html><body>\u{202e}package p</body></html>".as_bytes());
    let mut state = 1_u32;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    })
    .take(100_000)
    .collect();
    interrogate(&noise);
    // Every prefix of a file is a file that somebody is editing.
    let whole = wrapped("for i, x := range t.items {\n\tout = append(out, string(b)+s) //@\n}");
    for end in 0..whole.len() {
        interrogate(&whole.as_bytes()[..end]);
    }
}
