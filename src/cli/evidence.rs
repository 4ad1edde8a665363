//! Opens what there is beside the profile: what was named, and what lies where it usually does.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::Context;

use memlens::aggregate::{Hot, Modules};
use memlens::evidence::bench::{self, Bench};
use memlens::evidence::binary::{self, Binary, Identity};
use memlens::evidence::escape::{self, Escape};
use memlens::evidence::runtime::{self, GcFacts};
use memlens::evidence::source::{self, Sources, main_module};
use memlens::findings::{Channels, Choice, Totals, judge};
use memlens::input::Source;
use memlens::report::Report;

use super::args::AnalyzeArgs;
use super::config;

/// The channels of evidence and which findings are wanted.
pub(super) struct Opened {
    channels: Channels,
    choice: Choice,
    modules: Modules,
    /// Why evidence is missing.
    notes: Vec<String>,
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
        let mut notes = Vec::new();
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
            channels.root = Some(repository(dir));
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
        if binary.is_none() {
            notes.push(
                "no binary: none was named, and no single one lies beside the profile".into(),
            );
        }
        channels.binary = binary;
        if let Some(path) = &evidence.escape {
            let read = Escape::read(path, &escape::Limits::default());
            let escape = read.with_context(|| named(path))?;
            if escape.is_empty() {
                notes.push(format!(
                    "{}: says nothing of escapes; was it written with -gcflags=-m=2, and were the \
                     packages built anew?",
                    named(path)
                ));
            } else if escape.truncated() {
                notes.push(format!("{}: too long, its end was not read", named(path)));
            }
            channels.escape = Some(escape);
        } else {
            notes.push("no compiler output: --escape was not given".into());
        }
        if !evidence.bench.is_empty() {
            let names = || {
                let names: Vec<String> = evidence.bench.iter().map(|path| named(path)).collect();
                names.join(", ")
            };
            let figures = Bench::read(&evidence.bench, &bench::Limits::default());
            let figures = figures.with_context(names)?;
            if figures.benchmarks().is_empty() {
                notes.push(format!("{}: no benchmark figures in it", names()));
            } else {
                channels.bench = Some(figures);
            }
            let facts = GcFacts::read(&evidence.bench, &runtime::Limits::default());
            channels.runtime = Some(facts.with_context(names)?).filter(|facts| !facts.is_empty());
        } else {
            notes.push("no benchmark figures: --bench was not given".into());
        }
        Ok(Self {
            channels,
            choice: Choice {
                rules: args.findings.rules.clone(),
                min_confidence: Some(args.findings.min_confidence),
                accepted: config::accepted(evidence.source.as_deref())?,
            },
            modules: Modules { candidates },
            notes,
            around,
            without_module,
        })
    }

    /// Whose code may be under study.
    pub(super) fn modules(&self) -> Modules {
        self.modules.clone()
    }

    /// Holds the rules against what was read, and puts into the report what they say. Gives the
    /// reasons why evidence is missing.
    pub(super) fn judge(mut self, report: &mut Report, taken: i64, hot: &Hot) -> Vec<String> {
        let mut notes = self.notes;
        match self.around.take() {
            Some((dir, module)) if hot.own.module.as_deref() == Some(&module) => {
                self.channels.root = Some(repository(&dir));
                self.channels.sources = Some(Sources::new(source::Options::new(dir)));
            }
            Some((_, module)) => notes.push(format!(
                "no sources: the profile is not of the module {module} around the working directory"
            )),
            None if self.channels.sources.is_none() => {
                notes.push("no sources: the working directory is in no module".to_owned());
            }
            None => {}
        }
        if let Some(dir) = self.without_module.take() {
            let mut options = source::Options::new(dir);
            options.module.clone_from(&hot.own.module);
            self.channels.sources = Some(Sources::new(options));
        }
        self.channels.taken = u64::try_from(taken)
            .ok()
            .filter(|&nanos| nanos > 0)
            .map(|nanos| std::time::UNIX_EPOCH + std::time::Duration::from_nanos(nanos));
        let types = &report.profile.sample_types;
        let total = |name: &str| {
            let column = types.iter().position(|kind| kind.name == name)?;
            report.profile.totals.get(column).copied()
        };
        let names = [
            "alloc_objects",
            "alloc_space",
            "inuse_objects",
            "inuse_space",
        ];
        let totals = Totals(names.map(|name| total(name).unwrap_or(0)));
        if let Some(binary) = &self.channels.binary {
            let is_other = |build_id: &str| binary.identity(build_id) == Identity::Different;
            if hot.paths.keys().any(|path| is_other(&path.leaf.build_id)) {
                notes.push("the binary is of another build than the profile: not used".to_owned());
            }
        }
        let found = judge(
            hot,
            totals,
            report.profile.sampled,
            &self.channels,
            &self.choice,
        );
        report.findings = found.findings;
        report.suppressed = found.suppressed;
        report.less_sure = found.less_sure;
        report.channels = Some(self.channels.open());
        notes.extend(found.notes);
        notes
    }
}

/// The folder that paths are told relative to, as services that show findings want them: that of
/// the repository around the sources, else theirs.
fn repository(sources: &Path) -> PathBuf {
    let sources = sources
        .canonicalize()
        .unwrap_or_else(|_| sources.to_owned());
    let mut folders = sources.ancestors();
    let root = folders.find(|folder| folder.join(".git").exists());
    root.map_or_else(|| sources.clone(), Path::to_owned)
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
