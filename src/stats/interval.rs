//! The 95 % interval of a row: what was sampled is certain, only what was missed is not.
//!
//! # The model
//! A row allocated `N` objects of one size, unknown, and each was sampled with the known probability `p`.
//! Given `n` samples, the exact (Clopper-Pearson) interval is from the smallest `N` with
//! `P(X ≥ n | N, p) > 2.5 %` to the largest with `P(X ≤ n | N, p) > 2.5 %`. Turned around: `N` trials hold
//! at least `n` samples exactly when the `n`-th sample comes within `N` trials, so the number of *missed*
//! objects lies between the 2.5 % quantile of the failures before the `n`-th success and the 97.5 % quantile
//! of those before the `n+1`-st. Both are negative binomial, with the cumulants (`q = 1 - p`)
//! `n q/p`, `n q/p²`, `n q(1+q)/p³`.
//!
//! # Several sizes
//! Missed bytes of a row are a sum of such counts, each times its size. Cumulants of independent terms
//! add up, so the sum is approximated by the (shifted) gamma distribution with the same first three. The upper
//! end gets one more event, that of the smallest size in the row: its missed part is the largest that one
//! event can stand for, in bytes and in objects (Fay and Feuer 1997 do this for weighted Poisson counts).
//!
//! Objects come whole and the gamma is continuous, hence the usual continuity correction of half an
//! object, of the smallest size.
//!
//! For `p → 0` this *is* the exact Poisson interval of Garwood (1936), the shift being 0; for `p → 1` it narrows
//! to the sampled total. Between, it is within one object of the exact one (tested).
//! A gamma with two moments instead of three misses the truth in up to 19 % of the cases around `p = 0.3`,
//! and one without the continuity correction in 60 % around `p = 0.9`.
//!
//! # What it cannot know
//! Sizes of which *nothing* was sampled. For bytes this matters only in a row whose sampled objects are all far
//! above the period: it gets a point, and up to 3.7 periods of small objects may hide beside them. For objects it
//! matters more: ten 64-byte objects are surely unseen next to ten of 64 KiB, so where a row mixes sizes and its
//! small ones are scarcely sampled, the true object count is often beyond the upper end (growth ladders:
//! 39-92 % are held instead of 95 %).

use std::num::NonZeroU64;

use super::gamma::{self, Tail};

/// The sampled objects of one size in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SizeGroup {
    /// Bytes of each object: the `bytes` label of the profile's samples.
    pub size: u64,
    /// The sampling period in force, in bytes: merged profiles may differ in it.
    pub period: NonZeroU64,
    /// How many objects were sampled (see [`raw_count`](super::raw_count)), not the scaled count.
    pub sampled: u64,
}

/// What is counted: a row's bytes or its objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Bytes, as in `alloc_space` and `inuse_space`.
    Space,
    /// Objects, as in `alloc_objects` and `inuse_objects`.
    Objects,
}

impl Measure {
    /// How much one object of `size` bytes counts.
    fn weight(self, size: u64) -> f64 {
        match self {
            Measure::Space => size as f64,
            Measure::Objects => 1.0,
        }
    }
}

