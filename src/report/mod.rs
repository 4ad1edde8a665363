//! What is shown, as plain data: every renderer reads a [`Report`] and nothing else.
//!
//! Serialised, a [`Report`] is the JSON that `schema/analyze.schema.json` describes. That format is a
//! promise: fields are only added.

mod build;

use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::aggregate::Filter;
pub use crate::aggregate::{By, SampleType};
use crate::findings::Channel;
pub use crate::findings::Finding;
pub use build::{Options, UnknownSampleType};

/// The identifier of the JSON format.
pub const SCHEMA: &str = "memlens.analyze/1";

/// A ranked table of sites and what it was made from.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// What was read.
    pub profile: Profile,
    /// What is shown of it.
    pub view: View,
    /// The sites shown, ranked.
    pub sites: Vec<Site>,
    /// What to change where.
    pub findings: Vec<Finding>,
    /// How many findings were suppressed, in the source or by configuration.
    pub suppressed: usize,
    /// How many findings were left out because they are less sure than asked for.
    pub less_sure: usize,
    /// The channels of evidence that findings were looked for in; `None` when nobody looked.
    pub channels: Option<Vec<Channel>>,
}

/// One input or several merged.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Profile {
    /// The names of the inputs, as given.
    pub inputs: Vec<String>,
    /// What the numbers mean.
    #[serde(serialize_with = "sample_types")]
    pub sample_types: Arc<[SampleType]>,
    /// The type that is shown unless another is asked for.
    pub default_sample_type: String,
    /// From sample to sample, in units of `period_type`; for a heap profile bytes. `None` when
    /// the profile does not say.
    pub period: Option<i64>,
    /// The name and unit of the period, e.g. `space` in `bytes`.
    #[serde(serialize_with = "sample_type")]
    pub period_type: Option<SampleType>,
    /// When the profile was taken, in RFC 3339; of several inputs the first.
    pub time: Option<String>,
    /// How long it took to collect, in nanoseconds; `None` for a snapshot.
    pub duration_ns: Option<i64>,
    /// How many samples the inputs hold.
    pub samples: u64,
    /// How many distinct stacks they have; `None` when they were not counted.
    pub stacks: Option<u64>,
    /// How many allocations were sampled; `None` where the profile does not tell.
    pub sampled: Option<u64>,
    /// How many of them were still in use.
    pub sampled_inuse: Option<u64>,
    /// For each sample type the sum of absolute values over all samples, as `go tool pprof`.
    pub totals: ByType<i64>,
    /// The 95 % interval of each total, where it is known.
    pub total_interval: ByType<Option<Interval>>,
    /// What a reader of the numbers must know.
    pub warnings: Vec<Warning>,
}

/// How sites were made, ranked and cut.
#[derive(Clone, Debug, serde::Serialize)]
pub struct View {
    /// What a site is.
    #[serde(serialize_with = "by")]
    pub by: By,
    /// The type that ranks, by name.
    pub sample_type: String,
    /// Its column in every [`ByType`].
    #[serde(skip)]
    pub column: usize,
    /// What ranks: `flat` or `cum`.
    pub sort: Sort,
    /// How many sites have a value of this type, shown or not.
    pub sites: usize,
    /// The filters that were set.
    pub filters: Filters,
    /// The sum of flat of the sites shown.
    pub shown_flat: i64,
}

/// The regular expressions of the filters, as they were given.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Filters {
    /// Which samples were kept.
    pub focus: Option<String>,
    /// Which samples were dropped.
    pub ignore: Option<String>,
    /// Which frames were removed.
    pub hide: Option<String>,
    /// Which frames were kept.
    pub show: Option<String>,
}

impl Filters {
    /// Whether no filter is set.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// The filters that are set, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let Self {
            focus,
            ignore,
            hide,
            show,
        } = self;
        [
            ("focus", focus),
            ("ignore", ignore),
            ("hide", hide),
            ("show", show),
        ]
        .into_iter()
        .filter_map(|(name, pattern)| Some((name, pattern.as_deref()?)))
    }
}

impl From<&Filter> for Filters {
    fn from(filter: &Filter) -> Self {
        let text = |regex: &Option<regex::bytes::Regex>| Some(regex.as_ref()?.as_str().to_owned());
        Self {
            focus: text(&filter.focus),
            ignore: text(&filter.ignore),
            hide: text(&filter.hide),
            show: text(&filter.show),
        }
    }
}

/// What sites are ranked by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum Sort {
    /// What the site itself allocated.
    #[default]
    Flat,
    /// What the site and everything it called allocated.
    Cum,
}

/// One row.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Site {
    /// From 1.
    pub rank: usize,
    /// The function's full name as in the profile; `None` by file and by package.
    pub function: Option<String>,
    /// The import path, unescaped; `None` by file and for names without one.
    pub package: Option<String>,
    /// The source file as in the profile; `None` by package and where unknown.
    pub file: Option<String>,
    /// By line: the line. By function: the line with the most flat, or the first line of a
    /// function that has none. Else `None`.
    pub line: Option<i64>,
    /// Of the site itself.
    pub flat: ByType<i64>,
    /// Of the site and all that it called.
    pub cum: ByType<i64>,
    /// The 95 % interval of each flat, where it is known.
    pub interval: ByType<Option<Interval>>,
    /// How many allocations were sampled; `None` where the profile does not tell.
    pub sampled: Option<u64>,
    /// How many of them were still in use.
    pub sampled_inuse: Option<u64>,
    /// flat by the size of the objects, smallest first; only sizes that are known.
    pub sizes: Vec<Size>,
}

