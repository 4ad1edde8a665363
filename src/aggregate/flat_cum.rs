//! flat and cum of every row, in one pass over the samples.
//!
//! Nothing is kept per sample. cum is added once for each row of a stack. flat belongs to the leaf
//! alone, so it is gathered by leaf location and label set, of which there are few, and that is
//! also where the sizes of a site's objects and their raw counts come from.

use std::hash::{BuildHasher, Hasher};
use std::ops::RangeInclusive;

use hashbrown::{DefaultHashBuilder, HashMap, HashSet};

use super::cum::{Counters, Cum};
use super::filter::Verdict;
use super::labels::LabelSets;
use super::rows::{Assigned, NotReady, Rows};
use crate::decode::{Malformed, Problem, Sample, Sink, Tables};

/// Sums of values, a group of columns for each key.
#[derive(Debug, Default)]
struct Columns(Vec<i64>);

impl Columns {
    /// Adds the values to group `index`, which may be new.
    #[inline]
    fn add(&mut self, index: u32, values: &[i64]) {
        let start = index as usize * values.len();
        let end = start + values.len();
        if end > self.0.len() {
            self.0.resize(end, 0);
        }
        let sums = self.0.get_mut(start..end).unwrap_or_default();
        for (sum, &value) in sums.iter_mut().zip(values) {
            // The decoder has checked that even the absolute values fit 64 bits summed up.
            *sum = sum.wrapping_add(value);
        }
    }

    /// The sums of group `index` of so many columns.
    fn sums(&self, index: u32, types: usize) -> &[i64] {
        let start = index as usize * types;
        self.0.get(start..start + types).unwrap_or_default()
    }

    fn heap_bytes(&self) -> usize {
        self.0.capacity() * size_of::<i64>()
    }
}

/// Stacks whose depth is one of the runtime's limits are probably cut at the root.
#[derive(Debug, Default)]
pub(crate) struct Depths {
    pub(crate) deepest: usize,
    /// For each limit, how many samples reach just it, by the id of the root-most location.
    pub(crate) at_limit: [HashMap<u64, u64>; 2],
}

impl Depths {
    /// Go cuts stacks at 32 frames before 1.23 and at 128 since; then some have a frame less or,
    /// by inlining, a few more.
    pub(crate) const LIMITS: [RangeInclusive<usize>; 2] = [32..=32, 127..=130];

    #[inline]
    fn add(&mut self, depth: usize, sample: &Sample<'_>) -> Result<(), Box<Malformed>> {
        self.deepest = self.deepest.max(depth);
        match Self::LIMITS.iter().position(|limit| limit.contains(&depth)) {
            Some(limit) => self.add_at(limit, sample),
            None => Ok(()),
        }
    }

    #[cold]
    fn add_at(&mut self, limit: usize, sample: &Sample<'_>) -> Result<(), Box<Malformed>> {
        let mut locations = sample.locations();
        let mut root = 0;
        while let Some(id) = locations.next()? {
            root = id;
        }
        if let Some(roots) = self.at_limit.get_mut(limit) {
            *roots.entry(root).or_insert(0) += sample.count;
        }
        Ok(())
    }
}

/// The sink that sums up.
#[derive(Debug)]
pub(crate) struct FlatCum<'q> {
    pub(crate) rows: Rows<'q>,
    pub(crate) types: usize,
    cum: Cum,
    /// The columns of each (leaf location id, label set).
    leaves: HashMap<(u64, u32), u32>,
    leaf_columns: Columns,
    pub(crate) labels: LabelSets,
    /// The values of all samples by label set, whatever the filters say.
    label_columns: Columns,
    pub(crate) depths: Depths,
    stacks: Option<DistinctStacks>,
    /// Bytes of memory that may be held.
    memory: u64,
    /// How many samples came so far.
    samples: u64,
    /// A sample met a location that the tables did not have yet.
    gave_up: bool,
    /// Whether the tables are complete, so that what they lack is missing.
    tables_are_complete: bool,
}

/// About what a row of a report takes beside its numbers and names.
const ROW_BYTES: usize = 512;
/// About what a size class and a place of it take beside their numbers.
const LEAF_BYTES: usize = 256;

impl<'q> FlatCum<'q> {
    /// For a first pass, whose tables grow while samples come. Check [`FlatCum::settles`] behind.
    pub(crate) fn early(rows: Rows<'q>, count_stacks: bool, memory: u64) -> Self {
        Self::new(rows, count_stacks, memory, false)
    }

