//! From the wire's ids to table indexes.

use hashbrown::HashMap;

/// Maps arbitrary 64-bit ids to small numbers, such as the indexes of table entries. The largest
/// `u32` cannot be stored.
///
/// Writers number from 1 upwards, so an array does for nearly all of them; but the format only
/// says "unique and not zero", and an id near 2^64 must not cost memory. An id goes to the array
/// while that stays at most about half empty, else to a hash map.
#[derive(Debug, Default)]
pub(crate) struct IdMap {
    len: u64,
    dense: Vec<u32>,
    sparse: HashMap<u64, u32>,
}

/// Marks an unused place of the array.
const NONE: u32 = u32::MAX;

/// Ids below this go to the array whatever the table's size.
const ALWAYS_DENSE: u64 = 1024;

impl IdMap {
    /// The number stored for `id`.
    #[inline(always)]
    pub(crate) fn get(&self, id: u64) -> Option<u32> {
        match usize::try_from(id).ok().and_then(|id| self.dense.get(id)) {
            Some(&index) if index != NONE => Some(index),
            _ if self.sparse.is_empty() => None,
            _ => self.sparse.get(&id).copied(),
        }
    }

    /// Stores `number` for `id`; gives back the number that `id` already had, unchanged.
    pub(crate) fn insert(&mut self, id: u64, number: u32) -> Result<(), u32> {
        if let Some(present) = self.get(id) {
            return Err(present);
        }
        let room = (2 * self.len).max(ALWAYS_DENSE);
        self.len += 1;
        match usize::try_from(id) {
            Ok(place) if id <= room => {
                if place >= self.dense.len() {
                    self.dense.resize(place + 1, NONE);
                }
                if let Some(slot) = self.dense.get_mut(place) {
                    *slot = number;
                }
            }
            _ => {
                self.sparse.insert(id, number);
            }
        }
        Ok(())
    }

    /// Every id with its number, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, u32)> {
        let dense = (0..)
            .zip(&self.dense)
            .filter(|&(_, &number)| number != NONE);
        let sparse = self.sparse.iter();
        dense
            .chain(sparse.map(|(&id, number)| (id, number)))
            .map(|(id, &number)| (id, number))
    }

    /// Bytes of memory held.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.dense.capacity() * size_of::<u32>() + self.sparse.allocation_size()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap as Naive;

    proptest! {
        #[test]
        fn behaves_like_a_hash_map(ids in proptest::collection::vec(
            prop_oneof![0u64..3000, any::<u64>(), (u64::MAX - 5)..=u64::MAX], 0..300,
        )) {
            let mut map = IdMap::default();
            let mut naive = Naive::new();
            for (index, &id) in ids.iter().enumerate() {
                let index = index as u32;
                let expected = match naive.get(&id) {
                    Some(&present) => Err(present),
                    None => { naive.insert(id, index); Ok(()) }
                };
                prop_assert_eq!(map.insert(id, index), expected);
            }
            for &id in &ids {
                prop_assert_eq!(map.get(id), naive.get(&id).copied());
                let other = id ^ 1;
                prop_assert_eq!(map.get(other), naive.get(&other).copied());
            }
        }
    }

    #[test]
    fn a_huge_id_costs_no_array() {
        let mut map = IdMap::default();
        assert_eq!(map.insert(u64::MAX, 0), Ok(()));
        assert_eq!(map.insert(1 << 40, 1), Ok(()));
        assert!(map.heap_bytes() < 10_000);
    }
}
