//! flat and cum of every row, in one pass over the samples.
//!
//! Nothing is kept per sample. cum is added once for each row of a stack: a row remembers the
//! number of the sample that it last counted. flat belongs to the leaf alone, so it is gathered
//! by leaf location and label set, of which there are few, and that is also where the sizes of a
//! site's objects and their raw counts come from.

use std::hash::{BuildHasher, Hasher};

use hashbrown::{DefaultHashBuilder, HashMap, HashSet};

use super::filter::Verdict;
use super::labels::LabelSets;
use super::rows::{NotReady, Rows};
use crate::decode::{Malformed, Sample, Sink, Tables};

/// Sums of values, one group of columns for each key.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    sums: Vec<i64>,
    /// How many samples had a value other than 0: each was rounded once when it was written.
    counts: Vec<u32>,
}

impl Columns {
    fn push_zeros(&mut self, types: usize) {
        self.sums.resize(self.sums.len() + types, 0);
        self.counts.resize(self.counts.len() + types, 0);
    }

    #[inline]
    fn add(&mut self, index: usize, values: &[i64]) {
        let range = index * values.len()..(index + 1) * values.len();
        let sums = self.sums.get_mut(range.clone()).unwrap_or_default();
        let counts = self.counts.get_mut(range).unwrap_or_default();
        for ((sum, count), &value) in sums.iter_mut().zip(counts).zip(values) {
            // The decoder has checked that even the absolute values sum up within 64 bits.
            *sum = sum.wrapping_add(value);
            *count = count.saturating_add(u32::from(value != 0));
        }
    }

    pub(crate) fn sums(&self, index: usize, types: usize) -> &[i64] {
        self.sums
            .get(index * types..(index + 1) * types)
            .unwrap_or_default()
    }

    pub(crate) fn counts(&self, index: usize, types: usize) -> &[u32] {
        self.counts
            .get(index * types..(index + 1) * types)
            .unwrap_or_default()
    }

    fn heap_bytes(&self) -> usize {
        self.sums.capacity() * size_of::<i64>() + self.counts.capacity() * size_of::<u32>()
    }
}

/// Stacks whose depth is one of the runtime's limits are probably cut at the root.
#[derive(Debug, Default)]
pub(crate) struct Depths {
    pub(crate) deepest: usize,
    /// For each limit, how many samples reach just it, by the root-most location seen.
    pub(crate) at_limit: [HashMap<u32, u64>; 2],
}

impl Depths {
    /// Go cuts stacks at 32 frames before 1.23 and at 128 since.
    pub(crate) const LIMITS: [usize; 2] = [32, 128];

    #[inline]
    fn add(&mut self, depth: usize, root: u32) {
        self.deepest = self.deepest.max(depth);
        for (limit, roots) in Self::LIMITS.iter().zip(&mut self.at_limit) {
            if depth == *limit {
                *roots.entry(root).or_insert(0) += 1;
            }
        }
    }
}

/// The sink that sums up.
#[derive(Debug)]
pub(crate) struct FlatCum<'q> {
    pub(crate) rows: Rows<'q>,
    pub(crate) types: usize,
    /// For each row the number of the last sample that counted, then its sums.
    cum: Vec<i64>,
    leaves: HashMap<(u32, u32), u32>,
    leaf_columns: Columns,
    pub(crate) labels: LabelSets,
    /// The values of all samples by label set, whatever the filters say.
    label_columns: Columns,
    pub(crate) depths: Depths,
    stacks: Option<DistinctStacks>,
    /// The locations of the sample at hand.
    locations: Vec<u32>,
    sample: i64,
    /// A sample met a location that the tables did not have yet.
    gave_up: bool,
    /// Whether the tables are complete, so that what they lack is missing.
    tables_are_complete: bool,
}

#[derive(Debug, Default)]
struct DistinctStacks {
    hasher: DefaultHashBuilder,
    hashes: HashSet<u64>,
}

impl<'q> FlatCum<'q> {
    /// For a first pass, whose tables grow while samples come. Check [`FlatCum::settles`] behind.
    pub(crate) fn early(rows: Rows<'q>, count_stacks: bool) -> Self {
        Self::new(rows, count_stacks, false)
    }

    /// For samples that come when the tables are complete.
    pub(crate) fn exact(rows: Rows<'q>, count_stacks: bool) -> Self {
        Self::new(rows, count_stacks, true)
    }

    fn new(rows: Rows<'q>, count_stacks: bool, tables_are_complete: bool) -> Self {
        Self {
            rows,
            types: 0,
            cum: Vec::new(),
            leaves: HashMap::new(),
            leaf_columns: Columns::default(),
            labels: LabelSets::default(),
            label_columns: Columns::default(),
            depths: Depths::default(),
            stacks: count_stacks.then(DistinctStacks::default),
            locations: Vec::new(),
            sample: 0,
            gave_up: false,
            tables_are_complete,
        }
    }

    /// Whether the sums of a first pass are final.
    pub(crate) fn settles(&self, tables: &Tables) -> bool {
        !self.gave_up && self.rows.settles(tables)
    }

    /// How many distinct stacks there were, if they were counted.
    pub(crate) fn stacks(&self) -> Option<u64> {
        self.stacks
            .as_ref()
            .map(|stacks| stacks.hashes.len() as u64)
    }

