//! What `go test -bench=. -benchmem` printed: figures for each benchmark, and which benchmark a
//! stack of a profile belongs to.
//!
//! Read is Go's benchmark format with whatever stands around it in a log, plain or wrapped by
//! `go test -json`.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use crate::evidence::lines::Lines;
use crate::evidence::test_events::event;
use crate::gosym;

mod figures;
mod line;
mod name;
#[cfg(test)]
mod tests;

pub use figures::{Benchmark, Figure, Run};

use line::Line;

/// How much is read and kept at most; what is beyond is passed over, see [`Bench::truncated`].
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes read of one file.
    pub bytes: u64,
    /// Bytes kept of one line.
    pub line: usize,
    /// Bytes of memory for results, about.
    pub memory: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 512 << 20,
            line: 64 << 10,
            memory: 64 << 20,
        }
    }
}

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It cannot be opened or read.
    #[error("cannot read {path}: {source}", path = path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is no regular file.
    #[error("{path} is no file", path = path.display())]
    Special {
        /// Which.
        path: PathBuf,
    },
    /// The text is UTF-16.
    #[error("{path} is UTF-16 text: was it written by a PowerShell redirection?", path = path.display())]
    Utf16 {
        /// Which.
        path: PathBuf,
    },
}

/// Benchmarks with their figures.
#[derive(Debug, Clone, Default)]
pub struct Bench {
    benchmarks: Vec<Benchmark>,
    settings: Vec<(String, String)>,
    truncated: bool,
}

/// The benchmarks that a stack may belong to: one, or all that its function started.
#[derive(Debug, Clone, PartialEq)]
pub struct Group<'a> {
    /// The benchmark function, `BenchmarkX`.
    pub function: &'a str,
    /// Not empty. Several, if it has sub-benchmarks or ran with several `-cpu`: a profile does not
    /// tell which of them allocated.
    pub benchmarks: Vec<&'a Benchmark>,
}

impl Group<'_> {
    /// Iterations of all; see [`Benchmark::iterations`].
    #[must_use]
    pub fn iterations(&self) -> u64 {
        self.benchmarks.iter().fold(0, |sum, benchmark| {
            sum.saturating_add(benchmark.iterations())
        })
    }

    /// Bytes allocated by all; nothing if one does not tell.
    #[must_use]
    pub fn total_bytes(&self) -> Option<f64> {
        self.benchmarks.iter().map(|b| b.total_bytes()).sum()
    }

    /// Allocations of all; nothing if one does not tell.
    #[must_use]
    pub fn total_allocs(&self) -> Option<f64> {
        self.benchmarks.iter().map(|b| b.total_allocs()).sum()
    }
}

impl Bench {
    /// Reads files; runs of the same benchmark are put together.
    ///
    /// # Errors
    ///
    /// If one cannot be read or is UTF-16 text.
    pub fn read<P: AsRef<Path>>(paths: &[P], limits: &Limits) -> Result<Self, Error> {
        let mut results = Results::new(limits.memory);
        for path in paths {
            let path = path.as_ref();
            let io = |source| Error::Io {
                path: path.to_owned(),
                source,
            };
            // A named pipe would be waited for.
            if !fs::metadata(path).map_err(io)?.is_file() {
                let path = path.to_owned();
                return Err(Error::Special { path });
            }
            let mut reader = BufReader::with_capacity(64 << 10, File::open(path).map_err(io)?);
            if matches!(
                reader.fill_buf().map_err(io)?,
                [0xff, 0xfe, ..] | [0xfe, 0xff, ..]
            ) {
                let path = path.to_owned();
                return Err(Error::Utf16 { path });
            }
            results.read(reader, limits).map_err(io)?;
        }
        Ok(results.finish())
    }

    /// Reads text.
    ///
    /// # Errors
    ///
    /// What the reader says.
    pub fn read_text(reader: impl BufRead, limits: &Limits) -> io::Result<Self> {
        let mut results = Results::new(limits.memory);
        results.read(reader, limits)?;
        Ok(results.finish())
    }

    /// The benchmarks in the order in which they first ran.
    #[must_use]
    pub fn benchmarks(&self) -> &[Benchmark] {
        &self.benchmarks
    }

