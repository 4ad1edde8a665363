//! Several profiles as one, as google/pprof merges them.

use std::sync::Arc;

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;

use super::hot::Hot;
use super::sites::{Header, Place, Site, SiteKey, Sites, Sizes, add_to};
use crate::decode::DecodeLimits;
use crate::escape::line;

/// Profiles that cannot be added up.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum MergeError {
    /// No sample type is in both.
    #[error(
        "no sample type in common with the inputs before: {} here, {} there",
        line(found),
        line(expected)
    )]
    NoCommonType {
        /// The sample types of this input.
        found: String,
        /// Those of the inputs before it.
        expected: String,
    },
    /// They count different things from sample to sample.
    #[error(
        "its period counts {}, that of the inputs before {}",
        line(found),
        line(expected)
    )]
    PeriodType {
        /// Type and unit of this input's period.
        found: String,
        /// Those of the inputs before it.
        expected: String,
    },
    /// One name for different units.
    #[error(
        "its {} is in {}, that of the inputs before in {}",
        line(name),
        line(found),
        line(expected)
    )]
    Unit {
        /// The sample type.
        name: String,
        /// Its unit in this input.
        found: String,
        /// Its unit in the inputs before.
        expected: String,
    },
    /// The sum is out of range.
    #[error("the total of {} does not fit 64 bits", line(name))]
    TotalOverflows {
        /// The sample type.
        name: String,
    },
    /// There are more rows, or longer names, than there is room for.
    #[error("the sites of all inputs need more than {} MiB of memory; raise --max-memory to allow it", limit >> 20)]
    TooManySites {
        /// Bytes of memory allowed.
        limit: u64,
    },
}

/// Adds up profiles, one after the other.
///
/// Sample types are those that all inputs have, in the order of the first. Raw counts stay exact
/// even when periods differ, since every size class keeps the period it was sampled at.
#[derive(Debug)]
pub struct Merge {
    /// Bytes of memory that the sum may take.
    memory: u64,
    so_far: SoFar,
}

#[derive(Debug)]
enum SoFar {
    Nothing,
    /// One profile is its own sum.
    One(Sites),
    Many(Merged),
}

#[derive(Debug, Default)]
struct Merged {
    header: Header,
    totals: Vec<i64>,
    sizes: Sizes,
    rows: HashMap<SiteKey, MergedSite>,
    hot: Option<Hot>,
    /// About how many bytes of memory the rows take.
    bytes: usize,
}

#[derive(Debug, Default)]
struct MergedSite {
    flat: Vec<i64>,
    cum: Vec<i64>,
    sizes: Sizes,
    places: HashMap<(Arc<[u8]>, i64), Vec<i64>>,
    origin: Place,
}

impl Default for Merge {
    /// With as much memory as reading one profile may take by default.
    fn default() -> Self {
        Self::new(DecodeLimits::default().memory)
    }
}

impl Merge {
    /// Nothing yet; the sum may take `memory` bytes.
    pub fn new(memory: u64) -> Self {
        Self {
            memory,
            so_far: SoFar::Nothing,
        }
    }

    /// Adds the sites of one more profile.
    ///
    /// # Errors
    /// When it does not go with those before, and then what was merged stays as it was; or when the
    /// sum has become too large.
    pub fn add(&mut self, sites: Sites) -> Result<(), MergeError> {
        let Some(merged) = self.many() else {
            self.so_far = SoFar::One(sites);
            return Ok(());
        };
        let columns = merged.common_columns(&sites)?;
        merged.check_totals(&sites, &columns)?;
        merged.keep_only(&columns);
        merged.header.take_in(&sites.header);
        let theirs: Vec<usize> = columns.iter().map(|&(_, theirs)| theirs).collect();
        merged.take_in(sites, &theirs);
        let hot = merged.hot.as_ref().map_or(0, Hot::heap_bytes);
        if merged.bytes.saturating_add(hot) as u64 > self.memory {
            return Err(MergeError::TooManySites { limit: self.memory });
        }
        Ok(())
    }

    /// What was added, in the form that can be added to; `None` when that is nothing.
    fn many(&mut self) -> Option<&mut Merged> {
        if let SoFar::One(first) = &mut self.so_far {
            self.so_far = SoFar::Many(Merged::from(std::mem::take(first)));
        }
        match &mut self.so_far {
            SoFar::Many(merged) => Some(merged),
            _ => None,
        }
    }

    /// The sum; `None` when nothing was added.
    pub fn finish(self) -> Option<Sites> {
        let merged = match self.so_far {
            SoFar::Nothing => return None,
            SoFar::One(sites) => return Some(sites),
            SoFar::Many(merged) => merged,
        };
        let rows = merged
            .rows
            .into_iter()
            .map(|(key, site)| site.into_site(key))
            // What one profile adds another may take away.
            .filter(Site::has_value)
            .collect();
        Some(Sites {
            header: merged.header,
            totals: merged.totals,
            sizes: merged.sizes.into_sorted(),
            rows,
            hot: merged.hot,
        })
    }
}

impl From<Sites> for Merged {
    fn from(sites: Sites) -> Self {
        let columns: Vec<usize> = (0..sites.header.sample_types.len()).collect();
        let mut merged = Self {
            header: sites.header.clone(),
            totals: vec![0; columns.len()],
            ..Self::default()
        };
        merged.take_in(sites, &columns);
        merged
    }
}

