//! Maps that grow.
//!
//! Since Go 1.24 a map is a set of tables of groups. A group has a word of control bytes and
//! eight slots of one key and one value. The array of groups starts with one group and doubles up to 128 of
//! them (1024 slots); then the table splits in two of that size, so the top rung repeats. Beside each
//! table there is a header of 32 bytes, a directory of pointers, and once for the map 48 bytes.
//! The sizes therefore give away the size of a slot.
//!
//! What else looks like this: a slice whose elements are about as large as a group, as long as no header
//! of a table was sampled. Where both fit, the operation must be known from elsewhere.
//!
//! Before, a map was an array of buckets that doubled without end, with overflow buckets
//! beside it.

use std::num::NonZeroU64;

use super::growth::Percentiles;
use super::size_classes::round_up;
use super::survival::{self, LADDER_SLACK, Step};
use super::{Seen, Size, seen};
use crate::stats::sampling_probability;

/// How the maps of a Go version are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Swiss tables, Go 1.24 and later.
    Swiss,
    /// Buckets, before.
    Buckets,
}

/// What is known from other channels before a fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Whether the runtime call behind the site makes or grows a map.
    pub map: Option<bool>,
    /// Whether the call is the one that makes a map with a hint. What it allocates at once looks like growth,
    /// but is not.
    pub hinted: Option<bool>,
    /// The layout, if the version of Go is known.
    pub layout: Option<Layout>,
}

/// Blocks of one step of growth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rung {
    /// The size of the blocks in bytes.
    pub bytes: u64,
    /// How many entries a map with such a block can hold.
    pub entries: u64,
    /// How many blocks were sampled.
    pub sampled: u64,
    /// About how many blocks there were.
    pub blocks: f64,
}

/// Maps that grew.
#[derive(Clone, Debug, PartialEq)]
pub struct Maps {
    /// How they are laid out.
    pub layout: Layout,
    /// Bytes of a key and a value together: with padding between them for Swiss tables, without it for
    /// buckets. The middle of what the sizes allow.
    pub slot: u64,
    /// The smallest and largest slot that explain the sizes as well.
    pub slots: (u64, u64),
    /// The steps of growth, smallest first; those that must be there but were not seen have no samples.
    pub rungs: Vec<Rung>,
    /// Whether the headers of tables were seen as they must be there; false where too few are expected to
    /// say, always true for buckets.
    pub companions: bool,
    /// Whether the maps were made with a hint, at this very line: the call is known, or the 48 bytes of a map's
    /// header are here beside its tables. Then nothing is known to be wasted.
    pub hinted: bool,
    /// How many maps reached the lowest rung seen.
    pub maps: f64,
    /// How many entries the maps had room for in the end: what to give as hint. Of maps of several
    /// tables the mean is taken.
    pub entries: Percentiles,
    /// Bytes that a hint of the right size saves.
    pub waste_bytes: f64,
    /// Objects that it saves.
    pub waste_objects: f64,
    /// All bytes on the rungs.
    pub total_bytes: f64,
    /// The probability that chance makes the counts rise as much as here.
    pub p_value: f64,
}

/// So many rungs must be seen: the shape of three is not rare among random sizes.
const RUNGS: usize = 4;

/// So many suffice with the headers of tables beside them.
const RUNGS_WITH_COMPANIONS: usize = 3;

/// So many suffice where the call is known.
const RUNGS_IF_KNOWN: usize = 2;

/// Fits less likely than this are none.
const LEAST_P: f64 = 0.01;

/// Layouts whose fit is worse than the best by this much are no candidates.
const WORSE: f64 = 2.0;

/// Keys and values up to this size are kept in the slot; a larger one has its own block, and a pointer.
const LARGEST_INLINE: u64 = 128;

/// Slots, or buckets, in a group.
const GROUP: u64 = 8;

/// The highest rung of Swiss tables: 2^7 groups.
const TOP: u32 = 7;

