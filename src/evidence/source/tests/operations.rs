//! Functions, operations and loops of single lines.

use super::*;

fn operations(body: &str) -> Vec<Operation> {
    let (file, package) = alone(&wrapped(body));
    let line = line_of(&file, "//@");
    let function = file.function(line, "p.(*T).f").expect("within f");
    function.operations(line, &package)
}

fn kinds(body: &str) -> Vec<OperationKind> {
    operations(body)
        .into_iter()
        .map(|found| found.kind)
        .collect()
}

/// The only operation of a kind at the marked line.
fn only<T>(body: &str, pick: impl Fn(&OperationKind) -> Option<T>) -> T {
    let kinds = kinds(body);
    let mut found: Vec<T> = kinds.iter().filter_map(pick).collect();
    assert_eq!(found.len(), 1, "{body}: {kinds:#?}");
    found.remove(0)
}

fn loops(body: &str) -> Vec<Loop> {
    let (file, package) = alone(&wrapped(body));
    let line = line_of(&file, "//@");
    let function = file.function(line, "").expect("within a function");
    function.loops(line, &package)
}

#[test]
fn functions_of_lines() {
    let file = file(
        "package p\n\
         // Outer does it.\n\
         // Twice.\n\
         func Outer[T any](xs ...T) (n int, err error) {\n\
         \tg := func(x int) int { return x }\n\
         \tdo(func() {\n\
         \t\tinner()\n\
         \t})\n\
         \treturn g(1), nil\n\
         }\n\
         func (s *Stack[E]) Push(a, b E) {}\n\
         func (Stack[E]) Len() int { return 0 }\n\
         var hook = func() int {\n\
         \treturn 1\n\
         }\n",
    );
    let at = |line, symbol| file.function(line, symbol).expect("a function");
    assert_eq!(at(9, "p.Outer[...]").name(), "Outer");
    assert_eq!(at(9, "p.Outer[...]").doc(), "Outer does it.\nTwice.");
    assert_eq!(at(4, "").lines(), 4..=10);
    assert!(at(4, "").is_generic());
    assert_eq!(
        at(4, "").parameters(),
        [Parameter {
            name: "xs".into(),
            type_text: "T".into(),
            variadic: true
        }]
    );
    let results: Vec<String> = at(4, "")
        .results()
        .into_iter()
        .map(|r| r.type_text)
        .collect();
    assert_eq!(results, ["int", "error"]);
    // A literal that shares its line with the function's own code: the symbol decides.
    assert!(!at(5, "p.Outer").is_literal());
    assert!(at(5, "p.Outer.func1").is_literal());
    assert!(at(5, "").is_literal());
    assert!(at(7, "p.Outer[go.shape.int].func2").is_literal());
    assert_eq!(at(7, "p.Outer.func2").lines(), 6..=8);
    assert_eq!(
        at(11, "p.(*Stack[...]).Push").receiver(),
        Some(Receiver {
            name: "s".into(),
            base: "Stack".into(),
            pointer: true
        })
    );
    assert_eq!(at(11, "").parameters().len(), 2);
    assert_eq!(at(11, "").parameters()[1].name, "b");
    assert_eq!(at(12, "").receiver().map(|r| r.pointer), Some(false));
    assert_eq!(at(12, "").results()[0].type_text, "int");
    assert!(at(14, "p.glob..func1").is_literal());
    assert!(file.function(2, "").is_none());
    assert!(file.declared(Some("Stack"), "Len").is_some());
    assert!(file.declared(None, "Len").is_none());
}

