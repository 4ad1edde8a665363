//! Slices that grow by `append`: the runtime's rule replayed, and fitted to what was sampled.
//!
//! When a slice is full, `growslice` doubles its capacity, or above 256 elements adds a quarter
//! and 192, rounds the bytes up to a size class and takes all of that class as capacity. So the
//! element's size and whether it holds pointers fix the whole ladder of block sizes, and few
//! element sizes have the same one. The counts on the rungs are a survival curve: the
//! difference of two neighbours is the number of slices that stayed at the lower one.
//!
//! What else looks like this: a free list of blocks whose sizes double. [`Growth::doubles`] tells that
//! the shape alone cannot exclude it.

use std::num::NonZeroU64;

use super::size_classes::{recorded, round_up, usable};
use super::survival::{self, LADDER_SLACK, Step, Survival};
use super::{Seen, Size, seen};
use crate::stats::sampling_probability;

/// The element of a slice, as far as growth depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Element {
    /// Its size in bytes.
    pub bytes: u64,
    /// Whether it holds pointers.
    pub pointers: bool,
}

/// The block behind a slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// The size that a profile states for it.
    pub bytes: u64,
    /// How many elements it holds.
    pub capacity: u64,
}

/// Up to this capacity `growslice` doubles (Go 1.18 and later).
const DOUBLES_BELOW: u64 = 256;

/// The capacity asked for when a slice of `capacity` must hold `needed` elements, before rounding.
pub fn next_capacity(capacity: u64, needed: u64) -> u64 {
    let doubled = capacity.saturating_mul(2);
    if needed > doubled {
        return needed;
    }
    if capacity < DOUBLES_BELOW {
        return doubled;
    }
    let mut next = capacity;
    while next < needed {
        next = next.saturating_add(next.saturating_add(3 * DOUBLES_BELOW) / 4);
    }
    next
}

impl Element {
    /// The block that `growslice` allocates for a slice of `capacity` that must hold `needed`
    /// elements.
    pub fn grow(self, capacity: u64, needed: u64) -> Block {
        let request = next_capacity(capacity, needed).saturating_mul(self.bytes);
        let block = round_up(request, self.pointers);
        // A block beyond the largest class has no header even where its size is that of the class.
        let room = usable(block, self.pointers).max(request.min(block));
        Block {
            bytes: recorded(request, self.pointers).max(block),
            capacity: room.checked_div(self.bytes).unwrap_or(0),
        }
    }

    /// All blocks that a slice allocates while it grows from `capacity` to `length` elements, `chunk` at a
    /// time. At most 1000, which no growth to a real size needs.
    pub fn replay(self, capacity: u64, chunk: u64, length: u64) -> Vec<Block> {
        const MOST: usize = 1000;
        let chunk = chunk.max(1);
        let mut blocks = Vec::new();
        let mut block = Block { bytes: 0, capacity };
        while block.capacity < length && self.bytes > 0 && blocks.len() < MOST {
            // The slice is as full as whole chunks make it.
            let full = block.capacity / chunk * chunk;
            let grown = self.grow(block.capacity, full.saturating_add(chunk));
            if grown.capacity <= block.capacity {
                break; // Only beyond the range of u64.
            }
            block = grown;
            blocks.push(block);
        }
        blocks
    }
}

/// What is known from other channels before a fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Whether the runtime call behind the site is `growslice`.
    pub growslice: Option<bool>,
    /// The element's size in bytes.
    pub element: Option<u64>,
    /// Whether the element holds pointers.
    pub pointers: Option<bool>,
}

/// Element sizes from `first` to `last`, in steps of 8 with pointers, else of 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elements {
    /// The smallest size in bytes.
    pub first: u64,
    /// The largest size in bytes.
    pub last: u64,
    /// Whether the element holds pointers.
    pub pointers: bool,
}

/// One size of a ladder, which slices reach one after the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rung {
    /// The size of its blocks in bytes.
    pub bytes: u64,
    /// How many bytes of it elements may use.
    pub usable: u64,
    /// How many blocks were sampled; 0 for a rung that must be there but was not seen.
    pub sampled: u64,
    /// About how many slices reached it: the sampled counts, scaled up and smoothed.
    pub reached: f64,
    /// One standard deviation of `reached`.
    pub reached_error: f64,
    /// About how many slices grew no further.
    pub ended: f64,
    /// One standard deviation of `ended`.
    pub ended_error: f64,
}

/// Sizes that a half, nine tenths and all of something do not exceed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Percentiles {
    /// The median.
    pub p50: u64,
    /// The 90th percentile.
    pub p90: u64,
    /// The largest.
    pub max: u64,
}