impl Merged {
    /// For each sample type that both have, its column here and its column in `sites`.
    fn common_columns(&self, sites: &Sites) -> Result<Vec<(usize, usize)>, MergeError> {
        let (ours, theirs) = (&self.header, &sites.header);
        if ours.period_type != theirs.period_type {
            let name = |header: &Header| match &header.period_type {
                Some(kind) => format!("{}/{}", kind.name, kind.unit),
                None => "nothing".to_owned(),
            };
            return Err(MergeError::PeriodType {
                found: name(theirs),
                expected: name(ours),
            });
        }
        let mut columns = Vec::new();
        for (column, kind) in ours.sample_types.iter().enumerate() {
            let same = theirs
                .sample_types
                .iter()
                .position(|other| other.name == kind.name);
            let Some(theirs_at) = same else { continue };
            if let Some(other) = theirs.sample_types.get(theirs_at)
                && other.unit != kind.unit
            {
                return Err(MergeError::Unit {
                    name: kind.name.clone(),
                    found: other.unit.clone(),
                    expected: kind.unit.clone(),
                });
            }
            columns.push((column, theirs_at));
        }
        if columns.is_empty() {
            let names = |header: &Header| {
                let names: Vec<&str> = header
                    .sample_types
                    .iter()
                    .map(|kind| kind.name.as_str())
                    .collect();
                names.join(", ")
            };
            return Err(MergeError::NoCommonType {
                found: names(theirs),
                expected: names(ours),
            });
        }
        Ok(columns)
    }

    /// Drops the sample types that are not among `columns`.
    fn keep_only(&mut self, columns: &[(usize, usize)]) {
        if columns.len() == self.header.sample_types.len() {
            return;
        }
        let columns: Vec<usize> = columns.iter().map(|&(ours, _)| ours).collect();
        self.header.sample_types = pick(&self.header.sample_types, &columns);
        self.totals = pick(&self.totals, &columns);
        self.sizes.keep(&columns);
        for site in self.rows.values_mut() {
            site.flat = pick(&site.flat, &columns);
            site.cum = pick(&site.cum, &columns);
            site.sizes.keep(&columns);
            for flat in site.places.values_mut() {
                *flat = pick(flat, &columns);
            }
        }
    }

    fn check_totals(&self, sites: &Sites, columns: &[(usize, usize)]) -> Result<(), MergeError> {
        for &(ours, theirs) in columns {
            let total = |totals: &[i64], column: usize| totals.get(column).copied().unwrap_or(0);
            let sum = total(&self.totals, ours).checked_add(total(&sites.totals, theirs));
            if sum.is_none() {
                let kind = self.header.sample_types.get(ours);
                return Err(MergeError::TotalOverflows {
                    name: kind.map_or_else(String::new, |kind| kind.name.clone()),
                });
            }
        }
        Ok(())
    }

    fn take_in(&mut self, sites: Sites, columns: &[usize]) {
        add_to(&mut self.totals, &pick(&sites.totals, columns));
        self.sizes.take_in(&sites.sizes, columns);
        if let Some(hot) = sites.hot {
            let merged = self.hot.get_or_insert_default();
            merged.join(hot);
        }
        for site in sites.rows {
            let bytes = site.heap_bytes();
            let merged = match self.rows.entry(site.key) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => {
                    self.bytes += bytes;
                    new.insert(MergedSite::default())
                }
            };
            let details = merged.sizes.len() + merged.places.len();
            add_to(&mut merged.flat, &pick(&site.flat, columns));
            add_to(&mut merged.cum, &pick(&site.cum, columns));
            merged.sizes.take_in(&site.sizes, columns);
            for Place { file, line, flat } in site.places {
                add_to(
                    merged.places.entry((file, line)).or_default(),
                    &pick(&flat, columns),
                );
            }
            let new_details = (merged.sizes.len() + merged.places.len()).saturating_sub(details);
            self.bytes += new_details * (64 + 8 * columns.len());
            if merged.origin.file.is_empty() {
                merged.origin = site.origin;
            }
        }
    }
}

impl Header {
    /// What google/pprof makes of two headers: the first wish there is, the largest period, the earliest
    /// time, durations added up.
    fn take_in(&mut self, other: &Self) {
        if self.wish.is_empty() {
            self.wish.clone_from(&other.wish);
        }
        self.periods_differ |= other.periods_differ || self.period != other.period;
        self.period = self.period.max(other.period);
        if other.time_nanos != 0 && (self.time_nanos == 0 || other.time_nanos < self.time_nanos) {
            self.time_nanos = other.time_nanos;
        }
        self.duration_nanos = self.duration_nanos.saturating_add(other.duration_nanos);
        self.samples += other.samples;
        self.stacks = self
            .stacks
            .zip(other.stacks)
            .map(|(ours, theirs)| ours + theirs);
        self.truncated_stacks += other.truncated_stacks;
    }
}

impl MergedSite {
    fn into_site(self, key: SiteKey) -> Site {
        let Self {
            flat,
            cum,
            sizes,
            places,
            origin,
        } = self;
        let mut places: Vec<Place> = places
            .into_iter()
            .map(|((file, line), flat)| Place { file, line, flat })
            .collect();
        places.sort_unstable_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        Site {
            key,
            flat,
            cum,
            sizes: sizes.into_sorted(),
            places,
            origin,
        }
    }
}

/// The entries at `columns`, in that order.
pub(super) fn pick<T: Clone>(values: &[T], columns: &[usize]) -> Vec<T> {
    columns
        .iter()
        .filter_map(|&column| values.get(column).cloned())
        .collect()
}