#[test]
fn lines_that_fit_their_symbols() {
    let file = file(
        "package p\n\
         func F() {\n\
         \tuse()\n\
         }\n\
         func (t *T) M() {\n\
         \tgo func() {\n\
         \t\tuse()\n\
         \t}()\n\
         }\n\
         var table = build(\n\
         \t1,\n\
         )\n\
         func init() {\n\
         \tuse()\n\
         }\n",
    );
    for (line, symbol, fit) in [
        (3, "a/p.F", Fit::Fits),
        (3, "a/p.F-range1", Fit::Fits),
        (3, "a/p.F.gowrap1", Fit::Fits),
        (7, "a/p.(*T[go.shape.int]).M.func1", Fit::Fits),
        (7, "a/p.(*T).M", Fit::Fits),
        (7, "a/p.F.(*T).M.func1", Fit::Fits),
        (3, "a/p.(*T).M", Fit::Moved),
        (7, "a/p.F", Fit::Moved),
        (9, "a/p.F", Fit::Moved),
        (3, "a/p.G", Fit::Unknown),
        (7, "a/p.(*U).M", Fit::Unknown),
        (11, "a/p.init", Fit::Fits),
        (14, "a/p.init.0", Fit::Fits),
        (14, "a/p.init.0.func1", Fit::Fits),
        (3, "a/p.T.M-fm", Fit::Unknown),
        (400, "a/p.F", Fit::Moved),
    ] {
        assert_eq!(file.fits(line, symbol), fit, "{symbol} at {line}");
    }
}

#[test]
fn appends() {
    for (code, target, root, added, spread, back) in [
        ("out = append(out, s) //@", "out", "out", 1, false, true),
        (
            "t.items = append(t.items, row{}, row{}) //@",
            "t.items",
            "t",
            2,
            false,
            true,
        ),
        (
            "xs := append(ids[:0], more...) //@",
            "ids[:0]",
            "ids",
            1,
            true,
            false,
        ),
        (
            "m.a[i].xs = append(m.a[i].xs, 1) //@",
            "m.a[i].xs",
            "m",
            1,
            false,
            true,
        ),
        (
            "return append([]string(nil), out...), nil //@",
            "[]string(nil)",
            "",
            1,
            true,
            false,
        ),
        (
            "out =\n\tappend( //@\n\t\tout,\n\t\ts,\n\t)",
            "out",
            "out",
            1,
            false,
            true,
        ),
    ] {
        let found = only(code, |kind| match kind {
            OperationKind::Append {
                target,
                root,
                added,
                spread,
                assigned_back,
            } => Some((
                target.clone(),
                root.clone(),
                *added,
                *spread,
                *assigned_back,
            )),
            _ => None,
        });
        assert_eq!(
            found,
            (target.into(), root.into(), added, spread, back),
            "{code}"
        );
    }
}

#[test]
fn makes() {
    for (code, expected) in [
        (
            "x := make([]byte, n) //@",
            "slice []byte element byte len n cap -",
        ),
        (
            "x := make([]row, 0, len(ids)*2) //@",
            "slice []row element row len 0 cap len(ids)*2",
        ),
        (
            "x := make(rows, n) //@",
            "slice rows element row len n cap -",
        ),
        (
            "x := make(map[string][]int) //@",
            "map map[string][]int string []int hint -",
        ),
        (
            "x := make(map[[2]int]row, n+1) //@",
            "map map[[2]int]row [2]int row hint n+1",
        ),
        ("x := make(set, n) //@", "map set string bool hint n"),
        ("x := make(chan row, 4) //@", "chan chan row 4"),
        ("x := make(chan struct{}) //@", "chan chan struct{} -"),
        ("x := new(row) //@", "new row"),
        ("x := make(\n\t[]byte, //@\n\t0)", ""),
    ] {
        let or = |text: &Option<String>| text.clone().unwrap_or("-".into());
        let found: Vec<String> = kinds(code)
            .iter()
            .filter_map(|kind| match kind {
                OperationKind::MakeSlice {
                    type_text,
                    element,
                    len,
                    cap,
                } => Some(format!(
                    "slice {type_text} element {} len {len} cap {}",
                    or(element),
                    or(cap)
                )),
                OperationKind::MakeMap {
                    type_text,
                    key,
                    value,
                    hint,
                } => Some(format!(
                    "map {type_text} {} {} hint {}",
                    or(key),
                    or(value),
                    or(hint)
                )),
                OperationKind::MakeChan { type_text, buffer } => {
                    Some(format!("chan {type_text} {}", or(buffer)))
                }
                OperationKind::New { type_text } => Some(format!("new {type_text}")),
                _ => None,
            })
            .collect();
        assert_eq!(found.join("; "), expected, "{code}");
    }
}

