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

fn fixture(name: &str) -> Bench {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("testdata/evidence/bench")
        .join(name);
    let bench = Bench::read(&[path], &Limits::default()).unwrap();
    assert!(!bench.truncated(), "{name}");
    bench
}

#[test]
fn what_go_prints() {
    let bench = fixture("count.txt");
    for (symbol, runs) in [
        ("example.com/telemetry/csvload.BenchmarkLoad", 3),
        ("example.com/telemetry/store.BenchmarkFill", 3),
        ("example.com/telemetry/store.BenchmarkReplay.func1", 3),
    ] {
        let group = bench.for_function(symbol).expect(symbol);
        let [benchmark] = group.benchmarks[..] else {
            panic!("{group:?}");
        };
        assert_eq!(benchmark.runs.len(), runs);
        assert_eq!(benchmark.procs, Some(2));
        assert_eq!(benchmark.iterations(), 60);
        let bytes = benchmark.b_op().unwrap();
        assert!(bytes.min > 0.0 && bytes.min <= bytes.median && bytes.median <= bytes.max);
        assert!(benchmark.allocs_op().is_some() && benchmark.ns_op().is_some());
    }
    assert_eq!(bench.setting("goos"), Some("linux"));
    assert_eq!(bench.benchmarks().len(), 3);
}

#[test]
fn wrapped_and_interrupted_output_has_the_same_benchmark() {
    let plain = fixture("count.txt");
    let symbol = "example.com/telemetry/csvload.BenchmarkLoad";
    let allocs = |bench: &Bench| {
        let group = bench.for_function(symbol).expect(symbol);
        group.benchmarks[0].allocs_op().unwrap().median
    };
    let expected = allocs(&plain);
    for name in ["events.json", "gctrace.txt"] {
        let difference = allocs(&fixture(name)) - expected;
        assert!(difference.abs() <= expected / 100.0, "{name}: {difference}");
    }
}

#[test]
fn several_files_are_put_together() {
    let folder = tempfile::tempdir().unwrap();
    let (a, b) = (folder.path().join("a"), folder.path().join("b"));
    fs::write(&a, "pkg: m.io/a\nBenchmarkX-2 1 5 ns/op\n").unwrap();
    fs::write(&b, "pkg: m.io/a\nBenchmarkX-2 1 7 ns/op\n").unwrap();
    let bench = Bench::read(&[a, b], &Limits::default()).unwrap();
    assert_eq!(bench.benchmarks()[0].ns_op().unwrap().median, 6.0);
    let error = Bench::read(&[folder.path()], &Limits::default()).unwrap_err();
    assert!(matches!(error, Error::Special { .. }));
}

#[test]
fn limits_hold() {
    let mut text = String::new();
    for n in 0..1_000_000 {
        text += &format!("BenchmarkX/n={n} 1 5 ns/op\n");
    }
    let limits = Limits {
        memory: 1 << 20,
        ..Limits::default()
    };
    let bench = Bench::read_text(text.as_bytes(), &limits).unwrap();
    assert!(bench.truncated());
    assert!(!bench.benchmarks().is_empty() && bench.benchmarks().len() < 5000);
    // Events that never end a line.
    let event = r#"{"Action":"output","Package":"p","Output":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}"#;
    let text = format!("{event}\n").repeat(100_000);
    let bench = Bench::read_text(text.as_bytes(), &limits).unwrap();
    assert!(bench.benchmarks().is_empty());
}

mod never_panics {
    use super::*;
    use proptest::prelude::*;

    fn piece() -> impl Strategy<Value = String> {
        prop_oneof![
            proptest::sample::select(vec![
                "BenchmarkX",
                "Benchmark",
                "-8",
                "/n=1",
                "/",
                "\t",
                " ",
                "\n",
                "\r\n",
                "100",
                "0",
                "-5",
                "NaN",
                "1e400",
                "1e308",
                "99999999999999999999",
                " ns/op",
                " B/op",
                " allocs/op",
                " MB/s",
                " x/op",
                "pkg: ",
                "m.io/a",
                "ok  \t",
                "FAIL",
                "goos: linux",
                "gc 1 @",
                "{\"Action\":\"output\",\"Package\":\"p\",\"Output\":\"",
                "\\n\"}",
                "\0",
                "2026-11-22T22:12:12.7792Z ",
            ])
            .prop_map(str::to_owned),
            any::<String>(),
        ]
    }

    proptest! {
        #[test]
        fn on_text(pieces in proptest::collection::vec(piece(), 0..60), symbol in ".{0,20}") {
            let bench = Bench::read_text(pieces.concat().as_bytes(), &Limits::default()).unwrap();
            for symbol in [&*symbol, "m.io/a.BenchmarkX", "p.Benchmark"] {
                if let Some(group) = bench.for_function(symbol) {
                    let _ = (group.total_bytes(), group.total_allocs(), group.iterations());
                }
            }
            for benchmark in bench.benchmarks() {
                let _ = (benchmark.ns_op(), benchmark.unit("x/op"));
            }
        }

        #[test]
        fn on_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = Bench::read_text(&bytes[..], &Limits::default()).unwrap();
        }
    }
}