/// The header of a table.
const TABLE: u64 = 32;

/// The header of a map, in either layout.
const MAP: u64 = 48;

/// The highest power of two of buckets that is tried.
const MOST_DOUBLINGS: u32 = 32;

/// Explains `sizes` as maps that grew. The sizes of the line that assigns are enough: the header
/// comes from where the map is made.
pub fn fit(sizes: &[Size], period: NonZeroU64, known: Known) -> Option<Maps> {
    if known.map == Some(false) {
        return None;
    }
    let seen = seen(sizes, period);
    // Eight rungs and as many companions; buckets have more rungs, but no companions.
    if seen.len() < 2 || seen.len() > 60 {
        return None;
    }
    let mut candidates: Vec<Candidate> = Vec::new();
    for layout in [Layout::Swiss, Layout::Buckets] {
        if known.layout.is_some_and(|known| known != layout) {
            continue;
        }
        for slot in (1..=2 * LARGEST_INLINE + 8).filter(|&slot| is_aligned(slot)) {
            for pointers in [false, true] {
                // A slot with a pointer is made of whole words.
                if pointers && !slot.is_multiple_of(8) {
                    continue;
                }
                let kind = Kind {
                    layout,
                    slot,
                    pointers,
                };
                candidates.extend(Candidate::new(&seen, period, kind, known));
            }
        }
    }
    let best = candidates
        .iter()
        .map(|candidate| candidate.likelihood)
        .reduce(f64::max)?;
    candidates.retain(|candidate| candidate.likelihood >= best - WORSE);
    let layout = candidates.first()?.kind.layout;
    candidates.retain(|candidate| candidate.kind.layout == layout);
    // Slots of whole words are by far the most common.
    let words = |candidate: &&Candidate| candidate.kind.slot.is_multiple_of(8);
    let of_words: Vec<&Candidate> = candidates.iter().filter(words).collect();
    let middle = match of_words.get(of_words.len() / 2) {
        Some(&middle) => middle,
        None => candidates.get(candidates.len() / 2)?,
    };
    let slots = (candidates.first()?.kind.slot, candidates.last()?.kind.slot);
    let mut maps = middle.maps(slots);
    maps.hinted = known.hinted.unwrap_or_else(|| {
        // Not in `seen`: headers may be few among large tables.
        let headers = sizes.iter().filter(|size| size.bytes == MAP);
        let sampled: f64 = headers.map(|size| size.sampled as f64).sum();
        sampled / sampling_probability(MAP, period) > 0.1 * maps.maps
            && maps.rungs.iter().all(|rung| rung.bytes != MAP)
    });
    if maps.hinted {
        (maps.waste_bytes, maps.waste_objects) = (0.0, 0.0);
    }
    Some(maps)
}

/// Whether a key and a value can have this size together: large ones are not of odd sizes.
fn is_aligned(slot: u64) -> bool {
    slot.is_multiple_of(4) || slot <= 16
}

/// What fixes the ladder of a map.
#[derive(Clone, Copy)]
struct Kind {
    layout: Layout,
    slot: u64,
    pointers: bool,
}

impl Kind {
    /// The size of the blocks after `doublings`.
    fn block(self, doublings: u32) -> u64 {
        let groups = 1_u64 << doublings.min(MOST_DOUBLINGS);
        match self.layout {
            Layout::Swiss => round_up((8 + GROUP * self.slot) * groups, self.pointers),
            Layout::Buckets => {
                // From 16 on a sixteenth is added as a stock of overflow buckets.
                let stock = if doublings >= 4 { groups / 16 } else { 0 };
                round_up((16 + GROUP * self.slot) * (groups + stock), self.pointers)
            }
        }
    }

