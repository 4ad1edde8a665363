//! Classes 33, 36 to 43: counts and ids.

use super::super::case::{Case, reads, rejects};
use super::super::wire::{Function, LAYOUTS, Layout, Location, Mapping, Profile, Sample, field};

pub fn cases() -> Vec<Case> {
    let mut cases = counts();
    cases.extend(ids());
    cases.extend(missing());
    cases.extend(depth());
    cases
}

fn with(change: impl Fn(&mut Profile)) -> Profile {
    let mut profile = Profile::small();
    change(&mut profile);
    profile
}

fn counts() -> Vec<Case> {
    let mut cases = Vec::new();
    for layout in LAYOUTS {
        let no_types = with(|p| p.types.clear()).bytes(layout);
        cases.push(rejects(
            format!("33 no sample types, {layout:?}"),
            no_types,
            "byte 0: profile: sample_type: the profile has no sample types",
        ));
        for count in [0, 3, 5] {
            let profile = with(|p| p.samples[1].values.resize(count, 1));
            let at = profile.fields(layout).at(field::SAMPLE, 1);
            let problem = if count == 0 {
                "no values".to_owned()
            } else {
                format!("{count} values for 4 sample types")
            };
            cases.push(rejects(
                format!("33 {count} values in sample 2, {layout:?}"),
                profile.bytes(layout),
                format!("byte {at}: sample 2: value: {problem}"),
            ));
        }
        let profile = with(|p| p.samples.iter_mut().for_each(|s| s.values.truncate(3)));
        let at = profile.fields(layout).at(field::SAMPLE, 0);
        cases.push(rejects(
            format!("33 3 values in every sample, {layout:?}"),
            profile.bytes(layout),
            format!("byte {at}: sample 1: value: 3 values for 4 sample types"),
        ));
    }
    cases
}

fn ids() -> Vec<Case> {
    let mut cases = Vec::new();
    for (table, number) in [
        ("mapping", field::MAPPING),
        ("location", field::LOCATION),
        ("function", field::FUNCTION),
    ] {
        let set = |profile: &mut Profile, index: usize, id: u64| match number {
            field::MAPPING => {
                profile.mappings.resize(
                    3,
                    Mapping {
                        id: 50,
                        ..Mapping::default()
                    },
                );
                profile.mappings[2].id = 51;
                profile.mappings[index].id = id;
            }
            field::LOCATION => profile.locations[index].id = id,
            _ => profile.functions[index].id = id,
        };
        for layout in [Layout::Google, Layout::StringsFirst] {
            let profile = with(|p| set(p, 2, 0));
            let at = profile.fields(layout).at(number, 2);
            cases.push(rejects(
                format!("36 {table} 0, {layout:?}"),
                profile.bytes(layout),
                format!("byte {at}: {table} 3: id: id 0 is reserved"),
            ));
            for (name, id) in [("1", 1), ("2^64-1", u64::MAX)] {
                let profile = with(|p| {
                    set(p, 0, id);
                    set(p, 2, id);
                });
                let fields = profile.fields(layout);
                let (first, at) = (fields.at(number, 0), fields.at(number, 2));
                cases.push(rejects(
                    format!("37 {table} {name} twice, {layout:?}"),
                    fields.bytes(),
                    format!(
                        "byte {at}: {table} 3: id: id {id} is used twice, first at byte {first}"
                    ),
                ));
            }
        }
    }
    // Ids that are the same in their low 32 bits, and the largest there are.
    for (name, ids) in [
        ("that clash in 32 bits", [7, (1 << 32) + 7, (1 << 33) + 7]),
        ("near 2^64", [u64::MAX, u64::MAX - 1, 1 << 63]),
        ("far apart", [1, 1 << 20, 1 << 50]),
    ] {
        for layout in LAYOUTS {
            let profile = with(|p| {
                let map = |id: &mut u64| *id = ids[*id as usize - 1];
                p.locations.iter_mut().for_each(|location| {
                    map(&mut location.id);
                    location.lines.iter_mut().for_each(|line| map(&mut line.0));
                });
                p.functions
                    .iter_mut()
                    .for_each(|function| map(&mut function.id));
                p.samples
                    .iter_mut()
                    .for_each(|sample| sample.stack.iter_mut().for_each(map));
            });
            let (bytes, totals) = (profile.bytes(layout), profile.totals());
            cases.push(reads(format!("40 ids {name}, {layout:?}"), bytes, totals));
        }
    }
    cases
}