#[test]
fn composite_literals() {
    for (code, expected) in [
        ("x := row{id: 1} //@", ("row", Shape::Struct, false, 1)),
        ("x := &T{} //@", ("T", Shape::Struct, true, 0)),
        ("x := []int{1, 2, 3} //@", ("[]int", Shape::Slice, false, 3)),
        (
            "x := map[string]int{} //@",
            ("map[string]int", Shape::Map, false, 0),
        ),
        ("x := [...]int{1} //@", ("[...]int", Shape::Array, false, 1)),
        ("x := rows{{}, {}} //@", ("rows", Shape::Slice, false, 2)),
        (
            "x := gzip.Header{} //@",
            ("gzip.Header", Shape::Unknown, false, 0),
        ),
    ] {
        let found = only(code, |kind| match kind {
            OperationKind::Composite {
                type_text,
                shape,
                address_taken,
                elements,
            } => Some((type_text.clone(), *shape, *address_taken, *elements)),
            _ => None,
        });
        let (type_text, shape, address, elements) = expected;
        assert_eq!(
            found,
            (type_text.to_owned(), shape, address, elements),
            "{code}"
        );
    }
}

#[test]
fn concatenations() {
    for (code, operands, accumulates) in [
        ("s += \"x\" + name //@", "s|\"x\"|name", Some("s")),
        ("s = s + \", \" + name //@", "s|\", \"|name", Some("s")),
        ("key := s + \"/\" + name //@", "s|\"/\"|name", None),
        ("x := s + (name + \"!\") //@", "s|name|\"!\"", None),
        (
            "t.items[0].name += s //@",
            "t.items[0].name|s",
            Some("t.items[0].name"),
        ),
        ("x := s +\n\t\"/\" + //@\n\tname", "s|\"/\"|name", None),
    ] {
        let found = only(code, |kind| match kind {
            OperationKind::Concat {
                operands,
                accumulates,
                known_string,
            } => {
                assert!(known_string, "{code}");
                Some((operands.join("|"), accumulates.clone()))
            }
            _ => None,
        });
        assert_eq!(
            found,
            (operands.to_owned(), accumulates.map(str::to_owned)),
            "{code}"
        );
    }
    for code in [
        "n += 2 //@",
        "x := n + 1 //@",
        "x := len(s) + n //@",
        "x := t.items[0].id + 1 //@",
    ] {
        let concat = |kind: &OperationKind| matches!(kind, OperationKind::Concat { .. });
        assert!(!kinds(code).iter().any(concat), "{code}");
    }
}

#[test]
fn conversions() {
    for (code, to, operand, from, free) in [
        ("x := string(b) //@", "string", "b", Some("[]byte"), false),
        ("x := m[string(b)] //@", "string", "b", Some("[]byte"), true),
        ("m[string(b)]++ //@", "string", "b", Some("[]byte"), false),
        ("m[string(b)] = 1 //@", "string", "b", Some("[]byte"), false),
        (
            "if string(b) == s { //@\n}",
            "string",
            "b",
            Some("[]byte"),
            true,
        ),
        (
            "switch string(b) { //@\n}",
            "string",
            "b",
            Some("[]byte"),
            true,
        ),
        (
            "for range []byte(s) { //@\n}",
            "[]byte",
            "s",
            Some("string"),
            true,
        ),
        (
            "for _, r := range []rune(s) { //@\n}",
            "[]rune",
            "s",
            Some("string"),
            false,
        ),
        (
            "copy(b, []byte(s)) //@",
            "[]byte",
            "s",
            Some("string"),
            true,
        ),
        (
            "b = append(b, []byte(s)...) //@",
            "[]byte",
            "s",
            Some("string"),
            true,
        ),
        ("write([]byte(s)) //@", "[]byte", "s", Some("string"), false),
        (
            "x := string(\n\tb) //",
            "string",
            "b",
            Some("[]byte"),
            false,
        ),
    ] {
        let code = code.replace("string(\n", "string( //@\n");
        let found = only(&code, |kind| match kind {
            OperationKind::Convert {
                to,
                operand,
                from,
                free,
            } => Some((to.clone(), operand.clone(), from.clone(), *free)),
            _ => None,
        });
        assert_eq!(
            found,
            (to.into(), operand.into(), from.map(str::to_owned), free),
            "{code}"
        );
    }
}