    /// `goos`, `goarch` or `cpu`, as the text first says.
    #[must_use]
    pub fn setting(&self, key: &str) -> Option<&str> {
        let found = self.settings.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| &**value)
    }

    /// Whether a limit was met, so that results may be missing.
    #[must_use]
    pub fn truncated(&self) -> bool {
        self.truncated
    }

    /// The benchmark whose function is in a stack, given as symbols from the leaf to the root.
    ///
    /// A sub-benchmark runs on a goroutine of its own, so a stack has only its closure,
    /// `pkg.BenchmarkX.func1`. Nothing if no benchmark function is there, as when
    /// `b.Run` was given a function of another name, or if its package cannot be told.
    #[must_use]
    pub fn for_stack<'a>(
        &self,
        symbols: impl IntoIterator<Item = &'a str, IntoIter: DoubleEndedIterator>,
    ) -> Option<Group<'_>> {
        // From the root: a benchmark may call another one.
        symbols
            .into_iter()
            .rev()
            .find_map(|symbol| self.for_function(symbol))
    }

    /// The benchmark that a function is, or is a closure of.
    #[must_use]
    pub fn for_function(&self, symbol: &str) -> Option<Group<'_>> {
        let (package, function) = benchmark_function(symbol)?;
        let package = gosym::unescape(package);
        let benchmarks: Vec<&Benchmark> = self
            .benchmarks
            .iter()
            .filter(|benchmark| {
                let name = benchmark.name.as_str();
                name.strip_prefix(function)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
            .collect();
        let of_package = |name: &str| -> Vec<&Benchmark> {
            let same = |b: &&&Benchmark| b.package.as_deref() == Some(name);
            benchmarks.iter().filter(same).copied().collect()
        };
        let mut found = of_package(&package);
        if found.is_empty()
            && let Some(tested) = package.strip_suffix("_test")
        {
            found = of_package(tested);
        }
        // Text without package names is of one package, as far as one can tell.
        if found.is_empty() && benchmarks.iter().all(|b| b.package.is_none()) {
            found = benchmarks;
        }
        let name = found.first()?.name.get(..function.len())?;
        Some(Group {
            function: name,
            benchmarks: found,
        })
    }
}

/// Package and function of `pkg.BenchmarkX`, `pkg.BenchmarkX.func1`, `pkg.BenchmarkX[...]`.
fn benchmark_function(symbol: &str) -> Option<(&str, &str)> {
    let package = gosym::package(symbol.as_bytes()).len();
    let (package, rest) = symbol.split_at_checked(package)?;
    let rest = rest.strip_prefix('.')?;
    let end = rest.find(['.', '[', '-']).unwrap_or(rest.len());
    let function = rest.get(..end)?;
    line::is_benchmark(function).then_some((package, function))
}

/// Results as they come in.
struct Results {
    /// By package and printed name, in the order of appearance.
    found: Vec<Found>,
    index: HashMap<(Option<String>, String), usize>,
    settings: Vec<(String, String)>,
    room: usize,
    truncated: bool,
}

struct Found {
    package: Option<String>,
    name: String,
    runs: Vec<Run>,
}

/// Where in a text the reader is; `go test -json` mixes the texts of several packages.
#[derive(Default)]
struct Context {
    package: Option<String>,
    /// A name whose figures have not come yet.
    name: Option<String>,
    /// The part of a line that has come.
    part: String,
    /// Results of this text whose package is not known yet.
    unnamed: Vec<(String, Run)>,
}

/// So many packages are followed at once; a text that has more is not what Go writes.
const MOST_CONTEXTS: usize = 10_000;

impl Results {
    fn new(room: usize) -> Self {
        Self {
            found: Vec::new(),
            index: HashMap::new(),
            settings: Vec::new(),
            room,
            truncated: false,
        }
    }

    fn read(&mut self, reader: impl BufRead, limits: &Limits) -> io::Result<()> {
        let mut limited = reader.take(limits.bytes);
        let mut lines = Lines::new(&mut limited, limits.line);
        let mut plain = Context::default();
        let mut packages: HashMap<String, Context> = HashMap::new();
        while let Some(line) = lines.next()? {
            let Some(event) = event(line) else {
                self.line(&mut plain, &String::from_utf8_lossy(line));
                continue;
            };
            let Some(output) = event.output else { continue };
            let package = event.package.unwrap_or_default();
            if !packages.contains_key(&*package) && packages.len() >= MOST_CONTEXTS {
                self.truncated = true;
                continue;
            }
            let context = packages
                .entry(package.into_owned())
                .or_insert_with_key(|package| Context {
                    package: Some(package.clone()).filter(|name| !name.is_empty()),
                    ..Context::default()
                });
            self.output(context, &output, limits.line);
        }
        // In the order of names, not of the hash table.
        let mut contexts: Vec<_> = packages.into_iter().collect();
        contexts.sort_by(|(a, _), (b, _)| a.cmp(b));
        for mut context in contexts.into_iter().map(|(_, context)| context) {
            let rest = std::mem::take(&mut context.part);
            self.line(&mut context, &rest);
            self.end(context);
        }
        self.end(plain);
        if limited.limit() == 0 {
            self.truncated = true;
        }
        Ok(())
    }

