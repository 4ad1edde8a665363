//! Precision and recall of the findings on the labelled corpus, in total and rule by rule, with all
//! channels of evidence and with each one taken away.
//!
//! `cargo test --test corpus -- --nocapture` prints them. The test fails when they fall below what
//! `testdata/corpus/scores.txt` states; `MEMLENS_UPDATE_SCORES=1` states anew.

#![expect(
    clippy::print_stdout,
    reason = "what the test measures is for people to read"
)]

mod labels;
mod run;
mod savings;
mod score;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use run::{SETS, With};
use score::Score;

/// A fall of precision or recall by more than this is one that a rule's author must look at.
const SLACK: f64 = 0.005;

/// The scores by rule of the packages that were open to the rules' authors, or of the others.
fn scores(with: With, held_out: bool, remarks: &mut Vec<String>) -> BTreeMap<String, Score> {
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    let packages = labels::packages();
    for (package, _) in packages.iter().filter(|&(_, &held)| held == held_out) {
        let analysis = run::analyze(package, with);
        let judged = score::judge(&labels::labels(package), &analysis.findings);
        for (rule, score) in judged.scores {
            scores.entry(rule).or_default().add(score);
        }
        remarks.extend(judged.remarks);
    }
    scores
}

fn total(scores: &BTreeMap<String, Score>) -> Score {
    let mut total = Score::default();
    scores.values().for_each(|score| total.add(*score));
    total
}

#[test]
fn findings_are_as_good_as_stated() {
    let mut text = String::new();
    let mut rows = Vec::new();
    for (held_out, which) in [(false, "open"), (true, "held out")] {
        for with in SETS {
            if with.binary && run::binaries().is_none() {
                continue;
            }
            let mut remarks = Vec::new();
            let scores = scores(with, held_out, &mut remarks);
            let total = total(&scores);
            let name = format!("{which}, {}", with.name);
            writeln!(
                text,
                "{name:32} precision {:.3} recall {:.3} F1 {:.3} ({} wanted, {} met, {} wrong)",
                total.precision(),
                total.recall(),
                total.f1(),
                total.wanted,
                total.met,
                total.wrong
            )
            .expect("a string");
            rows.push((name, total));
            if with.name != SETS[1].name {
                continue;
            }
            for (rule, score) in &scores {
                writeln!(
                    text,
                    "    {rule}  precision {:.3} recall {:.3} ({} wanted, {} met, {} wrong)",
                    score.precision(),
                    score.recall(),
                    score.wanted,
                    score.met,
                    score.wrong
                )
                .expect("a string");
            }
            // Whoever tunes rules may see what is wrong with the open packages, not with the others.
            if !held_out && std::env::var_os("MEMLENS_CORPUS_REMARKS").is_some() {
                remarks.iter().for_each(|remark| println!("{remark}"));
            }
        }
    }
    println!("{text}");
    let path = labels::root().join("scores.txt");
    if std::env::var_os("MEMLENS_UPDATE_SCORES").is_some() {
        fs::write(&path, &text).expect("writing the scores");
    }
    let stated = fs::read_to_string(&path).expect("the scores");
    for (name, total) in rows {
        let line = stated.lines().find(|line| line.starts_with(&name));
        let line = line.unwrap_or_else(|| panic!("no stated score for {name}"));
        let number = |word: &str| -> f64 {
            let mut words = line.split_whitespace().skip_while(|&other| other != word);
            words.nth(1).expect("a number").parse().expect("a number")
        };
        assert!(
            total.precision() >= number("precision") - SLACK
                && total.recall() >= number("recall") - SLACK,
            "{name}: precision {:.3}, recall {:.3}; stated: {line}",
            total.precision(),
            total.recall()
        );
    }
}

/// The median error of stated savings may be this large.
const MEDIAN_ERROR: f64 = 0.25;

#[test]
fn savings_are_about_those_of_fixes_that_were_tried() {
    let (mut compared, fixes) = savings::compare();
    compared.sort_by(|a, b| a.error().total_cmp(&b.error()));
    for one in &compared {
        println!(
            "{:32} {} {:7} stated {:5.1} % measured {:5.1} % off by {:5.1} %",
            one.patch,
            one.rule,
            one.unit,
            100.0 * one.stated,
            100.0 * one.measured,
            100.0 * one.error()
        );
    }
    let median = compared.get(compared.len() / 2).expect("findings").error();
    println!(
        "{} of {fixes} fixes found; median error of the stated saving {:.1} %",
        compared.len(),
        100.0 * median
    );
    assert!(median <= MEDIAN_ERROR);
    assert!(compared.len() * 2 > fixes, "too few to say anything");
}