impl Site {
    /// How many sampled allocations are behind flat of this column: those still in use for an
    /// `inuse_*` type, all for the others.
    pub fn sampled_behind(&self, sample_type: &SampleType) -> Option<u64> {
        if build::is_live(sample_type) {
            self.sampled_inuse
        } else {
            self.sampled
        }
    }
}

/// The objects of one size at a site.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Size {
    /// Bytes of each object, rounded up by the runtime to a size class.
    pub bytes: u64,
    /// What they add to flat.
    #[serde(flatten)]
    pub values: ByType<i64>,
}

/// A 95 % interval, in the unit of the value it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(into = "[i64; 2]")]
pub struct Interval {
    /// The lower end, rounded down.
    pub low: i64,
    /// The upper end, rounded up.
    pub high: i64,
}

impl From<Interval> for [i64; 2] {
    fn from(Interval { low, high }: Interval) -> Self {
        [low, high]
    }
}

/// One value for each sample type; serialised as a map from the types' names.
#[derive(Clone, Debug)]
pub struct ByType<T> {
    types: Arc<[SampleType]>,
    values: Vec<T>,
}

impl<T> ByType<T> {
    /// `values` must be in the order of `types`.
    pub(crate) fn new(types: &Arc<[SampleType]>, values: Vec<T>) -> Self {
        Self {
            types: Arc::clone(types),
            values,
        }
    }

    /// The value in a column.
    pub fn get(&self, column: usize) -> Option<&T> {
        self.values.get(column)
    }
}

impl<T: Serialize> Serialize for ByType<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.values.len()))?;
        for (kind, value) in self.types.iter().zip(&self.values) {
            map.serialize_entry(&kind.name, value)?;
        }
        map.end()
    }
}

/// What limits the meaning of the numbers. Each says what it means and, where there is
/// something, what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// There is nothing to rank.
    NoSamples,
    /// Heap samples without object sizes.
    NoSizes,
    /// A heap profile that does not say how often it sampled.
    NoPeriod,
    /// Inputs sampled at different rates.
    PeriodsDiffer,
    /// Stacks at the runtime's depth limit.
    TruncatedStacks {
        /// How many samples have one.
        samples: u64,
        /// Of how many.
        of: u64,
    },
    /// The difference of two heap profiles.
    Delta {
        /// The time between them, in nanoseconds.
        duration_ns: i64,
    },
    /// The difference of any two profiles.
    Difference,
    /// Values that Go's sampling does not give.
    ForeignValues,
    /// The profile asks to leave frames out.
    DropFrames,
    /// Files of a directory that are no profiles.
    Skipped {
        /// Their names.
        files: Vec<String>,
    },
    /// The filters left nothing.
    NothingSelected,
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoSamples => f.write_str("the profile holds no samples"),
            Self::NoSizes => f.write_str(
                "the samples do not tell object sizes (merged or rewritten by another tool): \
                 no intervals and no sample counts",
            ),
            Self::NoPeriod => {
                f.write_str("the sampling period is unknown: no intervals and no sample counts")
            }
            Self::PeriodsDiffer => f.write_str(
                "the inputs were sampled at different rates; intervals take each input's own",
            ),
            Self::TruncatedStacks { samples, of } => write!(
                f,
                "{samples} of {of} samples have stacks as deep as Go records: their callers are \
                 cut off, so cum of the outermost functions is too low"
            ),
            Self::Delta { duration_ns } => write!(
                f,
                "the difference of two heap profiles {:.1} s apart: alloc_* is what was allocated \
                 between them, inuse_* the change (its total a sum of absolute values)",
                *duration_ns as f64 / 1e9
            ),
            Self::Difference => f.write_str(
                "a difference of profiles: values are changes, totals the sums of their absolute \
                 values",
            ),
            Self::ForeignValues => f.write_str(
                "values do not fit the sampling period (scaled, or merged from profiles with \
                 different ones?): no intervals and no sample counts",
            ),
            Self::DropFrames => f.write_str(
                "the profile asks to leave frames out (drop_frames); they are shown, unlike in \
                 go tool pprof",
            ),
            Self::Skipped { files } => {
                let names: Vec<_> = files.iter().map(|file| crate::escape::line(file)).collect();
                write!(f, "skipped, as no profiles: {}", names.join(", "))
            }
            Self::NothingSelected => f.write_str("no sample matches the filters"),
        }
    }
}

impl Serialize for Warning {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

fn sample_types<S: Serializer>(
    types: &Arc<[SampleType]>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(types.iter().map(TypeAndUnit))
}

fn sample_type<S: Serializer>(kind: &Option<SampleType>, serializer: S) -> Result<S::Ok, S::Error> {
    kind.as_ref().map(TypeAndUnit).serialize(serializer)
}

/// A sample type under the names of the JSON format.
struct TypeAndUnit<'a>(&'a SampleType);

impl Serialize for TypeAndUnit<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("type", &self.0.name)?;
        map.serialize_entry("unit", &self.0.unit)?;
        map.end()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn by<S: Serializer>(by: &By, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match by {
        By::Function => "function",
        By::Line => "line",
        By::File => "file",
        By::Package => "package",
    })
}
