//! What Go's collector did: figures that no heap profile holds.
//!
//! They stand in the text form of a heap profile (`/debug/pprof/heap?debug=1` ends with
//! `runtime.MemStats`), in the lines that `GODEBUG=gctrace=1` prints, and sometimes in a
//! benchmark's own units. All can be mixed with other text in one file.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use crate::evidence::lines::Lines;
use crate::evidence::test_events::event;

mod gctrace;
mod memstats;
mod settings;
mod units;

pub use settings::Percent;

use gctrace::Cycles;

/// How much is read at most; what is kept is of constant size.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes read of one file.
    pub bytes: u64,
    /// Bytes kept of one line.
    pub line: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 512 << 20,
            line: 64 << 10,
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
}

/// Figures of the collector, each where the text told it. Sizes are in bytes; those from gctrace
/// were rounded down to MiB.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GcFacts {
    /// Collections since the start of the program.
    pub num_gc: Option<u64>,
    /// Those of them that the program asked for.
    pub num_forced_gc: Option<u64>,
    /// Share of the CPU time that was available since the start and went into the collector, 0 to 1.
    pub gc_cpu_fraction: Option<f64>,
    /// Heap size at which the next collection begins.
    pub next_gc: Option<u64>,
    /// Live and not yet swept objects.
    pub heap_alloc: Option<u64>,
    /// What the last collection found alive.
    pub heap_live: Option<u64>,
    /// The greatest of what the collections found alive.
    pub heap_live_max: Option<u64>,
    /// Spans with at least one object.
    pub heap_inuse: Option<u64>,
    /// Number of live and not yet swept objects.
    pub heap_objects: Option<u64>,
    /// Bytes allocated since the start.
    pub total_alloc: Option<u64>,
    /// Memory taken from the system.
    pub sys: Option<u64>,
    /// The largest resident set, on systems that tell.
    pub max_rss: Option<u64>,
    /// GOGC, where a line states it.
    pub gogc: Option<Percent>,
    /// GOMEMLIMIT, where a line states it.
    pub memory_limit: Option<u64>,
    /// Time from the program's start to the last traced collection, in seconds.
    pub seconds: Option<f64>,
    /// Mean pause of a collection, in nanoseconds: of the last 256, or of all that were traced.
    pub mean_pause_ns: Option<f64>,
    /// The longest of these pauses.
    pub max_pause_ns: Option<f64>,
    /// Collections traced.
    pub cycles: Option<u64>,
    /// GOMAXPROCS.
    pub procs: Option<u32>,
    /// Collections an operation, from a benchmark's own unit.
    pub gcs_per_op: Option<f64>,
}

impl GcFacts {
    /// Reads files one after the other; where several tell a figure, the first does.
    ///
    /// # Errors
    ///
    /// If one cannot be read.
    pub fn read<P: AsRef<Path>>(paths: &[P], limits: &Limits) -> Result<Self, Error> {
        let mut facts = Self::default();
        for path in paths {
            let path = path.as_ref();
            let io = |source| Error::Io {
                path: path.to_owned(),
                source,
            };
            if !fs::metadata(path).map_err(io)?.is_file() {
                let path = path.to_owned();
                return Err(Error::Special { path });
            }
            let file = BufReader::with_capacity(64 << 10, File::open(path).map_err(io)?);
            facts.add(&Self::read_text(file, limits).map_err(io)?);
        }
        Ok(facts)
    }

    /// Reads text.
    ///
    /// # Errors
    ///
    /// What the reader says.
    pub fn read_text(reader: impl BufRead, limits: &Limits) -> io::Result<Self> {
        let mut lines = Lines::new(reader.take(limits.bytes), limits.line);
        let mut facts = Self::default();
        let mut cycles = Cycles::default();
        while let Some(line) = lines.next()? {
            if let Some(event) = event(line) {
                for part in event.output.as_deref().unwrap_or_default().lines() {
                    facts.line(part, &mut cycles);
                }
            } else {
                facts.line(&String::from_utf8_lossy(line), &mut cycles);
            }
        }
        facts.add(&cycles.finish());
        Ok(facts)
    }

