//! What is counted and checked of every sample, whatever else is done with it.

use super::error::{Malformed, Problem};
use super::message::Message;
use super::watch::IndexWatch;

/// The totals of some samples. Those of others can be added.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// For each value of a sample the sum of the absolute values; empty before the first sample.
    pub(crate) totals: Vec<u64>,
    /// The string indexes of their labels.
    pub(crate) watch: IndexWatch,
}

/// Totals are to fit an `i64`, so that no partial sum of a column can overflow.
const MAX_TOTAL: u64 = i64::MAX.unsigned_abs();

impl Tally {
    /// Nothing counted yet, of samples that have as many values as those here.
    pub(crate) fn fresh(&self) -> Self {
        Self {
            totals: vec![0; self.totals.len()],
            watch: IndexWatch::default(),
        }
    }

    /// Adds a sample's values to the totals.
    #[inline]
    pub(crate) fn count(
        &mut self,
        values: &[i64],
        message: &Message<'_>,
    ) -> Result<(), Box<Malformed>> {
        if values.len() != self.totals.len() {
            if !self.totals.is_empty() {
                let types = self.totals.len();
                let values = values.len();
                return Err(message.record_error("value", Problem::ValueCount { values, types }));
            }
            self.totals.resize(values.len(), 0);
        }
        let mut all = 0;
        for (total, value) in self.totals.iter_mut().zip(values) {
            // Neither is above 2^63, so that the sum of both is one without overflow.
            *total = total.wrapping_add(value.unsigned_abs());
            all |= *total;
        }
        if all > MAX_TOTAL {
            return Err(self.overflow(message));
        }
        Ok(())
    }

    /// Adds what was counted of other samples.
    pub(crate) fn join(&mut self, other: Self) -> Result<(), Problem> {
        self.watch.join(other.watch);
        if self.totals.is_empty() {
            self.totals = other.totals;
            return Ok(());
        }
        for (total, other) in self.totals.iter_mut().zip(other.totals) {
            *total = total.saturating_add(other);
        }
        match self.totals.iter().position(|&total| total > MAX_TOTAL) {
            Some(column) => Err(Problem::TotalOverflows { column: column + 1 }),
            None => Ok(()),
        }
    }

    #[cold]
    fn overflow(&self, message: &Message<'_>) -> Box<Malformed> {
        let column = self.totals.iter().position(|&total| total > MAX_TOTAL);
        let column = column.unwrap_or(0) + 1;
        message.record_error("value", Problem::TotalOverflows { column })
    }
}
