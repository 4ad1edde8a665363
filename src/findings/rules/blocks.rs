//! Which blocks of a line hold values of a type.

use crate::evidence::shape::size_classes;
use crate::evidence::source::Size;
use crate::findings::{Part, Saving, Scene};
use crate::units;

/// Structs above this many bytes are large: copies of them are done by a loop or a call, and it is
/// where the compiler begins to report copies.
pub(super) const LARGE: u64 = 128;

/// Below this part of a line, by bytes or objects, what is said would not be about the line.
const LEAST_PART: f64 = 0.25;

/// The size that a profile states for a value of this size alone in its block.
pub(super) fn of(size: Size) -> u64 {
    size_classes::recorded(size.bytes, size.pointers)
}

/// The size of a type, as far as the package tells.
pub(super) fn size_of(scene: &Scene<'_>, type_text: Option<&str>) -> Option<Size> {
    let package = scene.code.as_ref()?.package;
    package.size_of(type_text?)
}

/// The blocks of one size among those of a part; all of it where the profile states no sizes.
pub(super) fn sized(part: &Part, block: u64) -> Part {
    if part.sizes.is_empty() {
        return part.clone();
    }
    let mut found = Part::default();
    for size in part.sizes.iter().filter(|size| size.bytes == block) {
        let values = [
            size.alloc_objects,
            size.alloc_space,
            size.inuse_objects,
            size.inuse_space,
        ];
        for (sum, value) in found.values.iter_mut().zip(values) {
            *sum = sum.saturating_add(value);
        }
        found.sizes.push(*size);
    }
    found
}

/// The blocks that hold values of a size. Where the size is not known, those of the size that
/// makes up most of what the line itself allocates, if one does.
pub(super) fn holding(scene: &Scene<'_>, size: Option<Size>) -> Option<(u64, Part)> {
    let direct = scene.direct();
    let block = match size {
        Some(size) => of(size),
        None => {
            let traits = scene.traits(&direct);
            let is_one = traits
                .dominant_bytes_share
                .max(traits.dominant_objects_share)
                > 0.7;
            is_one.then_some(traits.dominant_size)?
        }
    };
    let part = sized(&direct, block);
    (part.alloc_space() > 0 && block > 0).then_some((block, part))
}

/// Whether a part is what the line is about.
pub(super) fn is_much(scene: &Scene<'_>, part: &Part) -> bool {
    part.share_of(&scene.spot.all.values) >= LEAST_PART
}

/// How much a part is, for evidence.
pub(super) fn text(part: &Part, block: u64) -> String {
    format!(
        "{} in {} blocks of {block} bytes",
        units::amount(part.alloc_space(), "bytes"),
        units::amount(part.alloc_objects(), "count")
    )
}

/// What is saved when none of a part is allocated.
pub(super) fn saving(part: &Part) -> Saving {
    Saving {
        alloc_space: part.alloc_space(),
        alloc_objects: part.alloc_objects(),
        inuse_space: 0,
    }
}
