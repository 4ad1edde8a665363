//! What the profile is and what is shown of it, as labelled facts: the lines above a table.

use crate::report::{By, Profile, Report, SampleType, Sort, Warning};
use crate::units;

/// One line.
pub(super) struct Fact {
    pub(super) label: &'static str,
    pub(super) parts: Vec<Part>,
}

/// A piece of a line.
pub(super) enum Part {
    /// Our own words.
    Text(String),
    /// Words of the profile or of the user, to be escaped.
    Name(String),
}

/// A space where a line should not break: between a number and its unit.
pub(super) const GLUE: char = '\u{a0}';

/// More inputs than these are counted, not named.
const NAMED_INPUTS: usize = 3;

/// What a reader should know before looking at the numbers.
pub(super) fn facts(report: &Report, now: Option<jiff::Timestamp>) -> Vec<Fact> {
    [
        Some(inputs(&report.profile)),
        taken(&report.profile, now),
        sampling(&report.profile),
        Some(totals(report)),
        Some(sites(report)),
        filters(report),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A kind of site, in the number that goes with `count`.
pub(super) fn noun(by: By, count: usize) -> &'static str {
    match (by, count) {
        (By::Function, 1) => "function",
        (By::Function, _) => "functions",
        (By::Line, 1) => "line",
        (By::Line, _) => "lines",
        (By::File, 1) => "file",
        (By::File, _) => "files",
        (By::Package, 1) => "package",
        (By::Package, _) => "packages",
    }
}

fn text(text: impl Into<String>) -> Part {
    Part::Text(text.into())
}

fn amount(value: i64, unit: &str) -> String {
    units::amount(value, unit).replace(' ', &GLUE.to_string())
}

fn inputs(profile: &Profile) -> Fact {
    let inputs = &profile.inputs;
    let mut parts = Vec::new();
    for name in inputs.iter().take(NAMED_INPUTS) {
        if !parts.is_empty() {
            parts.push(text(", "));
        }
        parts.push(Part::Name(if name == "-" {
            "standard input".to_owned()
        } else {
            name.clone()
        }));
    }
    if inputs.len() > NAMED_INPUTS {
        parts.push(text(format!(" and {} more", inputs.len() - NAMED_INPUTS)));
    }
    parts.push(text(format!(" ({}", kind(profile))));
    if inputs.len() > 1 {
        parts.push(text(format!(", {} profiles added up", inputs.len())));
    }
    parts.push(text(")"));
    Fact {
        label: "Profile",
        parts,
    }
}

/// What was profiled, as the sample types tell.
fn kind(profile: &Profile) -> &'static str {
    let has = |names: &[&str]| {
        profile
            .sample_types
            .iter()
            .any(|kind| names.contains(&kind.name.as_str()))
    };
    let live = has(&["inuse_space", "inuse_objects", "space", "objects"]);
    let allocated = has(&["alloc_space", "alloc_objects"]);
    match (allocated, live) {
        (true, true) => "heap",
        (true, false) => "heap, allocations only",
        (false, true) => "heap, objects in use only",
        _ if has(&["cpu"]) => "CPU",
        // Go writes both with the same types.
        _ if has(&["contentions"]) => "mutex or block",
        _ if has(&["goroutine"]) => "goroutines",
        _ if has(&["threadcreate"]) => "threads created",
        _ => "unknown kind",
    }
}

fn taken(profile: &Profile, now: Option<jiff::Timestamp>) -> Option<Fact> {
    let time: Option<jiff::Timestamp> = profile.time.as_deref().and_then(|time| time.parse().ok());
    let mut said = Vec::new();
    if let Some(time) = time {
        said.push(time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string());
        said.extend(now.and_then(|now| age(now.as_second().checked_sub(time.as_second())?)));
    }
    if let Some(nanos) = profile.duration_ns.filter(|&nanos| nanos > 0) {
        said.push(format!("over {}", amount(nanos, "nanoseconds")));
    }
    (!said.is_empty()).then(|| Fact {
        label: "Taken",
        parts: vec![text(said.join(", "))],
    })
}

/// How long ago, in the largest unit that fits twice: `3 days ago`. Nothing for the future.
fn age(seconds: i64) -> Option<String> {
    const UNITS: [(i64, &str); 5] = [
        (365 * 86_400, "years"),
        (86_400, "days"),
        (3_600, "hours"),
        (60, "minutes"),
        (1, "seconds"),
    ];
    if (0..2).contains(&seconds) {
        return Some("just now".to_owned());
    }
    let (length, unit) = UNITS.iter().find(|(length, _)| seconds / length >= 2)?;
    Some(format!("{} {unit} ago", seconds / length))
}