impl Percentiles {
    /// Of values in rising order with the number of times each occurs.
    pub(super) fn of(values: &[(u64, f64)]) -> Self {
        let total: f64 = values.iter().map(|&(_, times)| times).sum();
        let at = |share: f64| {
            let mut sum = 0.0;
            let found = values.iter().find(|&&(_, times)| {
                sum += times;
                // A hair below, since shares of sums are not exact.
                sum >= share * total * (1.0 - 1e-9)
            });
            found.or(values.last()).map_or(0, |&(value, _)| value)
        };
        Self {
            p50: at(0.5),
            p90: at(0.9),
            max: values.last().map_or(0, |&(value, _)| value),
        }
    }
}

/// Slices that grew.
#[derive(Clone, Debug, PartialEq)]
pub struct Growth {
    /// Element sizes that explain the ladder about equally well, those without pointers first. Empty if only the
    /// doubling of `bytes.Buffer` does.
    pub elements: Vec<Elements>,
    /// A good guess at the element: of the ranges the smallest size of whole words, or of 1, 2 or 4 bytes,
    /// if there is one. Only a guess unless [`unique_element`](Self::unique_element) says the same.
    pub best: Option<Element>,
    /// The rungs, smallest first.
    pub rungs: Vec<Rung>,
    /// Sizes at the site that are no rung: something else is allocated there too. At most one.
    pub others: Vec<u64>,
    /// Whether every size is a power of two and twice the one below: a free list of such
    /// blocks looks the same, and so do the doublings of `bytes.Buffer`.
    pub doubles: bool,
    /// Bytes allocated for blocks that were outgrown: what the right capacity saves at least.
    pub waste_bytes: f64,
    /// One standard deviation of `waste_bytes`, from sampling alone.
    pub waste_bytes_error: f64,
    /// Blocks that were outgrown.
    pub waste_objects: f64,
    /// All bytes on the rungs.
    pub total_bytes: f64,
    /// How many slices reached the lowest rung seen.
    pub slices: f64,
    /// Bytes of capacity at the end of growth, over the slices that reached a rung of
    /// [`base`](Self::base) bytes.
    pub capacity_bytes: Percentiles,
    /// The lowest rung whose count rests on enough samples to count slices by. Of rungs below only that
    /// they exist is known.
    pub base: u64,
    /// The samples that the count of that rung rests on.
    pub base_samples: u64,
    /// The probability that chance makes the counts rise at least as much as here and misses the rungs
    /// that were missed.
    pub p_value: f64,
}

impl Growth {
    /// The element's size in bytes, if the ladder allows only one.
    pub fn unique_element(&self) -> Option<u64> {
        let first = self.elements.first()?.first;
        let alone = |range: &Elements| range.first == first && range.last == first;
        self.elements.iter().all(alone).then_some(first)
    }

    /// Capacities at the end of growth, in elements of `element_bytes`; 0 for an element of no size.
    pub fn capacity(&self, element_bytes: u64) -> Percentiles {
        let elements = |bytes: u64| bytes.checked_div(element_bytes).unwrap_or(0);
        Percentiles {
            p50: elements(self.capacity_bytes.p50),
            p90: elements(self.capacity_bytes.p90),
            max: elements(self.capacity_bytes.max),
        }
    }

    /// The part of the bytes on the rungs that was outgrown, 0 to 1.
    pub fn waste_share(&self) -> f64 {
        if self.total_bytes > 0.0 {
            self.waste_bytes / self.total_bytes
        } else {
            0.0
        }
    }

    /// How many rungs were really seen.
    pub fn seen_rungs(&self) -> usize {
        self.rungs.iter().filter(|rung| rung.sampled > 0).count()
    }
}

/// So many rungs must be seen: random sizes look like three rungs in about 1 % of cases, like four in
/// almost none.
const RUNGS: usize = 4;

/// So many suffice where the call is known to be `growslice`.
const RUNGS_IF_KNOWN: usize = 3;

/// So many rungs, and one more size that fits nowhere, are still a ladder: two operations on one line.
const RUNGS_BESIDE_ANOTHER: usize = 6;

/// Fits less likely than this are none: with true ladders one in a hundred is lost.
const LEAST_P: f64 = 0.01;

/// Elements whose fit is worse than the best by this much (in units of log likelihood, as is usual for
/// an interval of 95 %) are no candidates.
const WORSE: f64 = 2.0;

/// A count of so many samples is good to a factor of two. At the default rate one sample of a small block
/// stands for thousands: a curve that begins with it would say that most slices ended there.
const BASE_SAMPLES: f64 = 4.0;

/// No larger element is tried: slices of such are rare, and the search stays bounded.
const LARGEST_ELEMENT: u64 = 32 << 10;

