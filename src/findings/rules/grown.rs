//! How slices and buffers grew at a line, as far as the sizes of their blocks tell.

use crate::evidence::shape::growth::{Known, Percentiles};
use crate::findings::finding::Saving;
use crate::findings::scene::Scene;
use crate::findings::spot::Part;
use crate::units;

/// Part of a line's bytes that the right capacity saves where no ladder tells. Fixes of public code
/// saved 0.35 to 0.8 of what such lines held, mostly about half.
const USUAL_WASTE: f64 = 0.5;

/// Blocks that were outgrown one after the other.
#[derive(Clone, Debug)]
pub(super) struct Grown {
    /// How many sizes of the ladder were seen.
    pub(super) rungs: usize,
    /// The smallest block in bytes.
    pub(super) smallest: u64,
    /// The largest block in bytes.
    pub(super) largest: u64,
    /// Bytes of blocks that were outgrown.
    pub(super) waste_bytes: f64,
    /// Blocks that were outgrown.
    pub(super) waste_objects: f64,
    /// All bytes on the ladder.
    pub(super) total_bytes: f64,
    /// Bytes of capacity at the end of growth.
    pub(super) capacity: Percentiles,
    /// The element's size in bytes, known or told by the ladder.
    pub(super) element: Option<u64>,
    /// Whether it is one ladder, each rung of which follows from the one below. Else the blocks
    /// grew by chunks of changing size, of which only the successors fit.
    pub(super) is_exact: bool,
    /// Whether a free list of doubling blocks looks the same.
    pub(super) is_ambiguous: bool,
}

impl Grown {
    /// Looks for growth in a part's sizes. A known element decides which ladders are tried.
    pub(super) fn of(scene: &Scene<'_>, part: &Part, known: Known) -> Option<Self> {
        if let Some(growth) = scene.growth(part, known) {
            return Some(Self {
                rungs: growth.seen_rungs(),
                smallest: growth.rungs.first().map_or(0, |rung| rung.bytes),
                largest: growth.rungs.last().map_or(0, |rung| rung.bytes),
                waste_bytes: growth.waste_bytes,
                waste_objects: growth.waste_objects,
                total_bytes: growth.total_bytes,
                capacity: growth.capacity_bytes,
                element: known.element.or(growth.unique_element()),
                is_exact: true,
                is_ambiguous: growth.doubles && known.element.is_none(),
            });
        }
        let merging = scene.merging(part, known)?;
        Some(Self {
            rungs: merging.sizes,
            smallest: part.sizes.first().map_or(0, |size| size.bytes),
            largest: part.sizes.last().map_or(0, |size| size.bytes),
            waste_bytes: merging.waste_bytes,
            waste_objects: merging.waste_objects,
            total_bytes: merging.total_bytes,
            capacity: merging.capacity_bytes,
            element: known.element,
            is_exact: false,
            is_ambiguous: false,
        })
    }

    /// Part of the bytes that was outgrown, 0 to 1.
    pub(super) fn waste_share(&self) -> f64 {
        if self.total_bytes > 0.0 {
            (self.waste_bytes / self.total_bytes).clamp(0.0, 1.0)
        } else {
            0.0
        }
    }

    /// Elements that a half and nine tenths of the slices had room for in the end.
    pub(super) fn elements(&self) -> Option<(u64, u64)> {
        let element = self.element.filter(|&bytes| bytes > 0)?;
        Some((self.capacity.p50 / element, self.capacity.p90 / element))
    }

    /// What was seen, as evidence.
    pub(super) fn describe(&self) -> String {
        let bytes = |bytes: u64| units::amount(i64::try_from(bytes).unwrap_or(i64::MAX), "bytes");
        let blocks = format!(
            "blocks of {} sizes from {} to {}",
            self.rungs,
            bytes(self.smallest),
            bytes(self.largest)
        );
        let waste = format!(
            "{:.0} % of their bytes were outgrown",
            self.waste_share() * 100.0
        );
        match (self.is_exact, self.elements()) {
            (true, Some((p50, p90))) => format!(
                "{blocks} are the steps of append; {waste}; half of the slices ended at room for at \
                 most {p50} elements, nine tenths for {p90}"
            ),
            (true, None) => format!("{blocks} are the steps of append; {waste}"),
            (false, _) => format!("{blocks} follow on each other as growth does; about {waste}"),
        }
    }
}

/// What the right capacity saves of a part, and on what ground.
pub(super) fn saving(part: &Part, grown: Option<&Grown>) -> (Saving, String) {
    let of = |whole: i64, part: f64| ((whole.max(0) as f64) * part) as i64;
    match grown {
        Some(grown) => {
            let bytes = (grown.waste_bytes as i64).clamp(0, part.alloc_space().max(0));
            let objects = (grown.waste_objects as i64).clamp(0, part.alloc_objects().max(0));
            let saving = Saving {
                alloc_space: bytes,
                alloc_objects: objects,
                inuse_space: 0,
            };
            let basis = "the blocks that were outgrown; the last one may shrink, too";
            (saving, basis.to_owned())
        }
        None => {
            let saving = Saving {
                alloc_space: of(part.alloc_space(), USUAL_WASTE),
                alloc_objects: of(part.alloc_objects(), USUAL_WASTE),
                inuse_space: 0,
            };
            let basis = "half of the line, as is usual for growth; its sizes do not tell more";
            (saving, basis.to_owned())
        }
    }
}
