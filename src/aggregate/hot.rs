//! The hot ends of stacks: from where memory is allocated up to the program's own code.
//!
//! What is advised concerns a line that the user can edit, and what is known of it depends on how
//! the allocation is reached from there: the leaf, the size, the benchmark that runs. Of a stack
//! that is the part from the leaf to the first location of the program's own, its caller and the
//! benchmark at the root. There are few distinct ones, however many stacks a profile has.

use std::sync::Arc;

use hashbrown::HashMap;

use super::labels::LabelSets;
use super::own::{Own, is_benchmark, package};
use super::rows::clean_path;
use crate::decode::{IdMap, Location, Malformed, Sample, Samples, Sink, Tables, TablesSoFar};

/// A place in a program's source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Frame {
    /// The function's full name as in the profile.
    pub function: String,
    /// The import path of its package, unescaped.
    pub package: String,
    /// The file as in the profile, cleaned.
    pub file: String,
    /// The line; 0 when unknown.
    pub line: i64,
}

/// A call instruction in a mapped file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Instruction {
    /// The return address less one.
    pub address: u64,
    /// The mapping's bounds, and the offset in the file that `start` maps.
    pub start: u64,
    /// Its end.
    pub limit: u64,
    /// The offset in the file that `start` maps.
    pub offset: u64,
    /// The build id of the mapped file; may be empty.
    pub build_id: String,
}

/// How memory is allocated under a line of the program's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct HotPath {
    /// From the leaf to the physical function that holds the own line, inlined calls as frames of
    /// their own, innermost first.
    pub frames: Arc<[Frame]>,
    /// Which of the frames is the own line: the first that is the program's own.
    pub own: usize,
    /// From which frame on all are of one physical function with the own line.
    pub physical: usize,
    /// The call that allocates, in the leaf's physical function.
    pub leaf: Instruction,
    /// The next own function up the stack, where it calls.
    pub caller: Option<Frame>,
    /// The benchmark that runs.
    pub benchmark: Option<String>,
}

/// What one size of objects adds up to on a path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HotSize {
    /// Bytes of each object; 0 when the profile does not say.
    pub bytes: u64,
    /// The sampling period in bytes; 0 when unknown.
    pub period: u64,
    /// alloc_objects, alloc_space, inuse_objects and inuse_space.
    pub values: [i64; 4],
}

/// All hot paths of one profile or of several.
#[derive(Clone, Debug, Default)]
pub struct Hot {
    /// Whose code counts as own; of several profiles the first's.
    pub own: Own,
    /// Every path with its values by size, smallest first.
    pub paths: HashMap<HotPath, Vec<HotSize>>,
}

impl Hot {
    /// Adds those of another profile.
    pub(crate) fn join(&mut self, other: Self) {
        if self.paths.is_empty() {
            *self = other;
            return;
        }
        for (path, sizes) in other.paths {
            let ours = self.paths.entry(path).or_default();
            for size in sizes {
                add(ours, size);
            }
        }
    }

    /// About how many bytes of memory they take.
    pub(crate) fn heap_bytes(&self) -> usize {
        let bytes = |(path, sizes): (&HotPath, &Vec<HotSize>)| {
            let frame = |frame: &Frame| {
                size_of::<Frame>() + frame.function.len() + frame.package.len() + frame.file.len()
            };
            size_of::<HotPath>()
                + path.frames.iter().map(frame).sum::<usize>()
                + sizes.capacity() * size_of::<HotSize>()
        };
        self.paths.iter().map(bytes).sum()
    }
}

fn add(sizes: &mut Vec<HotSize>, more: HotSize) {
    let key = |size: &HotSize| (size.bytes, size.period);
    match sizes.binary_search_by_key(&key(&more), key) {
        Ok(at) => {
            if let Some(size) = sizes.get_mut(at) {
                for (sum, value) in size.values.iter_mut().zip(more.values) {
                    *sum = sum.wrapping_add(value);
                }
            }
        }
        Err(at) => sizes.insert(at, more),
    }
}

/// The sample types of a heap profile, in the order of [`HotSize::values`].
const COLUMNS: [&str; 4] = [
    "alloc_objects",
    "alloc_space",
    "inuse_objects",
    "inuse_space",
];

