use super::*;

fn read(text: &str) -> Escape {
    Escape::read_text(text.as_bytes(), &Limits::default()).unwrap()
}

const CART: &str = "\
# example.com/shop/cart
cart/cart.go:31:9: &Cart{...} escapes to heap in New:
cart/cart.go:31:9:   flow: ~r0 ← &{storage for &Cart{...}}:
cart/cart.go:31:9:     from &Cart{...} (spill) at cart/cart.go:31:9
cart/cart.go:31:9:     from return &Cart{...} (return) at cart/cart.go:32:2
cart/cart.go:31:9: &Cart{...} escapes to heap
";

#[test]
fn a_sentence_and_its_announcement_are_one_fact() {
    let escape = read(CART);
    let [fact] = escape.at("example.com/shop/cart/cart.go", "example.com/shop/cart", 31) else {
        panic!("{escape:?}");
    };
    assert_eq!(fact.kind, Kind::EscapesToHeap(What::AddressOfComposite));
    assert_eq!(fact.function.as_deref(), Some("New"));
    assert_eq!(fact.column, 9);
    assert_eq!(fact.destination(), Some("~r0"));
    assert!(fact.has(&Reason::Return) && fact.has(&Reason::Spill));
    assert_eq!(
        fact.flow.last(),
        Some(&Step::Via {
            reason: Reason::Return,
            expression: "return &Cart{...}".into(),
            line: 32
        })
    );
}

#[test]
fn variables_and_appends_take_the_flow_of_their_announcement() {
    let escape = read(
        "# a\n\
         ./a.go:3:2: x escapes to heap in F:\n\
         ./a.go:3:2:   flow: {heap} = &x:\n\
         ./a.go:3:2:     from &x (address-of) at ./a.go:4:2\n\
         ./a.go:5:6: append(s, 1) escapes to heap in F:\n\
         ./a.go:5:6:   flow: {heap} = &{storage for append(s, 1)}:\n\
         ./a.go:3:2: moved to heap: x\n\
         ./a.go:5:6: append escapes to heap\n",
    );
    let [x] = escape.at("/src/a/a.go", "a", 3) else {
        panic!("{escape:?}");
    };
    assert_eq!((&x.kind, &*x.expression), (&Kind::MovedToHeap, "x"));
    assert!(x.has(&Reason::AddressOf));
    let [append] = escape.at("/src/a/a.go", "a", 5) else {
        panic!("{escape:?}");
    };
    assert_eq!(append.kind, Kind::EscapesToHeap(What::Append));
    assert_eq!(&*append.expression, "append(s, 1)");
    assert_eq!(append.destination(), Some("{heap}"));
}

/// A text in which every line of the named files holds a fact that says where it is from.
fn files(parts: &[(&str, &[&str])]) -> Escape {
    let mut text = String::new();
    for (package, files) in parts {
        if !package.is_empty() {
            text += &format!("# {package}\n");
        }
        for file in *files {
            text += &format!("{file}:1:1: moved to heap: {package}|{file}\n");
        }
    }
    read(&text)
}

