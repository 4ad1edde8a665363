use super::*;

fn read(text: &str) -> Bench {
    Bench::read_text(text.as_bytes(), &Limits::default()).unwrap()
}

const TEXT: &str = "\
goos: linux
cpu: Some CPU
pkg: m.io/a
BenchmarkX/n=1-2 \t100\t5 ns/op\t10 B/op\t1 allocs/op
BenchmarkX/n=2-2 \t50\t5 ns/op\t20 B/op\t2 allocs/op
BenchmarkX/n=1-2 \t200\t7 ns/op\t12 B/op\t1 allocs/op
BenchmarkXY-2 \t10\t5 ns/op
PASS
ok  \tm.io/a\t1s
pkg: m.io/b.v2
BenchmarkX-2 \t1\t5 ns/op\t10 B/op\t1 allocs/op
ok  \tm.io/b.v2\t1s
";

#[test]
fn runs_of_one_benchmark_come_together() {
    let bench = read(TEXT);
    let names: Vec<_> = bench
        .benchmarks()
        .iter()
        .map(|b| {
            (
                b.package.as_deref().unwrap(),
                &*b.name,
                b.procs,
                b.runs.len(),
            )
        })
        .collect();
    assert_eq!(
        names,
        [
            ("m.io/a", "BenchmarkX/n=1", Some(2), 2),
            ("m.io/a", "BenchmarkX/n=2", Some(2), 1),
            ("m.io/a", "BenchmarkXY", Some(2), 1),
            ("m.io/b.v2", "BenchmarkX", Some(2), 1),
        ]
    );
    let first = &bench.benchmarks()[0];
    assert_eq!(first.b_op().unwrap().median, 11.0);
    assert_eq!(first.iterations(), 300);
    assert_eq!(first.total_bytes(), Some(100.0 * 10.0 + 200.0 * 12.0));
    assert_eq!(first.total_allocs(), Some(300.0));
    assert_eq!(bench.benchmarks()[2].total_bytes(), None);
    assert_eq!(bench.setting("cpu"), Some("Some CPU"));
}

#[test]
fn a_stack_leads_to_its_benchmark() {
    let bench = read(TEXT);
    for (symbol, expected) in [
        ("m.io/a.BenchmarkX", "BenchmarkX/n=1 BenchmarkX/n=2"),
        ("m.io/a.BenchmarkX.func1", "BenchmarkX/n=1 BenchmarkX/n=2"),
        (
            "m.io/a_test.BenchmarkX.func1.2",
            "BenchmarkX/n=1 BenchmarkX/n=2",
        ),
        ("m.io/a.BenchmarkXY-range1", "BenchmarkXY"),
        ("m.io/b%2ev2.BenchmarkX", "BenchmarkX"),
        ("m.io/c.BenchmarkX", ""),
        ("m.io/a.BenchmarkZ", ""),
        ("m.io/a.helper", ""),
        ("testing.(*B).runN", ""),
        ("", ""),
    ] {
        let names = bench
            .for_function(symbol)
            .map(|group| {
                let names: Vec<_> = group.benchmarks.iter().map(|b| &*b.name).collect();
                names.join(" ")
            })
            .unwrap_or_default();
        assert_eq!(names, expected, "{symbol}");
    }
    let stack = [
        "m.io/a.make",
        "m.io/a.BenchmarkXY",
        "m.io/a.BenchmarkX.func1",
        "testing.(*B).runN",
    ];
    let group = bench.for_stack(stack).unwrap();
    assert_eq!(group.function, "BenchmarkX");
    assert_eq!(group.iterations(), 350);
    assert_eq!(group.total_bytes(), Some(4400.0));
}

#[test]
fn text_without_packages() {
    let bench = read("BenchmarkX 1 5 ns/op\n");
    assert!(bench.for_function("m.io/any.BenchmarkX").is_some());
    // Before Go 1.14 or when cut by grep, only the last line names the package.
    let bench = read("BenchmarkX 1 5 ns/op\nok  \tm.io/a\t1s\n");
    assert_eq!(bench.benchmarks()[0].package.as_deref(), Some("m.io/a"));
    assert!(bench.for_function("m.io/any.BenchmarkX").is_none());
}

#[test]
fn what_a_benchmark_prints_does_not_hide_its_figures() {
    let bench = read(
        "pkg: m.io/a\n\
         BenchmarkX-2   \tgc 3 @0.008s 5%: 0.21+0.47+0.003 ms clock, 2 P (forced)\n\
         gc 4 @0.022s 3%: 0.15+4.0+0.004 ms clock\n\
         \x20    100\t  5 ns/op\t 8 B/op\t 1 allocs/op\n\
         \x20    100\t  6 ns/op\n\
         BenchmarkY\n\
         BenchmarkY-2 \t 7\t 9 ns/op\n",
    );
    let names: Vec<_> = bench
        .benchmarks()
        .iter()
        .map(|b| (&*b.name, b.iterations()))
        .collect();
    assert_eq!(names, [("BenchmarkX", 100), ("BenchmarkY", 7)]);
}

#[test]
fn events_are_unwrapped_by_package() {
    let bench = read(
        r#"{"Action":"start","Package":"m.io/a"}
{"Action":"output","Package":"m.io/a","Output":"BenchmarkX-2 \t"}
{"Action":"output","Package":"m.io/b","Output":"BenchmarkX-2 \t"}
{"Action":"output","Package":"m.io/b","Output":"  7\t 2 ns/op\n"}
{"Action":"output","Package":"m.io/a","Output":"  5\t 2 ns/op\n"}
{"Action":"output","Package":"m.io/a","Output":"ok  \tm.io/a\t1s\n"}
"#,
    );
    let mut found: Vec<_> = bench
        .benchmarks()
        .iter()
        .map(|b| (b.package.as_deref().unwrap(), b.iterations()))
        .collect();
    found.sort_unstable();
    assert_eq!(found, [("m.io/a", 5), ("m.io/b", 7)]);
}