/// What a location is on the way from leaf to root.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Kind {
    own: bool,
    benchmark: bool,
}

/// The sink that gathers hot paths. The tables must be complete.
#[derive(Debug)]
pub(crate) struct HotPaths {
    own: Own,
    /// By location id, an index of `kinds`.
    known: IdMap,
    kinds: Vec<Kind>,
    labels: LabelSets,
    /// By location ids: from the leaf to the own one, then [`BREAK`], caller and benchmark.
    keys: HashMap<Box<[u64]>, u32>,
    key_bytes: usize,
    sums: HashMap<(u32, u32), [i64; 4]>,
    /// Where each of [`COLUMNS`] is among a sample's values.
    columns: [Option<usize>; 4],
    scratch: Vec<u64>,
}

/// Ends the hot part of a key; no location has this id.
const BREAK: u64 = 0;

/// Calls that a hot part may go through. One that recurses deeper in a library is cut there.
const LONGEST: usize = 200;

impl HotPaths {
    /// For a profile with these tables; `None` when it is no heap profile.
    pub(crate) fn new(own: Own, tables: &Tables) -> Option<Self> {
        let types: Vec<_> = tables
            .sample_types
            .iter()
            .map(|kind| tables.text(kind.kind))
            .collect();
        let columns = COLUMNS.map(|name| types.iter().position(|kind| kind == name));
        columns.iter().any(Option::is_some).then(|| Self {
            own,
            known: IdMap::default(),
            kinds: Vec::new(),
            labels: LabelSets::default(),
            keys: HashMap::new(),
            key_bytes: 0,
            sums: HashMap::new(),
            columns,
            scratch: Vec::new(),
        })
    }

    /// Takes one sample.
    pub(crate) fn add(
        &mut self,
        tables: &Tables,
        sample: &Sample<'_>,
    ) -> Result<(), Box<Malformed>> {
        let mut key = std::mem::take(&mut self.scratch);
        key.clear();
        let (mut own, mut caller, mut benchmark) = (None, 0, 0);
        let mut locations = sample.locations();
        while let Some(id) = locations.next()? {
            let kind = self.kind(tables, sample, id)?;
            if own.is_none() {
                if key.len() < LONGEST {
                    key.push(id);
                }
                if kind.own {
                    own = Some(id);
                }
            } else if kind.own && caller == 0 && own != Some(id) {
                caller = id;
            }
            if kind.benchmark {
                benchmark = id;
            }
        }
        if own.is_some() {
            key.extend([BREAK, caller, benchmark]);
            let path = match self.keys.get(&key[..]) {
                Some(&path) => path,
                None => {
                    let path = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
                    self.key_bytes += size_of_val(&key[..]);
                    self.keys.insert(key[..].into(), path);
                    path
                }
            };
            let labels = self.labels.intern(sample.labels);
            let sums = self.sums.entry((path, labels)).or_default();
            for (sum, column) in sums.iter_mut().zip(self.columns) {
                let value = column.and_then(|column| sample.values.get(column));
                *sum = sum.wrapping_add(value.copied().unwrap_or(0));
            }
        }
        self.scratch = key;
        Ok(())
    }

    #[inline]
    fn kind(
        &mut self,
        tables: &Tables,
        sample: &Sample<'_>,
        id: u64,
    ) -> Result<Kind, Box<Malformed>> {
        if let Some(kind) = self.known.get(id) {
            return Ok(self.kinds.get(kind as usize).copied().unwrap_or_default());
        }
        let Some(location) = tables.location(id) else {
            return Err(sample.dangling_location(id));
        };
        let lines = tables.lines(location).iter();
        let kind = Kind {
            own: self.own.holds(tables, location),
            benchmark: lines
                .filter_map(|line| tables.function(line.function))
                .any(|function| is_benchmark(tables.strings.get(function.name))),
        };
        let index = match self.kinds.iter().position(|known| *known == kind) {
            Some(index) => index,
            None => {
                self.kinds.push(kind);
                self.kinds.len() - 1
            }
        };
        // There are four kinds, and the location was not known.
        _ = self.known.insert(id, u32::try_from(index).unwrap_or(0));
        Ok(kind)
    }