    /// Whether nothing was told.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn line(&mut self, line: &str, cycles: &mut Cycles) {
        if let Some(statistic) = line.strip_prefix("# ") {
            memstats::line(statistic, self);
        } else if line.starts_with("Benchmark") && !line.contains("\tgc ") {
            units::line(line, self);
        } else {
            cycles.line(line);
            settings::line(line, self);
        }
    }

    /// Fills in what is not yet known.
    fn add(&mut self, other: &Self) {
        macro_rules! fill {
            ($($field:ident),* $(,)?) => {
                // Taken apart so that no field can be forgotten.
                let Self { $($field),* } = other.clone();
                $(self.$field = self.$field.take().or($field);)*
            };
        }
        fill! {
            num_gc, num_forced_gc, gc_cpu_fraction, next_gc, heap_alloc, heap_live, heap_live_max,
            heap_inuse, heap_objects, total_alloc, sys, max_rss, gogc, memory_limit, seconds,
            mean_pause_ns, max_pause_ns, cycles, procs, gcs_per_op,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_kinds_of_lines_in_one_text() {
        let text = "# runtime.MemStats\n# NumGC = 12\n# NextGC = 4194304\nGOGC=200\n\
                    BenchmarkX-2 10 5 ns/op 0.5 gcs/op\n\
                    {\"Action\":\"output\",\"Output\":\"gc 1 @0.5s 6%: 2.4+2.3+0.006 ms clock, \
                    4.8+0.42/1.4/0+0.013 ms cpu, 3->4->1 MB, 4 MB goal, 2 P\\n\"}\n";
        let facts = GcFacts::read_text(text.as_bytes(), &Limits::default()).unwrap();
        assert_eq!(facts.num_gc, Some(12), "MemStats come before traces");
        assert_eq!(facts.next_gc, Some(4 << 20));
        assert_eq!(facts.gogc, Some(Percent::Of(200)));
        assert_eq!(facts.gcs_per_op, Some(0.5));
        assert_eq!(facts.cycles, Some(1));
        assert_eq!(facts.heap_live, Some(1 << 20));
        assert_eq!(facts.procs, Some(2));
        assert!(!facts.is_empty());
        let nothing = GcFacts::read_text(&b"nothing\n"[..], &Limits::default()).unwrap();
        assert!(nothing.is_empty());
    }

    fn fixture(name: &str) -> GcFacts {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("testdata/evidence")
            .join(name);
        GcFacts::read(&[path], &Limits::default()).unwrap()
    }

    #[test]
    fn what_go_writes() {
        let facts = fixture("runtime/heap-debug1.txt");
        let fraction = facts.gc_cpu_fraction.unwrap();
        assert!(fraction > 0.0 && fraction < 1.0, "{fraction}");
        assert!(facts.num_gc.unwrap() > 1);
        assert!(facts.heap_alloc <= facts.heap_inuse && facts.heap_inuse < facts.sys);
        assert!(facts.next_gc.unwrap() >= 4 << 20);
        assert!(facts.total_alloc >= facts.heap_alloc && facts.heap_objects.is_some());
        assert!(facts.mean_pause_ns <= facts.max_pause_ns && facts.mean_pause_ns.is_some());
        assert!(facts.num_forced_gc <= facts.num_gc && facts.max_rss.is_some());
        assert_eq!(facts.cycles, None);
    }

    #[test]
    fn what_go_traces() {
        let facts = fixture("bench/gctrace.txt");
        assert!(facts.cycles.unwrap() > 5 && facts.cycles <= facts.num_gc);
        assert_eq!(facts.next_gc, Some(4 << 20));
        assert_eq!(facts.procs, Some(2));
        assert!(facts.seconds.unwrap() > 0.0);
        assert!(facts.heap_live <= facts.heap_live_max);
        assert!(facts.num_forced_gc.unwrap() > 0 && facts.mean_pause_ns.unwrap() > 0.0);
    }

    mod never_panics {
        use super::*;
        use proptest::prelude::*;

        fn piece() -> impl Strategy<Value = String> {
            prop_oneof![
                proptest::sample::select(vec![
                    "# ",
                    "NumGC = ",
                    "PauseNs = [",
                    "GCCPUFraction = ",
                    "1",
                    "-1",
                    "NaN",
                    "1e400",
                    "99999999999999999999",
                    "]",
                    " ",
                    "\n",
                    "gc ",
                    "1 @",
                    "0.5s ",
                    "7%",
                    ": ",
                    "1+2+3",
                    " ms clock",
                    ", ",
                    "1->2->3",
                    " MB",
                    " MB goal",
                    " P",
                    " (forced)",
                    "GOGC=",
                    "GOMEMLIMIT=",
                    "GiB",
                    "TiB",
                    "BenchmarkX-2 1 ",
                    "gcs/op ",
                    "\0",
                    "é",
                ])
                .prop_map(str::to_owned),
                any::<String>(),
            ]
        }

        proptest! {
            #[test]
            fn on_text(pieces in proptest::collection::vec(piece(), 0..60)) {
                let text = pieces.concat();
                let _ = GcFacts::read_text(text.as_bytes(), &Limits::default()).unwrap();
            }

            #[test]
            fn on_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
                let _ = GcFacts::read_text(&bytes[..], &Limits::default()).unwrap();
            }
        }
    }
}
