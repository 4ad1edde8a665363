//! From sums to a ranked report with intervals.

use std::cmp::Reverse;
use std::num::NonZeroU64;
use std::sync::Arc;

use super::{
    By, ByType, Filters, Interval, Profile, Report, SCHEMA, SampleType, Site, Size, Sort, View,
    Warning,
};
use crate::aggregate::{self, Place, Sites, SizeClass};
use crate::escape;
use crate::gosym;
use crate::stats::{self, Measure, SizeGroup};

/// What to show.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What a site is: as in the query that made the sites.
    pub by: By,
    /// The type to rank by, as `go tool pprof -sample_index` takes it; by default the profile's.
    pub sample_type: Option<String>,
    /// What ranks.
    pub sort: Sort,
    /// How many sites to show at the most; `None` for all.
    pub limit: Option<usize>,
    /// The filters that were set.
    pub filters: Filters,
}

/// The profile has no sample type of this name.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("no sample type {name:?}: the profile has {}", escape::line(&.has.join(", ")))]
pub struct UnknownSampleType {
    /// What was asked for.
    pub name: String,
    /// What there is.
    pub has: Vec<String>,
}

impl Report {
    /// Ranks sites and adds what is known of their accuracy.
    ///
    /// `inputs` are the names to show, `skipped` the files of a directory that were no profiles.
    ///
    /// # Errors
    /// When the sample type asked for is not in the profile.
    pub fn new(
        sites: Sites,
        inputs: Vec<String>,
        skipped: Vec<String>,
        options: &Options,
    ) -> Result<Self, UnknownSampleType> {
        let column = match &options.sample_type {
            None => sites.header.default_column(),
            Some(name) => sites.header.column(name).ok_or_else(|| UnknownSampleType {
                name: name.clone(),
                has: sites
                    .header
                    .sample_types
                    .iter()
                    .map(|kind| kind.name.clone())
                    .collect(),
            })?,
        };
        let accuracy = Accuracy::new(&sites);
        let profile = profile(&sites, &accuracy, inputs, skipped);
        let types = Arc::clone(&profile.sample_types);
        let Sites { mut rows, .. } = sites;

        let value = |values: &[i64]| values.get(column).copied().unwrap_or(0);
        rows.retain(|site| value(&site.flat) != 0 || value(&site.cum) != 0);
        let all = rows.len();
        // As google/pprof: by size whatever the sign, then by name.
        rows.sort_unstable_by(|a, b| {
            let rank = |site: &aggregate::Site| {
                let flat = value(&site.flat).unsigned_abs();
                let cum = value(&site.cum).unsigned_abs();
                match options.sort {
                    Sort::Flat => (Reverse(flat), Reverse(cum)),
                    Sort::Cum => (Reverse(cum), Reverse(flat)),
                }
            };
            let (a_first, a_second) = rank(a);
            let (b_first, b_second) = rank(b);
            (a_first, &a.key, a_second).cmp(&(b_first, &b.key, b_second))
        });
        rows.truncate(options.limit.unwrap_or(usize::MAX));
        let shown_flat = rows
            .iter()
            .fold(0i64, |sum, site| sum.saturating_add(value(&site.flat)));
        let sites = rows
            .into_iter()
            .zip(1..)
            .map(|(site, rank)| show(site, rank, options.by, column, &types, &accuracy))
            .collect::<Vec<_>>();

        let mut report = Self {
            schema: SCHEMA,
            view: View {
                by: options.by,
                sample_type: types
                    .get(column)
                    .map_or_else(String::new, |kind| kind.name.clone()),
                column,
                sort: options.sort,
                sites: all,
                filters: options.filters.clone(),
                shown_flat,
            },
            profile,
            sites,
            findings: Vec::new(),
            suppressed: 0,
            less_sure: 0,
            channels: None,
        };
        if !options.filters.is_empty() && all == 0 && report.profile.samples > 0 {
            report.profile.warnings.push(Warning::NothingSelected);
        }
        Ok(report)
    }
}