    /// For samples that come when the tables are complete.
    pub(crate) fn exact(rows: Rows<'q>, count_stacks: bool, memory: u64) -> Self {
        Self::new(rows, count_stacks, memory, true)
    }

    fn new(rows: Rows<'q>, count_stacks: bool, memory: u64, tables_are_complete: bool) -> Self {
        Self {
            rows,
            types: 0,
            cum: Cum::default(),
            leaves: HashMap::new(),
            leaf_columns: Columns::default(),
            labels: LabelSets::default(),
            label_columns: Columns::default(),
            depths: Depths::default(),
            stacks: count_stacks.then(DistinctStacks::default),
            memory,
            samples: 0,
            gave_up: false,
            tables_are_complete,
        }
    }

    /// Whether the sums of a first pass are final.
    pub(crate) fn settles(&self, tables: &Tables) -> bool {
        !self.gave_up && self.rows.settles(tables)
    }

    /// Whether all of this fits into the memory allowed once it is spelt out in [`Sites`]: rows with
    /// a number for each sample type, and each with its own copy of its names.
    ///
    /// [`Sites`]: super::Sites
    pub(crate) fn fits(&self, tables: &Tables) -> bool {
        let numbers = self.types * size_of::<i64>();
        // flat and cum; and for each leaf a size class and a place.
        let rows = self.rows.len().saturating_mul(ROW_BYTES + 2 * numbers);
        let leaves = self.leaves.len().saturating_mul(LEAF_BYTES + 2 * numbers);
        let texts = self
            .rows
            .text_bytes(tables)
            .saturating_add(tables.strings.heap_bytes());
        let sites = rows.saturating_add(leaves).saturating_add(texts);
        let held = sites.saturating_add(self.heap_bytes() + tables.heap_bytes());
        held as u64 <= self.memory
    }

    /// How many distinct stacks there were, if they were counted.
    pub(crate) fn stacks(&self) -> Option<u64> {
        self.stacks
            .as_ref()
            .map(|stacks| stacks.hashes.len() as u64)
    }

    /// The cum of a row, one value for each sample type.
    pub(crate) fn cum(&self, row: u32) -> &[i64] {
        self.cum.sums(row)
    }

    /// Every (leaf location id, label set) with its sums, in the order of first sight.
    pub(crate) fn leaves(&self) -> impl Iterator<Item = (u64, u32, &[i64])> {
        let mut leaves: Vec<_> = self
            .leaves
            .iter()
            .map(|(&key, &index)| (index, key))
            .collect();
        leaves.sort_unstable();
        leaves.into_iter().map(|(index, (location, labels))| {
            (location, labels, self.leaf_columns.sums(index, self.types))
        })
    }

    /// The sums of all samples with one label set.
    pub(crate) fn label_sums(&self, labels: u32) -> &[i64] {
        self.label_columns.sums(labels, self.types)
    }

    fn add(&mut self, tables: &Tables, sample: &Sample<'_>) -> Result<(), Box<Malformed>> {
        if self.samples == 0 {
            self.types = sample.values.len();
            self.cum = Cum::for_types(self.types);
        }
        self.samples += 1;
        let labels = self.labels.intern(sample.labels);
        self.label_columns.add(labels, sample.values);
        if let Some(stacks) = &mut self.stacks {
            stacks.add(sample)?;
        }
        if self.rows.filters() && !self.is_selected(tables, sample)? {
            return Ok(());
        }
        let mut cum = std::mem::take(&mut self.cum);
        let walked = match &mut cum {
            Cum::One(rows) => self.walk(rows, tables, sample),
            Cum::Two(rows) => self.walk(rows, tables, sample),
            Cum::Four(rows) => self.walk(rows, tables, sample),
            Cum::Many(rows) => self.walk(rows, tables, sample),
        };
        self.cum = cum;
        if let Some(leaf) = walked? {
            self.add_flat(leaf, labels, sample.values);
        }
        Ok(())
    }

    /// Adds the sample to the cum of each row of its stack; gives back the id of the leaf-most
    /// location with a visible frame.
    #[inline]
    fn walk(
        &mut self,
        cum: &mut impl Counters,
        tables: &Tables,
        sample: &Sample<'_>,
    ) -> Result<Option<u64>, Box<Malformed>> {
        let values = cum.values(sample.values);
        let number = self.samples;
        let mut depth = 0usize;
        let mut locations = sample.locations();
        while let Some(id) = locations.next()? {
            depth = depth.wrapping_add(1);
            let assigned = match self.rows.assigned(id) {
                Some(assigned) => assigned,
                None => match self.assign(cum, tables, sample, id)? {
                    Some(assigned) => assigned,
                    None => continue,
                },
            };
            self.rows
                .each(assigned, |row| cum.count(row, number, values));
        }
        self.depths.add(depth, sample)?;
        self.leaf(sample)
    }

