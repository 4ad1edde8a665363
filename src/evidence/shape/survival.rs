//! Counts that can only fall from one step to the next, and how well they do.
//!
//! Whatever grows in steps passes the lower ones first. So the true counts of the steps never
//! rise, while the sampled ones do, by chance. The most likely true counts that never rise are
//! found by pooling neighbours (isotonic regression for Poisson counts), and the distance of the
//! samples from them says whether chance explains the rises.

use libm::erfc;

/// What was sampled of one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// How many objects were sampled; 0 for a step that was not seen.
    pub sampled: f64,
    /// How many samples one object stands for: its sampling probability, times any other
    /// factor that is known to be in the counts. Above 0.
    pub exposure: f64,
}

/// Counts that never rise, one for each step.
#[derive(Clone, Debug, PartialEq)]
pub struct Survival {
    /// The most likely true counts.
    pub counts: Vec<f64>,
    /// For each step the samples that its count rests on, those of pooled neighbours included.
    pub samples: Vec<f64>,
    /// The probability of samples at least as far from such counts as these, 0 to 1.
    /// Where nothing rises it is 1.
    pub p_value: f64,
}

/// The part by which true counts may differ from those of a ladder: other objects of one size on
/// the same line, a series cut off by the beginning or end of the profile.
pub const LADDER_SLACK: f64 = 0.02;

/// The most likely counts that never rise. The true counts may miss the model by the part `slack`.
pub fn fit(steps: &[Step], slack: f64) -> Survival {
    struct Pool {
        sampled: f64,
        exposure: f64,
        steps: usize,
    }
    impl Pool {
        fn rate(&self) -> f64 {
            self.sampled / self.exposure
        }
    }
    let mut pools: Vec<Pool> = Vec::new();
    for step in steps {
        let mut pool = Pool {
            sampled: step.sampled,
            exposure: step.exposure,
            steps: 1,
        };
        while let Some(before) = pools.pop_if(|before| before.rate() < pool.rate()) {
            pool.sampled += before.sampled;
            pool.exposure += before.exposure;
            pool.steps += before.steps;
        }
        pools.push(pool);
    }
    let counts: Vec<f64> = pools
        .iter()
        .flat_map(|pool| std::iter::repeat_n(pool.rate(), pool.steps))
        .collect();
    let samples = pools
        .iter()
        .flat_map(|pool| std::iter::repeat_n(pool.sampled, pool.steps))
        .collect();
    let distance: f64 = steps
        .iter()
        .zip(&counts)
        .map(|(step, count)| squared_distance(step, *count, slack))
        .sum();
    let freedom = steps.len().saturating_sub(pools.len());
    Survival {
        p_value: chi_square_tail(distance, freedom),
        counts,
        samples,
    }
}

/// How far the samples of a step are from its count, in squared standard deviations.
pub(super) fn squared_distance(step: &Step, count: f64, slack: f64) -> f64 {
    let mean = count * step.exposure;
    let variance = mean + (slack * mean) * (slack * mean);
    if variance > 0.0 {
        (step.sampled - mean) * (step.sampled - mean) / variance
    } else {
        0.0
    }
}

/// The probability that a chi-square variable exceeds `value`, by the cube root's normal
/// approximation (Wilson and Hilferty 1931), good to about 0.01: a threshold needs no more.
pub(super) fn chi_square_tail(value: f64, freedom: usize) -> f64 {
    if freedom == 0 || value <= 0.0 {
        return 1.0;
    }
    let freedom = freedom as f64;
    let spread = 2.0 / (9.0 * freedom);
    let normal = ((value / freedom).cbrt() - (1.0 - spread)) / spread.sqrt();
    0.5 * erfc(normal / std::f64::consts::SQRT_2)
}

/// The log likelihood of `sampled` where `mean` are expected, without the part that depends on
/// the samples alone, and 0 where they agree.
pub(super) fn log_likelihood(sampled: f64, mean: f64) -> f64 {
    if sampled > 0.0 {
        sampled * (mean / sampled).ln() + sampled - mean
    } else {
        -mean
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(sampled: &[f64]) -> Vec<Step> {
        let step = |&sampled| Step {
            sampled,
            exposure: 0.5,
        };
        sampled.iter().map(step).collect()
    }

    #[test]
    fn falling_counts_stay_as_they_are() {
        let found = fit(&steps(&[10.0, 8.0, 8.0, 1.0]), LADDER_SLACK);
        assert_eq!(found.counts, [20.0, 16.0, 16.0, 2.0]);
        assert_eq!(found.p_value, 1.0);
    }

    #[test]
    fn a_rise_is_levelled_out() {
        let found = fit(&steps(&[10.0, 7.0, 9.0, 1.0]), LADDER_SLACK);
        assert_eq!(found.counts, [20.0, 16.0, 16.0, 2.0]);
        assert!(found.p_value > 0.3, "{found:?}");
    }

    #[test]
    fn a_great_rise_is_no_chance() {
        assert!(fit(&steps(&[10.0, 90.0]), LADDER_SLACK).p_value < 1e-6);
        assert!(fit(&steps(&[90.0, 0.0, 90.0]), LADDER_SLACK).p_value < 1e-6);
    }

    #[test]
    fn tail_of_the_chi_square() {
        // Quantiles from tables.
        for (value, freedom, tail) in [(3.841, 1, 0.05), (15.086, 5, 0.01), (18.307, 10, 0.05)] {
            let found = chi_square_tail(value, freedom);
            assert!((found - tail).abs() < 0.003, "{found} for {tail}");
        }
        assert_eq!(chi_square_tail(5.0, 0), 1.0);
    }

    #[test]
    fn nothing_at_all() {
        assert_eq!(fit(&[], LADDER_SLACK).counts, Vec::<f64>::new());
        assert_eq!(fit(&steps(&[0.0, 0.0]), LADDER_SLACK).counts, [0.0, 0.0]);
    }
}
