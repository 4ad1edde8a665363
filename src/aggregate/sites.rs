//! The result of reading profiles: sites, by what their names say rather than by table index, so
//! that several profiles can be added up.

use std::collections::BTreeMap;
use std::sync::Arc;

use hashbrown::HashMap;

use super::flat_cum::{Depths, FlatCum};
use super::hot::Hot;
use super::merge::pick;
use super::rows::{By, Origin, RowKey, clean_path};
use crate::decode::{StringId, Tables, ValueType};
use crate::gosym;

/// What a number of a sample means.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SampleType {
    /// Its name, e.g. `alloc_space`.
    pub name: String,
    /// Its unit, e.g. `bytes`, `count`, `nanoseconds`.
    pub unit: String,
}

/// What a site is, as bytes of the profile: names need not be UTF-8.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SiteKey {
    /// The function's full name; by package, the import path; empty by file.
    pub name: Vec<u8>,
    /// The cleaned path of the file; empty by function and by package.
    pub file: Vec<u8>,
    /// The line, by line only, else 0.
    pub line: i64,
    /// For frames without a name: the file of the mapping.
    pub object: Vec<u8>,
    /// For frames without a name: the first line of the function.
    pub start_line: i64,
}

/// The values of a site's objects of one size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SizeClass {
    /// The size of each object in bytes, rounded up to a size class by the runtime; `None` when
    /// the profile does not say.
    pub size: Option<u64>,
    /// The sampling period in force, in bytes; 0 when unknown.
    pub period: u64,
    /// flat of these objects, one value for each sample type.
    pub values: Vec<i64>,
}

impl SizeClass {
    /// Whether any value is not 0.
    pub fn has_value(&self) -> bool {
        self.values.iter().any(|&value| value != 0)
    }
}

/// A place in the sources that a site's flat comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The cleaned path of the file. Shared, since many places are in one file.
    pub file: Arc<[u8]>,
    /// The line; 0 when unknown.
    pub line: i64,
    /// flat there, one value for each sample type.
    pub flat: Vec<i64>,
}

/// One row of a report.
#[derive(Clone, Debug)]
pub struct Site {
    /// What it is.
    pub key: SiteKey,
    /// Values allocated at the site itself, one for each sample type.
    pub flat: Vec<i64>,
    /// Values of all samples with the site anywhere in their stack, each once.
    pub cum: Vec<i64>,
    /// flat by object size, smallest first.
    pub sizes: Vec<SizeClass>,
    /// By function: the lines of the function with flat, in order; else empty.
    pub places: Vec<Place>,
    /// The file and first line of the function, by function and line.
    pub origin: Place,
}

impl Site {
    /// About how many bytes of memory the site takes.
    pub(super) fn heap_bytes(&self) -> usize {
        let SiteKey {
            name, file, object, ..
        } = &self.key;
        // A row of numbers with what a table of rows adds to it.
        let numbers = 8 * self.cum.len() + 64;
        size_of::<Self>()
            + name.len()
            + file.len()
            + object.len()
            + (2 + self.sizes.len() + self.places.len()) * numbers
    }

    /// Whether any value is not 0.
    pub(super) fn has_value(&self) -> bool {
        self.cum.iter().chain(&self.flat).any(|&value| value != 0)
    }
}

/// What is known of one input or of several merged.
#[derive(Clone, Debug, Default)]
pub struct Header {
    /// The kind of each value.
    pub sample_types: Vec<SampleType>,
    /// The sample type that the profile wishes to be shown first; empty when it has no wish.
    pub wish: String,
    /// What is counted from one sample to the next.
    pub period_type: Option<SampleType>,
    /// How much of it; of several inputs the largest. 0 when unknown.
    pub period: i64,
    /// Whether inputs with different periods were merged.
    pub periods_differ: bool,
    /// When the (earliest) profile was taken, nanoseconds since 1970 UTC; 0 when unknown.
    pub time_nanos: i64,
    /// The sum of the durations in nanoseconds; 0 for snapshots.
    pub duration_nanos: i64,
    /// How many sample records were read.
    pub samples: u64,
    /// How many distinct stacks they had, if that was counted; of several inputs the sum.
    pub stacks: Option<u64>,
    /// How many samples have stacks that the runtime seems to have cut at the root.
    pub truncated_stacks: u64,
    /// Whether the profile names frames to leave out (`drop_frames`), which is not done.
    pub drop_frames: bool,
}