fn profile(
    sites: &Sites,
    accuracy: &Accuracy,
    inputs: Vec<String>,
    skipped: Vec<String>,
) -> Profile {
    let Sites {
        header,
        totals,
        sizes,
        ..
    } = sites;
    let types: Arc<[SampleType]> = header.sample_types.as_slice().into();
    let default = types.get(header.default_column());
    let (sampled, sampled_inuse) = accuracy.raw_counts(sizes);
    Profile {
        inputs,
        default_sample_type: default.map_or_else(String::new, |kind| kind.name.clone()),
        period: (header.period != 0).then_some(header.period),
        period_type: header.period_type.clone(),
        time: rfc3339(header.time_nanos),
        duration_ns: (header.duration_nanos != 0).then_some(header.duration_nanos),
        samples: header.samples,
        stacks: header.stacks,
        sampled,
        sampled_inuse,
        totals: ByType::new(&types, totals.clone()),
        total_interval: ByType::new(&types, accuracy.intervals(sizes, types.len())),
        warnings: warnings(sites, accuracy, skipped),
        sample_types: types,
    }
}

fn warnings(sites: &Sites, accuracy: &Accuracy, skipped: Vec<String>) -> Vec<Warning> {
    let header = &sites.header;
    let mut warnings = Vec::new();
    if header.samples == 0 {
        warnings.push(Warning::NoSamples);
    }
    if accuracy.is_heap() && sites.totals.iter().any(|&total| total != 0) {
        if header.period <= 0 {
            warnings.push(Warning::NoPeriod);
        }
        let has_no_sizes = |class: &SizeClass| class.size.is_none() && class.has_value();
        if sites.sizes.iter().any(has_no_sizes) {
            // The tool that took the sizes away has its own meaning of a duration, too.
            warnings.push(Warning::NoSizes);
        } else if accuracy.has_negative_allocations(sites) {
            warnings.push(Warning::Difference);
        } else if header.duration_nanos > 0 {
            warnings.push(Warning::Delta {
                duration_ns: header.duration_nanos,
            });
        }
        if !accuracy.is_plain {
            warnings.push(Warning::ForeignValues);
        }
    }
    if header.periods_differ {
        warnings.push(Warning::PeriodsDiffer);
    }
    if header.truncated_stacks > 0 {
        warnings.push(Warning::TruncatedStacks {
            samples: header.truncated_stacks,
            of: header.samples,
        });
    }
    if header.drop_frames {
        warnings.push(Warning::DropFrames);
    }
    if !skipped.is_empty() {
        warnings.push(Warning::Skipped { files: skipped });
    }
    warnings
}

fn rfc3339(nanos: i64) -> Option<String> {
    let time = jiff::Timestamp::from_nanosecond(nanos.into()).ok()?;
    (nanos != 0).then(|| time.to_string())
}

