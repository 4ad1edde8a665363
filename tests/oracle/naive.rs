//! The numbers of a profile, computed as simply as possible from the types that prost generates.
//!
//! Nothing is interned, shared or streamed here: every sample becomes a list of frames that hold
//! their own strings, and every question is answered by going through all samples. What the
//! numbers mean is taken from google/pprof: `profile/filter.go` for the filters, `nodeInfo` and
//! `newGraph` in `internal/graph/graph.go` for rows, flat and cum, `computeTotal` in
//! `internal/report/report.go` for the total.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use memlens::aggregate::{By, Filter, SiteKey};
use memlens::gosym;
use memlens::schema;
use regex::bytes::Regex;

/// A sample that needs no table to be understood.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The leaf first.
    pub stack: Vec<Rc<Location>>,
    pub values: Vec<i64>,
    /// The size of each object in bytes, if the sample has a sensible `bytes` label.
    pub size: Option<u64>,
    /// The period of the profile that the sample is from; 0 when unknown.
    pub period: u64,
}

#[derive(Clone, Debug)]
pub struct Location {
    /// The innermost call first.
    pub lines: Vec<Line>,
    /// The file of the mapping; `None` when there is no mapping, which no filter matches.
    pub object: Option<Vec<u8>>,
}

#[derive(Clone, Debug)]
pub struct Line {
    pub name: Vec<u8>,
    /// As in the profile, not cleaned.
    pub file: Vec<u8>,
    pub start_line: i64,
    pub line: i64,
}

/// The sum of each value by object size and period.
pub type Sizes = BTreeMap<(Option<u64>, u64), Vec<i64>>;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    pub flat: Vec<i64>,
    pub cum: Vec<i64>,
    /// flat by object size.
    pub sizes: Sizes,
    /// flat by file and line.
    pub places: BTreeMap<(Vec<u8>, i64), Vec<i64>>,
    /// The file and first line of every function that belongs to the row.
    pub origins: BTreeSet<(Vec<u8>, i64)>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub totals: Vec<i64>,
    /// All samples, whatever the filter.
    pub sizes: Sizes,
    /// Rows with a value.
    pub rows: BTreeMap<SiteKey, Row>,
    /// The sum of the values of the samples that the filter leaves with at least one frame.
    pub selected: Vec<i64>,
}

pub fn text(profile: &schema::Profile, index: i64) -> &[u8] {
    &profile.string_table[usize::try_from(index).expect("an index that is not negative")]
}

/// Samples with everything that their ids stand for.
pub fn samples(profile: &schema::Profile) -> Vec<Sample> {
    let functions: BTreeMap<u64, &schema::Function> = profile
        .function
        .iter()
        .map(|function| (function.id, function))
        .collect();
    let locations: BTreeMap<u64, Rc<Location>> = profile
        .location
        .iter()
        .map(|one| (one.id, Rc::new(location(profile, &functions, one))))
        .collect();
    profile
        .sample
        .iter()
        .map(|sample| Sample {
            stack: sample
                .location_id
                .iter()
                .map(|id| Rc::clone(&locations[id]))
                .collect(),
            values: sample.value.clone(),
            size: numeric_labels(sample)
                .find(|label| text(profile, label.key) == b"bytes")
                .and_then(|label| u64::try_from(label.num).ok())
                .filter(|&size| size > 0),
            period: u64::try_from(profile.period).unwrap_or(0),
        })
        .collect()
}

/// The labels that hold a number. As google/pprof's `postDecode` sees it, a label without text,
/// number and unit is none.
pub fn numeric_labels(sample: &schema::Sample) -> impl Iterator<Item = &schema::Label> {
    sample
        .label
        .iter()
        .filter(|label| label.str == 0 && (label.num != 0 || label.num_unit != 0))
}

fn location(
    profile: &schema::Profile,
    functions: &BTreeMap<u64, &schema::Function>,
    location: &schema::Location,
) -> Location {
    let mapping = profile
        .mapping
        .iter()
        .find(|mapping| mapping.id == location.mapping_id);
    let line = |line: &schema::Line| {
        let function = functions[&line.function_id];
        Line {
            name: text(profile, function.name).to_vec(),
            file: text(profile, function.filename).to_vec(),
            start_line: function.start_line,
            line: line.line,
        }
    };
    Location {
        lines: location.line.iter().map(line).collect(),
        object: mapping.map(|mapping| text(profile, mapping.filename).to_vec()),
    }
}

/// Sums up samples that have `columns` values each.
pub fn summarize(samples: &[Sample], columns: usize, by: By, filter: &Filter) -> Summary {
    let mut summary = Summary {
        totals: vec![0; columns],
        selected: vec![0; columns],
        ..Summary::default()
    };
    for sample in samples {
        for (total, value) in summary.totals.iter_mut().zip(&sample.values) {
            *total += value.abs();
        }
        add_size(&mut summary.sizes, sample);

        let Some(stack) = filtered(&sample.stack, filter) else {
            continue;
        };
        // Each frame is its row's key and the line it came from; a location without lines is a
        // frame without a function.
        let frames: Vec<(SiteKey, Option<Line>)> = stack
            .iter()
            .flat_map(|location| {
                let object = location.object.as_deref().unwrap_or_default();
                match &location.lines[..] {
                    [] => vec![(key(by, object, None), None)],
                    lines => lines
                        .iter()
                        .map(|line| (key(by, object, Some(line)), Some(line.clone())))
                        .collect(),
                }
            })
            .collect();
        let Some((leaf, leaf_line)) = frames.first() else {
            continue;
        };
        add(&mut summary.selected, &sample.values);

        let mut counted = BTreeSet::new();
        for (key, line) in &frames {
            let row = summary.rows.entry(key.clone()).or_insert_with(|| Row {
                flat: vec![0; columns],
                cum: vec![0; columns],
                ..Row::default()
            });
            row.origins.insert(match line {
                Some(line) => (clean(&line.file), line.start_line),
                None => (Vec::new(), 0),
            });
            if counted.insert(key) {
                add(&mut row.cum, &sample.values);
            }
        }
        let row = summary.rows.get_mut(leaf).expect("a row for every frame");
        add(&mut row.flat, &sample.values);
        add_size(&mut row.sizes, sample);
        let place = match leaf_line {
            Some(line) => (clean(&line.file), line.line),
            None => (Vec::new(), 0),
        };
        add(
            row.places.entry(place).or_insert_with(|| vec![0; columns]),
            &sample.values,
        );
    }
    let has_value = |row: &Row| row.flat.iter().chain(&row.cum).any(|&value| value != 0);
    summary.rows.retain(|_, row| has_value(row));
    summary
}

