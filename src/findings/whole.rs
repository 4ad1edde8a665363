//! The profile as a whole, for rules that speak of no single line.

use super::channels::Channels;
use super::spot::{Spot, Totals};

/// What rules see that look at everything.
#[derive(Debug)]
pub struct Whole<'a> {
    /// The profile's totals.
    pub totals: Totals,
    /// The sampling period in bytes; 0 when unknown.
    pub period: u64,
    /// How many allocations were sampled; `None` where the profile does not tell.
    pub sampled: Option<u64>,
    /// All own lines that allocate.
    pub spots: &'a [Spot],
    /// What there is beside the profile.
    pub channels: &'a Channels,
    /// Whether there are allocation counts, not only live objects.
    pub has_allocations: bool,
}