    /// Spells out what was gathered.
    pub(crate) fn finish(self, tables: &Tables) -> Hot {
        let sizes = self.labels.sizes(tables);
        let period = u64::try_from(tables.period).unwrap_or(0);
        let mut paths: Vec<Option<HotPath>> = Vec::new();
        paths.resize_with(self.keys.len(), || None);
        for (key, &index) in &self.keys {
            if let Some(place) = paths.get_mut(index as usize) {
                *place = path(&self.own, tables, key);
            }
        }
        let mut hot = Hot {
            own: self.own,
            paths: HashMap::new(),
        };
        for ((index, labels), values) in self.sums {
            if let Some(Some(path)) = paths.get(index as usize) {
                let bytes = sizes.get(labels as usize).copied().flatten().unwrap_or(0);
                let size = HotSize {
                    bytes,
                    period,
                    values,
                };
                add(hot.paths.entry_ref(path).or_default(), size);
            }
        }
        hot
    }
}

impl From<&HotPath> for HotPath {
    fn from(path: &HotPath) -> Self {
        path.clone()
    }
}

/// Names the locations of a key.
fn path(own: &Own, tables: &Tables, key: &[u64]) -> Option<HotPath> {
    let end = key.iter().position(|&id| id == BREAK)?;
    let (hot, rest) = key.split_at_checked(end)?;
    let [_, caller, benchmark] = *rest else {
        return None;
    };
    let locations = hot.iter().map(|&id| tables.location(id));
    let locations: Vec<&Location> = locations.collect::<Option<_>>()?;
    let (last, inner) = locations.split_last()?;
    let mut frames: Vec<Frame> = Vec::new();
    for location in inner {
        frames.extend(lines(tables, location));
    }
    let physical = frames.len();
    frames.extend(lines(tables, last));
    let own_frame = frames
        .iter()
        .position(|frame| own.has_code(&frame.package, &frame.file))?;
    let leaf = locations.first()?;
    let mapping = tables.mapping(leaf.mapping);
    let named = |id: u64| tables.location(id).map(|location| lines(tables, location));
    Some(HotPath {
        own: own_frame,
        physical,
        leaf: Instruction {
            address: leaf.address,
            start: mapping.map_or(0, |mapping| mapping.start),
            limit: mapping.map_or(0, |mapping| mapping.limit),
            offset: mapping.map_or(0, |mapping| mapping.file_offset),
            build_id: mapping.map_or_else(String::new, |mapping| {
                tables.text(mapping.build_id).into_owned()
            }),
        },
        // A caller that the own line is inlined into is its caller as well.
        caller: frames
            .get(own_frame + 1..)
            .and_then(|outer| {
                outer
                    .iter()
                    .find(|frame| own.has_code(&frame.package, &frame.file))
                    .cloned()
            })
            .or_else(|| named(caller)?.find(|frame| own.has_code(&frame.package, &frame.file))),
        benchmark: named(benchmark).and_then(|mut lines| {
            lines
                .find(|frame| is_benchmark(frame.function.as_bytes()))
                .map(|frame| frame.function)
        }),
        frames: frames.into(),
    })
}

/// The frames of a location, innermost first.
fn lines<'t>(tables: &'t Tables, location: &'t Location) -> impl Iterator<Item = Frame> + 't {
    tables.lines(location).iter().filter_map(|line| {
        let function = tables.function(line.function)?;
        let name = tables.strings.get(function.name);
        let file = clean_path(tables.strings.get(function.file));
        Some(Frame {
            package: package(name).into_owned(),
            function: String::from_utf8_lossy(name).into_owned(),
            file: String::from_utf8_lossy(&file).into_owned(),
            line: line.line,
        })
    })
}

impl Sink for HotPaths {
    fn samples(
        &mut self,
        tables: TablesSoFar<'_>,
        samples: &mut Samples<'_>,
    ) -> Result<(), Box<Malformed>> {
        tables.look(|tables| {
            while let Some(sample) = samples.next()? {
                self.add(tables, &sample)?;
            }
            Ok(())
        })
    }

    fn heap_bytes(&self) -> usize {
        self.known.heap_bytes()
            + self.labels.heap_bytes()
            + self.keys.allocation_size()
            // Each becomes a path with names, which are much longer.
            + 20 * self.key_bytes
            + self.sums.allocation_size()
    }
}
