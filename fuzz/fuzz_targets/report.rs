//! Any bytes as a file and as a pipe, to the JSON of a report. The first byte chooses the query.
//!
//! Both ways must come to the same verdict and totals.
#![no_main]

use std::io::Cursor;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use memlens::aggregate::{self, By, Filter, Query};
use memlens::decode::DecodeLimits;
use memlens::input::{Input, Limits};
use memlens::report::{Options, Report};
use regex::bytes::Regex;

static FILTER: LazyLock<Filter> = LazyLock::new(|| Filter {
    focus: Regex::new("main|json").ok(),
    ignore: Regex::new("never").ok(),
    hide: Regex::new("^runtime").ok(),
    show: Regex::new(".").ok(),
});

fuzz_target!(|data: &[u8]| {
    let Some((&choice, bytes)) = data.split_first() else {
        return;
    };
    let by = [By::Function, By::Line, By::File, By::Package][usize::from(choice % 4)];
    let filter = if choice & 4 == 0 { Filter::default() } else { FILTER.clone() };
    let query = Query { by, filter, count_stacks: choice & 8 != 0, ..Query::default() };
    let limits = Limits::default();
    let read = |input: Result<Input, _>| {
        let sites = aggregate::read(&mut input.ok()?, &query, &DecodeLimits::default()).ok()?;
        let totals = sites.totals.clone();
        let options = Options { by, ..Options::default() };
        let report = Report::new(sites, vec!["x".into()], vec![], &options);
        let json = serde_json::to_vec(&report.expect("the default type is there"));
        json.expect("a report is JSON");
        Some(totals)
    };
    let file = read(Input::from_bytes("x", bytes, &limits));
    let pipe = read(Input::from_reader("x", Cursor::new(bytes.to_vec()), &limits));
    assert_eq!(file, pipe);
});