/// The sites of one input or of several merged.
#[derive(Clone, Debug, Default)]
pub struct Sites {
    /// What is known of the whole.
    pub header: Header,
    /// For each sample type the sum of the absolute values of all samples, filtered or not: what
    /// `go tool pprof` calls the total.
    pub totals: Vec<i64>,
    /// All samples by object size, smallest first, filtered or not.
    pub sizes: Vec<SizeClass>,
    /// Every row with a value, in no order.
    pub rows: Vec<Site>,
    /// The hot ends of stacks, if they were asked for and this is a heap profile.
    pub hot: Option<Hot>,
}

impl Sites {
    /// Names what was summed up, now that the tables are complete.
    pub(crate) fn collect(by: By, sums: &FlatCum<'_>, tables: &Tables) -> Self {
        let label_sizes = sums.labels.sizes(tables);
        let size_of = |labels: u32| label_sizes.get(labels as usize).copied().flatten();
        let period = u64::try_from(tables.period).unwrap_or(0);

        let mut collected: Vec<Collected> = Vec::new();
        collected.resize_with(sums.rows.len(), Collected::default);
        for (location, labels, values) in sums.leaves() {
            let row = sums
                .rows
                .leaf_row(location)
                .and_then(|row| collected.get_mut(row as usize));
            let Some(row) = row else { continue };
            row.sizes.add(size_of(labels), period, values);
            if by == By::Function {
                let line = sums.rows.leaf_line(tables, location);
                let function = line.and_then(|line| tables.function(line.function));
                let file = function.map_or(StringId::EMPTY, |function| function.file);
                let place = (file, line.map_or(0, |line| line.line));
                add_to(row.places.entry(place).or_default(), values);
            }
        }

        let mut paths = Paths::new(tables);
        let rows = collected
            .into_iter()
            .zip(sums.rows.keys())
            .zip(0..)
            .map(|((collected, (key, origin)), row)| {
                collected.into_site(by, key, origin, sums.cum(row).to_vec(), &mut paths)
            })
            .filter(Site::has_value)
            .collect();

        let mut sizes = Sizes::default();
        for (_, labels, values) in sums.leaves() {
            sizes.add(size_of(labels), period, values);
        }
        Self {
            header: Header::new(sums, tables),
            totals: tables
                .totals
                .iter()
                .map(|&total| i64::try_from(total).unwrap_or(i64::MAX))
                .collect(),
            sizes: sizes.into_sorted(),
            rows,
            hot: None,
        }
    }
}

impl Header {
    /// The column of a sample type by name, as google/pprof looks it up: a name with `inuse_`
    /// also means the type without, a number means the place.
    pub fn column(&self, name: &str) -> Option<usize> {
        let types = &self.sample_types;
        if let Ok(index) = name.parse::<usize>() {
            return (index < types.len()).then_some(index);
        }
        let without = name.strip_prefix("inuse_").unwrap_or(name);
        types
            .iter()
            .position(|sample_type| sample_type.name == name || sample_type.name == without)
    }

    /// The column to show first, as google/pprof chooses: the profile's wish, else the last.
    pub fn default_column(&self) -> usize {
        let wish = self
            .sample_types
            .iter()
            .position(|kind| kind.name == self.wish);
        wish.unwrap_or(self.sample_types.len().saturating_sub(1))
    }

    fn new(sums: &FlatCum<'_>, tables: &Tables) -> Self {
        Self {
            stacks: sums.stacks(),
            truncated_stacks: truncated_stacks(&sums.depths, tables),
            ..Self::of(tables)
        }
    }

    /// What the tables say.
    pub(super) fn of(tables: &Tables) -> Self {
        let sample_type = |value_type: &ValueType| SampleType {
            name: tables.text(value_type.kind).into_owned(),
            unit: tables.text(value_type.unit).into_owned(),
        };
        let sample_types: Vec<SampleType> = tables.sample_types.iter().map(sample_type).collect();
        Self {
            sample_types,
            wish: tables.text(tables.default_sample_type).into_owned(),
            // By text: any index may stand for the empty string.
            period_type: Some(sample_type(&tables.period_type))
                .filter(|kind| !kind.name.is_empty() || !kind.unit.is_empty()),
            period: tables.period,
            periods_differ: false,
            time_nanos: tables.time_nanos,
            duration_nanos: tables.duration_nanos,
            samples: tables.samples,
            stacks: None,
            truncated_stacks: 0,
            drop_frames: tables.drop_frames != StringId::EMPTY,
        }
    }
}

