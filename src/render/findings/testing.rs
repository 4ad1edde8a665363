//! Findings made by hand, for the tests of the formats.

use std::sync::Arc;

use crate::aggregate::SampleType;
use crate::findings::{Channel, Confidence, Evidence, Impact, Other, Saving};
use crate::report::{By, ByType, Filters, Finding, Profile, Report, SCHEMA, Sort, View};

/// A report of an ordinary heap profile with these findings.
pub(in crate::render) fn report(findings: Vec<Finding>) -> Report {
    let kind = |name: &str, unit: &str| SampleType {
        name: name.into(),
        unit: unit.into(),
    };
    let types: Arc<[SampleType]> = [
        kind("alloc_objects", "count"),
        kind("alloc_space", "bytes"),
        kind("inuse_objects", "count"),
        kind("inuse_space", "bytes"),
    ]
    .into();
    Report {
        schema: SCHEMA,
        profile: Profile {
            inputs: vec!["mem.out".into()],
            default_sample_type: "alloc_space".into(),
            period: Some(512 << 10),
            period_type: None,
            time: None,
            duration_ns: None,
            samples: 100,
            stacks: None,
            sampled: Some(2000),
            sampled_inuse: Some(20),
            totals: ByType::new(&types, vec![10_000_000, 1 << 30, 1000, 10 << 20]),
            total_interval: ByType::new(&types, vec![None; 4]),
            warnings: Vec::new(),
            sample_types: types,
        },
        view: View {
            by: By::Function,
            sample_type: "alloc_space".into(),
            column: 1,
            sort: Sort::Flat,
            sites: 0,
            filters: Filters::default(),
            shown_flat: 0,
        },
        sites: Vec::new(),
        findings,
        suppressed: 0,
        less_sure: 0,
        channels: Some(vec![Channel::Profile, Channel::Source]),
    }
}

fn evidence(channel: Channel, text: &str) -> Evidence {
    Evidence {
        channel,
        text: text.into(),
    }
}

/// An ordinary one.
pub(in crate::render) fn finding() -> Finding {
    Finding {
        rule: "ML01",
        name: "preallocate",
        title: "fields grows to 12 elements without a capacity".into(),
        confidence: Confidence::High,
        function: Some("example.com/telemetry/ingest.splitFields".into()),
        file: Some("/home/ci/telemetry/ingest/parse.go".into()),
        line: Some(41),
        path: Some("ingest/parse.go".into()),
        source_line: Some("\t\tfields = append(fields, line[start:i])".into()),
        columns: Some([12, 40]),
        also_at: vec![45, 52],
        evidence: vec![
            evidence(
                Channel::Profile,
                "blocks of 16, 32, 64, 128 and 256 bytes in falling numbers: the ladder of a slice of 16-byte elements that grows by append",
            ),
            evidence(
                Channel::Source,
                "fields is declared in line 36 without a capacity and appended to in a loop over line",
            ),
            evidence(Channel::Source, "strings.Count(line, \",\") bounds it"),
        ],
        impact: Impact {
            alloc_space: 287 << 20,
            alloc_objects: 1_960_000,
            inuse_space: 0,
            share: 0.28,
        },
        saving: Saving {
            alloc_space: 201 << 20,
            alloc_objects: 1_200_000,
            inuse_space: 0,
        },
        saving_basis: "every block but the last of each slice".into(),
        suggestion: "give fields its capacity where it is declared".into(),
        code: Some("fields := make([]string, 0, strings.Count(line, \",\")+1)".into()),
        subject: Some("fields".into()),
        others: vec![Other {
            rule: "ML07",
            title: "fields is made anew in each call".into(),
        }],
    }
}

/// A finding of the whole profile.
pub(in crate::render) fn overall() -> Finding {
    Finding {
        rule: "ML10",
        name: "gc-tuning",
        title: "the collector takes much of the CPU while memory is to spare".into(),
        confidence: Confidence::Medium,
        function: None,
        file: None,
        line: None,
        path: None,
        source_line: None,
        columns: None,
        also_at: Vec::new(),
        evidence: vec![evidence(
            Channel::Bench,
            "300 collections, 18.0 % of the available CPU time",
        )],
        impact: Impact::default(),
        saving: Saving::default(),
        saving_basis: "a setting to test".into(),
        suggestion: "test GOGC=400".into(),
        code: Some("GOGC=400".into()),
        subject: None,
        others: Vec::new(),
    }
}

/// One that a hostile profile and a hostile source would make.
pub(in crate::render) fn hostile() -> Finding {
    let evil =
        "a\x1b[2J\u{202e}\r\n::error::x @octocat <!-- memlens --> `b` | [c](d) %0A </details> ```";
    Finding {
        title: evil.into(),
        confidence: Confidence::Low,
        function: Some(format!("{evil}.{}", "long/".repeat(60))),
        file: Some("/srv/../a,b:c/\u{9b}2J größe%.go".into()),
        path: None,
        line: Some(i64::MAX),
        source_line: Some(format!("\tx\t:= {evil}{}", "y".repeat(300))),
        columns: Some([9, 60]),
        evidence: vec![evidence(Channel::Escape, evil)],
        saving_basis: evil.into(),
        suggestion: evil.into(),
        code: Some(format!("{evil}\n````\n\tindented {}", "z ".repeat(120))),
        others: Vec::new(),
        also_at: vec![1],
        ..finding()
    }
}

pub(in crate::render) fn every_kind() -> Vec<Finding> {
    vec![finding(), hostile(), overall()]
}
