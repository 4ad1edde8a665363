//! Says whether what memlens makes of a profile is what the oracles make of it.

use std::collections::{BTreeMap, BTreeSet};

use memlens::aggregate::{Query, SampleType, Sites, SizeClass, StackProfile};
use memlens::decode::{DecodeLimits, Tables};
use memlens::input::{Input, Limits};
use memlens::report::{Options, Report, Sort};
use memlens::schema;
use proptest::prelude::TestCaseError;
use proptest::{prop_assert, prop_assert_eq};
use prost::Message;

use crate::naive::{self, Sizes, Summary};

pub type Verdict = Result<(), TestCaseError>;

/// How the bytes of a profile reach memlens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// They can be read twice.
    File,
    /// They can be read once.
    Pipe,
}

pub fn input(bytes: &[u8], way: Way) -> Input {
    let limits = Limits::default();
    match way {
        Way::File => Input::from_bytes("profile", bytes, &limits),
        Way::Pipe => Input::from_reader("profile", std::io::Cursor::new(bytes.to_vec()), &limits),
    }
    .expect("a profile")
}

pub fn read(bytes: &[u8], way: Way, query: &Query) -> Result<Sites, TestCaseError> {
    memlens::aggregate::read(&mut input(bytes, way), query, &DecodeLimits::default())
        .map_err(|error| TestCaseError::fail(format!("{way:?}: {error}")))
}

/// What prost reads from inflated bytes.
pub fn by_prost(inflated: &[u8]) -> schema::Profile {
    schema::Profile::decode(inflated).expect("what prost can read")
}

// --- Decoding -------------------------------------------------------------------------------

/// A stack, leaf first, and the numeric labels in their order.
type SampleKey = (Vec<u64>, Vec<(Vec<u8>, i64)>);

/// Compares everything that memlens keeps of a profile with what prost has read.
pub fn decoded(ours: &StackProfile, theirs: &schema::Profile) -> Verdict {
    header(&ours.tables, theirs)?;
    tables(&ours.tables, theirs)?;

    let mut expected: BTreeMap<SampleKey, Vec<i64>> = BTreeMap::new();
    let mut stacks = BTreeSet::new();
    for sample in &theirs.sample {
        let labels = naive::numeric_labels(sample)
            .map(|label| (naive::text(theirs, label.key).to_vec(), label.num));
        let sums = expected
            .entry((sample.location_id.clone(), labels.collect()))
            .or_insert_with(|| vec![0; sample.value.len()]);
        for (sum, value) in sums.iter_mut().zip(&sample.value) {
            *sum += value;
        }
        stacks.insert(&sample.location_id);
    }
    prop_assert_eq!(ours.stacks.len(), stacks.len());
    prop_assert_eq!(ours.stacks.is_empty(), stacks.is_empty());

    let mut found: BTreeMap<SampleKey, Vec<i64>> = BTreeMap::new();
    ours.stacks
        .try_each(|sample| {
            let mut stack = Vec::new();
            let mut locations = sample.locations();
            while let Some(id) = locations.next()? {
                stack.push(id);
            }
            let labels = sample.labels.iter().map(|label| {
                let key = ours.tables.strings.get(label.key).to_vec();
                (key, label.number)
            });
            // Keys that differ in the table but not in their text are different to the stack
            // table and equal here.
            let sums = found
                .entry((stack, labels.collect()))
                .or_insert_with(|| vec![0; sample.values.len()]);
            for (sum, value) in sums.iter_mut().zip(sample.values) {
                *sum += value;
            }
            Ok(())
        })
        .map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert_eq!(found, expected);
    Ok(())
}

