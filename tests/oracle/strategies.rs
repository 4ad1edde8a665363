//! Profiles that no program ever wrote, but that are valid.

use memlens::aggregate::{By, Filter};
use memlens::schema::{Function, Label, Line, Location, Mapping, Profile, Sample, ValueType};
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use regex::bytes::Regex;

use crate::layouts::Layout;

/// Any valid profile with one to six sample types.
pub fn profile() -> impl Strategy<Value = Profile> {
    (1..=TYPES.len())
        .prop_flat_map(|types| subsequence(TYPES.to_vec(), types).prop_shuffle())
        .prop_flat_map(profile_of)
}

/// Two profiles that can be merged: their sample types need not be the same.
pub fn mergeable() -> impl Strategy<Value = (Profile, Profile)> {
    let types = || subsequence(TYPES.to_vec(), 1..=TYPES.len()).prop_shuffle();
    (types(), types())
        .prop_filter("a sample type in common", |(a, b)| {
            a.iter().any(|kind| b.contains(kind))
        })
        .prop_flat_map(|(a, b)| (profile_of(a), profile_of(b)))
        .prop_map(|(a, mut b)| {
            b.period_type.clone_from(&a.period_type);
            // The names stand in both tables at other places.
            if let (Some(theirs), Some(ours)) = (&a.period_type, &mut b.period_type) {
                let mut translate = |index: i64| {
                    let text = &a.string_table[index as usize];
                    if text.is_empty() {
                        return 0;
                    }
                    b.string_table.push(text.clone());
                    b.string_table.len() as i64 - 1
                };
                ours.r#type = translate(theirs.r#type);
                ours.unit = translate(theirs.unit);
            }
            (a, b)
        })
}

pub fn layout() -> impl Strategy<Value = Layout> {
    prop_oneof![
        Just(Layout::Runtime),
        Just(Layout::GooglePprof),
        Just(Layout::InternalProfile),
        any::<u64>().prop_map(Layout::Anything),
    ]
}

pub fn by() -> impl Strategy<Value = By> {
    select(&[By::Function, By::Line, By::File, By::Package][..])
}

/// Every filter is unset in half of the cases.
pub fn filter() -> impl Strategy<Value = Filter> {
    let regex = || {
        let regex = select(EXPRESSIONS).prop_map(|regex| Regex::new(regex).expect("a regex"));
        proptest::option::weighted(0.3, regex)
    };
    let filter = (regex(), regex(), regex(), regex());
    let filter = filter.prop_map(|(focus, ignore, hide, show)| Filter {
        focus,
        ignore,
        hide,
        show,
    });
    prop_oneof![Just(Filter::default()), filter]
}

const TYPES: &[(&[u8], &[u8])] = &[
    (b"alloc_objects", b"count"),
    (b"alloc_space", b"bytes"),
    (b"inuse_objects", b"count"),
    (b"inuse_space", b"bytes"),
    (b"delay", b"nanoseconds"),
    (b"\xffodd", b""),
];

const EXPRESSIONS: &[&str] = &[
    "main",
    "^pkg/",
    r"\.go$",
    "a/b",
    r"T\)",
    ".",
    "^$",
    "nowhere",
    r"(?-u)\xff",
    "bin",
    "func1|rec",
];

const NAMES: &[&[u8]] = &[
    b"",
    b"main.main",
    b"main.rec",
    b"main.(*T).M",
    b"pkg/sub.G[go.shape.struct { a/b.C }].func1",
    b"pkg/sub.H",
    b"pkg/yaml%2ev3.Decode",
    b"memeqbody",
    b"\xff\xfe.odd",
    b"main.\xffodd",
];

const FILES: &[&[u8]] = &[
    b"",
    b"/src/a/b.go",
    b"/src//a/./b.go",
    b"/src/x/../a/b.go",
    b"a/b.go",
    b"./a/b.go",
    b"../c.go",
    b"/../c.go",
    b".",
    b"\xff.go",
    b"main.go",
];

const OBJECTS: &[&[u8]] = &[b"", b"/bin/app", b"/lib/libc.so", b"\xffbin"];

const LABEL_KEYS: &[&[u8]] = &[b"bytes", b"bytes", b"request", b""];

const LABEL_TEXTS: &[&[u8]] = &[b"handler", b"", b"\xff\xfe.odd"];

type TypeName = (&'static [u8], &'static [u8]);