/// Explains `sizes` as the growth of slices, if that is what they look like: at least four rungs
/// of one ladder (three if the call is known), none missing that should have been seen, and counts that do
/// not rise from rung to rung by more than chance.
pub fn fit(sizes: &[Size], period: NonZeroU64, known: Known) -> Option<Growth> {
    if known.growslice == Some(false) {
        return None;
    }
    let seen = seen(sizes, period);
    let rungs = if known.growslice == Some(true) {
        RUNGS_IF_KNOWN
    } else {
        RUNGS
    };
    // No ladder of real sizes has more than some 150 rungs.
    if seen.len() < rungs || seen.len() > 200 {
        return None;
    }
    if let Some(growth) = fit_all(&seen, period, known, &[]) {
        return Some(growth);
    }
    if seen.len() <= RUNGS_BESIDE_ANOTHER {
        return None;
    }
    (0..seen.len()).find_map(|odd| {
        let mut rest = seen.clone();
        let odd = rest.remove(odd);
        fit_all(&rest, period, known, &[odd.bytes])
    })
}

/// A law of growth with the path it takes over the sizes seen.
struct Candidate {
    /// `None` for the doubling of `bytes.Buffer`.
    element: Option<Element>,
    path: Vec<(u64, Step)>,
    survival: Survival,
    /// Log likelihood of the samples.
    likelihood: f64,
}

fn fit_all(seen: &[Seen], period: NonZeroU64, known: Known, others: &[u64]) -> Option<Growth> {
    let lowest = seen.first()?.bytes;
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut try_law = |element: Option<Element>| {
        if let Some(candidate) = Candidate::new(seen, period, element) {
            candidates.push(candidate);
        }
    };
    for pointers in [false, true] {
        if known.pointers.is_some_and(|known| known != pointers) {
            continue;
        }
        let step = if pointers { 8 } else { 1 };
        let largest = usable(lowest, pointers).min(LARGEST_ELEMENT);
        match known.element {
            Some(bytes) if bytes > 0 && bytes <= lowest => {
                try_law(Some(Element { bytes, pointers }));
            }
            Some(_) => {}
            None => (step..=largest)
                .step_by(step as usize)
                .for_each(|bytes| try_law(Some(Element { bytes, pointers }))),
        }
    }
    if known.element.is_none_or(|element| element == 1) {
        try_law(None);
    }
    let best = candidates
        .iter()
        .map(|candidate| candidate.likelihood)
        .reduce(f64::max)?;
    candidates.retain(|candidate| candidate.likelihood >= best - WORSE);
    let elements = ranges(candidates.iter().filter_map(|candidate| candidate.element));
    let is_usual = |candidate: &&Candidate| {
        let bytes = candidate.element.map(|element| element.bytes);
        bytes.is_some_and(|bytes| bytes.is_multiple_of(8) || matches!(bytes, 1 | 2 | 4))
    };
    // By size, not by likelihood: within `WORSE` that is chance.
    let usual = candidates.iter().filter(is_usual);
    let first = usual
        .min_by_key(|candidate| candidate.element)
        .or(candidates.first())?;
    Some(Growth::new(first, elements, others))
}

/// Joins neighbours.
fn ranges(elements: impl Iterator<Item = Element>) -> Vec<Elements> {
    let mut ranges: Vec<Elements> = Vec::new();
    for Element { bytes, pointers } in elements {
        let step = if pointers { 8 } else { 1 };
        match ranges.last_mut() {
            Some(range) if range.pointers == pointers && range.last + step == bytes => {
                range.last = bytes;
            }
            _ => ranges.push(Elements {
                first: bytes,
                last: bytes,
                pointers,
            }),
        }
    }
    ranges
}

