//! Where values come from and go.

use super::*;

fn declaration(body: &str, target: &str) -> Declaration {
    let (file, package) = alone(&wrapped(body));
    let line = line_of(&file, "//@");
    let function = file.function(line, "").expect("within a function");
    function
        .declaration(target, line, &package)
        .unwrap_or_else(|| panic!("no declaration of {target} in {body}"))
}

fn fate(body: &str, target: &str) -> Fate {
    let (file, _) = alone(&wrapped(body));
    let line = line_of(&file, "//@");
    let function = file.function(line, "").expect("within a function");
    function.fate(target, line)
}

#[test]
fn origins_of_variables() {
    let text = |text: &str| text.to_owned();
    for (body, target, origin, type_text) in [
        (
            "var x []row\nx = append(x, y) //@",
            "x",
            Origin::Zero,
            Some("[]row"),
        ),
        (
            "x := []row{}\nx = append(x, y) //@",
            "x",
            Origin::Empty {
                type_text: text("[]row"),
            },
            Some("[]row"),
        ),
        (
            "x := []row(nil)\nx = append(x, y) //@",
            "x",
            Origin::Zero,
            Some("[]row"),
        ),
        (
            "x := make([]row, 0, n)\nx = append(x, y) //@",
            "x",
            Origin::Make {
                type_text: text("[]row"),
                len: Some(text("0")),
                cap: Some(text("n")),
            },
            Some("[]row"),
        ),
        (
            "x := make(map[string]int)\nx[s] = 1 //@",
            "x",
            Origin::Make {
                type_text: text("map[string]int"),
                len: None,
                cap: None,
            },
            Some("map[string]int"),
        ),
        (
            "x, y := 1, []int{4}\ny = append(y, x) //@",
            "y",
            Origin::Literal {
                type_text: text("[]int"),
                elements: 1,
            },
            Some("[]int"),
        ),
        (
            "x := b[:0]\nx = append(x, 1) //@",
            "x",
            Origin::Emptied { of: text("b") },
            Some("[]byte"),
        ),
        (
            "x := t.buf[:0]\nx = append(x, 1) //@",
            "x",
            Origin::Emptied { of: text("t.buf") },
            Some("[]byte"),
        ),
        (
            "x := b[2:n]\nkeep(x) //@",
            "x",
            Origin::Sliced { of: text("b") },
            Some("[]byte"),
        ),
        (
            "x := names()\nx = append(x, s) //@",
            "x",
            Origin::Call {
                callee: Callee {
                    text: text("names"),
                    qualified: None,
                },
            },
            Some("[]string"),
        ),
        (
            "x, err := str.Sscan(s)\nkeep(x) //@",
            "x",
            Origin::Call {
                callee: Callee {
                    text: text("str.Sscan"),
                    qualified: Some(text("fmt.Sscan")),
                },
            },
            None,
        ),
        (
            "keep(ids) //@",
            "ids",
            Origin::Parameter { index: 3 },
            Some("[]int"),
        ),
        ("keep(t) //@", "t", Origin::Receiver, Some("*T")),
        (
            "out = append(out, s) //@",
            "out",
            Origin::Result,
            Some("[]string"),
        ),
        (
            "t.items = append(t.items, y) //@",
            "t.items",
            Origin::Field {
                owner: Some(text("*T")),
            },
            Some("[]row"),
        ),
        (
            "keep(ids[0]) //@",
            "ids[0]",
            Origin::Element { of: text("ids") },
            Some("int"),
        ),
        (
            "table = append(table, y) //@",
            "table",
            Origin::PackageVariable,
            Some("[]row"),
        ),
        (
            "for i, x := range t.items {\n\tkeep(x) //@\n}",
            "x",
            Origin::Range {
                is_value: true,
                over: text("t.items"),
            },
            Some("row"),
        ),
        (
            "x := &row{}\nkeep(x) //@",
            "x",
            Origin::Pointer {
                type_text: text("row"),
            },
            Some("*row"),
        ),
        (
            "x := \"\"\nx += s //@",
            "x",
            Origin::Constant,
            Some("string"),
        ),
        (
            "x := string(b)\nkeep(x) //@",
            "x",
            Origin::Converted { to: text("string") },
            Some("string"),
        ),
        (
            "x := a.(*row)\nkeep(x) //@",
            "x",
            Origin::Converted { to: text("*row") },
            Some("*row"),
        ),
        (
            "x := func() {}\nkeep(x) //@",
            "x",
            Origin::Function,
            Some("func()"),
        ),
    ] {
        let found = declaration(body, target);
        assert_eq!(found.origin, origin, "{body}");
        assert_eq!(found.type_text.as_deref(), type_text, "{body}");
    }
}

