//! The channels of evidence that were opened for a run.

use std::path::PathBuf;
use std::time::SystemTime;

use super::finding::Channel;
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
    /// The folder that paths of sources are told relative to, all links resolved.
    pub root: Option<PathBuf>,
    /// What the compiler says of escapes.
    pub escape: Option<Escape>,
    /// Benchmark figures.
    pub bench: Option<Bench>,
    /// What the garbage collector said.
    pub runtime: Option<GcFacts>,
    /// When the profile was taken; sources that are newer are not trusted.
    pub taken: Option<SystemTime>,
}

impl Channels {
    /// The channels that there are. The profile always is one.
    pub fn open(&self) -> Vec<Channel> {
        let has_figures = self.bench.is_some() || self.runtime.is_some();
        [
            (Channel::Binary, self.binary.is_some()),
            (Channel::Profile, true),
            (Channel::Source, self.sources.is_some()),
            (Channel::Escape, self.escape.is_some()),
            (Channel::Bench, has_figures),
        ]
        .into_iter()
        .filter_map(|(channel, is_there)| is_there.then_some(channel))
        .collect()
    }
}
