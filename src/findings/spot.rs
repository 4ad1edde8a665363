//! Lines of the program's own code that allocate.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU64;
use std::sync::Arc;

use crate::aggregate::hot::{Frame, Hot, HotPath, HotSize};
use crate::evidence::binary::{Binary, Call, Identity, Mapping};
use crate::evidence::shape::Size;

/// alloc_objects, alloc_space, inuse_objects and inuse_space of a whole profile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals(pub [i64; 4]);

/// Some of what a line allocates.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// alloc_objects, alloc_space, inuse_objects and inuse_space.
    pub values: [i64; 4],
    /// The same by size, smallest first, sizes that are known.
    pub sizes: Vec<Size>,
}

impl Part {
    /// Objects allocated.
    pub fn alloc_objects(&self) -> i64 {
        self.values[0]
    }

    /// Bytes allocated.
    pub fn alloc_space(&self) -> i64 {
        self.values[1]
    }

    /// Objects in use.
    pub fn inuse_objects(&self) -> i64 {
        self.values[2]
    }

    /// Bytes in use.
    pub fn inuse_space(&self) -> i64 {
        self.values[3]
    }

    /// How many allocations were sampled.
    pub fn sampled(&self) -> u64 {
        self.sizes.iter().map(|size| size.sampled).sum()
    }

    /// The part of `whole`'s bytes or objects that this has, whichever is larger; 0 to 1.
    pub fn share_of(&self, whole: &[i64; 4]) -> f64 {
        share(self.values[1], whole[1]).max(share(self.values[0], whole[0]))
    }

    fn add(&mut self, size: &HotSize) {
        for (sum, value) in self.values.iter_mut().zip(size.values) {
            *sum = sum.wrapping_add(value);
        }
        let (Some(period), true) = (NonZeroU64::new(size.period), size.bytes > 0) else {
            return;
        };
        let [alloc_objects, alloc_space, inuse_objects, inuse_space] = size.values;
        let alloc = [alloc_objects, alloc_space];
        let more = Size::new(size.bytes, period, alloc, [inuse_objects, inuse_space]);
        match self
            .sizes
            .binary_search_by_key(&size.bytes, |size| size.bytes)
        {
            Ok(at) => {
                if let Some(known) = self.sizes.get_mut(at) {
                    known.sampled += more.sampled;
                    known.alloc_objects = known.alloc_objects.wrapping_add(alloc_objects);
                    known.alloc_space = known.alloc_space.wrapping_add(alloc_space);
                    known.inuse_objects = known.inuse_objects.wrapping_add(inuse_objects);
                    known.inuse_space = known.inuse_space.wrapping_add(inuse_space);
                }
            }
            Err(at) => self.sizes.insert(at, more),
        }
    }
}

/// `part` of `whole`, 0 when there is no whole.
pub(crate) fn share(part: i64, whole: i64) -> f64 {
    if whole > 0 {
        part as f64 / whole as f64
    } else {
        0.0
    }
}

/// One way to the leaf.
#[derive(Clone, Debug)]
pub struct Way {
    /// The frames and what is known of the stack's ends.
    pub path: HotPath,
    /// What is allocated on it.
    pub part: Part,
    /// The runtime function called there, if a binary told.
    pub call: Option<Call>,
}

impl Way {
    /// The frames below the own line, leaf first: those of dependencies and the standard library.
    pub fn below(&self) -> &[Frame] {
        self.path.frames.get(..self.path.own).unwrap_or_default()
    }

    /// The frames that the own line is inlined into, innermost first.
    pub fn around(&self) -> &[Frame] {
        self.path
            .frames
            .get(self.path.own + 1..)
            .unwrap_or_default()
    }

    /// Whether the own line itself allocates, or what is inlined into it from elsewhere does not show.
    pub fn is_direct(&self) -> bool {
        self.path.own == 0
    }

    /// The function called from the own line, if any: the outermost frame below it.
    pub fn callee(&self) -> Option<&Frame> {
        self.below().last()
    }
}

/// A line of the program's own code, with all that is allocated there or in what it calls of others.
#[derive(Clone, Debug)]
pub struct Spot {
    /// Where it is.
    pub place: Arc<Frame>,
    /// All that is allocated.
    pub all: Part,
    /// The ways, those with most bytes first.
    pub ways: Vec<Way>,
    /// The sampling period in bytes; `None` when unknown or several.
    pub period: Option<NonZeroU64>,
}

