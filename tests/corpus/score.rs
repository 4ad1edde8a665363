//! Holds findings against labels.

use std::collections::{BTreeMap, BTreeSet};

use memlens::findings::{Confidence, Finding};

use super::labels::{Kind, Label};

/// A finding meets a label at most so many lines away.
const NEAR: i64 = 2;

/// How often a rule was right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    pub wanted: usize,
    pub met: usize,
    pub wrong: usize,
}

impl Score {
    pub fn add(&mut self, other: Self) {
        self.wanted += other.wanted;
        self.met += other.met;
        self.wrong += other.wrong;
    }

    pub fn precision(&self) -> f64 {
        ratio(self.met, self.met + self.wrong)
    }

    pub fn recall(&self) -> f64 {
        ratio(self.met, self.wanted)
    }

    pub fn f1(&self) -> f64 {
        let (p, r) = (self.precision(), self.recall());
        if p + r > 0.0 {
            2.0 * p * r / (p + r)
        } else {
            0.0
        }
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        1.0
    } else {
        part as f64 / whole as f64
    }
}

/// One package's scores by rule, and what was missed or wrong, for people.
#[derive(Debug, Default)]
pub struct Judged {
    pub scores: BTreeMap<String, Score>,
    pub remarks: Vec<String>,
}

/// Each want can be met once, exact lines first; what meets only other labels counts as nothing,
/// what meets none is wrong.
pub fn judge(labels: &[Label], findings: &[Finding]) -> Judged {
    let mut judged = Judged::default();
    let mut open: BTreeSet<&Label> = labels
        .iter()
        .filter(|label| label.kind == Kind::Want)
        .collect();
    let wants: Vec<&Label> = open.iter().copied().collect();
    for want in &open {
        judged.scores.entry(want.rule.clone()).or_default().wanted += 1;
    }
    let mut near: Vec<(i64, &Finding, Vec<&Label>)> = Vec::new();
    for finding in findings {
        let (Some(file), Some(line)) = (&finding.file, finding.line) else {
            continue;
        };
        if finding.confidence < Confidence::Medium {
            continue;
        }
        let distance = |label: &Label| (label.line - line).abs();
        let mut met: Vec<&Label> = labels
            .iter()
            .filter(|label| file.ends_with(&format!("/{}", label.file)))
            .filter(|label| label.rule == finding.rule && distance(label) <= NEAR)
            .collect();
        met.sort_by_key(|label| (distance(label), label.kind));
        match met.first() {
            Some(first) => near.push((distance(first), finding, met)),
            None => {
                judged
                    .scores
                    .entry(finding.rule.to_owned())
                    .or_default()
                    .wrong += 1;
                let place = format!(
                    "{}:{line}",
                    file.rsplit_once('/').map_or("", |(_, end)| end)
                );
                judged
                    .remarks
                    .push(format!("wrong  {} {place} {}", finding.rule, finding.title));
            }
        }
    }
    near.sort_by_key(|&(distance, ..)| distance);
    for (distance, finding, met) in near {
        let target = met.iter().find_map(|label| {
            let is_exact = (label.line - finding.line.unwrap_or(0)).abs() == 0;
            if distance == 0 && !is_exact {
                return None;
            }
            match label.kind {
                Kind::Want => open.get(label).copied(),
                Kind::Alt => wants
                    .iter()
                    .filter(|want| want.rule == label.rule)
                    .min_by_key(|want| (want.file != label.file, (want.line - label.line).abs()))
                    .and_then(|want| open.get(want).copied()),
                Kind::Ok => None,
            }
        });
        if let Some(want) = target {
            open.remove(want);
            judged.scores.entry(want.rule.clone()).or_default().met += 1;
        }
    }
    for want in open {
        judged
            .remarks
            .push(format!("missed {} {}:{}", want.rule, want.file, want.line));
    }
    judged
}
