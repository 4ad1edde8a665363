//! Classes 44 to 50: numbers, types and the header.

use super::super::case::{Case, reads, rejects};
use super::super::wire::{Label, Layout, Profile};

pub fn cases() -> Vec<Case> {
    let with = |change: &dyn Fn(&mut Profile)| {
        let mut profile = Profile::small();
        change(&mut profile);
        profile
    };
    let read = |name: &str, change: &dyn Fn(&mut Profile)| {
        let profile = with(change);
        reads(name, profile.bytes(Layout::Go), profile.totals())
    };
    let overflow = |name: &str, sample: usize, change: &dyn Fn(&mut Profile)| {
        let profile = with(change);
        let fields = profile.fields(Layout::Go);
        let at = fields.at(2, sample);
        let what = "the total of value 2 of all samples does not fit 64 bits";
        let message = format!("byte {at}: sample {}: value: {what}", sample + 1);
        rejects(name, fields.bytes(), message)
            .differs("pprof's total wraps around and its percentages are wrong")
    };
    let each = |profile: &mut Profile, value: &dyn Fn(i64) -> i64| {
        for sample in &mut profile.samples {
            sample.values.iter_mut().for_each(|v| *v = value(*v));
        }
    };
    let mut cases = vec![
        read("44 a negative value", &|p| {
            p.samples[1].values = vec![-513, -525_312, -1, -1024]
        }),
        read("44 all negative", &|p| each(p, &|value| -value)),
        read("44 all zero", &|p| each(p, &|_| 0)),
        read("44 sums to 0", &|p| {
            let mut sample = p.samples[0].clone();
            sample.values.iter_mut().for_each(|value| *value = -*value);
            p.samples = vec![p.samples[0].clone(), sample];
        }),
        read("45 largest value", &|p| {
            each(p, &|_| 0);
            p.samples[0].values[1] = i64::MAX;
        }),
        read("45 largest value of size 1, period 1", &|p| {
            each(p, &|_| 0);
            p.samples[0].values = vec![i64::MAX; 4];
            p.samples[0].labels[0].number = 1;
            p.period = 1;
        }),
        read("45 largest negative value", &|p| {
            each(p, &|_| 0);
            p.samples[0].values[1] = -i64::MAX;
        }),
        overflow("45 -2^63", 0, &|p| p.samples[0].values[1] = i64::MIN),
        overflow("45 twice 2^63-1", 1, &|p| {
            p.samples[0].values[1] = i64::MAX;
            p.samples[1].values[1] = i64::MAX;
        }),
        overflow("45 2^63-1 and -1", 1, &|p| {
            p.samples[0].values[1] = i64::MAX;
            p.samples[1].values[1] = -1;
        }),
        read("47 odd unit", &|p| {
            let unit = p.intern("furlongs/fortnight\u{1b}[2J");
            p.types.iter_mut().for_each(|kind| kind.1 = unit);
        }),
        read("48 unknown default type", &|p| {
            p.default_type = p.intern("no_such_type")
        }),
        read("48 one type", &|p| {
            p.types.truncate(1);
            p.samples.iter_mut().for_each(|s| s.values.truncate(1));
        }),
        read("48 CPU profile", &|p| {
            p.types = vec![
                (p.intern("samples"), p.intern("count")),
                (p.intern("cpu"), p.intern("nanoseconds")),
            ];
            p.period_type = p.types[1];
            p.period = 10_000_000;
            p.samples.iter_mut().for_each(|s| {
                s.values.truncate(2);
                s.labels.clear();
            });
        }),
        read("48 5,000 types", &|p| {
            let types = (0..5000).map(|n| (p.intern(format!("t{n}")), 0)).collect();
            p.types = types;
            p.samples.iter_mut().for_each(|s| s.values.resize(5000, 1));
        }),
        read("49 build id of 1 byte", &|p| {
            p.mappings[0].build_id = p.intern("a")
        })
        .differs("pprof of Go 1.26 panics on it"),
    ];
    for (name, value) in [
        ("0", 0),
        ("-1", -1),
        ("2^63-1", i64::MAX),
        ("-2^63", i64::MIN),
        ("1", 1),
    ] {
        cases.extend([
            read(&format!("46 period {name}"), &|p| p.period = value),
            read(&format!("46 time {name}"), &|p| p.time = value),
            read(&format!("46 duration {name}"), &|p| p.duration = value),
            read(&format!("46 size label {name}"), &|p| {
                p.samples[0].labels[0].number = value
            }),
        ]);
        cases.push(read(&format!("62 line {name}"), &|p| {
            p.locations[0].lines[0].1 = value
        }));
    }
    let twice = "pprof shows the last one of that name; in our reports the name is the key";
    let kind_twice = with(&|p| p.types[1].0 = p.types[0].0);
    let at = kind_twice.fields(Layout::Go).at(1, 1);
    cases.push(
        rejects(
            "47 a type twice",
            kind_twice.bytes(Layout::Go),
            format!(
                "byte {at}: sample_type 2: type: sample type \"alloc_objects\" is listed twice"
            ),
        )
        .differs(twice),
    );
    let mut long = with(&|p| {
        let name = "t".repeat(100_000);
        p.strings
            .extend([name.clone().into_bytes(), name.into_bytes()]);
        let last = p.strings.len() as u64;
        (p.types[0].0, p.types[1].0) = (last - 2, last - 1);
    });
    cases.push(
        rejects(
            "47 a long type twice",
            long.bytes(Layout::Go),
            "byte …: sample_type 2: type: sample type \"tttttttt…\u{2026}\" is listed twice",
        )
        .differs(twice),
    );
    long = with(&|p| p.types.iter_mut().for_each(|kind| kind.0 = 0));
    cases.push(rejects(
        "47 all types without a name",
        long.bytes(Layout::Go),
        "byte …: sample_type 2: type: sample type \"\" is listed twice",
    ));
    for (name, pattern) in [
        ("bad", "main.(work"),
        ("costly", "(a*)*(b|c|main)*x{1,900}"),
        ("everything", ".*"),
        ("not UTF-8", "\\xff["),
    ] {
        cases.push(read(&format!("50 drop_frames {name}"), &|p| {
            p.drop_frames = p.intern(pattern)
        }));
        cases.push(read(&format!("50 keep_frames {name}"), &|p| {
            p.keep_frames = p.intern(pattern)
        }));
    }
    let labels =
        |labels: Vec<Label>| move |p: &mut Profile| p.samples[0].labels.clone_from(&labels);
    let bytes = Profile::small().intern("bytes");
    let size = |number| Label {
        key: bytes,
        number,
        ..Label::default()
    };
    cases.extend([
        read("73 no labels", &|p| {
            p.samples.iter_mut().for_each(|s| s.labels.clear())
        }),
        read("73 the size twice", &labels(vec![size(64), size(1 << 40)])),
        read(
            "73 a thousand sizes",
            &labels((1..1000).map(size).collect()),
        ),
        read("73 an empty label", &labels(vec![Label::default()])),
        read(
            "73 a label with text",
            &labels(vec![Label {
                text: bytes,
                ..size(64)
            }]),
        ),
        read(
            "73 a label with a unit alone",
            &labels(vec![Label {
                unit: bytes,
                ..size(0)
            }]),
        ),
    ]);
    cases
}
