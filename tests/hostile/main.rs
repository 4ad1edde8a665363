//! Inputs that are wrong, odd or hostile: every one must be read right or refused with a message
//! that says what is wrong and where; never a panic, a hang or more memory than is allowed.
//!
//! - `cases`: hand-made inputs, each with the verdict and the message it must get; `peer` holds
//!   the verdicts against those of `go tool pprof`.
//! - `files`: paths that lead to no file, and names of files.
//! - `sweeps`: every prefix, every flipped bit and many mutants of a small profile.
//! - `bombs`: small files that inflate to gigabytes, and files made to be dear to read.

#![expect(clippy::unwrap_used, reason = "where one panics, the test has failed")]
#![expect(
    clippy::print_stdout,
    reason = "what was skipped and what was measured"
)]

mod bombs;
mod case;
mod cases;
mod files;
mod gz;
mod peer;
mod run;
mod sweeps;
mod wire;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use case::{Case, Verdict, matches};

#[test]
fn every_case_gets_its_verdict_and_its_message() {
    let cases = cases::all();
    assert!(cases.len() >= 150, "{} cases", cases.len());
    let mut names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    names.sort_unstable();
    names
        .windows(2)
        .for_each(|pair| assert_ne!(pair[0], pair[1]));

    let wrong: Vec<String> = cases.iter().filter_map(|case| judge(case).err()).collect();
    assert!(
        wrong.is_empty(),
        "{} of {} cases:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

/// Says what is wrong with the verdict on a case.
fn judge(case: &Case) -> Result<(), String> {
    let name = &case.name;
    let start = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| run::every_way(&case.bytes)))
        .map_err(|_| format!("{name}: panics"))?;
    if start.elapsed() > Duration::from_secs(1) {
        println!("{name}: {:?} for all ways", start.elapsed());
    }
    match (&case.verdict, outcome) {
        (Verdict::Reads(totals), Ok(outcome)) if *totals == outcome.totals => Ok(()),
        (Verdict::Reads(totals), Ok(outcome)) => Err(format!(
            "{name}: totals {:?}, not {totals:?}",
            outcome.totals
        )),
        (Verdict::Reads(_), Err(message)) => Err(format!("{name}: refused: {message}")),
        (Verdict::Rejects(_), Ok(_)) => Err(format!("{name}: read")),
        (Verdict::Rejects(expected), Err(message)) => {
            if !matches(&format!("x: {expected}"), &message) {
                return Err(format!(
                    "{name}:\n  says   {message}\n  not    x: {expected}"
                ));
            }
            if message.len() > 300 || message.contains(char::is_control) {
                return Err(format!("{name}: not one short line: {message:.300}"));
            }
            match (&case.within, offset(&message)) {
                (Some(range), at) if at.is_none_or(|at| !range.contains(&at)) => {
                    Err(format!("{name}: not in bytes {range:?}: {message}"))
                }
                _ => Ok(()),
            }
        }
    }
}

/// The offset that a message names.
fn offset(message: &str) -> Option<usize> {
    let digits = message.strip_prefix("x: byte ")?;
    let end = digits.find(|c: char| !c.is_ascii_digit())?;
    digits[..end].parse().ok()
}