/// A range that holds the true value with 95 % confidence; bytes or objects, both ends finite and
/// `0 <= low <= high`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The 95 % interval of the true total behind a row made of `groups`, in the unit of `measure`.
///
/// The same size may come several times, in any order. The interval contains the unbiased
/// estimate `Σ weight · sampled / p`, which is what the profile shows.
///
/// Without any sample the interval is [0, 0]. It is not [0, 3.7 periods], though that much may
/// hide anywhere: such a row was chosen for another value (0 bytes in use of a site that allocated, say),
/// and the range would be the same one for every site of the program, seen or not. It says nothing about
/// this one and would drown the rows that hold something.
pub fn interval(groups: impl IntoIterator<Item = SizeGroup>, measure: Measure) -> Interval {
    let mut sampled = 0.0;
    let mut missed = Missed::default();
    let mut smallest: Option<SizeGroup> = None;
    for group in groups {
        let SizeGroup {
            size,
            period,
            sampled: n,
        } = group;
        if size == 0 || n == 0 {
            continue;
        }
        sampled += measure.weight(size) * n as f64;
        missed.add(n as f64, size, period, measure);
        if smallest.is_none_or(|smallest| size < smallest.size) {
            smallest = Some(group);
        }
    }
    let Some(smallest) = smallest else {
        return Interval {
            low: 0.0,
            high: 0.0,
        };
    };
    let estimate = missed.mean;
    let half_an_object = measure.weight(smallest.size) / 2.0;

    let least = missed.quantile(Tail::Lower) - half_an_object;
    missed.add(1.0, smallest.size, smallest.period, measure);
    let most = missed.quantile(Tail::Upper);
    let most = if most < half_an_object {
        0.0 // Less than one object is none.
    } else {
        most + half_an_object
    };
    Interval {
        low: sampled + least.clamp(0.0, estimate),
        high: sampled + most.max(estimate),
    }
}

/// The distribution of what was missed, by its first three cumulants.
#[derive(Debug, Clone, Copy, Default)]
struct Missed {
    mean: f64,
    variance: f64,
    third: f64,
}

impl Missed {
    /// Adds what was missed while `events` objects of `size` bytes were sampled.
    fn add(&mut self, events: f64, size: u64, period: NonZeroU64, measure: Measure) {
        if period.get() == 1 {
            return;
        }
        let x = size as f64 / period.get() as f64;
        let p = -(-x).exp_m1();
        let q = (-x).exp();
        // Never 0 / 0: the smallest x, 2^-64, still makes a p that is not 0.
        let scale = measure.weight(size) / p;
        self.mean += events * q * scale;
        self.variance += events * q * scale * scale;
        self.third += events * q * (1.0 + q) * scale * scale * scale;
    }