fn show(
    site: aggregate::Site,
    rank: usize,
    by: By,
    column: usize,
    types: &Arc<[SampleType]>,
    accuracy: &Accuracy,
) -> Site {
    let text =
        |bytes: &[u8]| (!bytes.is_empty()).then(|| String::from_utf8_lossy(bytes).into_owned());
    let package = |name: &[u8]| {
        let path = String::from_utf8_lossy(name).into_owned();
        (!path.is_empty()).then(|| gosym::unescape(&path).into_owned())
    };
    let aggregate::Site {
        key,
        flat,
        cum,
        sizes,
        places,
        origin,
    } = site;
    // What has no name is shown as google/pprof does: by its binary.
    let unnamed = || match text(&key.object) {
        Some(object) => format!("[{}]", object.rsplit('/').next().unwrap_or(&object)),
        None => "<unknown>".to_owned(),
    };
    let hottest = || {
        let flat = |place: &Place| place.flat.get(column).map_or(0, |flat| flat.unsigned_abs());
        let best = places
            .iter()
            .max_by_key(|place| (flat(place), Reverse(place.line)));
        best.filter(|place| flat(place) > 0).unwrap_or(&origin)
    };
    let name = || text(&key.name).unwrap_or_else(unnamed);
    let (function, package, file, line) = match by {
        By::Function => {
            let Place { file, line, .. } = hottest();
            (
                Some(name()),
                package(gosym::package(&key.name)),
                text(file),
                Some(*line),
            )
        }
        By::Line => {
            let package = package(gosym::package(&key.name));
            (Some(name()), package, text(&key.file), Some(key.line))
        }
        By::File => (
            None,
            None,
            Some(text(&key.file).unwrap_or_else(unnamed)),
            None,
        ),
        By::Package => (
            None,
            Some(package(&key.name).unwrap_or_else(unnamed)),
            None,
            None,
        ),
    };
    let (sampled, sampled_inuse) = accuracy.raw_counts(&sizes);
    Site {
        rank,
        function,
        package,
        file,
        line: line.filter(|&line| line != 0),
        interval: ByType::new(types, accuracy.intervals(&sizes, types.len())),
        flat: ByType::new(types, flat),
        cum: ByType::new(types, cum),
        sampled,
        sampled_inuse,
        sizes: sizes_by_bytes(sizes, types),
    }
}

/// Size classes without their periods: inputs sampled at different rates are added up.
fn sizes_by_bytes(classes: Vec<SizeClass>, types: &Arc<[SampleType]>) -> Vec<Size> {
    let mut sizes: Vec<Size> = Vec::new();
    for class in classes {
        let Some(bytes) = class.size else { continue };
        match sizes.last_mut() {
            Some(last) if last.bytes == bytes => {
                for (sum, value) in last.values.values.iter_mut().zip(&class.values) {
                    *sum = sum.saturating_add(*value);
                }
            }
            _ => sizes.push(Size {
                bytes,
                values: ByType::new(types, class.values),
            }),
        }
    }
    sizes
}

/// Whether a type counts what is in use, not what was ever allocated.
pub(super) fn is_live(kind: &SampleType) -> bool {
    kind.name.starts_with("inuse_") || matches!(kind.name.as_str(), "space" | "objects")
}

/// Whether the bytes in a column are a whole number of sampled objects, scaled up.
///
/// Go writes no others. A tool that scales values, or merges profiles of different periods under
/// one, does; then nothing is known of their accuracy.
fn is_plain(class: &SizeClass, column: usize) -> bool {
    let value = class.values.get(column).copied().unwrap_or(0);
    let (Some(size), Some(period)) = (class.size, NonZeroU64::new(class.period)) else {
        return true;
    };
    let count = stats::raw_count(value, size, period).unsigned_abs() as f64;
    let worth = size as f64 / stats::sampling_probability(size, period);
    let off = (value.unsigned_abs() as f64 - count * worth).abs();
    // Each sample, of one object at the least, has lost up to a byte when it was written; a
    // difference of two has lost twice.
    off <= 0.25 * worth + 2.0 * count
}

/// What is known of the sampling behind each column.
#[derive(Debug)]
struct Accuracy {
    columns: Vec<Option<Sampled>>,
    /// Whether every value is one that sampling at the stated period gives.
    is_plain: bool,
    /// Whether the live values are changes of what was in use.
    is_delta: bool,
}

/// A column of a sampled heap profile.
#[derive(Clone, Copy, Debug)]
struct Sampled {
    measure: Measure,
    live: bool,
    /// The column of bytes that raw counts are recovered from: its own, or that beside it.
    space: Option<usize>,
}

