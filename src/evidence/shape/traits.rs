//! What can be said of any site, whatever its shape.

use super::Size;
use super::size_classes::{LARGEST_CLASS, TINY};

/// The plain traits of a site.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Traits {
    /// The size with the most allocated bytes; 0 for a site without any.
    pub dominant_size: u64,
    /// Its part of the allocated bytes, 0 to 1.
    pub dominant_bytes_share: f64,
    /// Its part of the allocated objects, 0 to 1.
    pub dominant_objects_share: f64,
    /// How many different sizes were sampled.
    pub sizes: usize,
    /// How many objects were sampled: with few, every figure here is vague.
    pub sampled: u64,
    /// Allocated bytes for each live byte, and for at least one live object: how many times the
    /// memory was taken anew. 0 without allocations.
    pub churn: f64,
    /// The part of the allocated objects that is still alive, 0 to 1; `None` where the profile
    /// says nothing of allocations.
    pub live_share: Option<f64>,
    /// The part of the allocated bytes in blocks above 32 KiB, which are cleared and collected one
    /// by one, 0 to 1.
    pub large_share: f64,
    /// Whether most objects are recorded with 16 bytes. If they are smaller and without pointers,
    /// the allocator packed several into each block and there are up to twice as many (of 8
    /// bytes each) as the profile says, or more of smaller ones.
    pub maybe_tiny: bool,
}

/// Sums up a site. Values below zero, from a difference of profiles, count as nothing.
pub fn of(sizes: &[Size]) -> Traits {
    let positive = |value: i64| value.max(0) as f64;
    let sum = |value: fn(&Size) -> i64| -> f64 { sizes.iter().map(value).map(positive).sum() };
    let alloc_space = sum(|size| size.alloc_space);
    let alloc_objects = sum(|size| size.alloc_objects);
    let inuse_space = sum(|size| size.inuse_space);
    let inuse_objects = sum(|size| size.inuse_objects);
    // A size may come more than once, from different periods.
    let part = |bytes: u64, value: fn(&Size) -> i64| -> f64 {
        let same = sizes.iter().filter(|size| size.bytes == bytes);
        same.map(value).map(positive).sum()
    };
    let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };

    let mut dominant = (0, 0.0);
    let mut objects_of_tiny = 0.0;
    let mut large = 0.0;
    let mut sizes_seen = 0;
    let mut rest = sizes
        .iter()
        .map(|size| (size.bytes, positive(size.alloc_space)))
        .collect::<Vec<_>>();
    rest.sort_unstable_by_key(|&(bytes, _)| bytes);
    for same in rest.chunk_by(|a, b| a.0 == b.0) {
        let Some(&(bytes, _)) = same.first() else {
            continue;
        };
        let space: f64 = same.iter().map(|&(_, space)| space).sum();
        if space > dominant.1 {
            dominant = (bytes, space);
        }
        if bytes > LARGEST_CLASS {
            large += space;
        }
        if bytes == TINY {
            objects_of_tiny = part(bytes, |size| size.alloc_objects);
        }
        sizes_seen += usize::from(space > 0.0);
    }
    let one_object = dominant.0.max(1) as f64;
    Traits {
        dominant_size: dominant.0,
        dominant_bytes_share: share(dominant.1, alloc_space),
        dominant_objects_share: share(part(dominant.0, |size| size.alloc_objects), alloc_objects),
        sizes: sizes_seen,
        sampled: sizes
            .iter()
            .fold(0, |sum, size| sum.saturating_add(size.sampled)),
        churn: alloc_space / inuse_space.max(one_object),
        live_share: (alloc_objects > 0.0).then(|| share(inuse_objects, alloc_objects).min(1.0)),
        large_share: share(large, alloc_space),
        maybe_tiny: objects_of_tiny * 2.0 > alloc_objects,
    }
}
