//! Buffers that grow by chunks of changing size.
//!
//! `append(buffer, chunk...)` starts on whatever rung the first chunk needs, so no single ladder
//! explains the sizes. But from each size the next is fixed: the successor of every size must be
//! there too, and the ladders merge on their way up. That is tested here.
//!
//! With chunks about as large as the capacity every size class appears, and so every successor
//! does: a dense set of sizes proves nothing, which the chance of the coincidence tells.

use std::num::NonZeroU64;

use super::growth::{Block, Element, Known, Percentiles};
use super::size_classes::{LARGEST_CLASS, PAGE, SIZE_CLASSES, usable};
use super::{Seen, Size, seen};
use crate::stats::sampling_probability;

/// Ladders that merge.
#[derive(Clone, Debug, PartialEq)]
pub struct Merging {
    /// The element whose successors fit best.
    pub element: Element,
    /// How many different sizes there are.
    pub sizes: usize,
    /// How many of them have their successor, of those below the largest.
    pub with_successor: usize,
    /// The probability that as many successors are there by chance, in a set of as many of the size
    /// classes between the smallest and the largest.
    pub p_value: f64,
    /// Bytes of blocks that were outgrown, if every block that can come from a smaller one does: an
    /// estimate from above.
    pub waste_bytes: f64,
    /// The blocks of `waste_bytes`.
    pub waste_objects: f64,
    /// All bytes.
    pub total_bytes: f64,
    /// Bytes of capacity at the end of growth, if so many grew.
    pub capacity_bytes: Percentiles,
}

/// So few sizes have their successor by chance.
const SIZES: usize = 5;

/// A successor of which fewer samples are expected may be unseen.
const EXPECTED: f64 = 3.0;

/// The probability of a coincidence that is tolerated.
const MOST_P: f64 = 1e-4;

/// So large a part of the sizes must have a successor: measured 1.00 for the right element size
/// of one byte, 0.75 for a wrong one of eight.
const LEAST_SHARE: f64 = 0.95;

/// No larger element is tried: chunks of changing size are bytes, numbers, strings or small structs.
const LARGEST_ELEMENT: u64 = 64;

/// Explains `sizes` as buffers that grow by changing chunks.
pub fn fit(sizes: &[Size], period: NonZeroU64, known: Known) -> Option<Merging> {
    if known.growslice == Some(false) {
        return None;
    }
    let seen = seen(sizes, period);
    if seen.len() < SIZES || seen.len() > 500 {
        return None;
    }
    let elements = match known.element {
        Some(element) => element..=element,
        None => 1..=LARGEST_ELEMENT,
    };
    elements
        .flat_map(|bytes| [false, true].map(|pointers| Element { bytes, pointers }))
        .filter(|element| known.pointers.is_none_or(|known| known == element.pointers))
        .filter(|element| {
            element.bytes > 0 && (!element.pointers || element.bytes.is_multiple_of(8))
        })
        .filter_map(|element| test(&seen, period, element))
        // The first of equals: the smallest element, since bytes are what buffers hold most.
        .reduce(|best, next| {
            if next.p_value < best.p_value {
                next
            } else {
                best
            }
        })
}

fn test(seen: &[Seen], period: NonZeroU64, element: Element) -> Option<Merging> {
    let (lowest, highest) = (seen.first()?.bytes, seen.last()?.bytes);
    let successors: Vec<Option<usize>> = seen
        .iter()
        .map(|size| {
            let next = successor(size.bytes, element)?;
            seen.binary_search_by_key(&next, |size| size.bytes).ok()
        })
        .collect();
    let (mut tested, mut found) = (0_usize, 0_usize);
    for (size, next) in seen.iter().zip(&successors) {
        let beyond = successor(size.bytes, element).is_none_or(|next| next > highest);
        // All of a small count may have ended here.
        if beyond || size.sampled < EXPECTED {
            continue;
        }
        tested += 1;
        found += usize::from(next.is_some());
    }
    if tested < SIZES - 1 || (found as f64) < LEAST_SHARE * tested as f64 {
        return None;
    }
    let density = (seen.len() as f64 / blocks_between(lowest, highest)).min(1.0);
    let p_value = density.powi(i32::try_from(found).unwrap_or(i32::MAX));
    (p_value <= MOST_P).then(|| merge(seen, &successors, element, period, found, p_value))
}