fn missing() -> Vec<Case> {
    let mut cases = Vec::new();
    for layout in LAYOUTS {
        for id in [0, 77, u64::MAX] {
            let profile = with(|p| p.samples[1].stack[1] = id);
            let at = profile.fields(layout).at(field::SAMPLE, 1);
            cases.push(rejects(
                format!("38 sample with location {id}, {layout:?}"),
                profile.bytes(layout),
                format!("byte {at}: sample 2: location_id: no location has id {id}"),
            ));
            let profile = with(|p| p.locations[1].lines[1].0 = id);
            let at = profile.fields(layout).at(field::LOCATION, 1);
            cases.push(rejects(
                format!("38 line with function {id}, {layout:?}"),
                profile.bytes(layout),
                format!("byte {at}: location 2: line.function_id: no function has id {id}"),
            ));
        }
        let read = |name: &str, profile: &Profile| {
            reads(
                format!("{name}, {layout:?}"),
                profile.bytes(layout),
                profile.totals(),
            )
        };
        cases.extend([
            read("39 missing mapping", &with(|p| p.locations[0].mapping = 99)),
            read("41 no samples", &with(|p| p.samples.clear())),
            read(
                "41 nothing but types",
                &with(|p| {
                    p.samples.clear();
                    p.locations.clear();
                    p.functions.clear();
                    p.mappings.clear();
                }),
            ),
            read(
                "41 no frames",
                &with(|p| p.samples.iter_mut().for_each(|s| s.stack.clear())),
            ),
            read(
                "41 no lines",
                &with(|p| p.locations.iter_mut().for_each(|l| l.lines.clear())),
            ),
            read(
                "41 no mapping",
                &with(|p| {
                    p.mappings.clear();
                    p.locations.iter_mut().for_each(|l| l.mapping = 0);
                }),
            ),
            read(
                "41 one line without name and file",
                &with(|p| {
                    p.functions[0] = Function {
                        id: 1,
                        ..Function::default()
                    };
                }),
            ),
        ]);
    }
    cases
}

fn depth() -> Vec<Case> {
    let deep = |depth: u64| {
        with(|p| {
            for id in 100..100 + depth {
                let name = p.strings.len() as u64;
                p.strings.push(format!("main.f{id}").into_bytes());
                p.functions.push(Function {
                    id,
                    name,
                    ..Function::default()
                });
                p.locations.push(Location {
                    id,
                    lines: vec![(id, 1)],
                    ..Location::default()
                });
            }
            p.samples.push(Sample {
                stack: (100..100 + depth).collect(),
                values: vec![1, 2, 3, 4],
                labels: Vec::new(),
            });
        })
    };
    let recursive = with(|p| p.samples[0].stack = vec![1; 100_000]);
    let many_lines = with(|p| p.locations[0].lines = vec![(1, 5); 20_000]);
    vec![
        reads(
            "42 1,024 frames",
            deep(1024).bytes(Layout::Google),
            deep(1024).totals(),
        ),
        reads(
            "42 20,000 frames",
            deep(20_000).bytes(Layout::Google),
            deep(20_000).totals(),
        ),
        reads(
            "43 100,000 frames of one function",
            recursive.bytes(Layout::Google),
            recursive.totals(),
        ),
        rejects(
            "43 20,000 lines in a location",
            many_lines.bytes(Layout::Google),
            "byte 115: location 1: line: more than 1000 of them",
        )
        .differs("each of many samples would walk through all of them"),
    ]
}