#[test]
fn calls() {
    for (code, text, qualified, format, deferred) in [
        (
            "x := str.Sprintf(\"%d\", n) //@",
            "str.Sprintf",
            Some("fmt.Sprintf"),
            Some("%d"),
            None,
        ),
        (
            "w := gzip.NewWriter(nil) //@",
            "gzip.NewWriter",
            Some("compress/gzip.NewWriter"),
            None,
            None,
        ),
        ("t.value() //@", "t.value", None, None, None),
        ("names() //@", "names", None, None, None),
        (
            "defer t.method() //@",
            "t.method",
            None,
            None,
            Some(Deferred::Defer),
        ),
        (
            "go t.method() //@",
            "t.method",
            None,
            None,
            Some(Deferred::Go),
        ),
        (
            "strings := t; strings.method() //@",
            "strings.method",
            None,
            None,
            None,
        ),
        (
            "x := lo.Map[int, string](ids) //@",
            "lo.Map",
            None,
            None,
            None,
        ),
    ] {
        let found: Vec<Operation> = operations(code)
            .into_iter()
            .filter(|found| matches!(found.kind, OperationKind::Call { .. }))
            .collect();
        assert_eq!(found.len(), 1, "{code}: {found:#?}");
        let OperationKind::Call {
            callee,
            format: literal,
            ..
        } = &found[0].kind
        else {
            unreachable!()
        };
        assert_eq!(callee.text, text, "{code}");
        assert_eq!(callee.qualified.as_deref(), qualified, "{code}");
        assert_eq!(literal.as_deref(), format, "{code}");
        assert_eq!(found[0].deferred, deferred, "{code}");
    }
}

#[test]
fn boxed_values() {
    for (code, expected) in [
        (
            "str.Println(n, \"x\", t, s) //@",
            "n int; free \"x\" string; free t *T; s string",
        ),
        ("x := str.Sprintf(\"%d %v\", n, b) //@", "n int; b []byte"),
        ("takes(1, row{}) //@", "row{} row"),
        ("to.put(1, row{}) //@", "row{} row"),
        ("takes(1, t, n, a) //@", "free t *T; n int"),
        ("takes(1, a, out...) //@", ""),
        ("heap.Push(nil, t.items[0]) //@", "t.items[0] row"),
        ("t.items[0].any = n //@", "n int"),
        ("var x any = s //@", "s string"),
        ("a = b //@", "b []byte"),
        ("n = 4 //@", ""),
        ("panic(s) //@", "s string"),
    ] {
        let found: Vec<String> = kinds(code)
            .into_iter()
            .filter_map(|kind| match kind {
                OperationKind::Boxed {
                    value,
                    type_text,
                    free,
                    ..
                } => Some(format!(
                    "{}{value} {}",
                    if free { "free " } else { "" },
                    type_text.unwrap_or("?".into())
                )),
                _ => None,
            })
            .collect();
        assert_eq!(found.join("; "), expected, "{code}");
    }
}