/// Samples as deep as the runtime's limit whose last frame is not where a program begins.
///
/// A depth is taken for a limit only when no stack is deeper.
fn truncated_stacks(depths: &Depths, tables: &Tables) -> u64 {
    let limit = Depths::LIMITS
        .iter()
        .position(|limit| limit.contains(&depths.deepest));
    let Some(roots) = limit.and_then(|limit| depths.at_limit.get(limit)) else {
        return 0;
    };
    let begins = |id: u64| {
        let location = tables.location(id);
        let line = location.and_then(|location| tables.lines(location).last());
        let function = line.and_then(|line| tables.function(line.function));
        // Without a name it is no frame of Go, such as the padding of threadcreate profiles.
        let Some(function) = function else {
            return true;
        };
        let name = tables.strings.get(function.name);
        matches!(
            name,
            b"runtime.main" | b"runtime.goexit" | b"testing.tRunner" | b"testing.(*B).launch"
        )
    };
    roots
        .iter()
        .filter(|&(&root, _)| !begins(root))
        .map(|(_, samples)| samples)
        .sum()
}

/// Sums by object size and sampling period.
#[derive(Debug, Default)]
pub(super) struct Sizes(HashMap<(Option<u64>, u64), Vec<i64>>);

impl Sizes {
    fn add(&mut self, size: Option<u64>, period: u64, values: &[i64]) {
        add_to(self.0.entry((size, period)).or_default(), values);
    }

    /// Adds the size classes of another table, whose columns stand at `columns`.
    pub(super) fn take_in(&mut self, classes: &[SizeClass], columns: &[usize]) {
        for SizeClass {
            size,
            period,
            values,
        } in classes
        {
            self.add(*size, *period, &pick(values, columns));
        }
    }

    /// How many size classes there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Drops all columns but these.
    pub(super) fn keep(&mut self, columns: &[usize]) {
        for values in self.0.values_mut() {
            *values = pick(values, columns);
        }
    }

    pub(super) fn into_sorted(self) -> Vec<SizeClass> {
        let class = |((size, period), values)| SizeClass {
            size,
            period,
            values,
        };
        let mut sizes: Vec<SizeClass> = self
            .0
            .into_iter()
            .map(class)
            .filter(SizeClass::has_value)
            .collect();
        sizes.sort_unstable_by_key(|class| (class.size, class.period));
        sizes
    }
}

#[derive(Debug, Default)]
struct Collected {
    sizes: Sizes,
    places: HashMap<(StringId, i64), Vec<i64>>,
}

impl Collected {
    fn into_site(
        self,
        by: By,
        key: &RowKey,
        origin: &Origin,
        cum: Vec<i64>,
        paths: &mut Paths<'_>,
    ) -> Site {
        let strings = &paths.tables.strings;
        let name = strings.get(key.name);
        let sizes = self.sizes.into_sorted();
        let mut flat = vec![0; cum.len()];
        sizes
            .iter()
            .for_each(|class| add_to(&mut flat, &class.values));
        // Different spellings of one path are one place.
        let mut places: BTreeMap<(Arc<[u8]>, i64), Vec<i64>> = BTreeMap::new();
        for ((file, line), flat) in self.places {
            add_to(places.entry((paths.clean(file), line)).or_default(), &flat);
        }
        let places = places
            .into_iter()
            .map(|((file, line), flat)| Place { file, line, flat })
            .collect();
        let origin = match by {
            By::Function | By::Line => Place {
                file: paths.clean(origin.file),
                line: origin.start_line,
                flat: Vec::new(),
            },
            By::File | By::Package => Place::default(),
        };
        Site {
            key: SiteKey {
                name: if by == By::Package {
                    gosym::package(name)
                } else {
                    name
                }
                .to_vec(),
                file: paths.clean(key.file).to_vec(),
                line: key.line,
                object: strings.get(key.object).to_vec(),
                start_line: key.start_line,
            },
            flat,
            cum,
            sizes,
            places,
            origin,
        }
    }
}

/// Cleaned paths by string, each made once.
struct Paths<'t> {
    tables: &'t Tables,
    cleaned: HashMap<StringId, Arc<[u8]>>,
}

impl<'t> Paths<'t> {
    fn new(tables: &'t Tables) -> Self {
        Self {
            tables,
            cleaned: HashMap::new(),
        }
    }

    fn clean(&mut self, id: StringId) -> Arc<[u8]> {
        let clean = || clean_path(self.tables.strings.get(id)).as_ref().into();
        Arc::clone(self.cleaned.entry(id).or_insert_with(clean))
    }
}

/// Adds `values` to `sums`, which grow if they must.
pub(super) fn add_to(sums: &mut Vec<i64>, values: &[i64]) {
    sums.resize(sums.len().max(values.len()), 0);
    for (sum, &value) in sums.iter_mut().zip(values) {
        // Within one profile the decoder has checked the totals; a merge checks them again.
        *sum = sum.wrapping_add(value);
    }
}
