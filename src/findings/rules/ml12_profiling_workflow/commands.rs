//! The command to run next, as exact as the profile lets it be.

use std::collections::BTreeMap;

use crate::findings::Whole;

/// Takes a sample every 4 KiB: 128 times as many as by default, for a few per cent of time.
const RATE: &str = "-memprofilerate=4096";

/// Where the profile came from.
enum Origin {
    /// `go test`, with the pattern and the package of its benchmarks.
    Test { pattern: String, package: String },
    /// Some other program.
    Program,
}

fn origin(whole: &Whole<'_>) -> Origin {
    let mut bytes: BTreeMap<&str, i64> = BTreeMap::new();
    for spot in whole.spots {
        for (benchmark, more) in spot.benchmarks() {
            let sum = bytes.entry(benchmark).or_default();
            *sum = sum.saturating_add(more);
        }
    }
    let hottest = bytes.iter().max_by_key(|&(name, bytes)| (*bytes, name));
    let Some((&symbol, _)) = hottest else {
        return match whole.channels.bench {
            Some(_) => Origin::Test {
                pattern: ".".to_owned(),
                package: String::new(),
            },
            None => Origin::Program,
        };
    };
    let (package, name) = match symbol.rsplit_once('.') {
        Some((package, name)) => (package, name),
        None => ("", symbol),
    };
    // An external test package lies in the folder of the one that it tests.
    let package = package.strip_suffix("_test").unwrap_or(package);
    let pattern = match bytes.len() {
        1 if is_plain(name) => format!("'^{name}$'"),
        _ => ".".to_owned(),
    };
    Origin::Test {
        pattern,
        package: if is_plain(package) && package != "main" {
            format!(" {package}")
        } else {
            String::new()
        },
    }
}

/// Whether a shell takes the text as one word that means itself: names come from the profile, and
/// commands are there to be pasted.
fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with('-')
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '~'))
}

/// Takes the profile again: finer, longer, with all that stands beside it.
pub(super) fn again(whole: &Whole<'_>) -> String {
    match origin(whole) {
        Origin::Test { pattern, package } => format!(
            "go test -run='^$' -bench={pattern} -benchmem -memprofile mem.out {RATE}{package} | tee bench.txt"
        ),
        Origin::Program => {
            "curl -o allocs.pb.gz http://localhost:6060/debug/pprof/allocs".to_owned()
        }
    }
}

/// As [`again`], with benchmarks that run longer, so that what is done once weighs less.
pub(super) fn longer(whole: &Whole<'_>) -> String {
    again(whole).replacen(" -benchmem", " -benchmem -benchtime=10s", 1)
}

/// Asks the compiler what escapes.
pub(super) fn escape(whole: &Whole<'_>) -> String {
    let package = match origin(whole) {
        Origin::Test { package, .. } if !package.is_empty() => package,
        _ => " ./...".to_owned(),
    };
    format!("go build -gcflags=-m=2{package} 2> escape.txt")
}

/// What to set where `-memprofilerate` is not at hand.
pub(super) fn is_program(whole: &Whole<'_>) -> bool {
    matches!(origin(whole), Origin::Program)
}

#[cfg(test)]
mod tests {
    use super::is_plain;

    #[test]
    fn what_a_shell_would_take_apart_is_left_out() {
        assert!(is_plain("example.com/m/v2"));
        for text in ["", "a b", "$(x)", "a;b", "a'b", "-rf", "a\nb", "größe"] {
            assert!(!is_plain(text), "{text}");
        }
    }
}