#[test]
fn other_operations() {
    let text = |code| {
        let found: Vec<String> = kinds(code)
            .into_iter()
            .filter_map(|kind| match kind {
                OperationKind::MapAssign { map, key, .. } => Some(format!("map {map} {key}")),
                OperationKind::ElementAssign { target } => Some(format!("element {target}")),
                OperationKind::FuncLiteral { captured } => {
                    Some(format!("func {}", captured.join(",")))
                }
                OperationKind::MethodValue { text } => Some(format!("method {text}")),
                OperationKind::SliceExpr { operand, low, high } => Some(format!(
                    "slice {operand} {}:{}",
                    low.unwrap_or_default(),
                    high.unwrap_or_default()
                )),
                OperationKind::Return { values } => Some(format!("return {}", values.join("|"))),
                OperationKind::VarDecl { name, type_text } => {
                    Some(format!("var {name} {type_text}"))
                }
                OperationKind::RangeVariable {
                    name,
                    is_value,
                    address_taken,
                } => Some(format!("range {name} {is_value} {address_taken}")),
                OperationKind::AddressOf { operand } => Some(format!("& {operand}")),
                OperationKind::Send { channel } => Some(format!("send {channel}")),
                _ => None,
            })
            .collect();
        found.join("; ")
    };
    for (code, expected) in [
        ("m[s] = n //@", "map m s"),
        ("t.byName[s], n = nil, 1 //@", "map t.byName s"),
        ("ids[n] = 1 //@", "element ids"),
        ("unknown[n] = 1 //@", "map unknown n"),
        (
            "f := func() int { return n + len(s) + k } //@",
            "func n,s; return n + len(s) + k",
        ),
        ("f := func(n int) int { return n } //@", "func ; return n"),
        ("f := t.method //@", "method t.method"),
        ("t.method() //@", ""),
        ("x := b[2:n] //@", "slice b 2:n"),
        (
            "return out[1:], nil //@",
            "return out[1:]|nil; slice out 1:",
        ),
        ("var x, y []row //@", "var x []row; var y []row"),
        (
            "for i, r := range t.items { //@\n\tkeep(&r)\n}",
            "range i false false; range r true true",
        ),
        (
            "for _, r := range t.items { //@\n\tkeep(r)\n}",
            "range r true false",
        ),
        (
            "for _, r := range t.items { //@\n\tgo func() { keep(r) }()\n}",
            "range r true true",
        ),
        ("p := &n //@", "& n"),
        ("ch <- row{} //@", "send ch"),
    ] {
        assert_eq!(text(code), expected, "{code}");
    }
}

#[test]
fn positions_are_the_compilers() {
    for (code, pick, column) in [
        ("x := make([]byte, n) //@", "make([]byte, n)", 10),
        ("x := s + \"/\" + name //@", "s + \"/\" + name", 14),
        ("x := &T{} //@", "T{}", 6),
        ("x := []int{1} //@", "[]int{1}", 11),
        ("x := []byte(s) //@", "[]byte(s)", 12),
    ] {
        let operations = operations(code);
        let found = operations
            .iter()
            .find(|found| found.text == pick)
            .expect(code);
        assert_eq!(found.position.1, column, "{code}");
        assert_eq!(
            found.columns.start,
            u32::try_from(code.find(pick).unwrap() + 1).unwrap()
        );
    }
    // A call counts for the line of its parenthesis, an argument for its own.
    let code = "x := t.\n\tvalue( //@\n\t\tnames(),\n\t)";
    let texts: Vec<String> = operations(code)
        .into_iter()
        .map(|found| found.text)
        .collect();
    assert_eq!(texts, ["t.value(names())"]);
}

