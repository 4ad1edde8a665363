//! What memlens is to reach, by the size of the profile and the order in it.
//!
//! Those for all cores are meant for two.

use super::inputs::Input;
use super::measure::Program::{self, Decode, GoToolPprof, Inflate, Memlens, MemlensAlone, Pprof};

/// One thing to reach.
#[derive(Clone, Copy)]
pub enum Target {
    /// The first is at least so many times faster than the second.
    Faster(Program, Program, f64),
    /// It needs so many times less memory.
    Smaller(Program, Program, f64),
    /// It takes at most so many times as long.
    Within(Program, Program, f64),
    /// It never holds more than so many MiB.
    Peak(Program, f64),
}

use Target::{Faster, Peak, Smaller, Within};

const SMALL: &[Target] = &[
    Faster(Memlens, Pprof, 3.0),
    Faster(Memlens, GoToolPprof, 50.0),
];
const MEDIUM: &[Target] = &[
    Faster(Memlens, Pprof, 28.0),
    Smaller(Memlens, Pprof, 15.0),
    Within(Decode, Inflate, 1.3),
];
const LARGE: &[Target] = &[
    Faster(MemlensAlone, Pprof, 40.0),
    Faster(Memlens, Pprof, 70.0),
    Smaller(Memlens, Pprof, 100.0),
    Within(MemlensAlone, Inflate, 2.8),
    Within(Memlens, Inflate, 1.6),
    Within(Decode, Inflate, 1.3),
];
const VERY_LARGE: &[Target] = &[
    Faster(MemlensAlone, Pprof, 37.0),
    Faster(Memlens, Pprof, 70.0),
    Smaller(Memlens, Pprof, 250.0),
    Within(MemlensAlone, Inflate, 2.8),
    Within(Memlens, Inflate, 1.6),
    Within(Decode, Inflate, 1.3),
];
const SAMPLES_FIRST: &[Target] = &[
    Faster(MemlensAlone, Pprof, 37.0),
    Within(MemlensAlone, Inflate, 4.5),
];
const HUGE: &[Target] = &[Peak(Memlens, 16.0)];
const MANY: &[Target] = &[Within(Memlens, MemlensAlone, 0.6)];

/// The targets that go with a profile.
pub fn of(input: &Input) -> &'static [Target] {
    if input.paths.len() > 1 {
        return MANY;
    }
    match input.inflated / 1_000_000 {
        0 => SMALL,
        1..20 => MEDIUM,
        400.. => HUGE,
        _ if input.is_samples_first => SAMPLES_FIRST,
        20..90 => LARGE,
        _ => VERY_LARGE,
    }
}

impl Target {
    /// What is measured, in words.
    pub fn what(self) -> String {
        let (a, words, b) = match self {
            Faster(a, b, _) => (a, "times faster than", b.name()),
            Smaller(a, b, _) => (a, "times less memory than", b.name()),
            Within(a, b, _) => (a, "times as long as", b.name()),
            Peak(a, _) => (a, "MiB at most", ""),
        };
        format!("{}: {words} {b}", a.name())
    }

    /// The target itself.
    pub fn bound(self) -> String {
        match self {
            Faster(.., least) | Smaller(.., least) => format!("≥ {least}"),
            Within(.., most) | Peak(_, most) => format!("≤ {most}"),
        }
    }

    /// What was measured, from seconds and bytes of each program; `None` where one did not run.
    pub fn measure(self, cost: impl Fn(Program) -> Option<(f64, f64)>) -> Option<f64> {
        Some(match self {
            Faster(a, b, _) => cost(b)?.0 / cost(a)?.0,
            Smaller(a, b, _) => cost(b)?.1 / cost(a)?.1,
            Within(a, b, _) => cost(a)?.0 / cost(b)?.0,
            Peak(a, _) => cost(a)?.1 / f64::from(1 << 20),
        })
    }

    /// Whether that is enough.
    pub fn is_met(self, measured: f64) -> bool {
        match self {
            Faster(.., least) | Smaller(.., least) => measured >= least,
            Within(.., most) | Peak(_, most) => measured <= most,
        }
    }
}
