//! Meets the sites of a sampled profile with those of the true one.

use std::collections::HashMap;
use std::fmt;
use std::num::NonZeroU64;
use std::ops::RangeInclusive;

use anyhow::{Context, Result, bail};
use memlens::stats::raw_count;
use serde::Deserialize;

/// The values of a heap profile that are checked.
pub const MEASURES: [&str; 4] = [
    "alloc_space",
    "alloc_objects",
    "inuse_space",
    "inuse_objects",
];

/// What is read of memlens' JSON.
#[derive(Deserialize)]
pub struct Report {
    profile: Profile,
    pub sites: Vec<Site>,
}

#[derive(Deserialize)]
struct Profile {
    period: u64,
}

/// A line of a Go function, with its flat values.
#[derive(Deserialize)]
pub struct Site {
    function: String,
    file: String,
    line: i64,
    flat: HashMap<String, i64>,
    /// Missing at period 1, say, where there is nothing to doubt.
    #[serde(default)]
    interval: HashMap<String, (f64, f64)>,
    sampled: u64,
    sizes: Vec<Size>,
}

/// The part of a site's values that objects of one size have.
#[derive(Deserialize)]
struct Size {
    bytes: u64,
    inuse_space: i64,
}

impl Site {
    fn key(&self) -> (&str, &str, i64) {
        (&self.function, &self.file, self.line)
    }

    /// How many sampled objects are behind the value: `sampled` counts allocations, of which only some live.
    fn samples(&self, measure: &str, period: NonZeroU64) -> u64 {
        if measure.starts_with("alloc_") {
            return self.sampled;
        }
        let live = |size: &Size| raw_count(size.inuse_space, size.bytes, period).unsigned_abs();
        self.sizes.iter().map(live).sum()
    }
}

/// One interval and whether it held the truth.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    measure: &'static str,
    samples: u64,
    held: bool,
}

/// Every interval of `sampled` against the values in `truth`.
///
/// Only sites in the program's own code count: the runtime and the profile's writer allocate too, and not the same
/// in every run. A sampled site that the truth does not know is an error: then the two are not of one program, or names
/// or lines were read differently, and no figure means anything.
pub fn trials(truth: &Report, sampled: &Report) -> Result<Vec<Trial>> {
    if truth.profile.period != 1 {
        bail!(
            "the truth was sampled, with period {}",
            truth.profile.period
        );
    }
    let period =
        NonZeroU64::new(sampled.profile.period).context("a sampled profile has no period")?;
    let known: HashMap<_, _> = truth.sites.iter().map(|site| (site.key(), site)).collect();
    let mut trials = Vec::new();
    for site in &sampled.sites {
        // Without flat values a row is only a caller; there is nothing to estimate.
        if site.sampled == 0 || !site.function.starts_with("main.") {
            continue;
        }
        let real = known
            .get(&site.key())
            .with_context(|| format!("the truth has no site {:?}", site.key()))?;
        for measure in MEASURES {
            let &(low, high) = site
                .interval
                .get(measure)
                .with_context(|| format!("no interval of {measure} at {:?}", site.key()))?;
            let value = *real
                .flat
                .get(measure)
                .with_context(|| format!("no {measure} at {:?}", site.key()))?
                as f64;
            trials.push(Trial {
                measure,
                samples: site.samples(measure, period),
                held: (low..=high).contains(&value),
            });
        }
    }
    Ok(trials)
}

/// How many trials there were and how many held.
#[derive(Debug, Default, PartialEq)]
pub struct Tally {
    held: u32,
    all: u32,
}

impl Tally {
    /// The tally of one measure's trials with a number of samples in `band`.
    pub fn of(trials: &[Trial], measure: &str, band: &RangeInclusive<u64>) -> Self {
        let mut tally = Tally::default();
        for trial in trials {
            if trial.measure == measure && band.contains(&trial.samples) {
                tally.all += 1;
                tally.held += u32::from(trial.held);
            }
        }
        tally
    }