#[test]
fn blocks_shadow() {
    let body = "x := []int{1}\nif n > 0 {\n\tx := make([]int, 0, 4)\n\tx = append(x, 1) //@\n}";
    let found = declaration(body, "x");
    assert!(matches!(found.origin, Origin::Make { .. }));
    let body =
        "x := []int{1}\nif n > 0 {\n\tx := make([]int, 0, 4)\n\tkeep(x)\n}\nx = append(x, 1) //@";
    let found = declaration(body, "x");
    assert!(matches!(found.origin, Origin::Literal { .. }));
    assert_eq!(found.assignments.len(), 1);
    // `:=` with a name that is there already assigns it.
    let body = "x, y := 1, 2\nx, z := 3, 4\nkeep(x) //@";
    let found = declaration(body, "x");
    let (file, _) = alone(&wrapped(body));
    assert_eq!(found.line, Some(line_of(&file, "x, y :=")));
    assert_eq!(found.assignments.len(), 1);
    // A parameter too.
    let found = declaration("n, z := 3, 4\nkeep(n) //@", "n");
    assert_eq!(found.origin, Origin::Parameter { index: 0 });
    let found = declaration("if x, ok := m[s]; ok {\n\tkeep(x) //@\n}", "x");
    assert_eq!(found.type_text.as_deref(), Some("int"));
    let found = declaration("for i := 0; i < n; i++ {\n\tkeep(i) //@\n}", "i");
    assert_eq!(found.origin, Origin::Constant);
}

#[test]
fn elements_of_iterators() {
    let found = declaration("for l := range strings.Lines(s) {\n\tkeep(l) //@\n}", "l");
    assert_eq!(found.type_text.as_deref(), Some("string"));
    let found = declaration("for k := range m {\n\tkeep(k) //@\n}", "k");
    assert_eq!(found.type_text.as_deref(), Some("string"));
}

#[test]
fn loops_of_declarations() {
    let body = "for range n {\n\tvar x []int\n\tfor range n {\n\t\tx = append(x, 1) //@\n\t}\n\tx = x[:0]\n}";
    let (file, _) = alone(&wrapped(body));
    let found = declaration(body, "x");
    let outer = line_of(&file, "for range n");
    assert_eq!(found.in_loop, Some(outer));
    let origins: Vec<(Origin, Option<u32>)> = found
        .assignments
        .into_iter()
        .map(|found| (found.origin, found.in_loop))
        .collect();
    assert_eq!(
        origins,
        [
            (Origin::Appended { to: "x".into() }, Some(outer + 2)),
            (Origin::Emptied { of: "x".into() }, Some(outer)),
        ]
    );
    let found = declaration("x := 1\nf := func() {\n\tkeep(x) //@\n}", "x");
    assert!(found.captured);
    // The range expression and a plain statement before it are outside.
    let found = declaration("var x []int\nfor range n {\n\tx = append(x, 1) //@\n}", "x");
    assert_eq!(found.in_loop, None);
}

