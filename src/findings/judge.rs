//! Decides what is said: the floors, one finding a line, what is suppressed, the order.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use super::channels::Channels;
use super::draft::Draft;
use super::finding::{Confidence, Finding, Impact, Other, Saving};
use super::rule::Rule;
use super::rules::RULES;
use super::scene::{Loaded, NoSource, Scene};
use super::spot::{Spot, Totals, share, spots};
use super::whole::Whole;
use crate::aggregate::Hot;

/// Lines below this share of the bytes, of the objects and of the bytes in use are left alone: what
/// could be saved there is not worth an edit.
const FLOOR: f64 = 0.01;

/// Fewer sampled allocations do not even show that a line matters.
const FEWEST: u64 = 3;

/// With fewer sampled allocations a count is off by more than a quarter (1/√16).
const FEW: u64 = 16;

/// A source that was saved within this time of the profile may be the one that ran: builds and
/// clocks take a while.
const TOLERANCE: Duration = Duration::from_secs(2);

/// Which findings are wanted.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Only these rules, by id; empty for all.
    pub rules: Vec<String>,
    /// None below this confidence.
    pub min_confidence: Option<Confidence>,
    /// What is known and accepted.
    pub accepted: Vec<Accepted>,
}

/// A finding that is known and accepted, by what it matches.
#[derive(Clone, Debug, Default)]
pub struct Accepted {
    /// The rules' ids; empty for all.
    pub rules: Vec<String>,
    /// The function's full name, or its end behind a dot or slash.
    pub function: Option<String>,
    /// The file's path, or its end behind a slash.
    pub file: Option<String>,
}

/// All that is said of a profile.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// The findings: those with the largest saving first, those of the whole profile last.
    pub findings: Vec<Finding>,
    /// How many were suppressed, in the source or by configuration.
    pub suppressed: usize,
    /// How many were left out because they are less sure than asked for.
    pub less_sure: usize,
    /// Why evidence is missing, line by line, for whoever wants to know.
    pub notes: Vec<String>,
}

/// Holds every rule against every line.
pub fn judge(
    hot: &Hot,
    totals: Totals,
    sampled: Option<u64>,
    channels: &Channels,
    choice: &Choice,
) -> Verdict {
    let spots = spots(hot, channels.binary.as_ref());
    let rules: Vec<&dyn Rule> = RULES
        .iter()
        .copied()
        .filter(|rule| choice.rules.is_empty() || choice.rules.iter().any(|id| id == rule.id()))
        .collect();
    let least = choice.min_confidence.unwrap_or(Confidence::Medium);
    let mut verdict = Verdict::default();
    let mut said: Vec<Finding> = Vec::new();
    for spot in spots.iter().filter(|spot| is_worth_it(spot, totals)) {
        let loaded = load(spot, channels, &mut verdict.notes);
        let scene = Scene::new(spot, totals, channels, loaded.as_ref());
        if scene
            .code
            .as_ref()
            .is_some_and(|code| code.file.is_generated())
        {
            continue;
        }
        let mut drafts: Vec<(&dyn Rule, Draft)> = Vec::new();
        for &rule in &rules {
            let Some(mut draft) = rule.look(&scene) else {
                continue;
            };
            let is_ignored = scene
                .code
                .as_ref()
                .is_some_and(|code| code.file.ignored(code.line, rule.id()).is_some());
            lower_if_few(&mut draft, spot);
            if is_ignored || is_accepted(&choice.accepted, rule, spot) {
                // What would not have been shown anyway is no news.
                verdict.suppressed += usize::from(draft.confidence >= least);
                continue;
            }
            drafts.push((rule, draft));
        }
        drafts.sort_by_key(|(rule, draft)| {
            (
                Reverse(draft.confidence),
                Reverse(draft.weight),
                Reverse(worth(&draft.saving, totals)),
                rule.id(),
            )
        });
        said.extend(finding(&scene, drafts));
    }
    let mut findings = one_a_subject(said);
    findings.sort_by_key(|finding| {
        (
            Reverse(worth(&finding.saving, totals)),
            finding.file.clone(),
            finding.line,
            finding.rule,
        )
    });
    let period = spots.iter().find_map(|spot| spot.period);
    let whole = Whole {
        totals,
        period: period.map_or(0, Into::into),
        sampled,
        spots: &spots,
        channels,
        has_allocations: totals.0[0] > 0 || totals.0[1] > 0,
    };
    verdict.findings = findings;
    for rule in rules {
        let drafts = rule.look_at_all(&whole);
        if is_accepted_everywhere(&choice.accepted, rule) {
            let shown = drafts.iter().filter(|draft| draft.confidence >= least);
            verdict.suppressed += shown.count();
            continue;
        }
        verdict
            .findings
            .extend(drafts.into_iter().map(|draft| overall(rule, draft)));
    }
    let all = verdict.findings.len();
    verdict
        .findings
        .retain(|finding| finding.confidence >= least);
    verdict.less_sure = all - verdict.findings.len();
    verdict
}