fn add(sums: &mut [i64], values: &[i64]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += value;
    }
}

fn add_size(sizes: &mut Sizes, sample: &Sample) {
    let class = sizes.entry((sample.size, sample.period));
    let sums = class.or_insert_with(|| vec![0; sample.values.len()]);
    add(sums, &sample.values);
}

/// What a frame counts for. google/pprof tells frames without a name apart by the file of their
/// mapping and the first line of their function; a sum over a file or a package has no first line.
fn key(by: By, object: &[u8], line: Option<&Line>) -> SiteKey {
    let nothing = SiteKey {
        object: object.to_vec(),
        ..SiteKey::default()
    };
    let Some(line) = line else {
        return nothing;
    };
    let file = clean(&line.file);
    let (name, file, number) = match by {
        By::Function => (line.name.clone(), Vec::new(), 0),
        By::Line => (line.name.clone(), file, line.line),
        By::File => (Vec::new(), file, 0),
        By::Package => (gosym::package(&line.name).to_vec(), Vec::new(), 0),
    };
    let (has_name, start_line) = match by {
        By::Function | By::Line => (!name.is_empty(), line.start_line),
        By::File => (!file.is_empty(), 0),
        By::Package => (!name.is_empty(), 0),
    };
    let named = SiteKey {
        name,
        file,
        line: number,
        ..SiteKey::default()
    };
    if has_name {
        named
    } else {
        SiteKey {
            object: object.to_vec(),
            start_line,
            ..named
        }
    }
}

/// The stack that `FilterSamplesByName` leaves; `None` when it drops the sample.
fn filtered(stack: &[Rc<Location>], filter: &Filter) -> Option<Vec<Rc<Location>>> {
    let Filter {
        focus,
        ignore,
        hide,
        show,
    } = filter;
    if focus.is_none() && ignore.is_none() && hide.is_none() && show.is_none() {
        return Some(stack.to_vec());
    }
    if let Some(ignore) = ignore
        && stack.iter().any(|location| matches(location, ignore))
    {
        return None;
    }
    // Without a focus every location is one, but a stack without locations has none.
    let is_focused =
        |location: &Rc<Location>| focus.as_ref().is_none_or(|focus| matches(location, focus));
    if !stack.iter().any(is_focused) {
        return None;
    }
    let mut left = Vec::new();
    for location in stack {
        let mut location = Location::clone(location);
        if let Some(hide) = hide
            && matches(&location, hide)
        {
            if object_matches(&location, hide) {
                continue;
            }
            location.lines.retain(|line| !line_matches(line, hide));
            if location.lines.is_empty() {
                continue;
            }
        }
        if let Some(show) = show {
            if !object_matches(&location, show) {
                location.lines.retain(|line| line_matches(line, show));
            }
            if location.lines.is_empty() {
                continue;
            }
        }
        left.push(Rc::new(location));
    }
    Some(left)
}

fn matches(location: &Location, regex: &Regex) -> bool {
    location.lines.iter().any(|line| line_matches(line, regex)) || object_matches(location, regex)
}

fn line_matches(line: &Line, regex: &Regex) -> bool {
    regex.is_match(&line.name) || regex.is_match(&line.file)
}

fn object_matches(location: &Location, regex: &Regex) -> bool {
    let object = location.object.as_ref();
    object.is_some_and(|object| regex.is_match(object))
}

/// Go's `filepath.Clean` for slash-separated paths, by the rules of its documentation, applied
/// one at a time until none applies. The empty path stays empty, as google/pprof leaves it out.
pub fn clean(path: &[u8]) -> Vec<u8> {
    if path.is_empty() {
        return Vec::new();
    }
    let is_rooted = path[0] == b'/';
    // 1. Several slashes are one; 2. "." elements go.
    let mut elements: Vec<&[u8]> = path
        .split(|&byte| byte == b'/')
        .filter(|element| !element.is_empty() && *element != b".")
        .collect();
    // 3. An inner ".." goes, with the element before it.
    while let Some(at) = elements
        .windows(2)
        .position(|pair| pair[0] != b".." && pair[1] == b"..")
    {
        elements.drain(at..at + 2);
    }
    // 4. ".." at the root goes.
    if is_rooted {
        elements.retain(|element| *element != b"..");
    }
    let joined = elements.join(&b'/');
    match (is_rooted, joined.is_empty()) {
        (true, _) => [b"/", &joined[..]].concat(),
        (false, true) => b".".to_vec(),
        (false, false) => joined,
    }
}
