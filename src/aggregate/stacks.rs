//! Every distinct stack of a profile, its values in columns.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashMap, HashTable};

use super::labels::LabelSets;
use crate::decode::{Malformed, Sample, Samples, Sink, TablesSoFar, push_varint};

/// A sink that keeps each distinct stack once, and its values for each set of numeric labels,
/// that is for each object size.
///
/// The key of a stack is its packed location ids, looked up as they stand in the buffer and
/// copied only when the stack is new. This is what reports that need whole stacks read from, and
/// what takes in profiles that come through a pipe, whose names may be known only at the end.
#[derive(Debug, Default)]
pub struct StackTable {
    hasher: DefaultHashBuilder,
    ids: HashTable<u32>,
    stacks: Vec<Stack>,
    /// The packed location ids of all stacks, one behind the other.
    packed: Vec<u8>,
    labels: LabelSets,
    rows: HashMap<(u32, u32), u32>,
    /// Columns: row i belongs to stack `row_keys[i].0` and label set `row_keys[i].1`.
    row_keys: Vec<(u32, u32)>,
    /// How many samples each row was added up from.
    counts: Vec<u32>,
    /// Columns side by side, `types` values for each row.
    values: Vec<i64>,
    types: usize,
    /// For a stack whose ids are not in shortest form.
    scratch: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
struct Stack {
    start: usize,
    length: u32,
    /// The first sample that had it, for errors.
    ordinal: u64,
    offset: u64,
}

impl StackTable {
    /// How many distinct stacks there are.
    pub fn len(&self) -> usize {
        self.stacks.len()
    }

    /// Whether there is no stack.
    pub fn is_empty(&self) -> bool {
        self.stacks.is_empty()
    }

    /// Calls `each` with one sample for each (stack, labels), in the order of first sight.
    ///
    /// # Errors
    /// The first that `each` gives.
    pub fn try_each(
        &self,
        mut each: impl FnMut(&Sample<'_>) -> Result<(), Box<Malformed>>,
    ) -> Result<(), Box<Malformed>> {
        let values = self.values.chunks_exact(self.types.max(1));
        let rows = self.row_keys.iter().zip(&self.counts).zip(values);
        for ((&(stack, labels), &count), values) in rows {
            let Some(stack) = self.stacks.get(stack as usize) else {
                continue;
            };
            each(&Sample {
                ordinal: stack.ordinal,
                offset: stack.offset,
                stack: self.packed_ids(stack),
                next_stack: &[],
                values,
                count: count.into(),
                labels: self.labels.get(labels),
            })?;
        }
        Ok(())
    }

    fn packed_ids(&self, stack: &Stack) -> &[u8] {
        self.packed
            .get(stack.start..stack.start + stack.length as usize)
            .unwrap_or_default()
    }

    fn intern(&mut self, sample: &Sample<'_>) -> Result<u32, Box<Malformed>> {
        if let Some(id) = self.find(sample.stack) {
            return Ok(id);
        }
        // A new one: see that its numbers are whole and in the form that later ones will have.
        let mut shortest = std::mem::take(&mut self.scratch);
        shortest.clear();
        let mut locations = sample.locations();
        while let Some(id) = locations.next()? {
            push_varint(&mut shortest, id);
        }
        let id = match self.find(&shortest) {
            Some(id) => id,
            None => self.insert(&shortest, sample),
        };
        self.scratch = shortest;
        Ok(id)
    }

    fn find(&self, packed: &[u8]) -> Option<u32> {
        let hash = self.hasher.hash_one(packed);
        let is_same = |&id: &u32| {
            self.stacks
                .get(id as usize)
                .is_some_and(|stack| self.packed_ids(stack) == packed)
        };
        self.ids.find(hash, is_same).copied()
    }

    fn insert(&mut self, packed: &[u8], sample: &Sample<'_>) -> u32 {
        let id = u32::try_from(self.stacks.len()).unwrap_or(u32::MAX);
        self.stacks.push(Stack {
            start: self.packed.len(),
            length: u32::try_from(packed.len()).unwrap_or(u32::MAX),
            ordinal: sample.ordinal,
            offset: sample.offset,
        });
        self.packed.extend_from_slice(packed);
        let Self {
            hasher,
            stacks,
            packed: arena,
            ids,
            ..
        } = self;
        let bytes = |stack: &Stack| {
            arena
                .get(stack.start..stack.start + stack.length as usize)
                .unwrap_or_default()
        };
        ids.insert_unique(hasher.hash_one(packed), id, |&id| {
            hasher.hash_one(stacks.get(id as usize).map_or(&[][..], bytes))
        });
        id
    }
}

impl StackTable {
    fn add(&mut self, sample: &Sample<'_>) -> Result<(), Box<Malformed>> {
        self.types = sample.values.len();
        let stack = self.intern(sample)?;
        let labels = self.labels.intern(sample.labels);
        let next = u32::try_from(self.row_keys.len()).unwrap_or(u32::MAX);
        let row = *self.rows.entry((stack, labels)).or_insert(next);
        if row == next {
            self.row_keys.push((stack, labels));
            self.counts.push(1);
            self.values.extend_from_slice(sample.values);
            return Ok(());
        }
        if let Some(count) = self.counts.get_mut(row as usize) {
            *count = count.saturating_add(1);
        }
        let start = row as usize * self.types;
        let sums = self
            .values
            .get_mut(start..start + self.types)
            .unwrap_or_default();
        for (sum, value) in sums.iter_mut().zip(sample.values) {
            // The decoder has checked that even the absolute values sum up within 64 bits.
            *sum = sum.wrapping_add(*value);
        }
        Ok(())
    }
}

impl Sink for StackTable {
    fn samples(
        &mut self,
        _: TablesSoFar<'_>,
        samples: &mut Samples<'_>,
    ) -> Result<(), Box<Malformed>> {
        while let Some(sample) = samples.next()? {
            self.add(&sample)?;
        }
        Ok(())
    }

    fn heap_bytes(&self) -> usize {
        self.ids.allocation_size()
            + self.stacks.capacity() * size_of::<Stack>()
            + self.packed.capacity()
            + self.labels.heap_bytes()
            + self.rows.allocation_size()
            + self.row_keys.capacity() * size_of::<(u32, u32)>()
            + self.counts.capacity() * size_of::<u32>()
            + self.values.capacity() * size_of::<i64>()
    }
}