/// Boxed, as are its parts: unboxed strategies grow until they overflow a test's stack.
fn profile_of(types: Vec<TypeName>) -> BoxedStrategy<Profile> {
    let tables = (
        strings().boxed(),
        ids_of(mapping(), 0..4).boxed(),
        ids_of(function(), 1..9).boxed(),
        ids_of(location(), 1..16).boxed(),
    );
    let samples = prop::collection::vec(sample(types.len()), 0..40).boxed();
    let parts = (tables, samples, header().boxed(), Just(types));
    let profile = parts.prop_map(|(tables, samples, header, types)| {
        let (strings, mappings, functions, locations) = tables;
        build(Parts {
            strings,
            mappings,
            functions,
            locations,
            samples,
            header,
            types,
        })
    });
    profile.boxed()
}

/// What is drawn; references are drawn as an [`Index`] into whatever there will be.
struct Parts {
    strings: Strings,
    mappings: Vec<(u64, AnyMapping)>,
    functions: Vec<(u64, AnyFunction)>,
    locations: Vec<(u64, AnyLocation)>,
    samples: Vec<AnySample>,
    header: AnyHeader,
    types: Vec<TypeName>,
}

fn build(parts: Parts) -> Profile {
    let Parts {
        strings,
        mappings,
        functions,
        locations,
        samples,
        header,
        types,
    } = parts;
    let mut profile = Profile {
        string_table: strings.table(),
        ..Profile::default()
    };
    let sample_type = |(name, unit): &TypeName| ValueType {
        r#type: strings.find(name, &header.pick),
        unit: strings.find(unit, &header.pick),
    };
    profile.sample_type = types.iter().map(sample_type).collect();
    profile.default_sample_type = match header.wish {
        Wish::Nothing => 0,
        Wish::Existing(wish) => profile.sample_type[wish.index(types.len())].r#type,
        Wish::Any(wish) => wish.index(profile.string_table.len()) as i64,
    };
    profile.period_type = header.period_type.map(|(kind, unit)| ValueType {
        r#type: kind.index(profile.string_table.len()) as i64,
        unit: unit.index(profile.string_table.len()) as i64,
    });
    profile.period = header.period;
    profile.time_nanos = header.time_nanos;
    profile.duration_nanos = header.duration_nanos;
    profile.comment = header
        .comments
        .iter()
        .map(|comment| comment.index(profile.string_table.len()) as i64)
        .collect();
    profile.mapping = mappings
        .iter()
        .map(|(id, mapping)| Mapping {
            id: *id,
            memory_start: mapping.start,
            memory_limit: mapping.limit,
            file_offset: mapping.limit & 0xf000,
            filename: strings.find(mapping.file, &mapping.pick),
            build_id: strings.find(b"build-id", &mapping.pick),
            has_functions: mapping.start % 2 == 0,
            ..Mapping::default()
        })
        .collect();
    profile.function = functions
        .iter()
        .map(|(id, function)| Function {
            id: *id,
            name: strings.find(function.name, &function.pick),
            system_name: strings.find(function.name, &function.pick),
            filename: strings.find(function.file, &function.pick),
            start_line: function.start_line,
        })
        .collect();
    profile.location = locations
        .iter()
        .map(|(id, location)| Location {
            id: *id,
            mapping_id: match location.mapping {
                MappingOf::None => 0,
                MappingOf::Unknown(id) => id,
                MappingOf::One(_) if mappings.is_empty() => 0,
                MappingOf::One(mapping) => mapping.get(&mappings).0,
            },
            address: location.address,
            line: location
                .lines
                .iter()
                .map(|(function, line)| Line {
                    function_id: function.get(&functions).0,
                    line: *line,
                    column: line & 7,
                })
                .collect(),
            is_folded: location.address % 7 == 0,
        })
        .collect();
    profile.sample = samples
        .into_iter()
        .map(|sample| Sample {
            location_id: sample
                .stack
                .iter()
                .map(|location| location.get(&locations).0)
                .collect(),
            value: sample.values,
            label: sample
                .labels
                .iter()
                .map(|label| label.build(&strings))
                .collect(),
        })
        .collect();
    profile
}

// --- Strings --------------------------------------------------------------------------------

/// Everything that is ever named, in any order, some of it twice.
#[derive(Clone, Debug)]
struct Strings(Vec<Vec<u8>>);