impl Accuracy {
    /// Only heap profiles sample by bytes; what others count is no estimate of this kind.
    fn new(sites: &Sites) -> Self {
        let header = &sites.header;
        let types = &header.sample_types;
        let samples_bytes = header
            .period_type
            .as_ref()
            .is_none_or(|kind| kind.name == "space" && kind.unit == "bytes");
        let columns = types
            .iter()
            .map(|kind| {
                let (prefix, measure) = match kind.name.strip_suffix("space") {
                    Some(prefix) => (prefix, Measure::Space),
                    None => (kind.name.strip_suffix("objects")?, Measure::Objects),
                };
                let is_heap = samples_bytes && matches!(prefix, "alloc_" | "inuse_" | "");
                let beside = |other: &SampleType| other.name.strip_suffix("space") == Some(prefix);
                is_heap.then(|| Sampled {
                    measure,
                    live: is_live(kind),
                    space: types.iter().position(beside),
                })
            })
            .collect::<Vec<Option<Sampled>>>();
        let spaces = columns.iter().flatten().filter_map(|column| column.space);
        let is_plain = |column: usize| sites.sizes.iter().all(|class| is_plain(class, column));
        Self {
            is_plain: spaces.into_iter().all(is_plain),
            is_delta: header.duration_nanos > 0,
            columns,
        }
    }

    /// The column that a column's raw counts are recovered from, if they can be.
    ///
    /// The difference of two snapshots is no sample: what was freed in between was sampled, too.
    fn space_of(&self, column: Option<&Sampled>) -> Option<usize> {
        let column = column?;
        (self.is_plain && !(self.is_delta && column.live)).then_some(column.space?)
    }

    /// Whether anything was allocated a negative number of times, as only differences have it.
    fn has_negative_allocations(&self, sites: &Sites) -> bool {
        let is_negative = |(column, sampled): (usize, &Option<Sampled>)| {
            let allocated = sampled.is_some_and(|sampled| !sampled.live);
            let value = |class: &SizeClass| class.values.get(column).copied().unwrap_or(0);
            allocated && sites.sizes.iter().any(|class| value(class) < 0)
        };
        self.columns.iter().enumerate().any(is_negative)
    }

    fn is_heap(&self) -> bool {
        self.columns.iter().any(Option::is_some)
    }

    /// How many samples there were of each size, from a column of bytes. `None` when a size or a
    /// period is unknown, or values are negative, which only differences of profiles have.
    fn groups(classes: &[SizeClass], space: usize) -> Option<Vec<SizeGroup>> {
        let mut groups = Vec::new();
        for class in classes {
            let value = class.values.get(space).copied().unwrap_or(0);
            if value == 0 {
                continue;
            }
            let size = class.size?;
            let period = NonZeroU64::new(class.period)?;
            let count = stats::raw_count(value, size, period);
            groups.push(SizeGroup {
                size,
                period,
                sampled: u64::try_from(count).ok()?,
            });
        }
        Some(groups)
    }

    fn intervals(&self, classes: &[SizeClass], types: usize) -> Vec<Option<Interval>> {
        let interval = |column: &Option<Sampled>| {
            let Sampled { measure, .. } = (*column)?;
            let space = self.space_of(column.as_ref())?;
            let stats::Interval { low, high } =
                stats::interval(Self::groups(classes, space)?, measure);
            // Casts of floats saturate.
            Some(Interval {
                low: low.floor() as i64,
                high: high.ceil() as i64,
            })
        };
        let mut intervals: Vec<_> = self.columns.iter().map(interval).collect();
        intervals.resize(types, None);
        intervals
    }

    /// Raw counts of sampled allocations, and of those still in use.
    fn raw_counts(&self, classes: &[SizeClass]) -> (Option<u64>, Option<u64>) {
        let count = |live: bool| {
            let column = self
                .columns
                .iter()
                .flatten()
                .find(|column| column.live == live)?;
            let groups = Self::groups(classes, self.space_of(Some(column))?)?;
            Some(
                groups
                    .iter()
                    .map(|group| group.sampled)
                    .fold(0, u64::saturating_add),
            )
        };
        let live = count(true);
        // A profile of live objects alone: those are all that it sampled.
        let has_allocated = self.columns.iter().flatten().any(|column| !column.live);
        (if has_allocated { count(false) } else { live }, live)
    }
}
