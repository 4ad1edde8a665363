//! The root's part of a stack that the next sample has, too.
//!
//! Neighbours in a profile come from nearly the same place: of the 40 or so frames of a compiler's
//! stack all but ten are the same as before. The rows of such a common part are held: they do not
//! count sample by sample but are given what they have missed when the part ends.

use super::cum::{Counters, Values};

/// The rows of the common part, and what they have missed.
#[derive(Debug)]
pub(crate) struct Path<V> {
    /// How many bytes of packed location ids the part has, counted from the root.
    pub(crate) bytes: usize,
    /// How many locations these are.
    pub(crate) locations: usize,
    /// Each held row and how many bytes from the root its location ends.
    rows: Vec<(u32, usize)>,
    /// Where in `rows` those begin that are held since the total was so much.
    runs: Vec<(usize, V)>,
    /// The sum of all samples so far.
    total: V,
}

impl<V: Values> Path<V> {
    pub(crate) fn new(zero: V) -> Self {
        Self {
            bytes: 0,
            locations: 0,
            rows: Vec::new(),
            runs: Vec::new(),
            total: zero,
        }
    }

    /// Holds more rows, given leaf first, from the sample on that is added next.
    pub(crate) fn extend(&mut self, rows: &[(u32, usize)], cum: &mut impl Counters<Values = V>) {
        self.runs.push((self.rows.len(), self.total.clone()));
        // Of a row that is met twice the one near the root is held, which stays longer.
        for &(row, bytes) in rows.iter().rev() {
            if cum.hold(row) {
                self.rows.push((row, bytes));
            }
        }
    }

    /// Counts a sample for all rows that are held.
    #[inline(always)]
    pub(crate) fn add(&mut self, values: &V) {
        self.total.add(values);
    }

    /// Lets go of all rows more than `bytes` from the root. `sample` is the number of the last sample.
    #[inline]
    pub(crate) fn cut_to(
        &mut self,
        bytes: usize,
        sample: u64,
        cum: &mut impl Counters<Values = V>,
    ) {
        while let Some((start, before)) = self.runs.last() {
            let missed = self.total.since(before);
            while self.rows.len() > *start
                && let Some((row, _)) = self.rows.pop_if(|&mut (_, end)| end > bytes)
            {
                cum.release(row, sample, &missed);
            }
            if self.rows.len() > *start {
                return;
            }
            self.runs.pop();
        }
    }
}

/// How many bytes two stacks have in common at the root, up to a whole location id.
#[inline]
pub(crate) fn common_root(one: &[u8], other: &[u8]) -> usize {
    let mut common = 0;
    let (mut a, mut b) = (one, other);
    loop {
        match (a.split_last_chunk::<8>(), b.split_last_chunk::<8>()) {
            (Some((a_rest, a_last)), Some((b_rest, b_last))) => {
                let differ = u64::from_le_bytes(*a_last) ^ u64::from_le_bytes(*b_last);
                if differ != 0 {
                    common += differ.leading_zeros() as usize / 8;
                    break;
                }
                common += 8;
                (a, b) = (a_rest, b_rest);
            }
            _ => {
                let pairs = a.iter().rev().zip(b.iter().rev());
                common += pairs.take_while(|(a, b)| a == b).count();
                break;
            }
        }
    }
    // The bytes before it belong to other ids only if they end there.
    let ends_before = |stack: &[u8]| {
        let before = stack.len().checked_sub(common + 1);
        before.is_none_or(|before| stack.get(before).is_some_and(|&byte| byte < 0x80))
    };
    if ends_before(one) && ends_before(other) {
        return common;
    }
    let torn = one.get(one.len() - common..).unwrap_or_default();
    match torn.iter().position(|&byte| byte < 0x80) {
        Some(end) => common - (end + 1),
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::push_varint;
    use proptest::prelude::*;

    fn packed(ids: &[u64]) -> Vec<u8> {
        let mut bytes = Vec::new();
        ids.iter().for_each(|&id| push_varint(&mut bytes, id));
        bytes
    }

    proptest! {
        #[test]
        fn the_common_part_is_that_of_the_ids(
            one in proptest::collection::vec(0u64..70_000, 0..8),
            other in proptest::collection::vec(0u64..70_000, 0..8),
            root in proptest::collection::vec(0u64..70_000, 0..12),
        ) {
            let one = [&one[..], &root].concat();
            let other = [&other[..], &root].concat();
            let pairs = one.iter().rev().zip(other.iter().rev());
            let common = pairs.take_while(|(a, b)| a == b).count();
            let expected = packed(&one[one.len() - common..]).len();
            prop_assert_eq!(common_root(&packed(&one), &packed(&other)), expected);
        }
    }
}