    /// The share that held, from 0 to 1; none of nothing.
    pub fn share(&self) -> Option<f64> {
        (self.all > 0).then(|| f64::from(self.held) / f64::from(self.all))
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.share() {
            Some(share) => write!(f, "{:.1} % ({})", share * 100.0, self.all),
            None => f.write_str("-"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn report(period: u64, sites: serde_json::Value) -> Report {
        serde_json::from_value(json!({
            "schema": "memlens.analyze/1",
            "profile": {"period": period, "inputs": ["mem.out"]},
            "sites": sites,
        }))
        .expect("what memlens promises can be read")
    }

    fn truth() -> Report {
        let flat = json!({"alloc_space": 6400, "alloc_objects": 100, "inuse_space": 640, "inuse_objects": 10});
        report(
            1,
            json!([
                {"function": "main.a", "file": "a.go", "line": 7, "flat": flat, "sampled": 100, "sizes": []},
                {"function": "main.a", "file": "a.go", "line": 9, "flat": flat, "sampled": 100, "sizes": []},
            ]),
        )
    }

    /// A site at `line` whose intervals of all but `alloc_space` hold the truth.
    fn sampled(line: i64, sampled: u64, alloc_space: [f64; 2]) -> serde_json::Value {
        json!({
            "function": "main.a", "file": "a.go", "line": line, "sampled": sampled,
            "flat": {"alloc_space": 1, "alloc_objects": 1, "inuse_space": 1, "inuse_objects": 1},
            "interval": {
                "alloc_space": alloc_space, "alloc_objects": [1, 100],
                "inuse_space": [640, 640], "inuse_objects": [10, 20],
            },
            // At period 512 KiB one sampled object of 64 bytes stands for 524320 bytes.
            "sizes": [{"bytes": 64, "inuse_space": 2_097_280}],
        })
    }

    #[test]
    fn sites_meet_by_function_file_and_line() {
        let profile = report(
            524_288,
            json!([
                sampled(9, 30, [6401.0, 9000.0]),
                sampled(7, 5, [100.5, 6400.0])
            ]),
        );
        let trials = trials(&truth(), &profile).expect("both sites are known");
        assert_eq!(trials.len(), 8);
        let tally = |measure, band| Tally::of(&trials, measure, &band);
        assert_eq!(
            tally("alloc_space", 3..=u64::MAX),
            Tally { held: 1, all: 2 }
        );
        assert_eq!(tally("alloc_space", 3..=9), Tally { held: 1, all: 1 });
        assert_eq!(tally("alloc_space", 10..=99), Tally { held: 0, all: 1 });
        assert_eq!(tally("alloc_space", 100..=200), Tally::default());
        assert_eq!(
            tally("alloc_objects", 3..=u64::MAX),
            Tally { held: 2, all: 2 }
        );
    }

    #[test]
    fn live_samples_are_counted_from_the_sizes() {
        let profile = report(524_288, json!([sampled(7, 50, [0.0, 1e9])]));
        let trials = trials(&truth(), &profile).expect("the site is known");
        let live: Vec<u64> = MEASURES
            .iter()
            .flat_map(|measure| trials.iter().filter(move |trial| trial.measure == *measure))
            .map(|trial| trial.samples)
            .collect();
        assert_eq!(live, [50, 50, 4, 4]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let fails = |truth: &Report, profile: &Report| {
            trials(truth, profile)
                .expect_err("must be refused")
                .to_string()
        };
        let stranger = report(524_288, json!([sampled(8, 5, [0.0, 1.0])]));
        assert!(fails(&truth(), &stranger).contains("the truth has no site"));
        let good = report(524_288, json!([sampled(7, 5, [0.0, 1.0])]));
        assert!(fails(&good, &good).contains("with period 524288"));
        let unknown = report(0, json!([sampled(7, 5, [0.0, 1.0])]));
        assert!(fails(&truth(), &unknown).contains("no period"));
    }

    #[test]
    fn the_runtime_is_no_trial() {
        let mut site = sampled(1, 5, [0.0, 0.0]);
        site["function"] = json!("runtime.mallocgc");
        let profile = report(524_288, json!([site]));
        assert_eq!(trials(&truth(), &profile).expect("nothing to meet"), []);
    }

    #[test]
    fn callers_are_no_trials() {
        let profile = report(524_288, json!([sampled(1, 0, [0.0, 0.0])]));
        assert_eq!(trials(&truth(), &profile).expect("nothing to meet"), []);
    }

    #[test]
    fn shares_are_printed_with_their_number() {
        assert_eq!(Tally { held: 19, all: 20 }.to_string(), "95.0 % (20)");
        assert_eq!(Tally::default().to_string(), "-");
        assert_eq!(Tally::default().share(), None);
    }
}