impl Candidate {
    /// Follows the ladder from the lowest size seen to the highest; `None` if it misses one of them or
    /// the counts do not fit.
    fn new(seen: &[Seen], period: NonZeroU64, element: Option<Element>) -> Option<Self> {
        let (lowest, higher) = seen.split_first()?;
        let mut block = match element {
            Some(element) => {
                let room = usable(lowest.bytes, element.pointers);
                let capacity = room.checked_div(element.bytes).filter(|&c| c > 0)?;
                if recorded(capacity.saturating_mul(element.bytes), element.pointers)
                    != lowest.bytes
                {
                    return None;
                }
                Block {
                    bytes: lowest.bytes,
                    capacity,
                }
            }
            None => Block {
                bytes: lowest.bytes,
                capacity: lowest.bytes,
            },
        };
        let mut path = vec![(lowest.bytes, lowest.step(lowest_factor(lowest, element)))];
        let mut missing = 0;
        for size in higher {
            loop {
                block = match element {
                    Some(element) => element.grow(block.capacity, block.capacity.saturating_add(1)),
                    None => doubled(block),
                };
                if block.bytes >= size.bytes {
                    break;
                }
                // More gaps than rungs are no ladder.
                missing += 1;
                if missing >= seen.len() {
                    return None;
                }
                let unseen = Step {
                    sampled: 0.0,
                    exposure: sampling_probability(block.bytes, period),
                };
                path.push((block.bytes, unseen));
            }
            if block.bytes > size.bytes {
                return None;
            }
            path.push((block.bytes, size.step(1.0)));
        }
        let steps: Vec<Step> = path.iter().map(|&(_, step)| step).collect();
        let survival = survival::fit(&steps, LADDER_SLACK);
        if survival.p_value < LEAST_P {
            return None;
        }
        let likelihood = steps
            .iter()
            .zip(&survival.counts)
            .map(|(step, count)| survival::log_likelihood(step.sampled, count * step.exposure))
            .sum();
        Some(Self {
            element,
            path,
            survival,
            likelihood,
        })
    }
}

/// Small elements without pointers pass two rungs that are both recorded as 16 bytes: first 8, of
/// which only every other makes a new block, then 16.
fn lowest_factor(lowest: &Seen, element: Option<Element>) -> f64 {
    match element {
        Some(Element {
            bytes,
            pointers: false,
        }) if lowest.bytes == 16 && bytes <= 8 => 1.5,
        _ => 1.0,
    }
}

/// `bytes.Buffer` asks for twice its capacity, whatever that is.
fn doubled(block: Block) -> Block {
    let bytes = round_up(block.bytes.saturating_mul(2), false);
    Block {
        bytes,
        capacity: bytes,
    }
}

impl Seen {
    fn step(&self, factor: f64) -> Step {
        Step {
            sampled: self.sampled,
            exposure: self.probability * factor,
        }
    }
}

impl Growth {
    fn new(candidate: &Candidate, elements: Vec<Elements>, others: &[u64]) -> Self {
        let best = candidate.element;
        let pointers = best.is_some_and(|element| element.pointers);
        let counts = &candidate.survival.counts;
        let samples = &candidate.survival.samples;
        let variances: Vec<f64> = candidate
            .path
            .iter()
            .zip(counts)
            .zip(samples)
            .map(|(((_, step), count), samples)| {
                // Where everything is sampled nothing is left open.
                let missed = (1.0 - step.exposure).clamp(0.0, 1.0);
                count * count * missed / samples.max(1.0)
            })
            .collect();
        let nexts = counts
            .iter()
            .copied()
            .zip(variances.iter().copied())
            .skip(1)
            .chain([(0.0, 0.0)]);
        let mut waste_bytes = 0.0;
        let mut waste_variance = 0.0;
        let mut waste_objects = 0.0;
        let mut total_bytes = 0.0;
        let mut rungs = Vec::new();
        for ((((bytes, step), &reached), &variance), (next, next_variance)) in
            candidate.path.iter().zip(counts).zip(&variances).zip(nexts)
        {
            let size = *bytes as f64;
            waste_bytes += size * next;
            waste_variance += size * size * next_variance;
            waste_objects += next;
            total_bytes += size * reached;
            rungs.push(Rung {
                bytes: *bytes,
                usable: usable(*bytes, pointers),
                sampled: step.sampled as u64,
                reached,
                reached_error: variance.sqrt(),
                ended: reached - next,
                ended_error: (variance + next_variance).sqrt(),
            });
        }
        let base = samples
            .iter()
            .position(|&samples| samples >= BASE_SAMPLES)
            .unwrap_or(0);
        let capacities: Vec<(u64, f64)> = rungs
            .iter()
            .skip(base)
            .map(|rung| (rung.usable, rung.ended))
            .collect();
        let doubles = rungs.iter().all(|rung| rung.bytes.is_power_of_two())
            && rungs
                .iter()
                .zip(rungs.iter().skip(1))
                .all(|(low, high)| low.bytes.saturating_mul(2) == high.bytes);
        Self {
            elements,
            best,
            others: others.to_vec(),
            doubles,
            waste_bytes,
            waste_bytes_error: waste_variance.sqrt(),
            waste_objects,
            total_bytes,
            slices: rungs.first().map_or(0.0, |rung| rung.reached),
            capacity_bytes: Percentiles::of(&capacities),
            base: rungs.get(base).map_or(0, |rung| rung.bytes),
            base_samples: samples.get(base).map_or(0, |&samples| samples as u64),
            p_value: candidate.survival.p_value,
            rungs,
        }
    }
}