    /// A piece of output: a part of a line, or several lines.
    fn output(&mut self, context: &mut Context, output: &str, limit: usize) {
        for piece in output.split_inclusive('\n') {
            if context.part.len() + piece.len() <= limit && self.take(piece.len()) {
                context.part.push_str(piece);
            }
            if piece.ends_with('\n') {
                let line = std::mem::take(&mut context.part);
                self.room = self.room.saturating_add(line.len());
                self.line(context, line.trim_end_matches(['\r', '\n']));
            }
        }
    }

    fn line(&mut self, context: &mut Context, line: &str) {
        match line::parse(line) {
            Line::Result { name, run } => {
                context.name = None;
                self.result(context, name.to_owned(), run);
            }
            Line::Name(name) => context.name = Some(name.to_owned()),
            Line::Figures(run) => {
                if let Some(name) = context.name.take() {
                    self.result(context, name, run);
                }
            }
            Line::Package(package) => context.package = Some(package.to_owned()),
            Line::Setting(key, value) => {
                if !self.settings.iter().any(|(name, _)| name == key) {
                    self.settings.push((key.to_owned(), value.to_owned()));
                }
            }
            Line::Done(package) => {
                context.name = None;
                for (name, run) in std::mem::take(&mut context.unnamed) {
                    self.add(Some(package.to_owned()), name, run);
                }
                context.package = None;
            }
            Line::Noise => {}
        }
    }

    fn result(&mut self, context: &mut Context, name: String, run: Run) {
        let units: usize = run.other.iter().map(|(unit, _)| 32 + unit.len()).sum();
        // A name and its package are kept up to four times.
        let package = context.package.as_ref().map_or(0, String::len);
        if !self.take(2 * size_of::<Run>() + 256 + units + 4 * (name.len() + package)) {
            return;
        }
        match &context.package {
            Some(package) => self.add(Some(package.clone()), name, run),
            None => context.unnamed.push((name, run)),
        }
    }

    fn end(&mut self, context: Context) {
        for (name, run) in context.unnamed {
            self.add(None, name, run);
        }
    }

    fn add(&mut self, package: Option<String>, name: String, run: Run) {
        let next = self.found.len();
        let index = *self
            .index
            .entry((package.clone(), name.clone()))
            .or_insert(next);
        if index == next {
            self.found.push(Found {
                package,
                name,
                runs: Vec::new(),
            });
        }
        if let Some(found) = self.found.get_mut(index) {
            found.runs.push(run);
        }
    }

    fn take(&mut self, bytes: usize) -> bool {
        match self.room.checked_sub(bytes) {
            Some(room) => {
                self.room = room;
                true
            }
            None => {
                self.truncated = true;
                false
            }
        }
    }

    fn finish(self) -> Bench {
        let mut by_package: HashMap<Option<&str>, Vec<usize>> = HashMap::new();
        for (index, found) in self.found.iter().enumerate() {
            by_package
                .entry(found.package.as_deref())
                .or_default()
                .push(index);
        }
        let mut split = vec![(String::new(), None); self.found.len()];
        for indexes in by_package.values() {
            let names: Vec<&str> = indexes
                .iter()
                .filter_map(|&index| self.found.get(index))
                .map(|found| found.name.as_str())
                .collect();
            for (&index, (name, procs)) in indexes.iter().zip(name::split(&names)) {
                if let Some(slot) = split.get_mut(index) {
                    *slot = (name.to_owned(), procs);
                }
            }
        }
        let benchmarks = self
            .found
            .into_iter()
            .zip(split)
            .map(|(found, (name, procs))| Benchmark {
                package: found.package,
                name,
                procs,
                runs: found.runs,
            })
            .collect();
        Bench {
            benchmarks,
            settings: self.settings,
            truncated: self.truncated,
        }
    }
}