fn strings() -> impl Strategy<Value = Strings> {
    let labels: &[&[u8]] = &[b"bytes", b"request", b"handler", b"build-id", b"space"];
    let types = TYPES.iter().flat_map(|&(name, unit)| [name, unit]);
    let needed: Vec<&[u8]> = types
        .chain(labels.iter().copied())
        .chain([NAMES, FILES, OBJECTS].concat())
        .collect();
    let twice = subsequence(needed.clone(), 0..=8);
    let any = prop::collection::vec(prop::collection::vec(any::<u8>(), 0..8), 0..4);
    (twice, any).prop_flat_map(move |(twice, any)| {
        let all = needed.iter().chain(&twice).map(|&text| text.to_vec());
        Just(all.chain(any).collect::<Vec<_>>())
            .prop_shuffle()
            .prop_map(Strings)
    })
}

impl Strings {
    fn table(&self) -> Vec<Vec<u8>> {
        let mut table = vec![Vec::new()];
        table.extend(self.0.iter().cloned());
        table
    }

    /// One of the places in the table where `text` stands; for the empty text also 0.
    fn find(&self, text: &[u8], pick: &Index) -> i64 {
        let table = self.table();
        let places: Vec<usize> = (0..table.len()).filter(|&at| table[at] == text).collect();
        *pick.get(&places) as i64
    }
}

// --- Ids ------------------------------------------------------------------------------------

/// Records with ids that are different and not 0: from 1 upwards, far apart, or near 2^64.
fn ids_of<T: std::fmt::Debug + Clone>(
    record: impl Strategy<Value = T>,
    size: std::ops::Range<usize>,
) -> impl Strategy<Value = Vec<(u64, T)>> {
    let kind = prop_oneof![
        4 => Just((1, 1)),
        1 => Just((1000, 1)),
        1 => Just((7, 1021)),
        1 => Just((u64::MAX, u64::MAX)),
        // An odd step visits every number once; 0 is too far away for so few steps.
        1 => (1 << 40..u64::MAX).prop_map(|start| (start, start | 1)),
    ];
    (prop::collection::vec(record, size), kind, any::<bool>()).prop_flat_map(
        |(records, (start, step), shuffled)| {
            let ids = (0..records.len() as u64).map(|at| start_plus(start, step, at));
            let ids: Vec<u64> = ids.collect();
            let ids = if shuffled {
                Just(ids).prop_shuffle().boxed()
            } else {
                Just(ids).boxed()
            };
            (ids, Just(records)).prop_map(|(ids, records)| ids.into_iter().zip(records).collect())
        },
    )
}

fn start_plus(start: u64, step: u64, times: u64) -> u64 {
    match start.wrapping_add(step.wrapping_mul(times)) {
        0 => 1 << 63 | 1,
        id => id,
    }
}

// --- Records --------------------------------------------------------------------------------

#[derive(Clone, Debug)]
struct AnyMapping {
    file: &'static [u8],
    start: u64,
    limit: u64,
    pick: Index,
}

fn mapping() -> impl Strategy<Value = AnyMapping> {
    (select(OBJECTS), any::<u64>(), any::<u64>(), any::<Index>()).prop_map(
        |(file, start, limit, pick)| AnyMapping {
            file,
            start,
            limit,
            pick,
        },
    )
}

#[derive(Clone, Debug)]
struct AnyFunction {
    name: &'static [u8],
    file: &'static [u8],
    start_line: i64,
    pick: Index,
}

fn function() -> impl Strategy<Value = AnyFunction> {
    (select(NAMES), select(FILES), line_number(), any::<Index>()).prop_map(
        |(name, file, start_line, pick)| AnyFunction {
            name,
            file,
            start_line,
            pick,
        },
    )
}

fn line_number() -> impl Strategy<Value = i64> {
    prop_oneof![
        2 => Just(0i64),
        6 => 1..4i64,
        1 => Just(-1i64),
        1 => any::<i64>(),
    ]
}

#[derive(Clone, Debug)]
struct AnyLocation {
    mapping: MappingOf,
    address: u64,
    lines: Vec<(Index, i64)>,
}

#[derive(Clone, Debug)]
enum MappingOf {
    None,
    /// An id that no mapping has, which google/pprof takes for none; or nearly never has.
    Unknown(u64),
    One(Index),
}