fn is_worth_it(spot: &Spot, totals: Totals) -> bool {
    if spot.place.file.ends_with("_test.go") || spot.place.line <= 0 {
        return false;
    }
    shares(spot, totals).into_iter().any(|share| share >= FLOOR)
}

/// The line's shares of objects, bytes and bytes in use.
fn shares(spot: &Spot, totals: Totals) -> [f64; 3] {
    let [objects, bytes, _, live] = spot.all.values;
    [
        share(objects, totals.0[0]),
        share(bytes, totals.0[1]),
        share(live, totals.0[3]),
    ]
}

fn load(spot: &Spot, channels: &Channels, notes: &mut Vec<String>) -> Option<Loaded> {
    let place = &spot.place;
    let loaded = Loaded::of(spot, channels).and_then(|loaded| {
        let is_newer = match (loaded.file.modified(), channels.taken) {
            (Some(modified), Some(taken)) => modified > taken + TOLERANCE,
            _ => false,
        };
        // A checkout sets the time of every file, so a newer file is doubted only where nothing of
        // the function tells that it is the same.
        let symbol = &place.function;
        let line = u32::try_from(place.line).unwrap_or(0);
        let fits = loaded.file.fits(line, symbol) == crate::evidence::source::Fit::Fits;
        if is_newer && !fits {
            return Err(NoSource::Newer);
        }
        Ok(loaded)
    });
    match loaded {
        Ok(loaded) => Some(loaded),
        Err(NoSource::NotAsked) => None,
        Err(reason) => {
            let why = match reason {
                NoSource::NotAsked => return None,
                NoSource::NotRead(reason) => reason.to_string(),
                NoSource::Moved => "another function stands at that line".to_owned(),
                NoSource::Newer => "the file is newer than the profile".to_owned(),
            };
            notes.push(format!(
                "no source for {}:{}: {why}",
                place.file, place.line
            ));
            None
        }
    }
}

fn is_accepted(accepted: &[Accepted], rule: &dyn Rule, spot: &Spot) -> bool {
    let ends_with = |whole: &str, end: &str| {
        whole.strip_suffix(end).is_some_and(|before| {
            before.is_empty() || before.ends_with('/') || before.ends_with('.')
        })
    };
    accepted.iter().any(|accepted| {
        let matches = |pattern: &Option<String>, text: &str| match pattern {
            Some(pattern) => ends_with(text, pattern),
            None => true,
        };
        (accepted.rules.is_empty() || accepted.rules.iter().any(|id| id == rule.id()))
            && matches(&accepted.function, &spot.place.function)
            && matches(&accepted.file, &spot.place.file)
    })
}

/// Whether a rule is accepted as a whole, so that it has nothing to say of the profile either.
fn is_accepted_everywhere(accepted: &[Accepted], rule: &dyn Rule) -> bool {
    accepted.iter().any(|accepted| {
        accepted.function.is_none()
            && accepted.file.is_none()
            && accepted.rules.iter().any(|id| id == rule.id())
    })
}

fn lower_if_few(draft: &mut Draft, spot: &Spot) {
    let sampled = spot.all.sampled();
    if sampled == 0 {
        // The profile does not tell sizes: nothing is known of the counts.
        return;
    }
    if sampled < FEWEST {
        draft.confidence = Confidence::Low;
    } else if sampled < FEW {
        draft.confidence = draft.confidence.min(Confidence::Medium);
    }
}