fn sampling(profile: &Profile) -> Option<Fact> {
    let (mut said, is_sampled) = if profile.warnings.contains(&Warning::PeriodsDiffer) {
        ("at different rates".to_owned(), true)
    } else {
        let period = profile.period.filter(|&period| period > 0)?;
        (rate(period, profile.period_type.as_ref())?, period > 1)
    };
    if let (Some(sampled), true) = (profile.sampled, is_sampled) {
        said += &format!(", {} allocations sampled", units::count(sampled));
        if let Some(live) = profile.sampled_inuse.filter(|&live| live < sampled) {
            said += &format!(", {} still in use", units::count(live));
        }
    }
    Some(Fact {
        label: "Sampling",
        parts: vec![text(said)],
    })
}

/// How often a sample was taken; nothing where every event is one.
fn rate(period: i64, kind: Option<&SampleType>) -> Option<String> {
    let unit = kind.map_or("bytes", |kind| kind.unit.as_str());
    let is_bytes = kind.is_none_or(|kind| kind.name == "space");
    Some(match (period, unit) {
        (1, "bytes") if is_bytes => "every allocation is recorded".to_owned(),
        (1, "count") => return None,
        (_, "count") => format!("1 in {} recorded", amount(period, unit)),
        _ => format!("1 sample per {}", amount(period, unit)),
    })
}

fn totals(report: &Report) -> Fact {
    /// A profile has four types or fewer; one made to have thousands shows no more.
    const SHOWN: usize = 6;
    let profile = &report.profile;
    let mut parts = Vec::new();
    let mut types: Vec<_> = profile.sample_types.iter().enumerate().collect();
    types.sort_by_key(|&(column, _)| column != report.view.column);
    for (column, kind) in types.into_iter().take(SHOWN) {
        if !parts.is_empty() {
            parts.push(text(", "));
        }
        let total = profile.totals.get(column).copied().unwrap_or(0);
        let mut said = format!(" {}", amount(total, &kind.unit));
        if let Some(&Some(interval)) = profile.total_interval.get(column) {
            let spread = units::spread(total, interval, &kind.unit);
            let spread = spread.replace(' ', &GLUE.to_string());
            match spread.as_str() {
                "" | "exact" => {}
                _ if spread.starts_with('±') => said += &format!("{GLUE}{spread}"),
                _ => said += &format!("{GLUE}({spread})"),
            }
        }
        parts.extend([Part::Name(kind.name.clone()), text(said)]);
    }
    let more = profile.sample_types.len().saturating_sub(SHOWN);
    if more > 0 {
        parts.push(text(format!(" and {more} more types")));
    }
    Fact {
        label: "Total",
        parts,
    }
}

fn sites(report: &Report) -> Fact {
    let view = &report.view;
    let shown = report.sites.len();
    let total = report.profile.totals.get(view.column).copied();
    let share = units::share(view.shown_flat, total.unwrap_or(0));
    let sort = match view.sort {
        Sort::Flat => "flat",
        Sort::Cum => "cum",
    };
    let mut said = if shown == view.sites {
        format!("all {shown} {}", noun(view.by, shown))
    } else {
        format!("{shown} of {} {}", view.sites, noun(view.by, view.sites))
    };
    if shown == 0 {
        said = format!("no {}", noun(view.by, 0));
    }
    said += &format!(" by {sort} ");
    let mut parts = vec![text(said), Part::Name(view.sample_type.clone())];
    // By cum the sites shown may allocate nothing themselves, and cum does not add up.
    if !share.is_empty() && shown > 0 && view.sort == Sort::Flat {
        parts.push(text(format!(", {share} of its total")));
    }
    Fact {
        label: "Shown",
        parts,
    }
}

fn filters(report: &Report) -> Option<Fact> {
    let mut parts = Vec::new();
    for (name, pattern) in report.view.filters.iter() {
        let space = if parts.is_empty() { "" } else { "  " };
        parts.push(text(format!("{space}{name} ")));
        parts.push(Part::Name(pattern.to_owned()));
    }
    (!parts.is_empty()).then_some(Fact {
        label: "Filters",
        parts,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages() {
        for (seconds, text) in [
            (0, Some("just now")),
            (59, Some("59 seconds ago")),
            (119, Some("119 seconds ago")),
            (120, Some("2 minutes ago")),
            (3 * 86_400 + 5, Some("3 days ago")),
            (i64::MAX, Some("292471208677 years ago")),
            (-1, None),
            (i64::MIN, None),
        ] {
            assert_eq!(age(seconds).as_deref(), text);
        }
    }
}
