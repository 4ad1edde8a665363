//! Go's allocation sampling, forwards and backwards.

use std::num::NonZeroU64;

/// The probability, from 0 to 1, that Go samples an object of `size` bytes when it samples once in `period`
/// bytes on average.
///
/// The runtime draws exponential distances between samples, so this is `1 - exp(-size/period)`; a
/// period of 1 is its special case "every allocation". An object of 0 bytes is never sampled.
pub fn sampling_probability(size: u64, period: NonZeroU64) -> f64 {
    if period.get() == 1 {
        return if size == 0 { 0.0 } else { 1.0 };
    }
    // exp_m1, since 1 - exp(-x) loses most digits of the small sizes that heaps are made of.
    -(-(size as f64) / period.get() as f64).exp_m1()
}

/// The number of sampled objects behind `space`, a profile's scaled bytes of objects of `size` bytes each.
///
/// The writer scales `n` sampled objects to `n * size / p` and cuts the fraction off, so each sample that
/// was added up to `space` has lost up to a byte. Half a byte is given back for one; lost bytes are worth
/// less than one object, and the result exact, for up to `period / 2` samples of one size at one place:
/// a quarter of a million at Go's default rate. Where `p` is 1 nothing was scaled or lost.
///
/// `space` and not the object count, because the count is cut the same way: for a large object the
/// fraction of one object is a whole sample, while the fraction of one byte is nothing.
///
/// The sign of `space` is kept (a difference of profiles has negative values, cut towards 0 too).
/// `size` 0 gives 0: such objects are never sampled.
pub fn raw_count(space: i64, size: u64, period: NonZeroU64) -> i64 {
    if size == 0 || space == 0 {
        return 0;
    }
    let probability = sampling_probability(size, period);
    let lost = if probability < 1.0 { 0.5 } else { 0.0 };
    let count = (space.unsigned_abs() as f64 + lost) * probability / size as f64;
    // `as` saturates; no count that Go wrote is near the limits.
    count.round() as i64 * space.signum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DEFAULT_PERIOD: NonZeroU64 = NonZeroU64::new(512 * 1024).unwrap();

    /// What Go's profile writer makes of `count` sampled objects of `size` bytes, its cancellation included.
    fn scaled_by_go(count: i64, size: u64, period: NonZeroU64) -> i64 {
        if period.get() == 1 {
            return count * size as i64;
        }
        let scale = 1.0 / (1.0 - (-(size as f64) / period.get() as f64).exp());
        ((count * size as i64) as f64 * scale) as i64
    }

    #[test]
    fn probability_at_known_points() {
        let p = |size| sampling_probability(size, DEFAULT_PERIOD);
        assert_eq!(p(0), 0.0);
        // x - x²/2 + x³/6 for a small x.
        let x = 16.0 / 524_288.0_f64;
        let expected = x - x * x / 2.0 + x * x * x / 6.0;
        assert!((p(16) / expected - 1.0).abs() < 1e-14);
        assert!((p(512 * 1024) - (1.0 - (-1.0_f64).exp())).abs() < 1e-15);
        assert_eq!(p(1 << 40), 1.0);
        assert_eq!(sampling_probability(8, NonZeroU64::MIN), 1.0);
        assert_eq!(sampling_probability(0, NonZeroU64::MIN), 0.0);
    }

    #[test]
    fn one_sample_of_a_small_object_is_about_one_period() {
        assert_eq!(scaled_by_go(1, 64, DEFAULT_PERIOD), 524_320);
        assert_eq!(raw_count(524_320, 64, DEFAULT_PERIOD), 1);
        assert_eq!(raw_count(-524_320, 64, DEFAULT_PERIOD), -1);
    }

    proptest! {
        #[test]
        fn inverts_what_go_writes(
            counts in prop::collection::vec(1_i64..10_000, 1..50),
            size in 1_u64..40_000_000,
            period in 100_u64..10_000_000,
        ) {
            let period = NonZeroU64::new(period).expect("not 0");
            let space = counts.iter().map(|&n| scaled_by_go(n, size, period)).sum();
            let truth: i64 = counts.iter().sum();
            prop_assert_eq!(raw_count(space, size, period), truth);
            prop_assert_eq!(raw_count(-space, size, period), -truth);
        }

        #[test]
        fn any_input_has_an_answer(space: i64, size: u64, period: NonZeroU64) {
            let probability = sampling_probability(size, period);
            prop_assert!((0.0..=1.0).contains(&probability));
            let count = raw_count(space, size, period);
            prop_assert!(count == 0 || count.signum() == space.signum());
        }
    }
}
