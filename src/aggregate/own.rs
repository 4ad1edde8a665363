//! Whose code a frame is: the program's own, a dependency's or the standard library's.

use std::borrow::Cow;

use crate::decode::{Location, Tables};
use crate::gosym;

/// The modules that may be under study, the likeliest first.
#[derive(Clone, Debug, Default)]
pub struct Modules {
    /// Module paths such as `github.com/a/b/v2`.
    pub candidates: Vec<String>,
}

impl Modules {
    /// Decides by the functions of a profile, given by their full names: the first candidate with a
    /// package among them, else the module of the benchmarks, else everything that is not the
    /// standard library.
    pub fn among<'n>(&self, functions: impl Iterator<Item = &'n str> + Clone) -> Own {
        let occurs = |module: &&String| {
            let mut functions = functions.clone();
            functions.any(|name| is_within(&package(name.as_bytes()), module))
        };
        let known = self.candidates.iter().find(occurs).cloned();
        let module = known.or_else(|| {
            let mut benchmarks = functions.filter(|name| is_benchmark(name.as_bytes()));
            benchmarks
                .next()
                .map(|name| module_of(&package(name.as_bytes())))
        });
        Own { module }
    }

    pub(crate) fn resolve(&self, tables: &Tables) -> Own {
        let names: Vec<Cow<'_, str>> = tables
            .functions()
            .iter()
            .map(|function| tables.text(function.name))
            .collect();
        self.among(names.iter().map(|name| &**name))
    }
}

/// Which packages are the program's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Own {
    /// The module under study; `None` when any package that is not the standard library's counts.
    pub module: Option<String>,
}

impl Own {
    /// Whether a package, given by its unescaped import path, is the program's own.
    pub fn has(&self, package: &str) -> bool {
        match &self.module {
            _ if package == "main" => true,
            Some(module) => is_within(package, module),
            None => !package.is_empty() && !gosym::is_standard(package),
        }
    }

    /// Whether a function of a package, in a file as profiles name it, is the program's own. The
    /// compiler names a closure after the function that it is inlined into: the body of
    /// `slices.Collect` is then `example.com/m.F.Collect[…]`, though nobody can edit it there.
    pub fn has_code(&self, package: &str, file: &str) -> bool {
        self.has(package) && !is_borrowed(file)
    }

    /// Whether the program's own code is anywhere in a location.
    pub(crate) fn holds(&self, tables: &Tables, location: &Location) -> bool {
        tables.lines(location).iter().any(|line| {
            tables.function(line.function).is_some_and(|function| {
                self.has(&package(tables.strings.get(function.name)))
                    && !is_borrowed(&String::from_utf8_lossy(tables.strings.get(function.file)))
            })
        })
    }
}

/// Whether a file is the standard library's or a dependency's: `slices/iter.go` as `-trimpath`
/// leaves it, below `src` of Go's own folder, or in the module cache with its version.
fn is_borrowed(file: &str) -> bool {
    if file.contains("@v") || file.contains("/vendor/") {
        return true;
    }
    match file.rsplit_once("/src/") {
        Some((_, below)) => below.contains('/') && gosym::is_standard(below),
        None => file.contains('/') && gosym::is_standard(file),
    }
}

/// The import path of a symbol's package, unescaped.
pub(crate) fn package(symbol: &[u8]) -> Cow<'_, str> {
    match String::from_utf8_lossy(gosym::package(symbol)) {
        Cow::Borrowed(path) => gosym::unescape(path),
        Cow::Owned(path) => Cow::Owned(path),
    }
}

/// Whether a symbol is a benchmark as `go test` runs it: `pkg.BenchmarkDecode`.
pub(crate) fn is_benchmark(symbol: &[u8]) -> bool {
    let package = gosym::package(symbol);
    let name = symbol.get(package.len() + 1..).unwrap_or_default();
    match name.strip_prefix(b"Benchmark") {
        // `go test` wants no lower-case letter behind it; closures belong to their function.
        Some(rest) => !rest.first().is_some_and(u8::is_ascii_lowercase) && !rest.contains(&b'.'),
        None => false,
    }
}

fn is_within(package: &str, module: &str) -> bool {
    package
        .strip_prefix(module)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest.starts_with("_test"))
}

/// The module that a package most likely belongs to: hosts of repositories have an owner and a
/// name behind them, most others a name.
fn module_of(package: &str) -> String {
    let package = package.strip_suffix("_test").unwrap_or(package);
    let mut elements = package.split('/');
    let host = elements.next().unwrap_or_default();
    let behind = match host {
        "github.com" | "gitlab.com" | "bitbucket.org" | "codeberg.org" | "git.sr.ht" => 2,
        "golang.org" => 2,
        _ if host.contains('.') => 1,
        _ => 0,
    };
    let mut path: Vec<&str> = vec![host];
    path.extend(elements.take(behind));
    path.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn benchmarks() {
        assert!(is_benchmark(b"example.com/m.BenchmarkParse"));
        assert!(is_benchmark(b"example.com/m_test.Benchmark"));
        assert!(!is_benchmark(b"example.com/m.BenchmarkParse.func1"));
        assert!(!is_benchmark(b"example.com/m.Benchmarking"));
        assert!(!is_benchmark(b"example.com/m.(*T).BenchmarkX"));
        assert!(!is_benchmark(b"memeqbody"));
    }

    #[test]
    fn modules_by_their_packages() {
        for (package, module) in [
            ("github.com/a/b/internal/c", "github.com/a/b"),
            ("go.uber.org/zap/zapcore_test", "go.uber.org/zap"),
            ("golang.org/x/text/language", "golang.org/x/text"),
            ("gopkg.in/yaml.v3", "gopkg.in/yaml.v3"),
            ("app/internal/x", "app"),
        ] {
            assert_eq!(module_of(package), module);
        }
    }

    #[test]
    fn own_packages() {
        let own = Own {
            module: Some("example.com/m".to_owned()),
        };
        assert!(own.has("example.com/m") && own.has("example.com/m/x"));
        assert!(own.has("example.com/m_test") && own.has("main"));
        assert!(!own.has("example.com/mx") && !own.has("fmt"));
        assert!(own.has_code("example.com/m", "example.com/m/m.go"));
        assert!(own.has_code("example.com/m", "/home/u/src/m/m.go"));
        assert!(own.has_code("example.com/m", "m.go"));
        for borrowed in [
            "slices/iter.go",
            "/usr/local/go/src/slices/iter.go",
            "github.com/a/b@v1.2.3/c.go",
            "/home/u/m/vendor/github.com/a/b/c.go",
        ] {
            assert!(!own.has_code("example.com/m", borrowed), "{borrowed}");
        }
        let any = Own::default();
        assert!(any.has("example.com/m") && !any.has("encoding/json") && !any.has(""));
    }
}