#[test]
fn kinds_of_loops() {
    let range = |over: &str, what, key: &str, value: &str| LoopKind::Range {
        over: over.into(),
        what,
        key: key.into(),
        value: value.into(),
    };
    let counted = |variable: &str| LoopKind::Counted {
        variable: variable.into(),
    };
    let while_ = |condition: &str| LoopKind::While {
        condition: condition.into(),
    };
    for (header, kind, bound) in [
        (
            "for _, x := range t.items",
            range("t.items", Ranged::Slice, "_", "x"),
            Some("len(t.items)"),
        ),
        (
            "for i := range ids",
            range("ids", Ranged::Slice, "i", ""),
            Some("len(ids)"),
        ),
        (
            "for k, v := range m",
            range("m", Ranged::Map, "k", "v"),
            Some("len(m)"),
        ),
        (
            "for _, c := range s",
            range("s", Ranged::String, "_", "c"),
            Some("len(s)"),
        ),
        (
            "for range n",
            range("n", Ranged::Integer, "", ""),
            Some("n"),
        ),
        (
            "for range arr",
            range("arr", Ranged::Array, "", ""),
            Some("len(arr)"),
        ),
        (
            "for r := range ch",
            range("ch", Ranged::Channel, "r", ""),
            None,
        ),
        (
            "for _, x := range names()",
            range("names()", Ranged::Slice, "_", "x"),
            None,
        ),
        (
            "for l := range strings.Lines(s)",
            range("strings.Lines(s)", Ranged::Iterator, "l", ""),
            Some("strings.Count(s, \"\\n\")+1"),
        ),
        (
            "for _, d := range [...]int{1, 2}",
            range("[...]int{1, 2}", Ranged::Array, "_", "d"),
            Some("2"),
        ),
        (
            "for _, x := range mystery",
            range("mystery", Ranged::Unknown, "_", "x"),
            None,
        ),
        (
            "for _, r := range table",
            range("table", Ranged::Slice, "_", "r"),
            Some("len(table)"),
        ),
        ("for i := 0; i < n; i++", counted("i"), Some("n")),
        (
            "for i := 0; i < len(ids); i++",
            counted("i"),
            Some("len(ids)"),
        ),
        ("for i := 2; i < n; i++", counted("i"), Some("n-2")),
        ("for i := 1; i <= n; i++", counted("i"), Some("n")),
        ("for i := 0; i <= n; i++", counted("i"), Some("n+1")),
        ("for i := 0; i < n; i += 4", counted("i"), Some("(n+4-1)/4")),
        ("for i := n - 1; i >= 0; i--", counted("i"), Some("n")),
        ("for i := len(b); i > 0; i--", counted("i"), Some("len(b)")),
        ("for i := 0; i < next(); i++", counted("i"), None),
        ("for len(out) > 0", while_("len(out) > 0"), None),
        ("for ; n < 4;", while_("n < 4"), None),
        ("for", LoopKind::Infinite, None),
        ("for b.Loop()", LoopKind::Benchmark, None),
        ("for i := 0; i < b.N; i++", LoopKind::Benchmark, None),
        ("for i := 0; b.Loop(); i++", LoopKind::Benchmark, None),
        ("for range b.N", LoopKind::Benchmark, None),
    ] {
        let found = loops(&format!("{header} {{\n\tuse() //@\n}}"));
        assert_eq!(found.len(), 1, "{header}");
        assert_eq!(found[0].kind, kind, "{header}");
        assert_eq!(found[0].bound.as_deref(), bound, "{header}");
    }
}

#[test]
fn conditions_within_loops() {
    for (body, conditional, leaves_early) in [
        ("use() //@", false, false),
        ("if ok {\n\tuse() //@\n}", true, false),
        ("if x := use(); ok { //@\n}", false, false),
        ("if no {\n\tcontinue\n}\nuse() //@", true, false),
        ("use() //@\nif no {\n\tcontinue\n}", false, false),
        ("use() //@\nif no {\n\tbreak\n}", false, true),
        ("switch {\ncase ok:\n\tuse() //@\n}", true, false),
        ("switch {\ncase ok:\n\tbreak\n}\nuse() //@", true, false),
        ("for {\n\tbreak\n}\nuse() //@", false, false),
        (
            "if err != nil {\n\treturn nil, err\n}\nuse() //@",
            true,
            true,
        ),
        ("func() {\n\treturn\n}()\nuse() //@", false, false),
    ] {
        let found = loops(&format!("for _, x := range ids {{\n{body}\n}}"));
        let outer = found.last().expect("a loop");
        assert_eq!(outer.conditional, conditional, "{body}");
        assert_eq!(outer.leaves_early, leaves_early, "{body}");
    }
}

