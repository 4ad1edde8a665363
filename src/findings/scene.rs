//! All that is known of one line.

use std::num::NonZeroU64;
use std::rc::Rc;

use super::channels::Channels;
use super::spot::{Part, Spot, Totals, Way, share};
use crate::evidence::bench::Group;
use crate::evidence::binary;
use crate::evidence::escape::{self, Fact};
use crate::evidence::shape::traits::Traits;
use crate::evidence::shape::{concat, growth, maps, merging, traits};
use crate::evidence::source::{Fit, Function, Loop, NotRead, Operation, Package, SourceFile};

/// The source of a line, read and trusted.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) file: Rc<SourceFile>,
    pub(super) package: Rc<Package>,
}

/// Why there is no source.
#[derive(Debug)]
pub(super) enum NoSource {
    /// No sources were given.
    NotAsked,
    /// The file was not read.
    NotRead(NotRead),
    /// The file has another function at that line.
    Moved,
    /// The file was changed after the profile was taken.
    Newer,
}

impl Loaded {
    pub(super) fn of(spot: &Spot, channels: &Channels) -> Result<Self, NoSource> {
        let sources = channels.sources.as_ref().ok_or(NoSource::NotAsked)?;
        let file = sources
            .file(&spot.place.file, &spot.place.package)
            .map_err(NoSource::NotRead)?;
        let line = u32::try_from(spot.place.line).unwrap_or(0);
        if file.fits(line, &spot.place.function) == Fit::Moved {
            return Err(NoSource::Moved);
        }
        let package = sources.package(&file);
        Ok(Self { file, package })
    }
}

/// The source around a line.
#[derive(Debug)]
pub struct Code<'a> {
    /// The file.
    pub file: &'a SourceFile,
    /// The package: all files of the folder but tests.
    pub package: &'a Package,
    /// The function around the line.
    pub function: Function<'a>,
    /// The line.
    pub line: u32,
    /// What the line does.
    pub operations: Vec<Operation>,
    /// The loops around it, innermost first.
    pub loops: Vec<Loop>,
}

impl Code<'_> {
    /// Whether the line runs many times for each call of the function, by a loop of its own.
    pub fn is_in_loop(&self) -> bool {
        !self.loops.is_empty()
    }
}

/// Something the compiler says.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// What it says.
    pub fact: &'a Fact,
    /// Whether it says so of the line itself; else of one that the line is inlined into, or of a
    /// call that is inlined into it.
    pub is_here: bool,
}

/// What rules see.
#[derive(Debug)]
pub struct Scene<'a> {
    /// The line and what it allocates.
    pub spot: &'a Spot,
    /// The profile's totals.
    pub totals: Totals,
    /// The source, if there is any that can be trusted.
    pub code: Option<Code<'a>>,
    /// What the compiler says of this line and of the lines that it is inlined into.
    pub escape: Vec<Said<'a>>,
    /// What there is beside the profile.
    pub channels: &'a Channels,
}

impl<'a> Scene<'a> {
    pub(super) fn new(
        spot: &'a Spot,
        totals: Totals,
        channels: &'a Channels,
        loaded: Option<&'a Loaded>,
    ) -> Self {
        let line = u32::try_from(spot.place.line).unwrap_or(0);
        let code = loaded.and_then(|loaded| {
            let function = loaded.file.function(line, &spot.place.function)?;
            Some(Code {
                file: &loaded.file,
                package: &loaded.package,
                operations: function.operations(line, &loaded.package),
                loops: function.loops(line, &loaded.package),
                function,
                line,
            })
        });
        Self {
            spot,
            totals,
            code,
            escape: facts(spot, channels),
            channels,
        }
    }

    /// The line's share of the profile's bytes; 0 to 1.
    pub fn byte_share(&self) -> f64 {
        share(self.spot.all.alloc_space(), self.totals.0[1])
    }

    /// The line's share of the profile's objects; 0 to 1.
    pub fn object_share(&self) -> f64 {
        share(self.spot.all.alloc_objects(), self.totals.0[0])
    }

    /// The line's share of the bytes in use; 0 to 1.
    pub fn live_share_of_all(&self) -> f64 {
        share(self.spot.all.inuse_space(), self.totals.0[3])
    }