    /// The quantile at `tail` of the shifted gamma distribution with these cumulants; it may be
    /// below 0, which the sum it stands for cannot be.
    ///
    /// That distribution is `mean - shape·scale + scale · Gamma(shape)`; its variance is `shape·scale²` and its
    /// third cumulant `2 shape·scale³`.
    fn quantile(self, tail: Tail) -> f64 {
        if self.third <= 0.0 {
            return self.mean; // Nothing can have been missed.
        }
        // Written with ratios near 1/weight, so that neither huge sizes nor tiny q leave the range of f64.
        let ratio = self.variance / self.third;
        let scale = 0.5 / ratio;
        let shape = 4.0 * self.variance * ratio * ratio;
        self.mean + scale * (gamma::quantile(shape, tail) - shape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::sampling_probability;
    use proptest::prelude::*;

    const PERIOD: NonZeroU64 = NonZeroU64::new(512 * 1024).unwrap();

    fn of_one_size(size: u64, sampled: u64, measure: Measure) -> Interval {
        interval(
            [SizeGroup {
                size,
                period: PERIOD,
                sampled,
            }],
            measure,
        )
    }

    /// Whether the interval holds `value`, but for the rounding of a sum of products.
    fn holds(interval: Interval, value: f64) -> bool {
        interval.low * (1.0 - 1e-12) <= value && value <= interval.high * (1.0 + 1e-12)
    }

    /// The size that is sampled with probability `p`.
    fn size_sampled_with(p: f64) -> u64 {
        (-(PERIOD.get() as f64) * (-p).ln_1p()).round() as u64
    }

    /// `P(X = k)` for k = 0, 1, … of the binomial distribution, by its naive recurrence.
    fn binomial(trials: u64, p: f64) -> impl Iterator<Item = f64> {
        let mut mass = (1.0 - p).powf(trials as f64);
        (0..=trials).map(move |k| {
            let this = mass;
            mass *= (trials - k) as f64 / (k + 1) as f64 * p / (1.0 - p);
            this
        })
    }

    /// The exact interval of the number of trials, straight from its definition.
    fn exact_trials(sampled: u64, p: f64) -> (u64, u64) {
        let at_most = |n: u64, trials| -> f64 { binomial(trials, p).take(n as usize + 1).sum() };
        let low = (sampled..)
            .find(|&trials| 1.0 - at_most(sampled - 1, trials) > 0.025)
            .expect("some number is large enough");
        let beyond = (low..)
            .find(|&trials| at_most(sampled, trials) <= 0.025)
            .expect("some number is too large");
        (low, beyond - 1)
    }

    #[test]
    fn garwood_for_small_objects() {
        // Garwood's table, with more digits from 50-digit Poisson sums. At this period one sample stands
        // for 2^50 bytes, so the objects' graininess is far below the digits compared.
        let period = NonZeroU64::new(1 << 50).expect("not 0");
        let garwood = [
            (1, 0.025_317_807_984_289_8, 5.571_643_390_939_0),
            (2, 0.242_209_278_543_964_9, 7.224_687_667_723_96),
            (5, 1.623_486_390_118_420_5, 11.668_332_079_322_67),
            (10, 4.795_388_696_132_433_6, 18.390_356_042_017_78),
            (50, 37.110_963_737_461_86, 65.918_766_664_336_8),
        ];
        for (sampled, low, high) in garwood {
            let group = SizeGroup {
                size: 16,
                period,
                sampled,
            };
            let one = (period.get() as f64).recip();
            let found = interval([group], Measure::Space);
            assert!(
                (found.low * one / low - 1.0).abs() < 1e-9,
                "{sampled} {found:?}"
            );
            assert!(
                (found.high * one / high - 1.0).abs() < 1e-9,
                "{sampled} {found:?}"
            );
        }
    }

    #[test]
    fn default_period_is_nearly_garwood() {
        let found = of_one_size(64, 5, Measure::Space);
        assert!((found.low / 524_288.0 - 1.62).abs() < 0.01, "{found:?}");
        assert!((found.high / 524_288.0 - 11.67).abs() < 0.01, "{found:?}");
        let objects = of_one_size(64, 5, Measure::Objects);
        assert!((objects.low * 64.0 - found.low).abs() < 1.0);
        assert!((objects.high * 64.0 - found.high).abs() < 1.0);
    }

    #[test]
    fn certain_when_everything_is_sampled() {
        let groups = [
            SizeGroup {
                size: 48,
                period: NonZeroU64::MIN,
                sampled: 7,
            },
            SizeGroup {
                size: 4096,
                period: NonZeroU64::MIN,
                sampled: 3,
            },
        ];
        let bytes = interval(groups, Measure::Space);
        assert_eq!((bytes.low, bytes.high), (12_624.0, 12_624.0));
        let objects = interval(groups, Measure::Objects);
        assert_eq!((objects.low, objects.high), (10.0, 10.0));
    }

    #[test]
    fn narrows_to_the_point_as_p_goes_to_one() {
        let mut width = f64::INFINITY;
        for periods in [1, 2, 4, 8, 16] {
            let size = periods * PERIOD.get();
            let found = of_one_size(size, 5, Measure::Objects);
            assert!(found.low >= 5.0);
            assert!(found.high - found.low < width);
            width = found.high - found.low;
        }
        assert!(width < 1e-5, "{width}");
        let huge = of_one_size(1 << 40, 5, Measure::Space);
        assert_eq!(
            (huge.low, huge.high),
            ((5_u64 << 40) as f64, (5_u64 << 40) as f64)
        );
    }

    #[test]
    fn no_samples_no_claim() {
        let nothing = Interval {
            low: 0.0,
            high: 0.0,
        };
        assert_eq!(interval([], Measure::Space), nothing);
        assert_eq!(of_one_size(64, 0, Measure::Space), nothing);
        assert_eq!(of_one_size(0, 9, Measure::Objects), nothing);
    }

    #[test]
    fn one_size_is_within_one_object_of_the_exact_interval() {
        let (mut cases, mut equal) = (0, 0);
        for p in [0.1, 0.2, 0.3, 0.4, 0.5, 0.632, 0.7, 0.8, 0.9, 0.95, 0.99] {
            let size = size_sampled_with(p);
            let p = sampling_probability(size, PERIOD);
            for sampled in [1, 2, 3, 5, 8, 13, 21, 34, 55] {
                let found = of_one_size(size, sampled, Measure::Objects);
                // The whole numbers inside.
                let found = (found.low.ceil() as u64, found.high.floor() as u64);
                let exact = exact_trials(sampled, p);
                assert!(
                    found.0.abs_diff(exact.0) <= 1 && found.1.abs_diff(exact.1) <= 1,
                    "{sampled} sampled with {p}: {found:?}, exactly {exact:?}"
                );
                cases += 2;
                equal += usize::from(found.0 == exact.0) + usize::from(found.1 == exact.1);
            }
        }
        assert!(
            equal * 100 >= cases * 97,
            "{equal} of {cases} ends are exact"
        );
    }

    /// The exact probability, given at least 3 samples, that the interval holds the truth `trials`.
    fn coverage_of_one_size(trials: u64, size: u64) -> f64 {
        let p = sampling_probability(size, PERIOD);
        let truth = trials as f64 * size as f64;
        // Beyond 10 standard deviations nothing is left.
        let mean = trials as f64 * p;
        let relevant = (mean + 10.0 * mean.sqrt() + 20.0) as usize;
        let (mut all, mut held) = (0.0, 0.0);
        for (sampled, mass) in (0..).zip(binomial(trials, p)).take(relevant).skip(3) {
            all += mass;
            if holds(of_one_size(size, sampled, Measure::Space), truth) {
                held += mass;
            }
        }
        held / all
    }

    #[test]
    fn coverage_of_small_objects() {
        let mut sum = 0.0;
        let expected = [3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 100, 300];
        for samples in expected {
            for size in [16, 1024, 32_768] {
                let trials = (f64::from(samples) / sampling_probability(size, PERIOD)).round();
                let coverage = coverage_of_one_size(trials as u64, size);
                assert!(
                    (0.945..=0.995).contains(&coverage),
                    "{samples} × {size} B: {coverage}"
                );
                sum += coverage;
            }
        }
        let mean = sum / (3 * expected.len()) as f64;
        assert!((0.95..=0.975).contains(&mean), "{mean}");
    }

    #[test]
    fn coverage_near_and_above_the_period() {
        // Whole objects leave few values to choose from, so the exact interval, too, covers up to 100 % of a
        // handful; what must not happen is too little.
        for p in [0.3, 0.5, 0.632, 0.8, 0.9, 0.95, 0.99] {
            for trials in [5, 10, 20, 40, 80, 160] {
                let coverage = coverage_of_one_size(trials, size_sampled_with(p));
                assert!(coverage >= 0.945, "{trials} with {p}: {coverage}");
                if trials as f64 * (1.0 - p) > 15.0 {
                    assert!(coverage <= 0.98, "{trials} with {p}: {coverage}");
                }
            }
        }
    }

    /// SplitMix64 (Steele, Lea, Flood 2014): the tests need the same draws everywhere and for ever.
    struct Random(u64);

    impl Random {
        /// Uniform in (0, 1).
        fn uniform(&mut self) -> f64 {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64 + f64::EPSILON / 4.0
        }

        /// How many of `trials` objects are sampled, by the distances between samples.
        fn sampled(&mut self, trials: u64, p: f64) -> u64 {
            let mut at = 0.0;
            let mut sampled = 0;
            loop {
                at += (self.uniform().ln() / (-p).ln_1p()).floor() + 1.0;
                if at > trials as f64 {
                    return sampled;
                }
                sampled += 1;
            }
        }
    }

    /// The share of simulated profiles with at least 3 samples whose interval holds the truth.
    fn simulated_coverage(truth: &[(u64, u64)], measure: Measure) -> f64 {
        let mut random = Random(1);
        let total: f64 = truth
            .iter()
            .map(|&(size, n)| measure.weight(size) * n as f64)
            .sum();
        let (mut all, mut held) = (0, 0);
        while all < 1000 {
            let groups: Vec<SizeGroup> = truth
                .iter()
                .map(|&(size, n)| SizeGroup {
                    size,
                    period: PERIOD,
                    sampled: random.sampled(n, sampling_probability(size, PERIOD)),
                })
                .collect();
            if groups.iter().map(|group| group.sampled).sum::<u64>() >= 3 {
                all += 1;
                held += u32::from(holds(interval(groups, measure), total));
            }
        }
        f64::from(held) / f64::from(all)
    }

    #[test]
    fn coverage_of_mixed_sizes() {
        let doubling = |n, rungs| (6..6 + rungs).map(|k| (1 << k, n)).collect::<Vec<_>>();
        let regimes = [
            doubling(20, 11),
            doubling(100, 11),
            doubling(500, 11),
            doubling(2, 18),
            vec![(1 << 20, 1), (64, 8192 * 4)],
            vec![(4 << 20, 3), (64, 8192 * 10)],
            vec![(600_000, 10), (400_000, 10), (200_000, 10)],
        ];
        for truth in regimes {
            // 1000 profiles tell the coverage to within 0.014 (two standard errors).
            let coverage = simulated_coverage(&truth, Measure::Space);
            assert!((0.935..=0.99).contains(&coverage), "{truth:?}: {coverage}");
        }
    }

    #[test]
    fn coverage_of_the_objects_of_well_sampled_mixtures() {
        let truth = [(1024, 10_000), (4096, 5_000), (65_536, 100)];
        let coverage = simulated_coverage(&truth, Measure::Objects);
        assert!((0.935..=0.98).contains(&coverage), "{coverage}");
    }

    proptest! {
        #[test]
        fn any_row_has_an_interval_around_its_estimate(
            groups in prop::collection::vec(
                // Even over the orders of magnitude, from 1 to 2^63 and from 0 to 2^40.
                (any::<u64>(), 1_u32..64, any::<u64>(), 24_u32..=64),
                0..8,
            ),
            period in (any::<u64>(), 1_u32..64),
        ) {
            let period = NonZeroU64::new((period.0 >> period.1).max(1)).expect("not 0");
            let groups: Vec<SizeGroup> = groups
                .into_iter()
                .map(|(size, size_shift, sampled, shift)| SizeGroup {
                    size: (size >> size_shift).max(1),
                    period,
                    sampled: sampled.checked_shr(shift).unwrap_or(0),
                })
                .collect();
            for measure in [Measure::Space, Measure::Objects] {
                let found = interval(groups.iter().copied(), measure);
                let estimate: f64 = groups
                    .iter()
                    .map(|group| {
                        measure.weight(group.size) * group.sampled as f64
                            / sampling_probability(group.size, period)
                    })
                    .sum();
                prop_assert!(found.high.is_finite());
                prop_assert!(0.0 <= found.low && found.low <= found.high);
                prop_assert!(holds(found, estimate), "{found:?} {estimate}");
            }
        }

        #[test]
        fn more_samples_raise_both_ends(
            size in 1_u64..10_000_000,
            sampled in 1_u64..100_000,
        ) {
            for measure in [Measure::Space, Measure::Objects] {
                let fewer = of_one_size(size, sampled, measure);
                let more = of_one_size(size, sampled + 1, measure);
                prop_assert!(more.low >= fewer.low && more.high >= fewer.high);
            }
        }
    }
}
