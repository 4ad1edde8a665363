//! Several profiles as one, as google/pprof merges them.

use hashbrown::HashMap;

use super::sites::{Header, Place, Site, SiteKey, Sites, Sizes, add_to};
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
}

/// Adds up profiles, one after the other.
///
/// Sample types are those that all inputs have, in the order of the first. Raw counts stay exact
/// even when periods differ, since every size class keeps the period it was sampled at.
#[derive(Debug, Default)]
pub struct Merge {
    merged: Option<Merged>,
}

#[derive(Debug, Default)]
struct Merged {
    header: Header,
    totals: Vec<i64>,
    sizes: Sizes,
    rows: HashMap<SiteKey, MergedSite>,
}

#[derive(Debug, Default)]
struct MergedSite {
    flat: Vec<i64>,
    cum: Vec<i64>,
    sizes: Sizes,
    places: HashMap<(Vec<u8>, i64), Vec<i64>>,
    origin: Place,
}

impl Merge {
    /// Adds the sites of one more profile.
    ///
    /// # Errors
    /// When it does not go with those before; what was merged stays as it was.
    pub fn add(&mut self, sites: Sites) -> Result<(), MergeError> {
        let Some(merged) = &mut self.merged else {
            let mut merged = Merged {
                header: sites.header.clone(),
                ..Merged::default()
            };
            let columns: Vec<usize> = (0..sites.header.sample_types.len()).collect();
            merged.totals.resize(columns.len(), 0);
            merged.take_in(sites, &columns);
            self.merged = Some(merged);
            return Ok(());
        };
        let columns = merged.common_columns(&sites)?;
        merged.check_totals(&sites, &columns)?;
        merged.header.take_in(&sites.header);
        merged.take_in(sites, &columns);
        Ok(())
    }

    /// The sum; `None` when nothing was added.
    pub fn finish(self) -> Option<Sites> {
        let Merged {
            header,
            totals,
            sizes,
            rows,
        } = self.merged?;
        let rows = rows
            .into_iter()
            .map(|(key, site)| site.into_site(key))
            // What one profile adds another may take away.
            .filter(Site::has_value)
            .collect();
        Some(Sites {
            header,
            totals,
            sizes: sizes.into_sorted(),
            rows,
        })
    }
}

impl Merged {
    /// For each sample type that stays, its column in `sites`. Types that `sites` lacks are
    /// dropped from what was merged.
    fn common_columns(&mut self, sites: &Sites) -> Result<Vec<usize>, MergeError> {
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
        let mut kept = Vec::new();
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
            kept.push(column);
            columns.push(theirs_at);
        }
        if kept.is_empty() {
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
        if kept.len() < ours.sample_types.len() {
            self.keep(&kept);
        }
        Ok(columns)
    }

    fn keep(&mut self, columns: &[usize]) {
        let kinds = std::mem::take(&mut self.header.sample_types);
        self.header.sample_types = pick(&kinds, columns);
        self.totals = pick(&self.totals, columns);
        self.sizes.keep(columns);
        for site in self.rows.values_mut() {
            site.flat = pick(&site.flat, columns);
            site.cum = pick(&site.cum, columns);
            site.sizes.keep(columns);
            for flat in site.places.values_mut() {
                *flat = pick(flat, columns);
            }
        }
    }

    fn check_totals(&self, sites: &Sites, columns: &[usize]) -> Result<(), MergeError> {
        let more = pick(&sites.totals, columns);
        for ((total, more), kind) in self.totals.iter().zip(more).zip(&self.header.sample_types) {
            if total.checked_add(more).is_none() {
                return Err(MergeError::TotalOverflows {
                    name: kind.name.clone(),
                });
            }
        }
        Ok(())
    }

    fn take_in(&mut self, sites: Sites, columns: &[usize]) {
        add_to(&mut self.totals, &pick(&sites.totals, columns));
        self.sizes.take_in(&sites.sizes, columns);
        for site in sites.rows {
            let merged = self.rows.entry(site.key).or_default();
            add_to(&mut merged.flat, &pick(&site.flat, columns));
            add_to(&mut merged.cum, &pick(&site.cum, columns));
            merged.sizes.take_in(&site.sizes, columns);
            for Place { file, line, flat } in site.places {
                add_to(
                    merged.places.entry((file, line)).or_default(),
                    &pick(&flat, columns),
                );
            }
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
