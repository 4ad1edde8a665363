//! One line of Go's benchmark format.
//!
//! ```text
//! BenchmarkParse/rows=10-8    2350    533260 ns/op    91.44 MB/s    533898 B/op    4013 allocs/op
//! ```

use super::Run;

/// What a line of a test's output says.
#[derive(Debug, PartialEq)]
pub(super) enum Line<'a> {
    /// A result, complete.
    Result { name: &'a str, run: Run },
    /// A benchmark's name whose figures come later: what runs in between printed something.
    Name(&'a str),
    /// Figures without a name.
    Figures(Run),
    /// `pkg: example.com/m`.
    Package(&'a str),
    /// `goos: linux` and its like.
    Setting(&'a str, &'a str),
    /// `ok  example.com/m 1.2s`: the results before it are this package's.
    Done(&'a str),
    /// Anything else.
    Noise,
}

/// Units beyond these are dropped: nobody reports so many.
const MOST_UNITS: usize = 64;

pub(super) fn parse(line: &str) -> Line<'_> {
    let line = without_timestamp(line);
    let mut fields = line.split_whitespace();
    let Some(first) = fields.next() else {
        return Line::Noise;
    };
    if is_benchmark(first) {
        return match run(fields) {
            Some(run) => Line::Result { name: first, run },
            None => Line::Name(first),
        };
    }
    if line.starts_with([' ', '\t']) {
        // Only what measures time: a table in a log has numbers too.
        return match run(line.split_whitespace()) {
            Some(run) if run.ns_op.is_some() => Line::Figures(run),
            _ => Line::Noise,
        };
    }
    match first {
        "pkg:" => fields.next().map_or(Line::Noise, Line::Package),
        "goos:" | "goarch:" | "cpu:" => {
            let (key, value) = line.split_once(':').unwrap_or((line, ""));
            Line::Setting(key, value.trim())
        }
        "ok" | "FAIL" => fields.next().map_or(Line::Noise, Line::Done),
        _ => Line::Noise,
    }
}

/// Whether a function of this name is a benchmark: `Benchmark`, then no lower-case letter.
pub(super) fn is_benchmark(name: &str) -> bool {
    name.strip_prefix("Benchmark")
        .is_some_and(|rest| !rest.starts_with(char::is_lowercase))
}

/// The count of iterations, then values with their units.
fn run<'a>(mut fields: impl Iterator<Item = &'a str>) -> Option<Run> {
    let mut run = Run {
        iterations: fields.next()?.parse().ok()?,
        ..Run::default()
    };
    let mut any = false;
    while let (Some(value), Some(unit)) = (fields.next(), fields.next()) {
        let Some(value) = value.parse::<f64>().ok().filter(|value| value.is_finite()) else {
            // A word where a value should be: something was printed into the line.
            if value.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | 'N' | 'I'))
            {
                continue;
            }
            break;
        };
        let slot = match unit {
            "ns/op" => &mut run.ns_op,
            "B/op" => &mut run.b_op,
            "allocs/op" => &mut run.allocs_op,
            "MB/s" => &mut run.mb_s,
            _ => {
                if run.other.len() < MOST_UNITS {
                    run.other.push((unit.into(), value));
                }
                any = true;
                continue;
            }
        };
        // What is measured is never below zero.
        if value >= 0.0 {
            *slot = Some(value);
            any = true;
        }
    }
    any.then_some(run)
}

/// Logs of continuous integration put the time before each line.
fn without_timestamp(line: &str) -> &str {
    match line.split_once(' ') {
        Some((stamp, rest))
            if stamp.len() >= 20
                && stamp.ends_with('Z')
                && stamp
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || b"-:.TZ".contains(&byte)) =>
        {
            rest
        }
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(line: &str) -> Option<Run> {
        match parse(line) {
            Line::Result { run, .. } => Some(run),
            _ => None,
        }
    }

    #[test]
    fn results() {
        let run = result(
            "BenchmarkA/x=1-8 \t 2350\t 5332.5 ns/op\t 91.44 MB/s\t 5338 B/op\t 40 allocs/op",
        )
        .unwrap();
        assert_eq!(run.iterations, 2350);
        assert_eq!(run.ns_op, Some(5332.5));
        assert_eq!(run.mb_s, Some(91.44));
        assert_eq!(run.b_op, Some(5338.0));
        assert_eq!(run.allocs_op, Some(40.0));
        assert!(run.other.is_empty());
        let run = result("BenchmarkB 1 5 ns/op -3.5 drift/op 1e3 rows/s").unwrap();
        assert_eq!(
            run.other,
            [("drift/op".into(), -3.5), ("rows/s".into(), 1000.0)]
        );
        let stamped = "2026-11-22T22:12:12.7792Z BenchmarkC-2 100 7 ns/op";
        assert_eq!(result(stamped).unwrap().ns_op, Some(7.0));
    }

    #[test]
    fn figures_that_cannot_be_are_left_out() {
        let run = result("BenchmarkA 10 NaN ns/op 1e400 B/op -4 allocs/op 2 x/op").unwrap();
        assert_eq!((run.ns_op, run.b_op, run.allocs_op), (None, None, None));
        assert_eq!(run.other, [("x/op".into(), 2.0)]);
        for line in [
            "BenchmarkA 99999999999999999999999 5 ns/op",
            "BenchmarkA -1 5 ns/op",
            "BenchmarkA 10",
            "BenchmarkA 10 NaN ns/op",
            "BenchmarkA",
        ] {
            assert_eq!(parse(line), Line::Name("BenchmarkA"), "{line}");
        }
    }

    #[test]
    fn other_lines() {
        for (line, expected) in [
            ("", Line::Noise),
            ("Benchmarking the thing", Line::Noise),
            ("pkg: example.com/m", Line::Package("example.com/m")),
            ("cpu: AMD EPYC 7B13", Line::Setting("cpu", "AMD EPYC 7B13")),
            ("ok  \texample.com/m\t1.2s", Line::Done("example.com/m")),
            ("PASS", Line::Noise),
            (
                "BenchmarkA-2   \tgc 3 @0.008s 5%: 0.21",
                Line::Name("BenchmarkA-2"),
            ),
            ("   1 2 3 4", Line::Noise),
        ] {
            assert_eq!(parse(line), expected, "{line}");
        }
        assert!(matches!(parse("     100\t  5 ns/op"), Line::Figures(_)));
    }
}