    /// The id of the leaf-most location with a visible frame: nearly always the first.
    #[inline]
    fn leaf(&self, sample: &Sample<'_>) -> Result<Option<u64>, Box<Malformed>> {
        let mut locations = sample.locations();
        while let Some(id) = locations.next()? {
            if self.rows.assigned(id).is_some_and(Assigned::is_visible) {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// Finds the rows of a location that was not met before.
    #[cold]
    fn assign(
        &mut self,
        cum: &mut impl Counters,
        tables: &Tables,
        sample: &Sample<'_>,
        id: u64,
    ) -> Result<Option<Assigned>, Box<Malformed>> {
        match self.rows.assign(tables, id) {
            Ok(assigned) => {
                // A single sample may have many new rows and many values.
                let numbers = self.rows.len().saturating_mul(self.types + 1);
                if numbers.saturating_mul(size_of::<i64>()) as u64 > self.memory {
                    return Err(sample.error("", Problem::MemoryLimit { limit: self.memory }));
                }
                cum.grow_to(self.rows.len());
                Ok(Some(assigned))
            }
            Err(NotReady) if self.tables_are_complete => Err(sample.dangling_location(id)),
            Err(NotReady) => {
                self.gave_up = true;
                Ok(None)
            }
        }
    }

    /// Whether `--focus` and `--ignore` let the sample through.
    fn is_selected(
        &mut self,
        tables: &Tables,
        sample: &Sample<'_>,
    ) -> Result<bool, Box<Malformed>> {
        let (mut focused, mut ignored) = (false, false);
        let mut locations = sample.locations();
        while let Some(id) = locations.next()? {
            if tables.location(id).is_none() {
                return Err(sample.dangling_location(id));
            }
            match self.rows.verdict(tables, id) {
                Verdict::Ignored => ignored = true,
                Verdict::Focused => focused = true,
                Verdict::Neutral => {}
            }
        }
        Ok(focused && !ignored)
    }

    #[inline]
    fn add_flat(&mut self, leaf: u64, labels: u32, values: &[i64]) {
        let next = u32::try_from(self.leaves.len()).unwrap_or(u32::MAX);
        let index = *self.leaves.entry((leaf, labels)).or_insert(next);
        self.leaf_columns.add(index, values);
    }
}

/// Counts distinct stacks by a 64-bit hash of their location ids: of a million stacks two fall
/// together once in forty million profiles.
#[derive(Debug, Default)]
struct DistinctStacks {
    hasher: DefaultHashBuilder,
    hashes: HashSet<u64>,
}

impl DistinctStacks {
    fn add(&mut self, sample: &Sample<'_>) -> Result<(), Box<Malformed>> {
        let mut hasher = self.hasher.build_hasher();
        let mut locations = sample.locations();
        let mut depth = 0u64;
        while let Some(id) = locations.next()? {
            depth += 1;
            hasher.write_u64(id);
        }
        // Without it a stack could hash as a longer one whose further ids are 0 to the hasher.
        hasher.write_u64(depth);
        self.hashes.insert(hasher.finish());
        Ok(())
    }
}

impl Sink for FlatCum<'_> {
    #[inline]
    fn sample(&mut self, tables: &Tables, sample: &Sample<'_>) -> Result<(), Box<Malformed>> {
        if self.gave_up {
            return Ok(());
        }
        self.add(tables, sample)
    }

    fn heap_bytes(&self) -> usize {
        self.rows.heap_bytes()
            + self.cum.heap_bytes()
            + self.leaves.allocation_size()
            + self.leaf_columns.heap_bytes()
            + self.labels.heap_bytes()
            + self.label_columns.heap_bytes()
            + self
                .stacks
                .as_ref()
                .map_or(0, |stacks| stacks.hashes.allocation_size())
            + self
                .depths
                .at_limit
                .iter()
                .map(HashMap::allocation_size)
                .sum::<usize>()
    }
}

/// A sink for a first pass that only gathers the tables.
#[derive(Debug)]
pub(crate) struct TablesOnly;

impl Sink for TablesOnly {
    fn sample(&mut self, _: &Tables, _: &Sample<'_>) -> Result<(), Box<Malformed>> {
        Ok(())
    }

    fn heap_bytes(&self) -> usize {
        0
    }
}
