//! What findings say, in words and pieces that the formats share. Text of the profile and of sources
//! is not escaped yet.

pub(super) mod markdown;
#[cfg(feature = "cli")]
mod snippet;
#[cfg(feature = "cli")]
pub(super) mod table;
#[cfg(test)]
pub(super) mod testing;

use crate::findings::Channel;
use crate::report::{Finding, Report};
use crate::units;

/// In the order in which they are told.
const CHANNELS: [Channel; 5] = [
    Channel::Profile,
    Channel::Binary,
    Channel::Source,
    Channel::Escape,
    Channel::Bench,
];

/// How many findings there are and of what; `None` when nobody looked for any.
pub(super) fn count(report: &Report) -> Option<String> {
    report.channels.as_ref()?;
    let mut said = vec![match report.findings.len() {
        0 if !is_heap(report) => "none: only heap profiles tell of allocations".to_owned(),
        0 => "none".to_owned(),
        1 => "1".to_owned(),
        count => format!("{count}, those that save most first"),
    }];
    if report.suppressed > 0 {
        said.push(format!("{} suppressed", report.suppressed));
    }
    if report.less_sure > 0 {
        said.push(format!(
            "{} less sure (--min-confidence low)",
            report.less_sure
        ));
    }
    Some(said.join("; "))
}

/// What the findings rest on, and what they could not; `None` when nobody looked for any.
pub(super) fn ground(report: &Report) -> Option<String> {
    let open = report.channels.as_ref().filter(|_| is_heap(report))?;
    let names = |is_open: bool| {
        let channels = CHANNELS.iter().filter(|&it| open.contains(it) == is_open);
        let names: Vec<&str> = channels.map(|channel| channel.name()).collect();
        names.join(", ")
    };
    let missing = names(false);
    Some(match missing.as_str() {
        "" => names(true),
        missing => format!("{}; without {missing} (memlens explain ML12)", names(true)),
    })
}

fn is_heap(report: &Report) -> bool {
    let mut kinds = report.profile.sample_types.iter();
    kinds.any(|kind| matches!(kind.name.as_str(), "alloc_space" | "inuse_space"))
}

/// The file of a finding: where its source was read, else as in the profile.
pub(super) fn file(finding: &Finding) -> Option<&str> {
    finding.path.as_deref().or(finding.file.as_deref())
}

/// What the change saves, with its shares of the whole; `None` where it saves nothing that a profile
/// counts.
pub(super) fn saving(finding: &Finding, report: &Report) -> Option<String> {
    let saving = &finding.saving;
    let total = |name: &str| {
        let mut kinds = report.profile.sample_types.iter();
        let column = kinds.position(|kind| kind.name == name)?;
        report.profile.totals.get(column).copied()
    };
    let part = |value: i64, unit: &str, of: &str, what: [&str; 2]| {
        if value <= 0 {
            return None;
        }
        let [noun, whole] = what;
        let amount = units::amount(value, unit);
        Some(match units::share(value, total(of).unwrap_or(0)) {
            share if share.is_empty() => format!("{amount}{noun}"),
            share => format!("{amount}{noun} ({share} of {whole})"),
        })
    };
    let objects = match saving.alloc_objects {
        1 => " object",
        _ => " objects",
    };
    let parts = [
        part(
            saving.alloc_space,
            "bytes",
            "alloc_space",
            ["", "all bytes"],
        ),
        part(
            saving.alloc_objects,
            "count",
            "alloc_objects",
            [objects, "all objects"],
        ),
        part(
            saving.inuse_space,
            "bytes",
            "inuse_space",
            [" in use", "what is in use"],
        ),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// What else is to be said of the line.
pub(super) fn also(finding: &Finding) -> Vec<String> {
    let mut said: Vec<String> = finding
        .others
        .iter()
        .map(|other| format!("{}: {}", other.rule, other.title))
        .collect();
    let lines: Vec<String> = finding.also_at.iter().map(i64::to_string).collect();
    match lines.as_slice() {
        [] => {}
        [line] => said.push(format!("the same in line {line}")),
        lines => said.push(format!("the same in lines {}", lines.join(", "))),
    }
    said
}

#[cfg(test)]
mod tests {
    use super::testing::{finding, report};
    use super::*;
    use crate::findings::Saving;

    #[test]
    fn savings() {
        let report = report(Vec::new());
        let mut finding = finding();
        assert_eq!(
            saving(&finding, &report).as_deref(),
            Some("201 MiB (19.6% of all bytes), 1.20M objects (12.0% of all objects)")
        );
        finding.saving = Saving {
            inuse_space: 3 << 20,
            alloc_objects: 1,
            ..Saving::default()
        };
        assert_eq!(
            saving(&finding, &report).as_deref(),
            Some("1 object (<0.1% of all objects), 3.00 MiB in use (30.0% of what is in use)")
        );
        finding.saving = Saving::default();
        assert_eq!(saving(&finding, &report), None);
    }

    #[test]
    fn heads() {
        let mut report = report(vec![finding(), finding()]);
        report.suppressed = 2;
        report.less_sure = 1;
        assert_eq!(
            count(&report).as_deref(),
            Some("2, those that save most first; 2 suppressed; 1 less sure (--min-confidence low)")
        );
        assert_eq!(
            ground(&report).as_deref(),
            Some("profile, source; without binary, escape, bench (memlens explain ML12)")
        );
        report.findings.clear();
        assert!(count(&report).is_some_and(|said| said.starts_with("none; 2")));
        report.channels = None;
        assert_eq!((count(&report), ground(&report)), (None, None));
    }
}
