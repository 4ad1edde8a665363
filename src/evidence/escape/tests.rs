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

fn fixture(name: &str) -> Escape {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("testdata/evidence/escape")
        .join(name);
    let escape = Escape::read(&path, &Limits::default()).unwrap();
    assert!(!escape.is_empty() && !escape.truncated(), "{name}");
    escape
}

const CSVLOAD: (&str, &str) = (
    "example.com/telemetry/csvload/load.go",
    "example.com/telemetry/csvload",
);
const METRICS: (&str, &str) = (
    "example.com/telemetry/metrics/metrics.go",
    "example.com/telemetry/metrics",
);

/// What is on the heap in a file, as text.
fn on_heap(escape: &Escape, (file, package): (&str, &str)) -> Vec<String> {
    escape
        .file(file, package)
        .iter()
        .filter(|fact| matches!(fact.kind, Kind::EscapesToHeap(_) | Kind::MovedToHeap))
        .map(|fact| {
            let (line, column) = (fact.line, fact.column);
            format!("{line}:{column} {:?} {}", fact.kind, fact.expression)
        })
        .collect()
}

#[test]
fn text_and_json_say_the_same() {
    let (text, json) = (fixture("root.txt"), fixture("json"));
    for file in [CSVLOAD, METRICS] {
        // The JSON form tells two callees inlined into one call apart.
        let [from_text, from_json] = [&text, &json].map(|escape| {
            let mut facts = on_heap(escape, file);
            facts.sort();
            facts.dedup();
            facts
        });
        assert!(from_text.len() > 10, "{from_text:?}");
        assert_eq!(from_text, from_json);
        // All have a flow, in both.
        for escape in [&text, &json] {
            let (file, package) = file;
            for fact in escape.file(file, package) {
                if matches!(fact.kind, Kind::EscapesToHeap(_) | Kind::MovedToHeap) {
                    assert!(fact.destination().is_some(), "{fact:?}");
                }
            }
        }
    }
}

#[test]
fn names_of_all_forms_lead_to_the_same_facts() {
    let root = fixture("root.txt");
    assert_eq!(
        on_heap(&fixture("folder.txt"), METRICS),
        on_heap(&root, METRICS)
    );
    assert_eq!(
        on_heap(&fixture("trimmed.txt"), CSVLOAD),
        on_heap(&root, CSVLOAD)
    );
    for name in ["root.txt", "trimmed.txt", "json"] {
        let escape = fixture(name);
        for file in [
            "/tmp/memlens-testdata/programs/csvload/load.go",
            "C:\\work\\csvload\\load.go",
            CSVLOAD.0,
        ] {
            assert_eq!(
                escape.file(file, CSVLOAD.1),
                escape.file(CSVLOAD.0, CSVLOAD.1),
                "{name} {file}"
            );
        }
        assert!(escape.file("/else/load.go", "example.com/else").is_empty());
    }
    assert_eq!(
        on_heap(&fixture("events.json"), METRICS),
        on_heap(&root, METRICS)
    );
    assert!(!fixture("test.txt").is_empty());
}

#[test]
fn without_flows_the_expressions_of_appends_are_missing_and_no_more() {
    // `-m` names an append without its arguments.
    let short = |facts: Vec<String>| -> Vec<String> {
        let mut facts: Vec<String> = facts
            .into_iter()
            .map(|fact| match fact.split_once(" append(") {
                Some((place, _)) => format!("{place} append"),
                None => fact,
            })
            .collect();
        facts.dedup();
        facts
    };
    assert_eq!(
        on_heap(&fixture("brief.txt"), METRICS),
        short(on_heap(&fixture("root.txt"), METRICS))
    );
}

#[test]
fn an_inlined_callee_is_found_by_its_own_frames_only() {
    let json = fixture("json");
    let (file, package) = CSVLOAD;
    let fact = json
        .file(file, package)
        .iter()
        .find(|fact| !fact.inlined.is_empty() && matches!(fact.kind, Kind::EscapesToHeap(_)))
        .expect("something inlined");
    let function = format!("{package}.F");
    let outer = Frame {
        function: &function,
        file,
        line: fact.line,
    };
    let mut frames: Vec<Frame<'_>> = fact
        .inlined
        .iter()
        .rev()
        .map(|place| Frame {
            function: "errors.New",
            file: &place.file,
            line: place.line,
        })
        .collect();
    frames.push(outer);
    let has = |frames: &[Frame<'_>]| {
        json.for_frames(frames)
            .iter()
            .any(|at| at.facts.contains(&fact))
    };
    assert!(has(&frames));
    assert!(!has(&[outer]), "the caller's own allocation");
    frames[0].line += 1;
    assert!(!has(&frames), "another line of the callee");
}

#[test]
fn limits_hold() {
    let mut text = String::from("# m.io/a\n");
    for line in 0..1_000_000_u32 {
        text += &format!("a/x{}.go:{line}:1: moved to heap: v\n", line % 5000);
    }
    let limits = Limits {
        memory: 1 << 20,
        ..Limits::default()
    };
    let escape = Escape::read_text(text.as_bytes(), &limits).unwrap();
    assert!(escape.truncated());
    assert!(
        !escape.is_empty() && escape.len() < 10_000,
        "{}",
        escape.len()
    );
    let limits = Limits {
        bytes: 1000,
        ..Limits::default()
    };
    let escape = Escape::read_text(text.as_bytes(), &limits).unwrap();
    assert!(escape.truncated() && escape.len() < 50);
    let limits = Limits {
        steps: 1,
        ..Limits::default()
    };
    let escape = Escape::read_text(CART.as_bytes(), &limits).unwrap();
    assert_eq!(escape.facts[0].flow.len(), 1);
}

