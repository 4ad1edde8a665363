//! The way of an input from its bytes to the JSON of a report, in every variant.

use std::io::Cursor;

use memlens::aggregate::{self, By, Filter, Merge, Query, Sites, StackProfile};
use memlens::decode::DecodeLimits;
use memlens::input::{Input, Limits};
use memlens::report::{Options, Report};
use regex::bytes::Regex;

/// What must not depend on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub totals: Vec<i64>,
    /// flat and cum of every row, by key.
    rows: Vec<(aggregate::SiteKey, Vec<i64>, Vec<i64>)>,
}

pub const ALL: [By; 4] = [By::Function, By::Line, By::File, By::Package];

pub fn query(by: By) -> Query {
    Query {
        by,
        count_stacks: true,
        ..Query::default()
    }
}

/// A query that needs every name.
pub fn filtered(by: By) -> Query {
    let regex = |text| Some(Regex::new(text).unwrap());
    let filter = Filter {
        focus: regex("main"),
        ignore: regex("never"),
        hide: regex("^runtime"),
        show: regex("."),
    };
    Query {
        filter,
        ..query(by)
    }
}

/// From a file or from bytes, which can be read twice.
pub fn from_file(bytes: &[u8], query: &Query) -> Result<Sites, String> {
    let limits = Limits::default();
    let input = Input::from_bytes("x", bytes, &limits);
    let mut input = input.map_err(|error| error.to_string())?;
    aggregate::read(&mut input, query, &DecodeLimits::default()).map_err(|error| error.to_string())
}

/// From a pipe, which cannot, through the table of stacks.
pub fn from_pipe(bytes: &[u8]) -> Result<StackProfile, String> {
    let limits = Limits::default();
    let input = Input::from_reader("x", Cursor::new(bytes.to_vec()), &limits);
    let mut input = input.map_err(|error| error.to_string())?;
    StackProfile::read(&mut input, &DecodeLimits::default()).map_err(|error| error.to_string())
}

/// Makes a report of it and its JSON, which must be sound.
pub fn report(sites: Sites, by: By) -> Outcome {
    let (outcome, report, json) = shown(sites, by);
    let back: serde_json::Value = serde_json::from_str(&json).expect("JSON is sound");
    let shown = back["profile"]["totals"].as_object().unwrap();
    assert_eq!(
        shown.len(),
        outcome.totals.len(),
        "each type has a name of its own"
    );
    for (kind, total) in report.profile.sample_types.iter().zip(&outcome.totals) {
        assert_eq!(shown[&kind.name].as_i64(), Some(*total), "{kind:?}");
    }
    for site in back["sites"].as_array().unwrap() {
        for (name, interval) in site["interval"].as_object().unwrap() {
            if let Some([low, high]) = interval.as_array().map(Vec::as_slice) {
                assert!(low.as_i64() <= high.as_i64(), "{name}: {interval}");
            }
        }
    }
    outcome
}

/// Makes a report of it and its JSON.
pub fn shown(sites: Sites, by: By) -> (Outcome, Report, String) {
    let mut rows: Vec<_> = sites
        .rows
        .iter()
        .map(|site| (site.key.clone(), site.flat.clone(), site.cum.clone()))
        .collect();
    rows.sort_unstable();
    let outcome = Outcome {
        totals: sites.totals.clone(),
        rows,
    };
    let options = Options {
        by,
        ..Options::default()
    };
    let report = Report::new(sites, vec!["x".to_owned()], Vec::new(), &options).unwrap();
    let json = serde_json::to_string(&report).expect("a report is JSON");
    (outcome, report, json)
}

/// Reads one input in every way; all must come to the same.
pub fn every_way(bytes: &[u8]) -> Result<Outcome, String> {
    let mut first = None;
    let pipe = from_pipe(bytes);
    for by in ALL {
        for query in [query(by), filtered(by)] {
            let file = from_file(bytes, &query).map(|sites| report(sites, by));
            let stacks = match &pipe {
                Ok(profile) => profile
                    .sites(&query)
                    .map(|sites| report(sites, by))
                    .map_err(|error| error.to_string()),
                Err(message) => Err(message.clone()),
            };
            assert_eq!(file, stacks, "file and pipe, {query:?}");
            if let Ok(outcome) = &file
                && query.filter.is_empty()
            {
                let mut merge = Merge::default();
                merge.add(from_file(bytes, &query)?).unwrap();
                // A total that is too large twice is refused; that is all that may happen.
                let _ = merge.add(from_file(bytes, &query)?);
                let merged = report(merge.finish().unwrap(), by);
                assert_eq!(merged.totals.len(), outcome.totals.len());
            }
            let totals = file.map(|outcome| outcome.totals);
            match &first {
                None => first = Some(totals),
                Some(first) => assert_eq!(*first, totals, "{query:?}"),
            }
        }
    }
    let by = By::Function;
    from_file(bytes, &query(by)).map(|sites| report(sites, by))
}