fn header(ours: &Tables, theirs: &schema::Profile) -> Verdict {
    let text = |index: i64| naive::text(theirs, index);
    let types = ours
        .sample_types
        .iter()
        .map(|kind| (ours.strings.get(kind.kind), ours.strings.get(kind.unit)));
    let expected = theirs
        .sample_type
        .iter()
        .map(|kind| (text(kind.r#type), text(kind.unit)));
    prop_assert_eq!(types.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    let period_type = theirs.period_type.unwrap_or_default();
    prop_assert_eq!(
        ours.strings.get(ours.period_type.kind),
        text(period_type.r#type)
    );
    prop_assert_eq!(
        ours.strings.get(ours.period_type.unit),
        text(period_type.unit)
    );
    prop_assert_eq!(ours.period, theirs.period);
    prop_assert_eq!(ours.time_nanos, theirs.time_nanos);
    prop_assert_eq!(ours.duration_nanos, theirs.duration_nanos);
    prop_assert_eq!(
        ours.strings.get(ours.default_sample_type),
        text(theirs.default_sample_type)
    );
    prop_assert_eq!(ours.samples, theirs.sample.len() as u64);
    let mut totals = vec![0; theirs.sample_type.len()];
    for sample in &theirs.sample {
        for (total, value) in totals.iter_mut().zip(&sample.value) {
            *total += value.unsigned_abs();
        }
    }
    if !theirs.sample.is_empty() {
        prop_assert_eq!(&ours.totals, &totals);
    }
    Ok(())
}

fn tables(ours: &Tables, theirs: &schema::Profile) -> Verdict {
    let strings: Vec<&[u8]> = ours.strings.iter().map(|(_, text)| text).collect();
    prop_assert_eq!(strings, theirs.string_table.iter().collect::<Vec<_>>());
    prop_assert_eq!(ours.strings.len(), theirs.string_table.len());

    for function in &theirs.function {
        let found = ours.function(function.id);
        let found = found.ok_or_else(|| TestCaseError::fail(format!("no {function:?}")))?;
        prop_assert_eq!(
            ours.strings.get(found.name),
            naive::text(theirs, function.name)
        );
        prop_assert_eq!(
            ours.strings.get(found.file),
            naive::text(theirs, function.filename)
        );
        prop_assert_eq!(found.start_line, function.start_line);
    }

    prop_assert_eq!(ours.locations().len(), theirs.location.len());
    for (found, location) in ours.locations().iter().zip(&theirs.location) {
        prop_assert_eq!(
            (found.id, found.mapping, found.address),
            (location.id, location.mapping_id, location.address)
        );
        let by_id = ours.location(location.id);
        prop_assert!(by_id.is_some_and(|by_id| std::ptr::eq(by_id, found)));
        let lines = ours.lines(found).iter();
        prop_assert_eq!(
            lines
                .map(|line| (line.function, line.line))
                .collect::<Vec<_>>(),
            location
                .line
                .iter()
                .map(|line| (line.function_id, line.line))
                .collect::<Vec<_>>()
        );
    }

    prop_assert_eq!(ours.mappings().len(), theirs.mapping.len());
    for mapping in &theirs.mapping {
        let found = ours.mapping(mapping.id);
        let found = found.ok_or_else(|| TestCaseError::fail(format!("no {mapping:?}")))?;
        prop_assert_eq!(
            (
                ours.strings.get(found.file),
                ours.strings.get(found.build_id)
            ),
            (
                naive::text(theirs, mapping.filename),
                naive::text(theirs, mapping.build_id)
            )
        );
        prop_assert_eq!(
            (found.start, found.limit, found.file_offset),
            (
                mapping.memory_start,
                mapping.memory_limit,
                mapping.file_offset
            )
        );
    }
    Ok(())
}

// --- Summing up -----------------------------------------------------------------------------

pub fn sample_types(profile: &schema::Profile) -> Vec<SampleType> {
    let text = |index| String::from_utf8_lossy(naive::text(profile, index)).into_owned();
    let kind = |kind: &schema::ValueType| SampleType {
        name: text(kind.r#type),
        unit: text(kind.unit),
    };
    profile.sample_type.iter().map(kind).collect()
}

/// Compares rows, sizes and totals. `is_by_function` says whether rows have places.
pub fn summed(ours: &Sites, theirs: &Summary, is_by_function: bool) -> Verdict {
    // Without samples a profile has no columns to be wrong in.
    if !theirs.sizes.is_empty() {
        prop_assert_eq!(&ours.totals, &theirs.totals);
    }
    prop_assert_eq!(sizes(&ours.sizes)?, with_value(&theirs.sizes), "all sizes");

    let mut found = BTreeMap::new();
    for site in &ours.rows {
        prop_assert!(
            found.insert(&site.key, site).is_none(),
            "two rows {:?}",
            site.key
        );
    }
    prop_assert_eq!(
        found.keys().copied().collect::<Vec<_>>(),
        theirs.rows.keys().collect::<Vec<_>>(),
        "the rows that there are"
    );
    for (key, expected) in &theirs.rows {
        let site = found[key];
        prop_assert_eq!(&site.flat, &expected.flat, "flat of {:?}", key);
        prop_assert_eq!(&site.cum, &expected.cum, "cum of {:?}", key);
        prop_assert_eq!(
            sizes(&site.sizes)?,
            with_value(&expected.sizes),
            "sizes of {:?}",
            key
        );
        if is_by_function {
            let places = site
                .places
                .iter()
                .map(|place| ((place.file.to_vec(), place.line), place.flat.clone()))
                .filter(|(_, flat)| flat.iter().any(|&value| value != 0));
            let expected_places = expected
                .places
                .iter()
                .map(|(place, flat)| (place.clone(), flat.clone()))
                .filter(|(_, flat)| flat.iter().any(|&value| value != 0));
            prop_assert_eq!(
                places.collect::<Vec<_>>(),
                expected_places.collect::<Vec<_>>(),
                "places of {:?}",
                key
            );
            let origin = (site.origin.file.to_vec(), site.origin.line);
            prop_assert!(
                expected.origins.contains(&origin),
                "origin {:?} of {:?} is none of {:?}",
                origin,
                key,
                expected.origins
            );
        } else {
            prop_assert!(site.places.is_empty(), "places of {:?}", key);
        }
    }
    Ok(())
}

fn sizes(classes: &[SizeClass]) -> Result<Sizes, TestCaseError> {
    let order = |class: &SizeClass| (class.size, class.period);
    prop_assert!(
        classes
            .windows(2)
            .all(|pair| order(&pair[0]) < order(&pair[1])),
        "sizes out of order: {:?}",
        classes
    );
    let entry = |class: &SizeClass| (order(class), class.values.clone());
    Ok(with_value(&classes.iter().map(entry).collect()))
}

/// The size classes that any value is left of.
fn with_value(sizes: &Sizes) -> Sizes {
    let mut sizes = sizes.clone();
    sizes.retain(|_, values| values.iter().any(|&value| value != 0));
    sizes
}

// --- Reporting ------------------------------------------------------------------------------

/// Checks the report of one column: that sites stand in order, that nothing was lost.
pub fn reported(
    sites: &Sites,
    query: &Query,
    expected: &Summary,
    column: usize,
    sort: Sort,
) -> Verdict {
    let options = Options {
        by: query.by,
        sample_type: Some(column.to_string()),
        sort,
        ..Options::default()
    };
    let report = Report::new(
        sites.clone(),
        vec!["profile".to_owned()],
        Vec::new(),
        &options,
    )
    .map_err(|error| TestCaseError::fail(error.to_string()))?;
    let flat = |site: &memlens::report::Site| site.flat.get(column).copied().unwrap_or_default();
    let cum = |site: &memlens::report::Site| site.cum.get(column).copied().unwrap_or_default();

    prop_assert_eq!(report.view.column, column);
    prop_assert_eq!(report.view.sites, report.sites.len());
    let ranks = report.sites.iter().map(|site| site.rank);
    prop_assert!(ranks.eq(1..=report.sites.len()));
    let magnitudes = report.sites.iter().map(|site| {
        match sort {
            Sort::Flat => flat(site),
            Sort::Cum => cum(site),
        }
        .unsigned_abs()
    });
    prop_assert!(
        magnitudes
            .clone()
            .zip(magnitudes.skip(1))
            .all(|(a, b)| a >= b),
        "not in order"
    );

    let mut found: Vec<(i64, i64)> = report
        .sites
        .iter()
        .map(|site| (flat(site), cum(site)))
        .collect();
    let rows = expected.rows.values();
    let mut rows: Vec<(i64, i64)> = rows
        .map(|row| (row.flat[column], row.cum[column]))
        .filter(|&(flat, cum)| flat != 0 || cum != 0)
        .collect();
    found.sort_unstable();
    rows.sort_unstable();
    prop_assert_eq!(found, rows);

    let sum: i64 = report.sites.iter().map(flat).sum();
    prop_assert_eq!(sum, expected.selected[column], "flat of all sites");
    prop_assert_eq!(report.view.shown_flat, sum);
    if report.profile.samples > 0 {
        prop_assert_eq!(
            report.profile.totals.get(column).copied(),
            Some(expected.totals[column])
        );
    }

    let limit = report.sites.len() / 2;
    let options = Options {
        limit: Some(limit),
        ..options
    };
    let cut = Report::new(
        sites.clone(),
        vec!["profile".to_owned()],
        Vec::new(),
        &options,
    )
    .map_err(|error| TestCaseError::fail(error.to_string()))?;
    let keys = |report: &Report| -> Vec<String> {
        let key = |site: &memlens::report::Site| {
            format!(
                "{:?}",
                (
                    &site.function,
                    &site.package,
                    &site.file,
                    site.line,
                    flat(site),
                    cum(site)
                )
            )
        };
        report.sites.iter().map(key).collect()
    };
    prop_assert_eq!(&keys(&cut)[..], &keys(&report)[..limit]);
    prop_assert_eq!(cut.view.sites, report.view.sites);
    Ok(())
}
