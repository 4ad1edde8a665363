//! Classes 34 and 35: the string table and the indexes into it.

use super::super::case::{Case, reads, rejects};
use super::super::wire::{Layout, Msg, Profile, field};

pub fn cases() -> Vec<Case> {
    let mut cases = table();
    for layout in [Layout::Go, Layout::StringsFirst] {
        cases.extend(indexes(layout));
    }
    cases
}

fn table() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut profile = Profile::small();
    profile.strings[0] = b"not empty".to_vec();
    for layout in [Layout::Go, Layout::StringsFirst] {
        let at = profile.fields(layout).at(field::STRING, 0);
        let message = format!("byte {at}: profile: string_table: string 0 is not empty");
        cases.push(rejects(
            format!("34 string 0, {layout:?}"),
            profile.bytes(layout),
            message,
        ));
    }
    let mut profile = Profile::small();
    profile.strings.clear();
    cases.push(rejects(
        "34 no table",
        profile.bytes(Layout::Go),
        "byte 0: profile: string_table: the string table is missing",
    ));
    let mut profile = Profile::small();
    profile.strings.push(vec![0xff, 0xfe]);
    cases.push(reads(
        "57 unused string not UTF-8",
        profile.bytes(Layout::Go),
        profile.totals(),
    ));
    cases
}

type Set = fn(&mut Profile, u64);

/// Every field that holds an index: its record, its name, which field of the outermost message
/// it is in, and how to set it.
const INDEXES: [(&str, &str, u64, Set); 18] = [
    ("sample_type 1", "type", 1, |p, i| p.types[0].0 = i),
    ("sample_type 1", "unit", 1, |p, i| p.types[0].1 = i),
    ("period_type 1", "type", 11, |p, i| p.period_type.0 = i),
    ("period_type 1", "unit", 11, |p, i| p.period_type.1 = i),
    ("mapping 1", "filename", 3, |p, i| p.mappings[0].file = i),
    ("mapping 1", "build_id", 3, |p, i| {
        p.mappings[0].build_id = i
    }),
    ("function 1", "name", 5, |p, i| p.functions[0].name = i),
    ("function 1", "system_name", 5, |p, i| {
        p.functions[0].system_name = i
    }),
    ("function 1", "filename", 5, |p, i| p.functions[0].file = i),
    ("sample label 1", "key", 2, |p, i| {
        p.samples[0].labels[0].key = i
    }),
    ("sample label 1", "str", 2, |p, i| {
        p.samples[0].labels[0].text = i
    }),
    ("sample label 1", "num_unit", 2, |p, i| {
        p.samples[0].labels[0].unit = i
    }),
    ("profile", "drop_frames", 7, |p, i| p.drop_frames = i),
    ("profile", "keep_frames", 8, |p, i| p.keep_frames = i),
    ("profile", "default_sample_type", 14, |p, i| {
        p.default_type = i
    }),
    ("profile", "doc_url", 15, |p, i| p.doc_url = i),
    ("profile", "comment", 13, |p, i| p.comments = vec![i, 1, 1]),
    ("profile", "comment", 13, |p, i| p.comments = vec![i]),
];

fn indexes(layout: Layout) -> Vec<Case> {
    let len = Profile::small().strings.len();
    let mut cases = Vec::new();
    for (nth, (record, name, number, set)) in INDEXES.into_iter().enumerate() {
        for (what, index) in [
            ("len", len as i64),
            ("-1", -1),
            ("2^31", 1 << 31),
            ("2^32", 1 << 32),
            ("2^63-1", i64::MAX),
            ("-2^63", i64::MIN),
        ] {
            let mut profile = Profile::small();
            set(&mut profile, index as u64);
            let fields = profile.fields(layout);
            let field = &fields.fields[fields.index(number, 0)];
            let (from, to) = (
                fields.at(number, 0),
                fields.at(number, 0) + field.bytes.len(),
            );
            let message = format!(
                "byte …: {record}: {name}: string index {index} is outside the table of {len}"
            );
            let mut case = rejects(
                format!("35 {name} of {record} = {what}, {layout:?}, field {nth}"),
                fields.bytes(),
                message,
            );
            case.within = Some(from..to);
            cases.push(case);
        }
    }
    // The last index there is.
    let mut profile = Profile::small();
    profile.functions[0].name = len as u64 - 1;
    cases.push(reads(
        format!("35 last string, {layout:?}"),
        profile.bytes(layout),
        profile.totals(),
    ));
    let unused = [profile.bytes(layout), Msg::new().bytes(13, &[]).bytes].concat();
    cases.push(reads(
        format!("35 empty list of comments, {layout:?}"),
        unused,
        profile.totals(),
    ));
    cases
}