/// How much is saved, in parts of a million of the profile.
fn worth(saving: &Saving, totals: Totals) -> u64 {
    let part = share(saving.alloc_space, totals.0[1])
        .max(share(saving.alloc_objects, totals.0[0]))
        .max(share(saving.inuse_space, totals.0[3]));
    // Casts of floats saturate.
    (part * 1e6) as u64
}

/// The best draft of a line, which names the others, with its subject.
fn finding(scene: &Scene<'_>, drafts: Vec<(&dyn Rule, Draft)>) -> Option<Finding> {
    let spot = scene.spot;
    let mut drafts = drafts.into_iter();
    let (rule, draft) = drafts.next()?;
    let others = drafts
        .filter(|(_, draft)| draft.confidence > Confidence::Low)
        .map(|(rule, draft)| Other {
            rule: rule.id(),
            title: draft.title,
        });
    let code = scene.code.as_ref();
    let source_line = code.and_then(|code| code.file.line(code.line));
    let [objects, bytes, _, live] = spot.all.values;
    Some(Finding {
        rule: rule.id(),
        name: rule.name(),
        title: draft.title,
        confidence: draft.confidence,
        function: Some(spot.place.function.clone()),
        file: Some(spot.place.file.clone()),
        line: Some(spot.place.line),
        path: code.and_then(|code| under(scene.channels.root.as_deref()?, code.file.path())),
        source_line: source_line.map(str::to_owned),
        columns: draft.columns.map(|columns| [columns.start, columns.end]),
        also_at: Vec::new(),
        evidence: draft.evidence,
        impact: Impact {
            alloc_space: bytes,
            alloc_objects: objects,
            inuse_space: live,
            share: shares(spot, scene.totals).into_iter().fold(0.0, f64::max),
        },
        saving: draft.saving,
        saving_basis: draft.basis,
        suggestion: draft.suggestion,
        code: draft.code,
        subject: draft.subject,
        others: others.collect(),
    })
}

/// Where a file is under `root`, with slashes on every system.
fn under(root: &Path, file: &Path) -> Option<String> {
    let parts = file.strip_prefix(root).ok()?.components();
    let parts: Vec<_> = parts
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// One finding for each rule, function and subject: the others give it their lines and savings.
fn one_a_subject(findings: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::new();
    let mut known: BTreeMap<(String, String, &'static str), usize> = BTreeMap::new();
    for finding in findings {
        let (Some(function), Some(subject)) = (&finding.function, &finding.subject) else {
            kept.push(finding);
            continue;
        };
        let key = (function.clone(), subject.clone(), finding.rule);
        match known.get(&key).and_then(|&at| kept.get_mut(at)) {
            None => {
                known.insert(key, kept.len());
                kept.push(finding);
            }
            Some(first) => merge(first, finding),
        }
    }
    kept
}

/// Takes a finding with the same cause into another; the one that allocates more leads.
fn merge(first: &mut Finding, mut other: Finding) {
    if other.impact.alloc_space > first.impact.alloc_space {
        std::mem::swap(first, &mut other);
    }
    first.also_at.extend(other.line);
    first.also_at.append(&mut other.also_at);
    first.also_at.sort_unstable();
    let (sum, more) = (&mut first.impact, other.impact);
    sum.alloc_space = sum.alloc_space.saturating_add(more.alloc_space);
    sum.alloc_objects = sum.alloc_objects.saturating_add(more.alloc_objects);
    sum.inuse_space = sum.inuse_space.saturating_add(more.inuse_space);
    sum.share += more.share;
    let (sum, more) = (&mut first.saving, other.saving);
    sum.alloc_space = sum.alloc_space.saturating_add(more.alloc_space);
    sum.alloc_objects = sum.alloc_objects.saturating_add(more.alloc_objects);
    sum.inuse_space = sum.inuse_space.saturating_add(more.inuse_space);
}

/// A finding about the profile as a whole.
fn overall(rule: &dyn Rule, draft: Draft) -> Finding {
    Finding {
        rule: rule.id(),
        name: rule.name(),
        title: draft.title,
        confidence: draft.confidence,
        function: None,
        file: None,
        line: None,
        path: None,
        source_line: None,
        columns: None,
        also_at: Vec::new(),
        evidence: draft.evidence,
        impact: Impact::default(),
        saving: draft.saving,
        saving_basis: draft.basis,
        suggestion: draft.suggestion,
        code: draft.code,
        subject: None,
        others: Vec::new(),
    }
}
