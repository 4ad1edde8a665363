//! Stated savings against those of fixes that were tried: `testdata/corpus/fixes`.

use std::collections::HashMap;
use std::fs;

use memlens::findings::Finding;
use serde::Deserialize;

use super::labels::root;
use super::run::{Analysis, SETS, analyze};

/// A patch and what the benchmarks of its package said before and after.
#[derive(Debug, Deserialize)]
struct Fix {
    patch: String,
    package: String,
    rule: String,
    file: String,
    line: i64,
    benchmarks: Vec<Measured>,
}

#[derive(Debug, Deserialize)]
struct Measured {
    name: String,
    before: Figures,
    after: Figures,
}

#[derive(Debug, Deserialize)]
struct Figures {
    b_op: f64,
    allocs_op: f64,
}

/// One stated saving beside the true one, both as parts of what one benchmark allocates.
#[derive(Debug)]
pub struct Compared {
    pub patch: String,
    pub rule: String,
    pub unit: &'static str,
    pub stated: f64,
    pub measured: f64,
}

impl Compared {
    pub fn error(&self) -> f64 {
        (self.stated - self.measured).abs() / self.measured
    }
}

/// A saving below this part of a benchmark is lost in its noise.
const LEAST: f64 = 0.01;

/// Every fix whose finding was made, and how many fixes there are that save allocations at all.
pub fn compare() -> (Vec<Compared>, usize) {
    let text = fs::read_to_string(root().join("fixes/measured.json")).expect("measured fixes");
    let fixes: Vec<Fix> = serde_json::from_str(&text).expect("measured fixes");
    let mut compared = Vec::new();
    let mut of = 0;
    for fix in fixes {
        // What such a fix saves is live memory, which benchmarks do not count.
        if fix.rule == "ML02" {
            continue;
        }
        of += 1;
        let analysis = analyze(&fix.package, SETS[1]);
        let found = analysis.findings.iter().find(|finding| {
            let file = finding.file.as_deref().unwrap_or_default();
            let line = finding.line.unwrap_or_default();
            let at = std::iter::once(line).chain(finding.also_at.iter().copied());
            finding.rule == fix.rule
                && file.ends_with(&format!("/{}", fix.file))
                && at.into_iter().any(|line| (line - fix.line).abs() <= 2)
        });
        if let Some(finding) = found {
            compared.extend(compare_one(&fix, finding, &analysis));
        }
    }
    (compared, of)
}

/// The benchmark that the fix helps most decides.
fn compare_one(fix: &Fix, finding: &Finding, analysis: &Analysis) -> Option<Compared> {
    let saved = |measured: &Measured, figure: fn(&Figures) -> f64| {
        let before = figure(&measured.before);
        if before > 0.0 {
            1.0 - figure(&measured.after) / before
        } else {
            0.0
        }
    };
    let space: fn(&Figures) -> f64 = |figures| figures.b_op;
    let objects: fn(&Figures) -> f64 = |figures| figures.allocs_op;
    let best = |figure: fn(&Figures) -> f64| {
        let of = |measured: &&Measured| saved(measured, figure);
        fix.benchmarks.iter().max_by(|a, b| of(a).total_cmp(&of(b)))
    };
    let (unit, column, saving, figure) = match best(space) {
        Some(measured) if saved(measured, space) >= LEAST => {
            ("bytes", 1, finding.saving.alloc_space, space)
        }
        _ => ("objects", 0, finding.saving.alloc_objects, objects),
    };
    let measured = best(figure).filter(|measured| saved(measured, figure) >= LEAST)?;
    // `BenchmarkX/sub-8` belongs to the function BenchmarkX.
    let function = measured.name.split(['/', '-']).next()?;
    let hot = analysis.sites.hot.as_ref()?;
    let mut by_benchmark: HashMap<bool, i64> = HashMap::new();
    let (mut here, mut here_in_it) = (0, 0);
    for (path, sizes) in &hot.paths {
        let value: i64 = sizes.iter().map(|size| size.values[column]).sum();
        let name = path.benchmark.as_deref().unwrap_or_default();
        let is_it = name.ends_with(&format!(".Benchmark{function}"));
        *by_benchmark.entry(is_it).or_default() += value;
        let place = &path.frames[path.own];
        let is_here = Some(&place.function) == finding.function.as_ref()
            && (Some(place.line) == finding.line || finding.also_at.contains(&place.line));
        if is_here {
            here += value;
            here_in_it += if is_it { value } else { 0 };
        }
    }
    let total = *by_benchmark.get(&true)? as f64;
    if here == 0 || total == 0.0 {
        return None;
    }
    Some(Compared {
        patch: fix.patch.clone(),
        rule: fix.rule.clone(),
        unit,
        stated: saving as f64 * (here_in_it as f64 / here as f64) / total,
        measured: saved(measured, figure),
    })
}