#[test]
fn nested_loops() {
    let found = loops("for _, x := range ids {\n\tfor range n {\n\t\tuse() //@\n\t}\n}");
    let bounds: Vec<Option<&str>> = found.iter().map(|found| found.bound.as_deref()).collect();
    assert_eq!(bounds, [Some("n"), Some("len(ids)")]);
    // What is ranged over is evaluated once, a condition each time.
    assert!(loops("for _, x := range names() { //@\n}").is_empty());
    assert_eq!(loops("for i := 0; i < n; i++ { //@\n}").len(), 0);
    // A literal within a loop may run elsewhere.
    let found = loops("for range n {\n\tdefer func() {\n\t\tuse() //@\n\t}()\n}");
    assert!(found[0].through_literal);
}

#[test]
fn suppression_comments() {
    let file = file(
        "package p\n\
         func F() {\n\
         \tx := make([]int, n) //memlens:ignore ML07 kept by the caller\n\
         \t//memlens:ignore ML01,ML03 both\n\
         \t// more words\n\
         \ty := build()\n\
         \t//memlens:ignore all\n\
         \tz := build()\n\
         }\n",
    );
    let reason = |line, rule| file.ignored(line, rule).map(|found| found.reason.as_str());
    assert_eq!(reason(3, "ML07"), Some("kept by the caller"));
    assert_eq!(reason(3, "ML01"), None);
    assert_eq!(reason(6, "ML01"), Some("both"));
    assert_eq!(reason(6, "ML03"), Some("both"));
    assert_eq!(reason(6, "ML07"), None);
    assert_eq!(reason(8, "ML11"), Some(""));
    assert_eq!(file.ignores().len(), 3);
}

#[test]
fn odd_files() {
    let crlf = file("\u{feff}package p\r\nfunc F() {\r\n\tx = append(x, 1)\r\n}\r\n");
    assert_eq!(crlf.line(3), Some("\tx = append(x, 1)"));
    let package = Package::new(vec![Rc::clone(&crlf)]);
    let function = crlf.function(3, "p.F").expect("F");
    assert_eq!(function.operations(3, &package).len(), 1);
    // What cannot be parsed leaves the rest as it is.
    let broken =
        file("package p\nfunc F() {\n\tx := ((\n}\nfunc G() {\n\ty := make([]int, 3)\n}\n");
    assert!(broken.function(6, "p.G").is_some());
    let bytes = b"package p\nfunc F() { s := \"\xff\xfe\"; t := string(b) }\n";
    let odd = SourceFile::parse(Path::new("x.go"), bytes, None).expect("parsed");
    assert!(odd.function(2, "p.F").is_some());
    assert!(file("// Code generated by x; DO NOT EDIT.\npackage p\n").is_generated());
    assert!(!file("// Code is not generated.\npackage p\n").is_generated());
    assert_eq!(file("").line(1), Some(""));
    assert_eq!(file("").line(0), None);
}

#[test]
fn what_passes_by_a_line() {
    for (body, skips) in [
        ("for _, x := range xs {\n\tuse(x) //@\n}", vec![]),
        (
            "for _, x := range xs {\n\tif x == 0 {\n\t\tcontinue\n\t}\n\tuse(x) //@\n}",
            vec!["x == 0"],
        ),
        (
            "for _, x := range xs {\n\tif y, ok := f(x); ok {\n\t\tuse(y) //@\n\t}\n}",
            vec!["ok"],
        ),
        // What leaves the loop passes by nothing.
        (
            "for _, x := range xs {\n\tif x == 0 {\n\t\treturn\n\t}\n\tuse(x) //@\n}",
            vec![],
        ),
    ] {
        let found = loops(body);
        let found = found.first().map(|this| this.skips.clone());
        let expected: Vec<String> = skips.into_iter().map(str::to_owned).collect();
        assert_eq!(found, Some(expected), "{body}");
    }
}
