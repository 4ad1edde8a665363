//! The channels of evidence that were opened for a run.

use std::time::SystemTime;

use crate::evidence::bench::Bench;
use crate::evidence::binary::Binary;
use crate::evidence::escape::Escape;
use crate::evidence::runtime::GcFacts;
use crate::evidence::source::Sources;

/// What there is beside the profile. Any may be missing.
#[derive(Debug, Default)]
pub struct Channels {
    /// The program's binary.
    pub binary: Option<Binary>,
    /// The program's sources.
    pub sources: Option<Sources>,
    /// What the compiler says of escapes.
    pub escape: Option<Escape>,
    /// Benchmark figures.
    pub bench: Option<Bench>,
    /// What the garbage collector said.
    pub runtime: Option<GcFacts>,
    /// When the profile was taken; sources that are newer are not trusted.
    pub taken: Option<SystemTime>,
}
