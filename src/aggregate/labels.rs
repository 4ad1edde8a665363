//! The numeric labels of samples, each distinct set kept once.

use hashbrown::HashMap;

use super::recent::Recent;
use crate::decode::{NumericLabel, Tables};

/// Gives each distinct list of numeric labels a small id.
///
/// A heap profile has as many as it has object sizes. Which label is the size is known only when
/// the strings are, at the end of a profile that Go wrote; until then the set stands for it.
#[derive(Debug, Default)]
pub(crate) struct LabelSets {
    known: Known,
    recent: Recent<NumericLabel>,
}

#[derive(Debug, Default)]
struct Known {
    ids: HashMap<Box<[NumericLabel]>, u32>,
    sets: Vec<Box<[NumericLabel]>>,
    /// How many labels are in all sets.
    labels: usize,
}

impl Known {
    fn intern(&mut self, labels: &[NumericLabel]) -> u32 {
        if let Some(&id) = self.ids.get(labels) {
            return id;
        }
        let id = u32::try_from(self.sets.len()).unwrap_or(u32::MAX);
        self.ids.insert(labels.into(), id);
        self.sets.push(labels.into());
        self.labels += labels.len();
        id
    }
}

impl LabelSets {
    /// The id of this set.
    #[inline]
    pub(crate) fn intern(&mut self, labels: &[NumericLabel]) -> u32 {
        match labels {
            // As all samples of a heap profile have it.
            &[label] => {
                let hash = label.number.cast_unsigned() >> 3;
                self.recent
                    .get_or(label, hash, || self.known.intern(labels))
            }
            _ => self.known.intern(labels),
        }
    }

    /// Takes in all sets of another table; gives back the ids that they have here.
    pub(crate) fn join(&mut self, other: &Self) -> Vec<u32> {
        let sets = other.known.sets.iter();
        sets.map(|set| self.known.intern(set)).collect()
    }

    /// The labels of a set.
    pub(crate) fn get(&self, id: u32) -> &[NumericLabel] {
        self.known.sets.get(id as usize).map_or(&[], |set| set)
    }

    /// For each set, the size in bytes of the objects that it describes.
    pub(crate) fn sizes(&self, tables: &Tables) -> Vec<Option<u64>> {
        let size = |set: &[NumericLabel]| {
            set.iter()
                .find(|label| tables.strings.get(label.key) == b"bytes")
                .and_then(|label| u64::try_from(label.number).ok())
                .filter(|&size| size > 0)
        };
        self.known.sets.iter().map(|set| size(set)).collect()
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        let Known { ids, sets, labels } = &self.known;
        sets.capacity() * size_of::<Box<[NumericLabel]>>()
            + ids.allocation_size()
            // Each set is there twice.
            + 2 * labels * size_of::<NumericLabel>()
    }
}
