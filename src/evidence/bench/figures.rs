//! Benchmarks and what their runs measured.

/// A benchmark, with all its runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Benchmark {
    /// Its import path, where the text names it. A test package has that of the package it tests.
    pub package: Option<String>,
    /// `BenchmarkX` or `BenchmarkX/sub=1`, without the number of processors.
    pub name: String,
    /// GOMAXPROCS, where the name ends with it; Go leaves 1 out.
    pub procs: Option<u32>,
    /// The runs in their order; with `-count=1` there is one.
    pub runs: Vec<Run>,
}

/// A line of results.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Run {
    /// How often the benchmarked code ran.
    pub iterations: u64,
    /// Nanoseconds an iteration.
    pub ns_op: Option<f64>,
    /// Bytes allocated an iteration.
    pub b_op: Option<f64>,
    /// Allocations an iteration.
    pub allocs_op: Option<f64>,
    /// Megabytes (10⁶) processed a second.
    pub mb_s: Option<f64>,
    /// Values of other units, each with its unit, in their order.
    pub other: Vec<(Box<str>, f64)>,
}

/// One figure over several runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure {
    /// Half of the runs are not above it; the mean of the middle two if their number is even.
    pub median: f64,
    /// The smallest.
    pub min: f64,
    /// The greatest.
    pub max: f64,
    /// How many runs had the figure.
    pub runs: usize,
}

impl Figure {
    fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        let upper = *values.get(middle)?;
        let median = if values.len() % 2 == 1 {
            upper
        } else {
            // Halved first: the sum of two large values may have no bounds.
            values.get(middle - 1)? / 2.0 + upper / 2.0
        };
        Some(Self {
            median,
            min: *values.first()?,
            max: *values.last()?,
            runs: values.len(),
        })
    }
}

impl Benchmark {
    /// Nanoseconds an iteration.
    #[must_use]
    pub fn ns_op(&self) -> Option<Figure> {
        Figure::of(self.runs.iter().filter_map(|run| run.ns_op))
    }

    /// Bytes allocated an iteration.
    #[must_use]
    pub fn b_op(&self) -> Option<Figure> {
        Figure::of(self.runs.iter().filter_map(|run| run.b_op))
    }

    /// Allocations an iteration.
    #[must_use]
    pub fn allocs_op(&self) -> Option<Figure> {
        Figure::of(self.runs.iter().filter_map(|run| run.allocs_op))
    }

    /// A figure by its unit.
    #[must_use]
    pub fn unit(&self, unit: &str) -> Option<Figure> {
        Figure::of(self.runs.iter().filter_map(|run| {
            let (_, value) = run.other.iter().find(|(name, _)| **name == *unit)?;
            Some(*value)
        }))
    }

    /// Iterations of all runs. A profile holds more: Go runs a benchmark with few iterations
    /// first, to find out how many it needs, and prints only the last.
    #[must_use]
    pub fn iterations(&self) -> u64 {
        self.runs
            .iter()
            .fold(0, |sum, run| sum.saturating_add(run.iterations))
    }

    /// Bytes allocated by all runs; nothing if a run does not tell.
    #[must_use]
    pub fn total_bytes(&self) -> Option<f64> {
        self.total(|run| run.b_op)
    }

    /// Allocations of all runs; nothing if a run does not tell.
    #[must_use]
    pub fn total_allocs(&self) -> Option<f64> {
        self.total(|run| run.allocs_op)
    }

    fn total(&self, figure: impl Fn(&Run) -> Option<f64>) -> Option<f64> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "the figure is rounded much more than a count beyond 2⁵³"
        )]
        self.runs
            .iter()
            .map(|run| Some(run.iterations as f64 * figure(run)?))
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_ranges() {
        let figure = |values: &[f64]| Figure::of(values.iter().copied());
        assert_eq!(figure(&[]), None);
        let odd = figure(&[3.0, 1.0, 2.0]).unwrap();
        assert_eq!((odd.median, odd.min, odd.max, odd.runs), (2.0, 1.0, 3.0, 3));
        assert_eq!(figure(&[4.0, 1.0]).unwrap().median, 2.5);
        assert!(figure(&[f64::MAX, f64::MAX]).unwrap().median.is_finite());
    }
}