/// The next block after one of `block` bytes, when a slice of `element` grows by little.
fn successor(block: u64, element: Element) -> Option<u64> {
    let capacity = usable(block, element.pointers).checked_div(element.bytes)?;
    let Block { bytes, .. } = element.grow(capacity, capacity.saturating_add(1));
    (capacity > 0 && bytes > block).then_some(bytes)
}

/// How many sizes of blocks there are from `lowest` to `highest`.
fn blocks_between(lowest: u64, highest: u64) -> f64 {
    let classes = SIZE_CLASSES
        .iter()
        .filter(|class| (lowest..=highest).contains(class))
        .count();
    let pages = highest.saturating_sub(lowest.max(LARGEST_CLASS)) / PAGE;
    classes as f64 + pages as f64
}

/// About how large the block was that grew to one of `block` bytes: the rule of growth backwards.
fn predecessor(block: u64, element: Element) -> f64 {
    let capacity = (usable(block, element.pointers) / element.bytes.max(1)) as f64;
    let before = if capacity <= 512.0 {
        capacity / 2.0
    } else {
        (capacity - 192.0) / 1.25
    };
    before * element.bytes as f64
}

/// What could have grown into a size.
#[derive(Clone, Copy, Default)]
struct Offer {
    blocks: f64,
    bytes: f64,
}

/// Lets as many buffers grow as the counts allow.
fn merge(
    seen: &[Seen],
    successors: &[Option<usize>],
    element: Element,
    period: NonZeroU64,
    with_successor: usize,
    p_value: f64,
) -> Merging {
    let counts: Vec<f64> = seen.iter().map(Seen::objects).collect();
    let mut offers = vec![Offer::default(); seen.len()];
    for ((count, next), size) in counts.iter().zip(successors).zip(seen) {
        if let Some(offer) = next.and_then(|next| offers.get_mut(next)) {
            offer.blocks += count;
            offer.bytes += size.space();
        }
    }
    let (mut waste_bytes, mut waste_objects, mut total_bytes) = (0.0, 0.0, 0.0);
    let mut capacities = Vec::new();
    for (index, ((size, &count), next)) in seen.iter().zip(&counts).zip(successors).enumerate() {
        // What grew into this size was outgrown one size below.
        let offer = offers.get(index).copied().unwrap_or_default();
        let before = if offer.blocks > 0.0 {
            offer.bytes / offer.blocks
        } else {
            predecessor(size.bytes, element)
        };
        let probability = sampling_probability(before as u64, period).max(f64::MIN_POSITIVE);
        let came = if offer.blocks > 0.0 {
            let error = (offer.blocks * (1.0 - probability) / probability).sqrt();
            count.min(offer.blocks + 3.0 * error)
        } else if count * probability >= EXPECTED {
            0.0 // Smaller ones would have been seen: buffers start here.
        } else {
            count
        };
        waste_bytes += came * before;
        waste_objects += came;
        let taken =
            next.and_then(|next| Some((counts.get(next)? / offers.get(next)?.blocks).min(1.0)));
        let grown = count * taken.unwrap_or(0.0);
        total_bytes += size.space();
        capacities.push((usable(size.bytes, element.pointers), count - grown));
    }
    Merging {
        element,
        sizes: seen.len(),
        with_successor,
        p_value,
        waste_bytes,
        waste_objects,
        total_bytes,
        capacity_bytes: Percentiles::of(&capacities),
    }
}