impl Spot {
    /// What is allocated on the ways that `is_meant` picks.
    pub fn part(&self, is_meant: impl Fn(&Way) -> bool) -> Part {
        let mut part = Part::default();
        for way in self.ways.iter().filter(|way| is_meant(way)) {
            for (sum, value) in part.values.iter_mut().zip(way.part.values) {
                *sum = sum.wrapping_add(value);
            }
            merge_sizes(&mut part.sizes, &way.part.sizes);
        }
        part
    }

    /// Bytes by benchmark, the largest first.
    pub fn benchmarks(&self) -> Vec<(&str, i64)> {
        let mut bytes: BTreeMap<&str, i64> = BTreeMap::new();
        for way in &self.ways {
            if let Some(benchmark) = &way.path.benchmark {
                *bytes.entry(benchmark).or_default() += way.part.alloc_space();
            }
        }
        let mut bytes: Vec<_> = bytes.into_iter().collect();
        bytes.sort_by_key(|&(name, bytes)| (std::cmp::Reverse(bytes), name));
        bytes
    }

    /// The own lines that call this function, with bytes, the largest first.
    pub fn callers(&self) -> Vec<(&Frame, i64)> {
        let mut bytes: BTreeMap<&Frame, i64> = BTreeMap::new();
        for way in &self.ways {
            if let Some(caller) = &way.path.caller {
                *bytes.entry(caller).or_default() += way.part.alloc_space();
            }
        }
        let mut bytes: Vec<_> = bytes.into_iter().collect();
        bytes.sort_by_key(|&(frame, bytes)| (std::cmp::Reverse(bytes), frame));
        bytes
    }
}

fn merge_sizes(sizes: &mut Vec<Size>, more: &[Size]) {
    for size in more {
        match sizes.binary_search_by_key(&size.bytes, |size| size.bytes) {
            Ok(at) => {
                if let Some(known) = sizes.get_mut(at) {
                    known.sampled += size.sampled;
                    known.alloc_objects = known.alloc_objects.wrapping_add(size.alloc_objects);
                    known.alloc_space = known.alloc_space.wrapping_add(size.alloc_space);
                    known.inuse_objects = known.inuse_objects.wrapping_add(size.inuse_objects);
                    known.inuse_space = known.inuse_space.wrapping_add(size.inuse_space);
                }
            }
            Err(at) => sizes.insert(at, *size),
        }
    }
}

/// Gathers the spots of a profile, in the order of their places.
pub fn spots(hot: &Hot, binary: Option<&Binary>) -> Vec<Spot> {
    let mut spots: BTreeMap<&Frame, Spot> = BTreeMap::new();
    let mut calls: HashMap<u64, Option<Call>> = HashMap::new();
    let mut paths: Vec<_> = hot.paths.iter().collect();
    // The map has no order, but what is reported must have one.
    paths.sort_unstable_by(|(a, _), (b, _)| {
        let key = |path: &HotPath| (path.leaf.address, path.own, path.physical);
        (key(a), &a.frames, &a.caller, &a.benchmark).cmp(&(
            key(b),
            &b.frames,
            &b.caller,
            &b.benchmark,
        ))
    });
    for (path, sizes) in paths {
        let Some(place) = path.frames.get(path.own) else {
            continue;
        };
        let mut part = Part::default();
        for size in sizes {
            part.add(size);
        }
        let call = binary.and_then(|binary| {
            calls
                .entry(path.leaf.address)
                .or_insert_with(|| call(binary, path))
                .clone()
        });
        let period = sizes.first().and_then(|size| NonZeroU64::new(size.period));
        let spot = spots.entry(place).or_insert_with(|| Spot {
            place: Arc::new(place.clone()),
            all: Part::default(),
            ways: Vec::new(),
            period,
        });
        if spot.period != period {
            spot.period = None;
        }
        spot.ways.push(Way {
            path: path.clone(),
            part,
            call,
        });
    }
    let mut spots: Vec<Spot> = spots.into_values().collect();
    for spot in &mut spots {
        spot.all = spot.part(|_| true);
        spot.ways
            .sort_by_key(|way| std::cmp::Reverse(way.part.alloc_space()));
    }
    spots
}

/// The call behind a path, if the binary is the one that ran.
fn call(binary: &Binary, path: &HotPath) -> Option<Call> {
    let leaf = &path.leaf;
    if binary.identity(&leaf.build_id) == Identity::Different {
        return None;
    }
    let mapping = Mapping {
        start: leaf.start,
        limit: leaf.limit,
        offset: leaf.offset,
    };
    binary.call_before(mapping, leaf.address)
}
