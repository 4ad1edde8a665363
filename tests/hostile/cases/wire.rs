//! Classes 20 to 32: what is wrong on the wire.

use super::super::case::{Case, reads, rejects};
use super::super::gz::gzip;
use super::super::wire::{
    I32, I64, LAYOUTS, LEN, Layout, Msg, Profile, VARINT, field, padded, tag, varint,
};

const ELEVEN: [u8; 11] = [0x80; 11];

pub fn cases() -> Vec<Case> {
    [
        varints(),
        tags(),
        wire_types(),
        lengths(),
        odd_but_sound(),
        joined(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn varints() -> Vec<Case> {
    let profile = Profile::small();
    let go = || profile.fields(Layout::Go);
    let totals = profile.totals();
    let end = go().bytes().len();
    let after = |bytes: &[u8]| [go().bytes(), bytes.to_vec()].concat();
    let sample = go().body_at(field::SAMPLE, 1);
    // Behind the sample's own fields.
    let in_sample = |bytes: &[u8]| {
        let body = [go().body(field::SAMPLE, 1), bytes].concat();
        go().with_body(field::SAMPLE, 1, &body).bytes()
    };
    let sample_end = sample + go().body(field::SAMPLE, 1).len();
    let list = |numbers: &[u8]| Msg::new().bytes(2, numbers).bytes;
    let too_long = "number longer than 10 bytes";
    let mut overflowing = vec![0xff; 9];
    overflowing.push(0x7f);
    vec![
        rejects(
            "20 tag of 11 bytes",
            after(&ELEVEN),
            format!("byte {end}: profile: {too_long}"),
        ),
        rejects(
            "20 period of 11 bytes",
            after(&[&tag(12, VARINT)[..], &ELEVEN].concat()),
            format!("byte {}: profile: {too_long}", end + 1),
        ),
        rejects(
            "20 unknown number of 11 bytes",
            after(&[&tag(99, VARINT)[..], &ELEVEN].concat()),
            format!("byte {}: profile: {too_long}", end + 2),
        ),
        rejects(
            "20 length of 11 bytes",
            after(&[&tag(2, LEN)[..], &ELEVEN].concat()),
            format!("byte {}: profile: {too_long}", end + 1),
        ),
        rejects(
            "20 tag in a sample of 11 bytes",
            in_sample(&ELEVEN),
            format!("byte {sample_end}: sample 2: {too_long}"),
        ),
        rejects(
            "20 value of 11 bytes",
            in_sample(&list(&ELEVEN)),
            format!("byte {}: sample 2: value: {too_long}", sample_end + 2),
        ),
        rejects(
            "20 tag without end",
            after(&[0x80, 0x80]),
            format!("byte {end}: profile: cut short"),
        ),
        rejects(
            "20 period without end",
            after(&[&tag(12, VARINT)[..], &[0xff]].concat()),
            format!("byte {}: profile: cut short", end + 1),
        ),
        rejects(
            "20 number of a label without end",
            in_sample(&Msg::new().bytes(3, &[0x18, 0x80]).bytes),
            format!("byte {}: sample label 2: cut short", sample_end + 3),
        ),
        rejects(
            "28 packed values cut in a number",
            in_sample(&list(&[1, 0x80])),
            format!("byte {}: sample 2: value: cut short", sample_end + 3),
        ),
        rejects(
            "28 packed stack cut in a number",
            go().with_body(
                field::SAMPLE,
                1,
                &Msg::new()
                    .bytes(1, &[1, 0x83])
                    .bytes(2, &[1, 1, 1, 1])
                    .bytes,
            )
            .bytes(),
            "byte …: sample 2: location_id: cut short",
        ),
        rejects(
            "28 packed stack cut in a number, then another list",
            go().with_body(
                field::SAMPLE,
                1,
                &Msg::new()
                    .bytes(1, &[1, 0x83])
                    .bytes(1, &[1])
                    .bytes(2, &[1, 1, 1, 1])
                    .bytes,
            )
            .bytes(),
            "byte …: sample 2: location_id: cut short",
        ),
        rejects(
            "28 packed comments cut in a number",
            after(&Msg::new().bytes(13, &[1, 0x80]).bytes),
            format!("byte {}: profile: comment: cut short", end + 3),
        ),
        reads(
            "21 everything padded",
            profile.padded_fields(Layout::Go).bytes(),
            totals.clone(),
        ),
        reads(
            "21 everything padded, google/pprof's order",
            profile.padded_fields(Layout::Google).bytes(),
            totals.clone(),
        ),
        reads(
            "21 stack padded",
            go().with_body(
                field::SAMPLE,
                1,
                &Msg::new()
                    .bytes(1, &[padded(1), padded(3)].concat())
                    .raw(&go().body(field::SAMPLE, 1)[4..])
                    .bytes,
            )
            .bytes(),
            totals.clone(),
        ),
        reads(
            "22 bits above 64",
            after(&[&tag(99, VARINT)[..], &overflowing].concat()),
            totals,
        ),
    ]
}

fn tags() -> Vec<Case> {
    let profile = Profile::small();
    let go = || profile.fields(Layout::Go);
    let end = go().bytes().len();
    let totals = profile.totals();
    let after = |bytes: &[u8]| [go().bytes(), bytes.to_vec()].concat();
    let in_record = |number, bytes: &[u8]| {
        let body = [go().body(number, 0), bytes].concat();
        go().with_body(number, 0, &body).bytes()
    };
    let record_end = |number| go().body_at(number, 0) + go().body(number, 0).len();
    let zero = "the format has no field 0; what follows one is a guess";
    let mut cases = vec![
        rejects(
            "22 field number 0",
            after(&[&tag(0, VARINT)[..], &[1]].concat()),
            format!("byte {end}: profile: field number 0"),
        )
        .differs(zero),
        rejects(
            "22 field number 0 in a sample",
            in_record(2, &[&tag(0, VARINT)[..], &[1]].concat()),
            format!("byte {}: sample 1: field number 0", record_end(2)),
        )
        .differs(zero),
        reads(
            "22 field number above 2^29-1",
            after(&[&tag(1 << 40, VARINT)[..], &[1]].concat()),
            totals.clone(),
        ),
        reads(
            "22 field number 2^61-1",
            after(&[&tag((1 << 61) - 1, LEN)[..], &[1, 0]].concat()),
            totals,
        ),
    ];
    for wire in [6, 7] {
        cases.push(rejects(
            format!("23 wire type {wire}"),
            after(&tag(99, wire)),
            format!("byte {end}: profile: unknown wire type {wire}"),
        ));
        for (number, record) in [
            (1, "sample_type"),
            (2, "sample"),
            (4, "location"),
            (5, "function"),
        ] {
            cases.push(rejects(
                format!("23 wire type {wire} in a {record}"),
                in_record(number, &tag(99, wire)),
                format!(
                    "byte {}: {record} 1: unknown wire type {wire}",
                    record_end(number)
                ),
            ));
        }
    }
    let group = "unknown wire type 3";
    let (open, close) = (tag(12, 3), tag(12, 4));
    cases.extend([
        rejects(
            "23 group without end",
            after(&open),
            format!("byte {end}: profile: {group}"),
        ),
        rejects(
            "23 end without group",
            after(&close),
            format!("byte {end}: profile: unknown wire type 4"),
        ),
        rejects(
            "24 whole group",
            after(&[open.clone(), close.clone()].concat()),
            format!("byte {end}: profile: {group}"),
        ),
        rejects(
            "24 100,000 groups nested",
            after(&[open.repeat(100_000), close.repeat(100_000)].concat()),
            format!("byte {end}: profile: {group}"),
        ),
        rejects(
            "25 2,000,000 groups opened",
            after(&open.repeat(2_000_000)),
            format!("byte {end}: profile: {group}"),
        ),
    ]);
    cases
}

/// Class 26: each known field as each type that it must not be.
fn wire_types() -> Vec<Case> {
    let profile = Profile::small();
    let go = || profile.fields(Layout::Go);
    let end = go().bytes().len();
    let payload = |wire| match wire {
        VARINT | LEN => vec![0],
        I32 => vec![0; 4],
        _ => vec![0; 8],
    };
    let name_of = |wire| match wire {
        VARINT => "VARINT",
        I64 => "I64",
        LEN => "LEN",
        _ => "I32",
    };
    let mut cases = Vec::new();
    const NUMBER: &str = "VARINT";
    const RECORD: &str = "LEN";
    const NUMBERS: &str = "VARINT or LEN";
    let top = [
        (1, "sample_type", RECORD),
        (2, "sample", RECORD),
        (3, "mapping", RECORD),
        (4, "location", RECORD),
        (5, "function", RECORD),
        (6, "string_table", RECORD),
        (7, "drop_frames", NUMBER),
        (8, "keep_frames", NUMBER),
        (9, "time_nanos", NUMBER),
        (10, "duration_nanos", NUMBER),
        (11, "period_type", RECORD),
        (12, "period", NUMBER),
        (13, "comment", NUMBERS),
        (14, "default_sample_type", NUMBER),
        (15, "doc_url", NUMBER),
    ];
    for (number, name, expected) in top {
        let wrong: &[u64] = match expected {
            RECORD => &[VARINT, I64],
            NUMBER => &[LEN, I32],
            _ => &[I64],
        };
        for &wire in wrong {
            let bytes = [go().bytes(), tag(number, wire), payload(wire)].concat();
            let found = name_of(wire);
            let message =
                format!("byte {end}: profile: {name}: wire type {found}, expected {expected}");
            cases.push(rejects(format!("26 {name} as {found}"), bytes, message));
        }
    }
    // Field number of the record, its name, and number, name and wire type of each of its fields.
    type Inner = (
        u64,
        &'static str,
        &'static [(u64, &'static str, &'static str)],
    );
    let inner: [Inner; 5] = [
        (
            1,
            "sample_type",
            &[(1, "type", NUMBER), (2, "unit", NUMBER)],
        ),
        (
            2,
            "sample",
            &[
                (1, "location_id", NUMBERS),
                (2, "value", NUMBERS),
                (3, "label", RECORD),
            ],
        ),
        (
            3,
            "mapping",
            &[
                (1, "id", NUMBER),
                (2, "memory_start", NUMBER),
                (5, "filename", NUMBER),
                (7, "has_functions", NUMBER),
                (10, "has_inline_frames", NUMBER),
            ],
        ),
        (
            4,
            "location",
            &[
                (1, "id", NUMBER),
                (2, "mapping_id", NUMBER),
                (3, "address", NUMBER),
                (4, "line", RECORD),
                (5, "is_folded", NUMBER),
            ],
        ),
        (
            5,
            "function",
            &[
                (1, "id", NUMBER),
                (2, "name", NUMBER),
                (3, "system_name", NUMBER),
                (4, "filename", NUMBER),
                (5, "start_line", NUMBER),
            ],
        ),
    ];
    for (number, record, fields) in inner {
        let at = go().body_at(number, 0) + go().body(number, 0).len();
        for &(field, name, expected) in fields {
            let wire = if expected == NUMBER { LEN } else { I64 };
            let found = name_of(wire);
            let body = [go().body(number, 0), &tag(field, wire), &payload(wire)].concat();
            cases.push(rejects(
                format!("26 {name} of a {record} as {found}"),
                go().with_body(number, 0, &body).bytes(),
                format!("byte {at}: {record} 1: {name}: wire type {found}, expected {expected}"),
            ));
        }
    }
    for (number, inside, record, fields) in [
        (
            2,
            3,
            "sample label",
            ["key", "str", "num", "num_unit"].as_slice(),
        ),
        (4, 4, "location line", &["function_id", "line", "column"]),
    ] {
        let at = go().body_at(number, 0) + go().body(number, 0).len() + 2;
        for (field, name) in (1..).zip(fields) {
            let nested = [tag(field, I32), vec![0; 4]].concat();
            let message = Msg::new().raw(go().body(number, 0)).bytes(inside, &nested);
            cases.push(rejects(
                format!("26 {name} of a {record} as I32"),
                go().with_body(number, 0, &message.bytes).bytes(),
                format!("byte {at}: {record} 1: {name}: wire type I32, expected VARINT"),
            ));
        }
    }
    cases
}

/// Classes 27 to 29.
fn lengths() -> Vec<Case> {
    let profile = Profile::small();
    let go = || profile.fields(Layout::Go);
    let end = go().bytes().len();
    let after = |bytes: &[u8]| [go().bytes(), bytes.to_vec()].concat();
    let mut cases = Vec::new();
    let lengths = [
        ("1 too long", 5_u64),
        ("2^31", 1 << 31),
        ("2^32+3", (1 << 32) + 3),
        ("2^63", 1 << 63),
        ("2^64-1", u64::MAX),
    ];
    for (name, length) in lengths {
        for (record, number) in [("sample", 2), ("string", 6), ("unknown field", 99)] {
            let head = [tag(number, LEN), varint(length)].concat();
            let at = end + head.len();
            let message =
                format!("byte {at}: profile: length {length} is beyond the end: 4 bytes left");
            let bytes = after(&[&head[..], &[0; 4]].concat());
            cases.push(rejects(
                format!("27 {record} of length {name}"),
                bytes,
                message,
            ));
        }
        for (number, inside, record, name_inside) in [
            (2, 3, "sample", "label"),
            (2, 2, "sample", "value list"),
            (4, 4, "location", "line"),
        ] {
            let head = [tag(inside, LEN), varint(length)].concat();
            let body = [go().body(number, 0), &head, &[0; 4]].concat();
            let fields = go().with_body(number, 0, &body);
            let at = fields.body_at(number, 0) + body.len() - 4;
            cases.push(rejects(
                format!("28 {name_inside} of length {name}"),
                fields.bytes(),
                format!("byte {at}: {record} 1: length {length} is beyond the end: 4 bytes left"),
            ));
        }
    }
    for (wire, length) in [(I64, 8), (I32, 4)] {
        let bytes = after(&[&tag(99, wire)[..], &[0; 3]].concat());
        let at = end + 2;
        let message =
            format!("byte {at}: profile: length {length} is beyond the end: 3 bytes left");
        cases.push(rejects(
            format!("27 three bytes of wire type {wire}"),
            bytes,
            message,
        ));
    }
    let raw = profile.bytes(Layout::Go);
    let ends: Vec<usize> = (0..go().fields.len())
        .map(|count| go().fields[..count].iter().map(|f| f.bytes.len()).sum())
        .collect();
    for percent in [3, 11, 23, 31, 47, 53, 61, 78, 89, 97] {
        let mut length = raw.len() * percent / 100;
        // Within a field: between two, a raw profile can be whole.
        length += usize::from(ends.contains(&length));
        cases.push(rejects(
            format!("29 cut at {percent} %, in a sound gzip"),
            gzip(&raw[..length]),
            "byte … (inflated): …",
        ));
    }
    cases
}

/// Class 30.
fn odd_but_sound() -> Vec<Case> {
    let profile = Profile::small();
    let totals = profile.totals();
    let mut cases = Vec::new();
    let unknown = Msg::new()
        .number(1000, 7)
        .bytes(99, b"unknown \xff")
        .raw(&tag(98, I64))
        .raw(&[1; 8])
        .raw(&tag(97, I32))
        .raw(&[2; 4])
        .bytes;
    for layout in LAYOUTS {
        let fields = || profile.fields(layout);
        cases.push(reads(
            format!("30 {layout:?}"),
            fields().bytes(),
            totals.clone(),
        ));
        let mut reversed = fields();
        // Within a table the order is the meaning.
        reversed
            .fields
            .sort_by_key(|field| std::cmp::Reverse(field.number));
        cases.push(reads(
            format!("30 {layout:?} backwards"),
            reversed.bytes(),
            totals.clone(),
        ));
        let mut sprinkled = fields();
        for index in 0..sprinkled.fields.len() {
            let field = sprinkled.fields[index].clone();
            let body = &field.bytes[field.head..];
            if field.number != 6 && !body.is_empty() {
                let body = [&unknown, body, &unknown].concat();
                sprinkled.fields[index].bytes = Msg::new().bytes(field.number, &body).bytes;
            }
        }
        let bytes = [&unknown[..], &sprinkled.bytes(), &unknown].concat();
        cases.push(reads(
            format!("30 {layout:?} with unknown fields"),
            bytes,
            totals.clone(),
        ));
    }
    let bytes = profile.bytes(Layout::Go);
    let after = |message: Msg| [bytes.clone(), message.bytes].concat();
    let end = bytes.len();
    cases.extend([
        reads("30 period twice", after(Msg::new().number(12, 1)), totals.clone()),
        reads("30 time 0 behind", after(Msg::new().number(10, 5)), totals.clone()),
        rejects(
            "30 time twice",
            after(Msg::new().number(9, 5)),
            format!(
                "byte {end}: profile: the input holds 2 profiles, the second begins at byte {end}: give them as separate files"
            ),
        ),
    ]);
    cases
}

/// Classes 31 and 32.
fn joined() -> Vec<Case> {
    let mut profile = Profile::small();
    let mut cases = Vec::new();
    let message = |at: usize, inflated: &str| {
        format!(
            "byte {at}{inflated}: profile: the input holds 2 profiles, the second begins at byte {at}: give them as separate files"
        )
    };
    for layout in [Layout::Go, Layout::Google] {
        profile.time = 1_700_000_000_000_000_000;
        let one = profile.bytes(layout);
        let two = one.repeat(2);
        let at = one.len();
        cases.extend([
            rejects(
                format!("31 {layout:?} twice, raw"),
                two.clone(),
                message(at, ""),
            ),
            rejects(
                format!("31 {layout:?} twice in one member"),
                gzip(&two),
                message(at, " (inflated)"),
            ),
            rejects(
                format!("31 {layout:?} twice in two members"),
                gzip(&one).repeat(2),
                message(at, " (inflated)"),
            ),
        ]);
        profile.time = 0;
        let one = profile.bytes(layout);
        let at = one.len();
        cases.push(rejects(
            format!("32 {layout:?} twice without time"),
            one.repeat(2),
            message(at, ""),
        ));
    }
    profile.samples.clear();
    let one = profile.bytes(Layout::Go);
    let at = one.len();
    profile.locations.clear();
    cases.push(rejects(
        "32 twice without time and samples",
        one.repeat(2),
        message(at, ""),
    ));
    cases
}
