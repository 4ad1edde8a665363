//! flat and cum of every row, in one pass over the samples.
//!
//! Nothing is kept per sample. cum is added once for each row of a stack. flat belongs to the leaf
//! alone, so it is gathered by leaf location and label set, of which there are few, and that is
//! also where the sizes of a site's objects and their raw counts come from.
//!
//! Each thread has sums of its own, with rows numbered as it met them; they are added up by key.

use std::hash::{BuildHasher, Hasher};
use std::ops::RangeInclusive;

use hashbrown::{DefaultHashBuilder, HashMap, HashSet};

use super::cum::{Counters, Cum};
use super::filter::Verdict;
use super::labels::LabelSets;
use super::path::{Path, common_root};
use super::recent::Recent;
use super::rows::{Assigned, NotReady, Rows};
use crate::decode::{Malformed, Problem, Sample, Samples, Sink, Tables, TablesSoFar};

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

    fn join(&mut self, other: &Self) {
        self.deepest = self.deepest.max(other.deepest);
        for (roots, others) in self.at_limit.iter_mut().zip(&other.at_limit) {
            for (&root, samples) in others {
                *roots.entry(root).or_insert(0) += samples;
            }
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
    /// The columns of each (leaf location id, label set). The location is [`NOWHERE`] for samples
    /// that are filtered out or have no visible frame.
    leaves: HashMap<(u64, u32), u32>,
    recent_leaves: Recent<(u64, u32)>,
    leaf_columns: Columns,
    pub(crate) labels: LabelSets,
    pub(crate) depths: Depths,
    stacks: Option<DistinctStacks>,
    /// Bytes of memory that may be held.
    memory: u64,
    /// How many samples came so far.
    samples: u64,
    /// Rows that are about to be held.
    scratch: Vec<(u32, usize)>,
    /// A sample met a location that the tables did not have yet.
    gave_up: bool,
    /// Whether the tables are complete, so that what they lack is missing.
    tables_are_complete: bool,
}

/// No location has this id.
const NOWHERE: u64 = 0;

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
            recent_leaves: Recent::default(),
            leaf_columns: Columns::default(),
            labels: LabelSets::default(),
            depths: Depths::default(),
            stacks: count_stacks.then(DistinctStacks::default),
            memory,
            samples: 0,
            scratch: Vec::new(),
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

    /// Every (leaf location id, label set) with its sums, in no order. No site has the location of
    /// those that count for none.
    pub(crate) fn leaves(&self) -> impl Iterator<Item = (u64, u32, &[i64])> {
        self.leaves.iter().map(|(&(location, labels), &index)| {
            (location, labels, self.leaf_columns.sums(index, self.types))
        })
    }

    /// Takes all samples of a buffer.
    fn take_in<C: Counters>(
        &mut self,
        cum: &mut C,
        tables: TablesSoFar<'_>,
        samples: &mut Samples<'_>,
    ) -> Result<(), Box<Malformed>> {
        let mut path = Path::new(cum.zero());
        while let Some(sample) = samples.next()? {
            self.add(cum, &mut path, tables, &sample)?;
            if self.gave_up {
                return Ok(());
            }
        }
        path.cut_to(0, self.samples, cum);
        Ok(())
    }

    /// Takes one sample on its own.
    pub(crate) fn add_alone(
        &mut self,
        tables: &Tables,
        sample: &Sample<'_>,
    ) -> Result<(), Box<Malformed>> {
        let tables = TablesSoFar::complete(tables);
        self.with_cum(sample.values.len(), |sums, cum| match cum {
            Cum::One(rows) => sums.add_last(rows, tables, sample),
            Cum::Two(rows) => sums.add_last(rows, tables, sample),
            Cum::Four(rows) => sums.add_last(rows, tables, sample),
            Cum::Many(rows) => sums.add_last(rows, tables, sample),
        })
    }

    fn add_last<C: Counters>(
        &mut self,
        cum: &mut C,
        tables: TablesSoFar<'_>,
        sample: &Sample<'_>,
    ) -> Result<(), Box<Malformed>> {
        let mut path = Path::new(cum.zero());
        self.add(cum, &mut path, tables, sample)?;
        path.cut_to(0, self.samples, cum);
        Ok(())
    }

    /// Lends out the counters beside everything else.
    fn with_cum<T>(&mut self, types: usize, work: impl FnOnce(&mut Self, &mut Cum) -> T) -> T {
        if self.samples == 0 {
            self.types = types;
            self.cum = Cum::for_types(types);
            self.cum.grow_to(self.rows.len());
        }
        let mut cum = std::mem::take(&mut self.cum);
        let result = work(self, &mut cum);
        self.cum = cum;
        result
    }

    #[inline]
    fn add<C: Counters>(
        &mut self,
        cum: &mut C,
        path: &mut Path<C::Values>,
        tables: TablesSoFar<'_>,
        sample: &Sample<'_>,
    ) -> Result<(), Box<Malformed>> {
        self.samples += 1;
        let labels = self.labels.intern(sample.labels);
        if let Some(stacks) = &mut self.stacks {
            stacks.add(sample)?;
        }
        let mut leaf = None;
        if !self.rows.filters() || self.is_selected(tables, sample)? {
            self.walk(cum, path, tables, sample)?;
            leaf = self.leaf(sample)?;
        }
        self.add_flat(leaf.unwrap_or(NOWHERE), labels, sample.values);
        Ok(())
    }

    /// Adds the sample to the cum of each row of its stack.
    ///
    /// The path holds what this stack has in common with the one before. What it has in common
    /// with the next is held from here on, all else is counted now.
    #[inline]
    fn walk<C: Counters>(
        &mut self,
        cum: &mut C,
        path: &mut Path<C::Values>,
        tables: TablesSoFar<'_>,
        sample: &Sample<'_>,
    ) -> Result<(), Box<Malformed>> {
        let values = cum.values(sample.values);
        let length = sample.stack.len();
        // Which of the next samples are selected is not known yet.
        let common = match self.rows.filters() {
            true => 0,
            false => common_root(sample.stack, sample.next_stack),
        };
        let held = path.bytes;
        if common > held {
            let mut held_now = std::mem::take(&mut self.scratch);
            held_now.clear();
            let mut locations = sample.locations_in(length - common..length - held);
            loop {
                let end = held + locations.bytes_left();
                let Some(id) = locations.next()? else { break };
                path.locations += 1;
                let Some(assigned) = self.assigned(cum, tables, sample, id)? else {
                    return Ok(());
                };
                self.rows.each(assigned, |row| held_now.push((row, end)));
            }
            path.extend(&held_now, cum);
            path.bytes = common;
            self.scratch = held_now;
        }
        path.add(&values);

        let number = self.samples;
        let mut depth = path.locations;
        let mut locations = sample.locations_in(0..length - path.bytes);
        while let Some(id) = locations.next()? {
            depth = depth.wrapping_add(1);
            let Some(assigned) = self.assigned(cum, tables, sample, id)? else {
                return Ok(());
            };
            self.rows
                .each(assigned, |row| cum.count(row, number, &values));
        }
        if common < held {
            let mut no_more = sample.locations_in(length - held..length - common);
            while no_more.next()?.is_some() {
                path.locations = path.locations.wrapping_sub(1);
            }
            path.cut_to(common, number, cum);
            path.bytes = common;
        }
        self.depths.add(depth, sample)
    }

    /// The rows of a location; `None` when it is too early to know them.
    #[inline(always)]
    fn assigned(
        &mut self,
        cum: &mut impl Counters,
        tables: TablesSoFar<'_>,
        sample: &Sample<'_>,
        id: u64,
    ) -> Result<Option<Assigned>, Box<Malformed>> {
        match self.rows.assigned(id) {
            Some(assigned) => Ok(Some(assigned)),
            None => self.assign(cum, tables, sample, id),
        }
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
        tables: TablesSoFar<'_>,
        sample: &Sample<'_>,
        id: u64,
    ) -> Result<Option<Assigned>, Box<Malformed>> {
        match tables.look(|tables| self.rows.assign(tables, id)) {
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
        tables: TablesSoFar<'_>,
        sample: &Sample<'_>,
    ) -> Result<bool, Box<Malformed>> {
        let (mut focused, mut ignored) = (false, false);
        let mut locations = sample.locations();
        while let Some(id) = locations.next()? {
            let verdict = tables.look(|tables| match tables.location(id) {
                Some(_) => Some(self.rows.verdict(tables, id)),
                None => None,
            });
            match verdict {
                Some(Verdict::Ignored) => ignored = true,
                Some(Verdict::Focused) => focused = true,
                Some(Verdict::Neutral) => {}
                None => return Err(sample.dangling_location(id)),
            }
        }
        Ok(focused && !ignored)
    }

    #[inline]
    fn add_flat(&mut self, leaf: u64, labels: u32, values: &[i64]) {
        let Self {
            leaves,
            recent_leaves,
            leaf_columns,
            ..
        } = self;
        let hash = leaf.wrapping_add(u64::from(labels) << 5);
        let index = recent_leaves.get_or((leaf, labels), hash, || {
            let next = u32::try_from(leaves.len()).unwrap_or(u32::MAX);
            *leaves.entry((leaf, labels)).or_insert(next)
        });
        leaf_columns.add(index, values);
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
    /// One whose hashes can be added.
    fn fork(&self) -> Self {
        Self {
            hasher: self.hasher.clone(),
            hashes: HashSet::new(),
        }
    }

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
    fn samples(
        &mut self,
        tables: TablesSoFar<'_>,
        samples: &mut Samples<'_>,
    ) -> Result<(), Box<Malformed>> {
        self.with_cum(samples.types(), |sums, cum| match cum {
            Cum::One(rows) => sums.take_in(rows, tables, samples),
            Cum::Two(rows) => sums.take_in(rows, tables, samples),
            Cum::Four(rows) => sums.take_in(rows, tables, samples),
            Cum::Many(rows) => sums.take_in(rows, tables, samples),
        })
    }

    fn fork(&self) -> Option<Self> {
        let fork = Self::new(
            self.rows.fork(),
            false,
            self.memory,
            self.tables_are_complete,
        );
        let stacks = self.stacks.as_ref().map(DistinctStacks::fork);
        Some(Self { stacks, ..fork })
    }

    fn join(&mut self, fork: Self, tables: &Tables) {
        self.gave_up |= fork.gave_up;
        if fork.samples == 0 {
            return;
        }
        if self.samples == 0 {
            *self = fork;
            return;
        }
        self.samples += fork.samples;
        let rows = self.rows.join(&fork.rows, tables);
        self.cum.grow_to(self.rows.len());
        for (theirs, ours) in (0..).zip(rows) {
            self.cum.add(ours, fork.cum(theirs));
        }
        let labels = self.labels.join(&fork.labels);
        for (location, set, values) in fork.leaves() {
            let set = labels.get(set as usize).copied().unwrap_or(0);
            self.add_flat(location, set, values);
        }
        self.depths.join(&fork.depths);
        if let (Some(stacks), Some(more)) = (&mut self.stacks, fork.stacks) {
            stacks.hashes.extend(more.hashes);
        }
    }

    fn is_done(&self) -> bool {
        self.gave_up
    }

    fn heap_bytes(&self) -> usize {
        self.rows.heap_bytes()
            + self.cum.heap_bytes()
            + self.leaves.allocation_size()
            + self.leaf_columns.heap_bytes()
            + self.labels.heap_bytes()
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