    /// The cum of a row, one value for each sample type.
    pub(crate) fn cum(&self, row: u32) -> &[i64] {
        let start = row as usize * (self.types + 1) + 1;
        self.cum.get(start..start + self.types).unwrap_or_default()
    }

    /// Every (leaf location, label set) with its sums and counts, in the order of first sight.
    pub(crate) fn leaves(&self) -> impl Iterator<Item = (u32, u32, &[i64], &[u32])> {
        let mut leaves: Vec<_> = self
            .leaves
            .iter()
            .map(|(&key, &index)| (index, key))
            .collect();
        leaves.sort_unstable();
        leaves.into_iter().map(|(index, (location, labels))| {
            let index = index as usize;
            let sums = self.leaf_columns.sums(index, self.types);
            (
                location,
                labels,
                sums,
                self.leaf_columns.counts(index, self.types),
            )
        })
    }

    /// The sums and counts of all samples with one label set.
    pub(crate) fn label_sums(&self, labels: u32) -> (&[i64], &[u32]) {
        let index = labels as usize;
        (
            self.label_columns.sums(index, self.types),
            self.label_columns.counts(index, self.types),
        )
    }

    fn add(&mut self, tables: &Tables, sample: &Sample<'_>) -> Result<(), Box<Malformed>> {
        self.types = sample.values.len();
        self.sample += 1;
        let labels = self.labels.intern(sample.labels);
        while self.label_columns.sums.len() <= labels as usize * self.types {
            self.label_columns.push_zeros(self.types);
        }
        self.label_columns.add(labels as usize, sample.values);

        self.find_locations(tables, sample)?;
        if self.gave_up {
            return Ok(());
        }
        if let Some(stacks) = &mut self.stacks {
            let mut hasher = stacks.hasher.build_hasher();
            self.locations
                .iter()
                .for_each(|&location| hasher.write_u32(location));
            stacks.hashes.insert(hasher.finish());
        }
        if let Some(&root) = self.locations.last() {
            self.depths.add(self.locations.len(), root);
        }
        if !self.is_selected() || sample.values.iter().all(|&value| value == 0) {
            return Ok(());
        }
        if let Some(leaf) = self.add_cum(sample.values) {
            self.add_flat(leaf, labels, sample.values);
        }
        Ok(())
    }

    /// Looks up the sample's locations and assigns rows to new ones.
    #[inline]
    fn find_locations(
        &mut self,
        tables: &Tables,
        sample: &Sample<'_>,
    ) -> Result<(), Box<Malformed>> {
        let Self {
            rows, locations, ..
        } = self;
        locations.clear();
        let mut not_ready = false;
        sample.try_each_location(|id| {
            let Some(location) = tables.location_index(id) else {
                if self.tables_are_complete {
                    return Err(sample.dangling_location(id));
                }
                not_ready = true;
                return Ok(());
            };
            if rows.assigned(location).is_none()
                && let Err(NotReady) = rows.assign(tables, location)
            {
                not_ready = true;
            }
            locations.push(location);
            Ok(())
        })?;
        self.gave_up |= not_ready;
        Ok(())
    }

    /// Whether `--focus` and `--ignore` let the sample through.
    #[inline]
    fn is_selected(&self) -> bool {
        if !self.rows.filters() {
            return true;
        }
        let mut focused = false;
        for &location in &self.locations {
            match self.rows.verdict(location) {
                Verdict::Ignored => return false,
                Verdict::Focused => focused = true,
                Verdict::Neutral => {}
            }
        }
        focused
    }

    /// Adds to the cum of each row of the stack; gives back the leaf's location.
    #[inline]
    fn add_cum(&mut self, values: &[i64]) -> Option<u32> {
        let Self {
            rows,
            cum,
            locations,
            sample,
            ..
        } = self;
        let stride = values.len() + 1;
        if cum.len() < rows.len() * stride {
            cum.resize(rows.len() * stride, 0);
        }
        let mut leaf = None;
        for &location in &*locations {
            let Some(assigned) = rows.assigned(location) else {
                continue;
            };
            let is_visible = rows.each(assigned, |row| {
                let start = row as usize * stride;
                if let Some([stamp, sums @ ..]) = cum.get_mut(start..start + stride)
                    && *stamp != *sample
                {
                    *stamp = *sample;
                    for (sum, &value) in sums.iter_mut().zip(values) {
                        // As in `Columns::add`.
                        *sum = sum.wrapping_add(value);
                    }
                }
            });
            if is_visible && leaf.is_none() {
                leaf = Some(location);
            }
        }
        leaf
    }

    #[inline]
    fn add_flat(&mut self, leaf: u32, labels: u32, values: &[i64]) {
        let next = u32::try_from(self.leaves.len()).unwrap_or(u32::MAX);
        let index = *self.leaves.entry((leaf, labels)).or_insert(next);
        if index == next {
            self.leaf_columns.push_zeros(values.len());
        }
        self.leaf_columns.add(index as usize, values);
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
            + self.cum.capacity() * size_of::<i64>()
            + self.leaves.allocation_size()
            + self.leaf_columns.heap_bytes()
            + self.labels.heap_bytes()
            + self.label_columns.heap_bytes()
            + self
                .stacks
                .as_ref()
                .map_or(0, |stacks| stacks.hashes.allocation_size())
            + self.locations.capacity() * size_of::<u32>()
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