fn location() -> impl Strategy<Value = AnyLocation> {
    let mapping = prop_oneof![
        1 => Just(MappingOf::None),
        1 => any::<u64>().prop_map(MappingOf::Unknown),
        6 => any::<Index>().prop_map(MappingOf::One),
    ];
    let line = || (any::<Index>(), line_number());
    let lines = prop_oneof![
        1 => Just(Vec::new()),
        6 => prop::collection::vec(line(), 1),
        3 => prop::collection::vec(line(), 2..5),
    ];
    (mapping, any::<u64>(), lines).prop_map(|(mapping, address, lines)| AnyLocation {
        mapping,
        address,
        lines,
    })
}

#[derive(Clone, Debug)]
struct AnySample {
    stack: Vec<Index>,
    values: Vec<i64>,
    labels: Vec<AnyLabel>,
}

/// There are at most fifteen locations, so that the stacks recurse and repeat.
fn sample(columns: usize) -> impl Strategy<Value = AnySample> {
    let stack = prop_oneof![
        1 => Just(Vec::new()),
        8 => prop::collection::vec(any::<Index>(), 1..4),
        4 => prop::collection::vec(any::<Index>(), 4..20),
        1 => prop::collection::vec(any::<Index>(), 20..140),
    ];
    let value = prop_oneof![
        2 => Just(0i64),
        8 => 1..2000i64,
        2 => -2000..0i64,
        1 => -(1i64 << 50)..1 << 50,
    ];
    let values = prop_oneof![
        1 => Just(vec![0; columns]),
        9 => prop::collection::vec(value, columns),
    ];
    let labels = prop_oneof![
        2 => Just(Vec::new()),
        4 => prop::collection::vec(label(), 1),
        1 => prop::collection::vec(label(), 2..4),
    ];
    (stack, values, labels).prop_map(|(stack, values, labels)| AnySample {
        stack,
        values,
        labels,
    })
}

#[derive(Clone, Debug)]
struct AnyLabel {
    key: &'static [u8],
    text: Option<&'static [u8]>,
    number: i64,
    has_unit: bool,
    pick: Index,
}

fn label() -> impl Strategy<Value = AnyLabel> {
    let number = prop_oneof![
        4 => select(&[8i64, 16, 48, 4096][..]),
        1 => Just(0i64),
        1 => any::<i64>(),
    ];
    // What has a text has no number, whatever stands in its place.
    let text = select(LABEL_TEXTS);
    (
        select(LABEL_KEYS),
        proptest::option::weighted(0.2, text),
        number,
        proptest::bool::weighted(0.2),
        any::<Index>(),
    )
        .prop_map(|(key, text, number, has_unit, pick)| AnyLabel {
            key,
            text,
            number,
            has_unit,
            pick,
        })
}

impl AnyLabel {
    fn build(&self, strings: &Strings) -> Label {
        Label {
            key: strings.find(self.key, &self.pick),
            str: self.text.map_or(0, |text| strings.find(text, &self.pick)),
            num: self.number,
            num_unit: if self.has_unit {
                strings.find(b"bytes", &self.pick)
            } else {
                0
            },
        }
    }
}

#[derive(Clone, Debug)]
struct AnyHeader {
    period_type: Option<(Index, Index)>,
    period: i64,
    time_nanos: i64,
    duration_nanos: i64,
    comments: Vec<Index>,
    wish: Wish,
    pick: Index,
}

#[derive(Clone, Debug)]
enum Wish {
    Nothing,
    Existing(Index),
    Any(Index),
}

fn header() -> impl Strategy<Value = AnyHeader> {
    let period = prop_oneof![Just(0i64), Just(1i64), Just(524_288i64), any::<i64>()];
    let nanos = || prop_oneof![Just(0i64), 1..2_000_000_000_000_000_000i64, any::<i64>()];
    let wish = prop_oneof![
        Just(Wish::Nothing),
        any::<Index>().prop_map(Wish::Existing),
        any::<Index>().prop_map(Wish::Any),
    ];
    (
        proptest::option::of(any::<(Index, Index)>()),
        period,
        nanos(),
        nanos(),
        prop::collection::vec(any::<Index>(), 0..4),
        wish,
        any::<Index>(),
    )
        .prop_map(
            |(period_type, period, time_nanos, duration_nanos, comments, wish, pick)| AnyHeader {
                period_type,
                period,
                time_nanos,
                duration_nanos,
                comments,
                wish,
                pick,
            },
        )
}