    /// The operations of the line; empty without source.
    pub fn operations(&self) -> &[Operation] {
        self.code.as_ref().map_or(&[], |code| &code.operations)
    }

    /// The part that the line itself allocates, not a function that it calls.
    pub fn direct(&self) -> Part {
        self.spot.part(Way::is_direct)
    }

    /// The part that is allocated below a function of another package, by its full name, or below
    /// any function of which `is_meant` holds.
    pub fn below(&self, is_meant: impl Fn(&str) -> bool) -> Part {
        self.spot.part(|way| {
            let mut frames = way.below().iter();
            frames.any(|frame| is_meant(&frame.function))
        })
    }

    /// The part whose hidden runtime call the binary tells to be of this kind; `None` when no
    /// binary told anything.
    pub fn called(&self, is_meant: impl Fn(&binary::Operation) -> bool) -> Option<Part> {
        let told = self.spot.ways.iter().any(|way| way.call.is_some());
        told.then(|| {
            self.spot.part(|way| {
                let call = way.call.as_ref();
                call.is_some_and(|call| is_meant(&call.operation))
            })
        })
    }

    /// Whether the binary tells that most of `part` is of this kind, by bytes or by objects; `None`
    /// when it does not tell.
    pub fn is_mostly(
        &self,
        part: &Part,
        is_meant: impl Fn(&binary::Operation) -> bool,
    ) -> Option<bool> {
        let called = self.called(is_meant)?;
        Some(called.share_of(&part.values) > 0.5)
    }

    /// General traits of a part's sizes.
    pub fn traits(&self, part: &Part) -> Traits {
        traits::of(&part.sizes)
    }

    /// The ladder of a growing slice in a part's sizes.
    pub fn growth(&self, part: &Part, known: growth::Known) -> Option<growth::Growth> {
        growth::fit(&part.sizes, self.period()?, known)
    }

    /// The ladder of slices that grow by chunks.
    pub fn merging(&self, part: &Part, known: growth::Known) -> Option<merging::Merging> {
        merging::fit(&part.sizes, self.period()?, known)
    }

    /// The ladder of a growing map.
    pub fn maps(&self, part: &Part, known: maps::Known) -> Option<maps::Maps> {
        maps::fit(&part.sizes, self.period()?, known)
    }

    /// The sizes of a growing string.
    pub fn dense(&self, part: &Part) -> Option<concat::Dense> {
        concat::fit(&part.sizes, self.period()?)
    }

    /// The sampling period in bytes.
    pub fn period(&self) -> Option<NonZeroU64> {
        self.spot.period
    }

    /// The benchmark figures of the benchmark that allocates most here.
    pub fn benchmark(&self) -> Option<(Group<'a>, f64)> {
        let bench = self.channels.bench.as_ref()?;
        let benchmarks = self.spot.benchmarks();
        let &(name, bytes) = benchmarks.first()?;
        let group = bench.for_function(name)?;
        Some((group, share(bytes, self.spot.all.alloc_space())))
    }
}

/// What the compiler says of a line: at its own place, and at the places that it is inlined into.
pub(super) fn facts<'a>(spot: &Spot, channels: &'a Channels) -> Vec<Said<'a>> {
    let Some(escape) = &channels.escape else {
        return Vec::new();
    };
    let mut said: Vec<Said<'a>> = Vec::new();
    for way in &spot.ways {
        let start = way.path.own.min(way.path.physical);
        let own = way.path.own - start;
        let frames = way.path.frames.get(start..).unwrap_or_default();
        let frames: Vec<escape::Frame<'_>> = frames
            .iter()
            .map(|frame| escape::Frame {
                function: &frame.function,
                file: &frame.file,
                line: u32::try_from(frame.line).unwrap_or(0),
            })
            .collect();
        for found in escape.for_frames(&frames) {
            for fact in found.facts {
                if !said.iter().any(|known| std::ptr::eq(known.fact, fact)) {
                    let is_here = found.frame == own;
                    said.push(Said { fact, is_here });
                }
            }
        }
    }
    said
}
