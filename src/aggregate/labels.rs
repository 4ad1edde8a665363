//! The numeric labels of samples, each distinct set kept once.

use hashbrown::HashMap;

use crate::decode::{NumericLabel, Tables};

/// Gives each distinct list of numeric labels a small id.
///
/// A heap profile has as many as it has object sizes. Which label is the size is known only when
/// the strings are, at the end of a profile that Go wrote; until then the set stands for it.
#[derive(Debug, Default)]
pub(crate) struct LabelSets {
    ids: HashMap<Box<[NumericLabel]>, u32>,
    sets: Vec<Box<[NumericLabel]>>,
    last: u32,
    /// How many labels are in all sets.
    labels: usize,
}

impl LabelSets {
    /// The id of this set.
    #[inline]
    pub(crate) fn intern(&mut self, labels: &[NumericLabel]) -> u32 {
        // Neighbours in a profile often have the same size.
        if self
            .sets
            .get(self.last as usize)
            .is_some_and(|set| **set == *labels)
        {
            return self.last;
        }
        self.last = match self.ids.get(labels) {
            Some(&id) => id,
            None => {
                let id = u32::try_from(self.sets.len()).unwrap_or(u32::MAX);
                self.ids.insert(labels.into(), id);
                self.sets.push(labels.into());
                self.labels += labels.len();
                id
            }
        };
        self.last
    }

    /// The labels of a set.
    pub(crate) fn get(&self, id: u32) -> &[NumericLabel] {
        self.sets.get(id as usize).map_or(&[], |set| set)
    }

    /// For each set, the size in bytes of the objects that it describes.
    pub(crate) fn sizes(&self, tables: &Tables) -> Vec<Option<u64>> {
        let size = |set: &[NumericLabel]| {
            set.iter()
                .find(|label| tables.strings.get(label.key) == b"bytes")
                .and_then(|label| u64::try_from(label.number).ok())
                .filter(|&size| size > 0)
        };
        self.sets.iter().map(|set| size(set)).collect()
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.sets.capacity() * size_of::<Box<[NumericLabel]>>()
            + self.ids.allocation_size()
            // Each set is there twice.
            + 2 * self.labels * size_of::<NumericLabel>()
    }
}
