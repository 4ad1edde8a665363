//! What the sizes of a site's objects say about the operation behind them.
//!
//! A Go heap profile hides the runtime's own frames, but every sample states the size of its
//! objects, and the runtime keeps one record for each stack and size. The *shape* of a site is
//! the list of its sizes with their counts. Some operations leave a shape that little else leaves:
//!
//! - [`growth`]: `append` beyond the capacity climbs a ladder that the runtime's rule and the size
//!   classes fix for each element size; the counts on its rungs are a survival curve.
//! - [`merging`]: appends of chunks of changing size start on many rungs, but each size's successor is there.
//! - [`maps`]: a growing map leaves a ladder of doubling tables with small companions.
//! - [`mod@concat`]: `s += x` in a loop visits every size class in turn, in proportion to its width.
//! - [`traits`]: what can be said of any site: one size or many, churn, the share still alive.
//!
//! Everything here is arithmetic on one site's sizes. It knows neither sources nor binaries, and
//! a shape alone is rarely proof: each item says what else looks the same.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        clippy::indexing_slicing
    )
)]

pub mod concat;
pub mod growth;
pub mod maps;
pub mod merging;
pub mod size_classes;
pub mod survival;
pub mod traits;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::num::NonZeroU64;

use crate::stats::{raw_count, sampling_probability};

/// The objects of one size at one site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// The size of each object in bytes, as the profile's label states it: rounded up to a size class.
    pub bytes: u64,
    /// How many of them were sampled.
    pub sampled: u64,
    /// Allocated objects, scaled up by the profile's writer.
    pub alloc_objects: i64,
    /// Allocated bytes, scaled up.
    pub alloc_space: i64,
    /// Live objects, scaled up.
    pub inuse_objects: i64,
    /// Live bytes, scaled up.
    pub inuse_space: i64,
}

impl Size {
    /// The objects of `bytes` each, from what the profile says of them: objects and space allocated,
    /// objects and space in use. A difference of profiles may have values below zero; such
    /// objects count as not sampled.
    pub fn new(bytes: u64, period: NonZeroU64, alloc: [i64; 2], inuse: [i64; 2]) -> Self {
        let sampled = raw_count(alloc[1], bytes, period);
        Self {
            bytes,
            sampled: u64::try_from(sampled).unwrap_or(0),
            alloc_objects: alloc[0],
            alloc_space: alloc[1],
            inuse_objects: inuse[0],
            inuse_space: inuse[1],
        }
    }
}

/// The part of a site's bytes below which a size is not its own: the allocator's internal blocks
/// (112 bytes, one to four of them) land on the lines that happened to call it.
const STRAY_SHARE: f64 = 0.0005;

/// No object of a Go program is larger: addresses have 48 bits.
const LARGEST: u64 = 1 << 48;

/// One size with its count, as the fits see it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Seen {
    bytes: u64,
    /// How many objects were sampled.
    sampled: f64,
    /// With which probability each was.
    probability: f64,
}

impl Seen {
    /// About how many objects there were.
    fn objects(&self) -> f64 {
        self.sampled / self.probability
    }

    /// About how many bytes they had.
    fn space(&self) -> f64 {
        self.objects() * self.bytes as f64
    }
}

/// The sizes that were really sampled, smallest first, each once, without strays.
fn seen(sizes: &[Size], period: NonZeroU64) -> Vec<Seen> {
    let mut sampled: BTreeMap<u64, f64> = BTreeMap::new();
    for size in sizes {
        if size.sampled > 0 && (1..=LARGEST).contains(&size.bytes) {
            *sampled.entry(size.bytes).or_default() += size.sampled as f64;
        }
    }
    let mut seen: Vec<Seen> = sampled
        .into_iter()
        .map(|(bytes, sampled)| Seen {
            bytes,
            sampled,
            probability: sampling_probability(bytes, period),
        })
        .collect();
    let least = STRAY_SHARE * seen.iter().map(Seen::space).sum::<f64>();
    seen.retain(|size| size.space() >= least);
    seen
}
