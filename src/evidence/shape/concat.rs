//! Strings built by `s += x` in a loop.
//!
//! Each addition allocates the whole string anew, so a string of n pieces leaves n blocks, each a
//! piece larger than the one before: every size class is visited, as often as pieces fit into its
//! width. Count divided by width, the density, is constant while all strings grow, and falls
//! where some end.
//!
//! Requests of random sizes look the same: density alone never suffices, the operation must
//! be known from elsewhere.

use std::num::NonZeroU64;

use super::size_classes::{LARGEST_CLASS, PAGE, SIZE_CLASSES};
use super::survival::{self, Step};
use super::{Seen, Size, seen};
use crate::stats::sampling_probability;

/// Sizes as strings leave them that grow piece by piece.
#[derive(Clone, Debug, PartialEq)]
pub struct Dense {
    /// The smallest size in bytes of the run.
    pub smallest: u64,
    /// The largest.
    pub largest: u64,
    /// How many of the size classes in between were seen.
    pub sizes: usize,
    /// Blocks for each byte of length, at the bottom: strings divided by the mean length of a piece.
    pub density: f64,
    /// Whether the density stays the same up to the top: all strings end at about one length.
    pub flat: bool,
    /// The probability of counts as far from a falling density as these, by chance.
    pub p_value: f64,
    /// All bytes of the run.
    pub total_bytes: f64,
    /// All blocks of the run.
    pub total_objects: f64,
    /// Bytes that were outgrown, at least: all but what could be the last block of each string.
    pub waste_bytes: f64,
    /// The blocks of `waste_bytes`.
    pub waste_objects: f64,
}

/// So many neighbouring size classes make a dense run; `append` of single elements never has more than a few.
const SIZES: usize = 8;

/// A density less likely than this is none.
const LEAST_P: f64 = 0.01;

/// So large a part of the size classes in between must have been seen; of the others too few samples
/// are expected to say.
const LEAST_SEEN: f64 = 0.5;

/// So large a part of the bytes must be in the run. Below it a few samples of small sizes, which
/// are rarely sampled, leave wide gaps.
const LEAST_SHARE: f64 = 0.9;

/// No longer run is looked at: above 32 KiB a string that grows by words is no longer dense.
const LONGEST: usize = 200;

/// Explains `sizes` as strings that grow piece by piece: at least eight neighbouring size classes
/// whose density does not rise.
pub fn fit(sizes: &[Size], period: NonZeroU64) -> Option<Dense> {
    let seen = seen(sizes, period);
    if seen.len() < SIZES {
        return None;
    }
    let total: f64 = seen.iter().map(Seen::space).sum();
    let mut rest: f64 = total;
    let run = (0..seen.len()).find_map(|skipped| {
        let sizes = seen.get(skipped..).filter(|sizes| sizes.len() >= SIZES)?;
        let run = with_gaps(sizes, period).filter(|_| rest >= LEAST_SHARE * total);
        rest -= sizes.first().map_or(0.0, Seen::space);
        run
    })?;
    let steps: Vec<Step> = run.iter().map(step).collect();
    // The lowest class may be one that the first pieces jump into.
    let survival = survival::fit(steps.get(1..)?, UNEVEN);
    if survival.p_value < LEAST_P {
        return None;
    }
    let flat = is_flat(steps.get(1..steps.len().saturating_sub(1))?);
    Some(Dense::new(
        seen.first()?.bytes,
        &run,
        &survival.counts,
        flat,
        survival.p_value,
    ))
}

/// The sizes with those in between that were not seen; `None` if those are too many.
fn with_gaps(seen: &[Seen], period: NonZeroU64) -> Option<Vec<Seen>> {
    let (lowest, highest) = (seen.first()?.bytes, seen.last()?.bytes);
    let mut rest = seen.iter().rev().peekable();
    let mut run = Vec::new();
    let mut bytes = highest;
    while bytes >= lowest {
        let found = rest.next_if(|size| size.bytes == bytes);
        run.push(found.copied().unwrap_or(Seen {
            bytes,
            sampled: 0.0,
            probability: sampling_probability(bytes, period),
        }));
        bytes = below(bytes);
        if run.len() > LONGEST || bytes == 0 {
            break;
        }
    }
    let dense = seen.len() as f64 >= LEAST_SEEN * run.len() as f64;
    run.reverse();
    // A size that is no size class is left over.
    (dense && rest.next().is_none()).then_some(run)
}

/// The size of blocks just below blocks of `bytes`; 0 below the smallest.
fn below(bytes: u64) -> u64 {
    if bytes > LARGEST_CLASS {
        return bytes.saturating_sub(PAGE).max(LARGEST_CLASS);
    }
    let place = SIZE_CLASSES.partition_point(|&class| class < bytes);
    let below = place
        .checked_sub(1)
        .and_then(|below| SIZE_CLASSES.get(below));
    below.copied().unwrap_or(0)
}

fn width(bytes: u64) -> f64 {
    bytes.saturating_sub(below(bytes)).max(1) as f64
}

fn step(size: &Seen) -> Step {
    Step {
        sampled: size.sampled,
        exposure: size.probability * width(size.bytes),
    }
}

/// Whether one density explains all.
fn is_flat(steps: &[Step]) -> bool {
    let sampled: f64 = steps.iter().map(|step| step.sampled).sum();
    let exposure: f64 = steps.iter().map(|step| step.exposure).sum();
    let distance: f64 = steps
        .iter()
        .map(|step| survival::squared_distance(step, sampled / exposure, UNEVEN))
        .sum();
    survival::chi_square_tail(distance, steps.len().saturating_sub(1)) >= LEAST_P
}

/// The part by which pieces miss the width of a class: there is room for one more or less.
const UNEVEN: f64 = 0.3;

impl Dense {
    /// No piece is longer than `longest_piece`.
    fn new(longest_piece: u64, run: &[Seen], densities: &[f64], flat: bool, p_value: f64) -> Self {
        let smallest = run.first().map_or(0, |size| size.bytes);
        let largest = run.last().map_or(0, |size| size.bytes);
        let total_bytes: f64 = run.iter().map(Seen::space).sum();
        let total_objects: f64 = run.iter().map(Seen::objects).sum();
        // The strings that end in a class are the
        // fall of the density, times the length of a piece.
        let nexts = densities.iter().skip(1).chain([&0.0]);
        let (mut last_bytes, mut last_objects) = (0.0, 0.0);
        for ((size, density), next) in run.iter().skip(1).zip(densities).zip(nexts) {
            // Where nothing falls before the top, a fall is chance.
            if flat && size.bytes < largest {
                continue;
            }
            let ended = ((density - next) * longest_piece as f64).min(size.objects());
            last_bytes += ended * size.bytes as f64;
            last_objects += ended;
        }
        Self {
            smallest,
            largest,
            sizes: run.iter().filter(|size| size.sampled > 0.0).count(),
            density: densities.first().copied().unwrap_or(0.0),
            flat,
            p_value,
            total_bytes,
            total_objects,
            waste_bytes: (total_bytes - last_bytes).max(0.0),
            waste_objects: (total_objects - last_objects).max(0.0),
        }
    }
}