#[test]
fn long_and_broken_lines_do_no_harm() {
    let mut text = Vec::from("# m.io/a\na/x.go:1:1: ");
    text.extend(vec![b'y'; 10 << 20]);
    text.extend_from_slice(b" escapes to heap\n\0\0\0\n\xff\xfe\xff:1:1: moved to heap: \xff\n");
    text.extend_from_slice(
        b"a/x.go:99999999999:1: moved to heap: v\na/x.go:0:0: moved to heap: w\n",
    );
    text.extend_from_slice(b":1:1: moved to heap: v\na/x.go:-4:1: moved to heap: v\n");
    text.extend_from_slice(b"a/x.go:2:1: moved to heap: last");
    let escape = Escape::read_text(&text[..], &Limits::default()).unwrap();
    assert_eq!(found(&escape, "m.io/a/x.go", "m.io/a"), "");
    assert_eq!(escape.at("m.io/a/x.go", "m.io/a", 2).len(), 1);
    assert_eq!(escape.at("m.io/a/x.go", "m.io/a", 0).len(), 1);
}

#[test]
fn folders_are_read_one_level_deep_and_without_links() {
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("m.io%2Fa/deeper");
    fs::create_dir_all(&deep).unwrap();
    let header = r#"{"version":0,"package":"m.io/a","file":"/src/a/x.go"}"#;
    let record =
        r#"{"range":{"start":{"line":1,"character":2}},"code":"copy","message":"128 bytes"}"#;
    let text = format!("{header}\n{record}\nnot json\n{{}}\n[1]\n");
    fs::write(folder.path().join("m.io%2Fa/x.json"), &text).unwrap();
    fs::write(folder.path().join("m.io%2Fa/x.txt"), &text).unwrap();
    fs::write(deep.join("x.json"), "{").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("/dev/zero", folder.path().join("m.io%2Fa/zero.json")).unwrap();
    let escape = Escape::read(folder.path(), &Limits::default()).unwrap();
    let [fact] = escape.at("m.io/a/x.go", "m.io/a", 1) else {
        panic!("{escape:?}");
    };
    assert_eq!(fact.kind, Kind::Copy { bytes: 128 });
    assert_eq!(escape.len(), 1);
}

#[test]
fn what_cannot_be_read_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("escape.txt");
    let error = Escape::read(&path, &Limits::default()).unwrap_err();
    assert!(error.to_string().starts_with("cannot read "), "{error}");
    fs::write(&path, b"\xff\xfe#\0 \0").unwrap();
    let error = Escape::read(&path, &Limits::default()).unwrap_err();
    assert!(matches!(error, Error::Utf16 { .. }));
}

mod never_panics {
    use super::*;
    use proptest::prelude::*;

    /// Pieces of the compiler's language, in any order.
    fn piece() -> impl Strategy<Value = String> {
        prop_oneof![
            proptest::sample::select(vec![
                "# ",
                "m.io/a",
                "[m.io/a.test]",
                "_test",
                "./",
                "../",
                "/",
                "\\",
                "C:\\",
                "x.go",
                "<autogenerated>",
                ":",
                ":1",
                ":2:3: ",
                ":99999999999",
                "\n",
                "\r\n",
                "  ",
                "    ",
                "flow: ",
                " ← ",
                " = ",
                "from ",
                " (spill)",
                " (",
                ")",
                " at ",
                "escapes to heap",
                " escapes to heap in ",
                " does not escape",
                "moved to heap: ",
                "leaking param: ",
                "leaking param content: ",
                " to result ",
                " level=",
                "parameter ",
                " leaks to ",
                "{heap}",
                "{storage for ",
                "}",
                " for ",
                " with derefs=",
                "can inline ",
                " with cost ",
                " as: ",
                "cannot inline ",
                "inlining call to ",
                "append(",
                "make([]",
                "\"",
                "+ ",
                "...",
                " capturing by ",
                "ref: ",
                "width=",
                "\0",
                "é",
                "{\"Action\":\"output\",\"Output\":\"",
                "\\n\"}",
                "{\"version\":0,",
                "\"package\":\"p\",\"file\":\"f.go\"}",
                "@v1",
                "!b",
            ])
            .prop_map(str::to_owned),
            any::<String>(),
        ]
    }

    proptest! {
        #[test]
        fn on_text(pieces in proptest::collection::vec(piece(), 0..60), name in ".{0,12}", package in ".{0,12}") {
            let text = pieces.concat();
            let escape = Escape::read_text(text.as_bytes(), &Limits::default()).unwrap();
            let frame = Frame { function: &package, file: &name, line: 1 };
            let _ = escape.for_frames(&[frame, Frame { file: "x.go", ..frame }]);
            let _ = escape.at("m.io/a/x.go", "m.io/a", 2);
        }

        #[test]
        fn on_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let limits = Limits::default();
            let _ = Escape::read_text(&bytes[..], &limits).unwrap();
            let mut collector = Collector::new(&limits);
            let mut json = Json::new(&mut collector);
            for line in bytes.split(|byte| *byte == b'\n') {
                json.line(line);
            }
            json.finish();
        }
    }
}