fn found(escape: &Escape, file: &str, package: &str) -> String {
    escape
        .at(file, package, 1)
        .iter()
        .map(|fact| fact.expression.to_string())
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn files_are_told_by_package_then_by_the_end_of_the_path() {
    let text: &[(&str, &[&str])] = &[
        ("m.io/a", &["a/x.go", "a/only.go", "/go/src/slices/sort.go"]),
        ("m.io/b", &["b/x.go", "b/y.go", "/go/src/slices/sort.go"]),
        ("m.io/cmd/run", &["cmd/run/main.go"]),
        ("m.io/cmd/walk", &["cmd/walk/main.go"]),
    ];
    let escape = files(text);
    for (file, package, expected) in [
        ("m.io/a/x.go", "m.io/a", "m.io/a|a/x.go"),
        ("/home/u/whatever/x.go", "m.io/a", "m.io/a|a/x.go"),
        ("/home/u/m/b/x.go", "m.io/b", "m.io/b|b/x.go"),
        ("/pkg/mod/m.io@v1.2.3/b/x.go", "m.io/b", "m.io/b|b/x.go"),
        ("C:\\src\\m\\b\\x.go", "m.io/b", "m.io/b|b/x.go"),
        ("m.io/a/x.go", "m.io/a_test", "m.io/a|a/x.go"),
        (
            "/home/u/m/cmd/run/main.go",
            "main",
            "m.io/cmd/run|cmd/run/main.go",
        ),
        (
            "m.io/cmd/walk/main.go",
            "main",
            "m.io/cmd/walk|cmd/walk/main.go",
        ),
        // No package says which of the two.
        ("x.go", "", ""),
        ("/else/main.go", "main", ""),
        ("m.io/cmd/fly/main.go", "main", ""),
        // Another package's file of the same name.
        ("m.io/c/only.go", "m.io/c", ""),
        ("m.io/c/x.go", "m.io/c", ""),
    ] {
        assert_eq!(
            found(&escape, file, package),
            expected,
            "{file} of {package}"
        );
    }
    // A generic function of the standard library, compiled for two packages.
    let sort = found(&escape, "/usr/local/go/src/slices/sort.go", "slices");
    assert_eq!(sort.split(' ').count(), 2, "{sort}");
    assert_eq!(found(&escape, "slices/sort.go", "slices"), sort);
}

#[test]
fn names_relative_to_different_folders_are_different_files() {
    let escape = files(&[
        ("m.io/a", &["./x.go", "../g/g.go"]),
        ("m.io/b", &["./x.go"]),
    ]);
    assert_eq!(found(&escape, "/u/m/a/x.go", "m.io/a"), "m.io/a|./x.go");
    assert_eq!(found(&escape, "/u/m/b/x.go", "m.io/b"), "m.io/b|./x.go");
    assert_eq!(found(&escape, "/u/m/c/x.go", "m.io/c"), "");
    assert_eq!(found(&escape, "/u/m/g/g.go", "m.io/g"), "m.io/a|../g/g.go");
}

#[test]
fn a_folder_need_not_be_named_like_its_package() {
    let escape = files(&[
        ("m.io/root", &["./x.go", "./y.go"]),
        (
            "m.io/root/v2/slices",
            &["slices/s.go", "/go/src/slices/sort.go"],
        ),
        (
            "m.io/log",
            &[
                "../checkout/log.go",
                "../checkout/w.go",
                "/go/src/iter/iter.go",
            ],
        ),
    ]);
    assert_eq!(
        found(&escape, "/u/other/x.go", "m.io/root"),
        "m.io/root|./x.go"
    );
    assert_eq!(
        found(&escape, "m.io/root/v2/slices/s.go", "m.io/root/v2/slices"),
        "m.io/root/v2/slices|slices/s.go"
    );
    assert_eq!(
        found(&escape, "/u/l/log.go", "m.io/log"),
        "m.io/log|../checkout/log.go"
    );
    // The main package at the root of its module.
    let escape = files(&[("m.io/tool", &["./main.go"])]);
    assert_eq!(
        found(&escape, "/u/checkout/main.go", "main"),
        "m.io/tool|./main.go"
    );
    assert_eq!(
        found(&escape, "m.io/tool/main.go", "main"),
        "m.io/tool|./main.go"
    );
    assert_eq!(found(&escape, "m.io/other/main.go", "main"), "");
    // No header at all: go tool compile.
    let escape = files(&[("", &["x.go"])]);
    assert_eq!(found(&escape, "/u/a/x.go", "m.io/a"), "|x.go");
}

#[test]
fn the_variant_for_a_test_is_the_same_package() {
    let escape = read(
        "# m.io/a [m.io/a.test]\n\
         a/x.go:1:1: moved to heap: v\n\
         # m.io/a\n\
         a/x.go:1:1: moved to heap: v\n\
         # m.io/a_test [m.io/a.test]\n\
         a/x_test.go:1:1: moved to heap: t\n\
         # m.io/a.test\n\
         /tmp/go-build/_testmain.go:1:1: moved to heap: main\n",
    );
    assert_eq!(escape.len(), 2);
    assert_eq!(found(&escape, "m.io/a/x.go", "m.io/a"), "v");
    assert_eq!(found(&escape, "m.io/a/x_test.go", "m.io/a_test"), "t");
}

#[test]
fn the_callers_line_comes_first() {
    let escape = read(
        "# m.io/a\n\
         a/x.go:10:4: new(T) escapes to heap\n\
         a/x.go:20:3: new(T) does not escape\n\
         # m.io/b\n\
         b/y.go:10:4: make([]int, n) escapes to heap\n",
    );
    let frame = |function, file, line| Frame {
        function,
        file,
        line,
    };
    let frames = [
        frame("m.io/a.(*T[go.shape.int]).helper", "m.io/a/x.go", 20),
        frame("m.io/b.Run.func1", "m.io/b/y.go", 10),
    ];
    let found = escape.for_frames(&frames);
    let expressions: Vec<_> = found
        .iter()
        .map(|at| (at.frame, &*at.facts[0].expression))
        .collect();
    assert_eq!(expressions, [(1, "make([]int, n)"), (0, "new(T)")]);
    assert!(escape.for_frames(&[]).is_empty());
}