    /// How many entries fit before the next doubling.
    fn entries(self, doublings: u32) -> u64 {
        let groups = 1_u64 << doublings.min(MOST_DOUBLINGS);
        match (self.layout, doublings) {
            (_, 0) => GROUP,
            (Layout::Swiss, _) => groups * 7,
            (Layout::Buckets, _) => groups * 13 / 2,
        }
    }

    fn highest(self) -> u32 {
        match self.layout {
            Layout::Swiss => TOP,
            Layout::Buckets => MOST_DOUBLINGS,
        }
    }

    /// Whether blocks of this size come with such maps beside the ladder.
    fn has_companion(self, bytes: u64) -> bool {
        match self.layout {
            // A directory has a power of two of pointers.
            Layout::Swiss => bytes == MAP || bytes.is_power_of_two(),
            Layout::Buckets => bytes == MAP || bytes == self.block(0),
        }
    }
}

/// A kind of map with what was seen of its ladder.
struct Candidate {
    kind: Kind,
    lowest: u32,
    steps: Vec<Step>,
    /// True counts of the steps below the top.
    counts: Vec<f64>,
    companions: bool,
    p_value: f64,
    likelihood: f64,
}

impl Candidate {
    fn new(seen: &[Seen], period: NonZeroU64, kind: Kind, known: Known) -> Option<Self> {
        let find = |bytes: u64| {
            let place = seen.binary_search_by_key(&bytes, |size| size.bytes).ok()?;
            seen.get(place)
        };
        let largest = seen.last()?.bytes;
        let mut rungs: Vec<(u32, u64, Option<&Seen>)> = (0..=kind.highest())
            .map(|doublings| (doublings, kind.block(doublings)))
            .take_while(|&(_, bytes)| bytes <= largest)
            .map(|(doublings, bytes)| (doublings, bytes, find(bytes)))
            .skip_while(|(_, _, found)| found.is_none())
            .collect();
        while rungs.pop_if(|(_, _, found)| found.is_none()).is_some() {}
        let on_ladder = |bytes: u64| rungs.iter().any(|&(_, rung, _)| rung == bytes);
        // The quick end of nearly all candidates.
        if !seen
            .iter()
            .all(|size| on_ladder(size.bytes) || kind.has_companion(size.bytes))
        {
            return None;
        }
        let found = rungs.iter().filter(|(_, _, found)| found.is_some()).count();
        if found < RUNGS_IF_KNOWN || found * 2 < rungs.len() {
            return None;
        }
        let steps: Vec<Step> = rungs
            .iter()
            .map(|&(_, bytes, found)| Step {
                sampled: found.map_or(0.0, |size| size.sampled),
                exposure: sampling_probability(bytes, period),
            })
            .collect();
        let lowest = rungs.first()?.0;
        // The top rung is repeated, so it may well have more blocks than the one below.
        let has_top = kind.layout == Layout::Swiss && rungs.last()?.0 == TOP;
        let below_top = steps.len() - usize::from(has_top);
        let survival = survival::fit(steps.get(..below_top)?, LADDER_SLACK);
        if survival.p_value < LEAST_P {
            return None;
        }
        let mut counts = survival.counts;
        if let Some(top) = steps.last().filter(|_| has_top) {
            counts.push(top.sampled / top.exposure);
        }

        let tables = tables(&counts, lowest);
        let too_many = |size: &&Seen| {
            // Directories double, so all of a map's have no more than two pointers for each table;
            // headers of maps have six words, beside which at least one table is made.
            let most = match size.bytes {
                TABLE => return false,
                MAP => tables,
                bytes => tables * 16.0 / bytes as f64,
            };
            let expected = most * size.probability;
            size.sampled > expected + 3.0 * expected.sqrt() + 3.0
        };
        let mut beside = seen.iter().filter(|size| !on_ladder(size.bytes));
        if kind.layout == Layout::Swiss && beside.any(|size| too_many(&size)) {
            return None;
        }
        let header = find(TABLE).filter(|_| !on_ladder(TABLE));
        let expected = tables * sampling_probability(TABLE, period);
        let companions = match kind.layout {
            Layout::Buckets => true,
            // With so few expected nothing can be said.
            Layout::Swiss if expected < 5.0 => header.is_some(),
            Layout::Swiss => {
                let apart = header.map_or(0.0, |size| size.sampled) - expected;
                apart * apart <= 9.0 * (expected + 0.01 * expected * expected)
            }
        };
        let doubles = rungs.iter().all(|(_, bytes, _)| bytes.is_power_of_two());
        let needed = match (known.map, kind.layout) {
            (Some(true), _) => RUNGS_IF_KNOWN,
            // A free list of blocks that double looks like a map of 60-byte slots.
            _ if doubles => return None,
            (_, Layout::Swiss) if companions => RUNGS_WITH_COMPANIONS,
            // With so few headers expected none need be seen.
            (_, Layout::Swiss) if expected >= 5.0 => return None,
            _ => RUNGS,
        };
        if found < needed {
            return None;
        }
        let likelihood = steps
            .iter()
            .zip(&counts)
            .map(|(step, count)| survival::log_likelihood(step.sampled, count * step.exposure))
            .sum();
        Some(Self {
            kind,
            lowest,
            steps,
            counts,
            companions,
            p_value: survival.p_value,
            likelihood,
        })
    }