#[test]
fn fates() {
    for (body, expected) in [
        ("x := make([]byte, n) //@\nreturn x, nil", "returned"),
        ("x := make([]byte, n) //@\nreturn string(x), nil", "cloned"),
        (
            "x := make([]byte, n) //@\nreturn &row{name: x}, nil",
            "returned",
        ),
        ("x := make([]byte, n) //@\nt.buf = x", "stored"),
        ("x := make([]byte, n) //@\nt.buf = x[:2]", "stored"),
        ("x := make([]byte, n) //@\nm[s] = x", "stored"),
        ("x := make([]byte, n) //@\ntable = x", "stored"),
        ("x := make([]byte, n) //@\nch <- row{name: x}", "stored"),
        ("x := make([]byte, n) //@\nout = append(out, x)", "stored"),
        ("x := make([]byte, n) //@\nb = append(b, x...)", "cloned"),
        (
            "x := make([]byte, n) //@\ngo func() { keep(x) }()",
            "stored passed",
        ),
        (
            "x := make([]byte, n) //@\ndefer func() { keep(x) }()",
            "passed",
        ),
        (
            "x := make([]byte, n) //@\nreturn func() { x[0] = 1 }, nil",
            "stored mutated",
        ),
        (
            "x := make([]byte, n) //@\nfor i := range x {\n\tx[i] = 1\n}",
            "mutated",
        ),
        ("x := make([]byte, n) //@\nr.Read(x)", "passed filled"),
        ("x := make([]byte, n) //@\ncopy(x, b)", "mutated filled"),
        (
            "x := make([]byte, n) //@\nx = x[:0]\nx = append(x, 1)",
            "emptied appended",
        ),
        ("x := make([]byte, n) //@\ny := bytes.Clone(x)", ""),
        (
            "x := make([]byte, n) //@\npool.Put(&x)",
            "passed pooled address",
        ),
        (
            "x := make([]byte, n) //@\nif x == nil {\n}\nif len(x) > 0 {\n}",
            "nil",
        ),
        (
            "x := make([]byte, n) //@\ny := x[2:]\nz := y\nreturn z, nil",
            "returned",
        ),
        (
            "x := make([]byte, n) //@\ny := string(x)\nreturn y, nil",
            "cloned",
        ),
        (
            "x := make([]byte, n) //@\nif n > 0 {\n\tx := b\n\treturn x, nil\n}",
            "",
        ),
        ("x := new(T) //@\nx.buf = b", "mutated"),
        ("x := new(T) //@\nx.Reset()", "emptied"),
        (
            "x := make(map[string]int) //@\nx[s]++\nclear(x)",
            "mutated emptied",
        ),
        (
            "for range n {\n\tx := make([]byte, n) //@\n\tx[0] = x[1]\n}",
            "mutated",
        ),
        ("x := T{} //@\ny := T{x: 1}\nreturn y, nil", ""),
    ] {
        let fate = fate(body, "x");
        let mut found = Vec::new();
        for (holds, name) in [
            (fate.is_returned(), "returned"),
            (fate.is_stored(), "stored"),
            (fate.passed().next().is_some(), "passed"),
            (fate.is_mutated(), "mutated"),
            (fate.is_filled(), "filled"),
            (fate.is_emptied(), "emptied"),
            (fate.is_cloned(), "cloned"),
            (fate.is_pooled(), "pooled"),
            (fate.is_appended_to(), "appended"),
            (fate.is_address_taken(), "address"),
            (fate.is_compared_with_nil(), "nil"),
        ] {
            if holds {
                found.push(name);
            }
        }
        let mut found = found.join(" ");
        // The file does not import bytes, so Clone is just a callee there.
        if body.contains("bytes.Clone") {
            found = found.replace("passed", "");
        }
        assert_eq!(found.trim(), expected, "{body}");
        let local = !expected.contains("returned") && !expected.contains("stored");
        assert_eq!(fate.is_local(), local, "{body}");
    }
}

#[test]
fn fate_of_paths() {
    let found = fate(
        "t.buf = append(t.buf, b...) //@\nreturn t.buf, nil",
        "t.buf",
    );
    assert!(found.is_returned());
    assert!(found.is_appended_to());
    let found = fate("t.buf = t.buf[:0] //@\nw.Write(t.buf)", "t.buf");
    assert!(found.is_emptied());
    assert_eq!(
        found
            .passed()
            .map(|(callee, _)| callee.text.as_str())
            .collect::<Vec<_>>(),
        ["w.Write"]
    );
}

#[test]
fn appends_of_one_iteration() {
    let count = |body: &str| {
        let (file, _) = alone(&wrapped(body));
        let line = line_of(&file, "//@");
        file.function(line, "")
            .and_then(|function| function.appends_per_iteration("x", line))
    };
    assert_eq!(count("for range n {\n\tx = append(x, 1) //@\n}"), Some(1));
    assert_eq!(
        count("for range n {\n\tx = append(x, 1, 2)\n\tx = append(x, 3) //@\n}"),
        Some(3)
    );
    assert_eq!(count("for range n {\n\tx = append(x, y...) //@\n}"), None);
    assert_eq!(
        count(
            "for range n {\n\tfor range n {\n\t\tx = append(x, 1)\n\t}\n\tx = append(x, 1) //@\n}"
        ),
        None
    );
    assert_eq!(count("x = append(x, 1) //@"), None);
}
