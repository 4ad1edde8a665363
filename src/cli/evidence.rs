//! Opens what there is beside the profile: what was named, and what lies where it usually does.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::Context;

use memlens::aggregate::{Hot, Modules, Sites};
use memlens::evidence::bench::{self, Bench};
use memlens::evidence::binary::{self, Binary};
use memlens::evidence::escape::{self, Escape};
use memlens::evidence::runtime::{self, GcFacts};
use memlens::evidence::source::{self, Sources, main_module};
use memlens::findings::{Channels, Choice, Totals, Verdict, judge};
use memlens::input::Source;

use super::args::AnalyzeArgs;

/// The channels of evidence and which findings are wanted.
pub(super) struct Opened {
    channels: Channels,
    choice: Choice,
    modules: Modules,
    /// The module around the working directory, for when the profile is of it.
    around: Option<(PathBuf, String)>,
    /// A source tree that does not say which module it is.
    without_module: Option<PathBuf>,
}

impl Opened {
    /// Opens what was named.
    pub(super) fn new(args: &AnalyzeArgs, inputs: &[Source]) -> anyhow::Result<Self> {
        let evidence = &args.evidence;
        let named = |path: &Path| path.display().to_string();
        let mut channels = Channels::default();
        let mut candidates: Vec<String> = evidence.module.clone().into_iter().collect();
        let mut around = None;
        let mut without_module = None;

        if let Some(dir) = &evidence.source {
            anyhow::ensure!(dir.is_dir(), "{}: not a directory", named(dir));
            let mut options = source::Options::new(dir);
            options.module.clone_from(&evidence.module);
            let sources = Sources::new(options);
            match sources.module() {
                Some(module) => candidates.push(module.to_owned()),
                None => without_module = Some(dir.clone()),
            }
            channels.sources = Some(sources);
        } else if let Some((dir, module)) =
            env::current_dir().ok().and_then(|dir| main_module(&dir))
        {
            candidates.push(module.clone());
            around = Some((dir, module));
        }
        let binary = match &evidence.binary {
            Some(path) => {
                let opened = Binary::open(path, &binary::Limits::default());
                Some(opened.with_context(|| named(path))?)
            }
            None => beside(inputs),
        };
        if let Some(module) = binary
            .as_ref()
            .and_then(|binary| binary.build_info()?.main.clone())
        {
            candidates.push(module.path);
        }
        channels.binary = binary;
        if let Some(path) = &evidence.escape {
            let read = Escape::read(path, &escape::Limits::default());
            channels.escape = Some(read.with_context(|| named(path))?);
        }
        if !evidence.bench.is_empty() {
            let names = || {
                let names: Vec<String> = evidence.bench.iter().map(|path| named(path)).collect();
                names.join(", ")
            };
            let figures = Bench::read(&evidence.bench, &bench::Limits::default());
            channels.bench = Some(figures.with_context(names)?);
            let facts = GcFacts::read(&evidence.bench, &runtime::Limits::default());
            channels.runtime = Some(facts.with_context(names)?).filter(|facts| !facts.is_empty());
        }
        Ok(Self {
            channels,
            choice: Choice {
                rules: args.findings.rules.clone(),
                min_confidence: Some(args.findings.min_confidence),
                accepted: Vec::new(),
            },
            modules: Modules { candidates },
            around,
            without_module,
        })
    }

    /// Whose code may be under study.
    pub(super) fn modules(&self) -> Modules {
        self.modules.clone()
    }

    /// Holds the rules against what was read.
    pub(super) fn judge(mut self, sites: &Sites, hot: &Hot) -> Verdict {
        if let Some((dir, module)) = self.around.take()
            && hot.own.module.as_deref() == Some(&module)
        {
            self.channels.sources = Some(Sources::new(source::Options::new(dir)));
        }
        if let Some(dir) = self.without_module.take() {
            let mut options = source::Options::new(dir);
            options.module.clone_from(&hot.own.module);
            self.channels.sources = Some(Sources::new(options));
        }
        self.channels.taken = u64::try_from(sites.header.time_nanos)
            .ok()
            .filter(|&nanos| nanos > 0)
            .map(|nanos| std::time::UNIX_EPOCH + std::time::Duration::from_nanos(nanos));
        let total = |name: &str| {
            let column = sites.header.column(name);
            column.and_then(|column| sites.totals.get(column)).copied()
        };
        let names = [
            "alloc_objects",
            "alloc_space",
            "inuse_objects",
            "inuse_space",
        ];
        let totals = Totals(names.map(|name| total(name).unwrap_or(0)));
        judge(hot, totals, None, &self.channels, &self.choice)
    }
}

/// The test binary that `go test -memprofile` leaves beside the profile.
///
/// Whether it is the one that ran is for the build id to say, location by location.
fn beside(inputs: &[Source]) -> Option<Binary> {
    let [Source::File(profile)] = inputs else {
        return None;
    };
    let dir = profile.parent()?;
    let dir = if dir.as_os_str().is_empty() {
        Path::new(".")
    } else {
        dir
    };
    let mut tests: Vec<PathBuf> = dir
        .read_dir()
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension()
                .is_some_and(|end| end == "test" || end == "exe")
        })
        .take(16)
        .collect();
    tests.sort();
    match &tests[..] {
        [path] => Binary::open(path, &binary::Limits::default()).ok(),
        _ => None,
    }
}