    fn maps(&self, slots: (u64, u64)) -> Maps {
        let kind = self.kind;
        let doublings = || self.lowest..;
        let rungs: Vec<Rung> = self
            .steps
            .iter()
            .zip(&self.counts)
            .zip(doublings())
            .map(|((step, &blocks), doublings)| Rung {
                bytes: kind.block(doublings),
                entries: kind.entries(doublings),
                sampled: step.sampled as u64,
                blocks,
            })
            .collect();
        let (mut waste_bytes, mut waste_objects, mut total_bytes) = (0.0, 0.0, 0.0);
        let mut entries: Vec<(u64, f64)> = Vec::new();
        for (index, (rung, doublings)) in rungs.iter().zip(doublings()).enumerate() {
            let repeats = kind.layout == Layout::Swiss && doublings == TOP;
            let below = index.checked_sub(1).and_then(|below| rungs.get(below));
            let (grown, ended, room) = if repeats {
                // Each split replaces one table by two, so a map of T top blocks keeps (T + 1) / 2.
                // How many maps came so far is not seen, but at most those of the rung below.
                let maps = below.map_or(rung.blocks, |below| below.blocks.min(rung.blocks));
                let grown = (rung.blocks - maps) / 2.0;
                let tables = if maps > 0.0 {
                    (rung.blocks / maps + 1.0) / 2.0
                } else {
                    0.0
                };
                (grown, maps, rung.entries as f64 * tables)
            } else {
                let next = rungs.get(index + 1).map_or(0.0, |next| next.blocks);
                let grown = next.min(rung.blocks);
                (grown, rung.blocks - grown, rung.entries as f64)
            };
            let header = match kind.layout {
                Layout::Swiss if doublings > 0 => TABLE,
                _ => 0,
            };
            waste_bytes += grown * (rung.bytes + header) as f64;
            waste_objects += grown * if header > 0 { 2.0 } else { 1.0 };
            total_bytes += rung.blocks * rung.bytes as f64;
            entries.push((room as u64, ended));
        }
        Maps {
            layout: kind.layout,
            slot: kind.slot,
            slots,
            companions: self.companions,
            hinted: false,
            maps: rungs.first().map_or(0.0, |rung| rung.blocks),
            entries: Percentiles::of(&entries),
            waste_bytes,
            waste_objects,
            total_bytes,
            p_value: self.p_value,
            rungs,
        }
    }
}

/// How many headers of tables come with so many blocks: one each, but for single groups.
fn tables(counts: &[f64], lowest: u32) -> f64 {
    counts.iter().skip(usize::from(lowest == 0)).sum()
}
