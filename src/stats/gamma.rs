//! Quantiles of the gamma distribution at the two ends of a 95 % interval.
//!
//! Own numerics, because no small crate fits: `statrs` asks for a newer compiler than this
//! package, and the others either lack the inverse or iterate without a bound. `ln Γ`, the hard
//! part, is `libm`'s.

use libm::lgamma;

/// Which end of a 95 % interval: each leaves 2.5 % outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tail {
    Lower,
    Upper,
}

/// The 97.5 % quantile of the standard normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Below this shape even the upper quantile, about `0.975^(1/shape)`, is less than the smallest `f64`.
const TINY_SHAPE: f64 = 1e-5;

/// From this shape on the Cornish-Fisher expansion is good to 4e-12 of the quantile.
const LARGE_SHAPE: f64 = 2000.0;

/// Newton converges in at most 10 steps; the bound only makes the end certain for any input.
const MAX_STEPS: usize = 60;

/// Series and continued fraction need about `8 √shape` terms at the shapes they serve.
const MAX_TERMS: usize = 2000;

impl Tail {
    fn probability(self) -> f64 {
        match self {
            Tail::Lower => 0.025,
            Tail::Upper => 0.975,
        }
    }

    fn z(self) -> f64 {
        match self {
            Tail::Lower => -Z,
            Tail::Upper => Z,
        }
    }
}

/// The quantile at `tail` of a gamma distribution with this shape and scale 1; 0 for a shape
/// that is not positive.
///
/// Newton's method on `ln P(shape, x)` as a function of `ln x`. That function is increasing and
/// concave (the integral of a log-concave density is log-concave), so from any start Newton lands
/// left of the root after one step and then climbs to it: no bracket is needed.
pub(super) fn quantile(shape: f64, tail: Tail) -> f64 {
    if shape.is_nan() || shape <= TINY_SHAPE {
        return 0.0;
    }
    if shape > LARGE_SHAPE {
        return cornish_fisher(shape, tail.z());
    }
    let target = tail.probability().ln();
    let ln_gamma = lgamma(shape + 1.0);
    let expanded = cornish_fisher(shape, tail.z());
    let mut ln_x = if shape > 5.0 && expanded > 0.0 {
        expanded.ln()
    } else {
        // P(a, x) < x^a / Γ(a + 1) everywhere, and nearly equal for small a.
        (target + ln_gamma) / shape
    };
    for _ in 0..MAX_STEPS {
        let (cumulative, slope) = cumulative(shape, ln_x, ln_gamma);
        let step = (target - cumulative.ln()) * cumulative / slope;
        if !step.is_finite() {
            break;
        }
        ln_x += step;
        if step.abs() <= 1e-14 * ln_x.abs().max(1.0) {
            break;
        }
    }
    ln_x.exp()
}

/// `P(shape, x)`, the lower regularized incomplete gamma function, and its derivative by `ln x`.
/// `ln_gamma` is `ln Γ(shape + 1)`.
fn cumulative(shape: f64, ln_x: f64, ln_gamma: f64) -> (f64, f64) {
    let x = ln_x.exp();
    let front = (shape * ln_x - x - ln_gamma).exp();
    let slope = shape * front;
    let cumulative = if x < shape + 1.0 {
        front * series(shape, x)
    } else {
        1.0 - slope * fraction(shape, x)
    };
    (cumulative, slope)
}

/// `Σ x^k / ((a+1)…(a+k))`, the power series of `P(a, x)` without its front factor.
fn series(shape: f64, x: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    let mut divisor = shape;
    for _ in 0..MAX_TERMS {
        divisor += 1.0;
        term *= x / divisor;
        sum += term;
        if term <= sum * f64::EPSILON * 0.1 {
            break;
        }
    }
    sum
}

/// Legendre's continued fraction `1/(x+1-a- 1(1-a)/(x+3-a- …))` of `Q(a, x)` without its front
/// factor, by Lentz's method. For `x ≥ a + 1` every denominator is positive.
fn fraction(shape: f64, x: f64) -> f64 {
    let mut b = x + 1.0 - shape;
    let mut c = f64::MAX;
    let mut d = 1.0 / b;
    let mut value = d;
    let mut k = 0.0;
    for _ in 0..MAX_TERMS {
        k += 1.0;
        let a = k * (shape - k);
        b += 2.0;
        d = 1.0 / (a * d + b);
        c = b + a / c;
        let factor = c * d;
        value *= factor;
        if (factor - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    value
}

/// The gamma quantile expanded in powers of `1/√shape` around the normal quantile `z`
/// (Cornish and Fisher 1937; Abramowitz and Stegun 26.2.49 with the cumulants of the gamma).
fn cornish_fisher(shape: f64, z: f64) -> f64 {
    let root = shape.sqrt();
    let z2 = z * z;
    let z3 = z2 * z;
    shape + root * z + (z2 - 1.0) / 3.0 + (z3 - 7.0 * z) / (36.0 * root)
        - (3.0 * z2 * z2 + 7.0 * z2 - 16.0) / (810.0 * shape)
        + (9.0 * z3 * z2 + 256.0 * z3 - 433.0 * z) / (38_880.0 * shape * root)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn assert_close(value: f64, expected: f64, relative: f64) {
        assert!(
            (value - expected).abs() <= relative * expected.abs(),
            "{value:e} is not {expected:e}"
        );
    }

    /// `P(shape, x)` for a shape that is a multiple of 1/2, by the recurrence
    /// `P(a+1, x) = P(a, x) - x^a e^-x / Γ(a+1)`, which shares nothing with the code under test.
    fn cumulative_by_recurrence(shape: f64, x: f64) -> f64 {
        let (mut a, mut sum, mut term) = if shape.fract() == 0.5 {
            let gamma_of_three_halves = std::f64::consts::PI.sqrt() / 2.0;
            (
                0.5,
                libm::erf(x.sqrt()),
                x.sqrt() * (-x).exp() / gamma_of_three_halves,
            )
        } else {
            (1.0, -(-x).exp_m1(), x * (-x).exp())
        };
        while a < shape {
            sum -= term;
            a += 1.0;
            term *= x / a;
        }
        sum
    }

    #[test]
    fn closed_forms() {
        // Shape 1 is the exponential distribution, shape 1/2 half the square of a normal variable.
        assert_close(quantile(1.0, Tail::Lower), -(0.975_f64.ln()), 1e-13);
        assert_close(quantile(1.0, Tail::Upper), -(0.025_f64.ln()), 1e-13);
        let normal = 2.241_402_727_604_947_f64; // The 98.75 % quantile.
        assert_close(quantile(0.5, Tail::Upper), normal * normal / 2.0, 1e-12);
    }

    #[test]
    fn halves_and_integers_against_the_recurrence() {
        for half in 1..=400 {
            let shape = f64::from(half) / 2.0;
            for tail in [Tail::Lower, Tail::Upper] {
                let x = quantile(shape, tail);
                let miss = cumulative_by_recurrence(shape, x) - tail.probability();
                // How far x is off follows from the density there, x^(a-1) e^-x / Γ(a).
                let density = ((shape - 1.0) * x.ln() - x - lgamma(shape)).exp();
                assert!(
                    (miss / density / x).abs() < 1e-9,
                    "{shape} {tail:?}: {miss:e}"
                );
            }
        }
    }

    #[test]
    fn published_chi_square_table() {
        // Degrees of freedom, 2.5 % and 97.5 % points, to the digits of the NIST handbook's table.
        let table = [
            (1.0, 0.001, 5.024),
            (2.0, 0.051, 7.378),
            (5.0, 0.831, 12.833),
            (10.0, 3.247, 20.483),
            (20.0, 9.591, 34.170),
            (30.0, 16.791, 46.979),
            (50.0, 32.357, 71.420),
            (100.0, 74.222, 129.561),
        ];
        for (freedom, low, high) in table {
            let chi_square = |tail| 2.0 * quantile(freedom / 2.0, tail);
            assert!(
                (chi_square(Tail::Lower) - low).abs() <= 0.000_51,
                "{freedom}"
            );
            assert!(
                (chi_square(Tail::Upper) - high).abs() <= 0.000_51,
                "{freedom}"
            );
        }
    }

    #[test]
    fn small_shapes_follow_the_power_law() {
        // For a small x, P(a, x) = x^a / Γ(a + 1).
        let expected = (0.025 * lgamma(1.01).exp()).powf(100.0);
        assert_close(quantile(0.01, Tail::Lower), expected, 1e-11);
        assert_eq!(quantile(1e-5, Tail::Upper), 0.0);
        assert_eq!(quantile(1.1e-5, Tail::Upper), 0.0);
        for none in [0.0, -1.0, f64::NAN, f64::NEG_INFINITY] {
            assert_eq!(quantile(none, Tail::Upper), 0.0);
        }
    }

    #[test]
    fn expansion_and_iteration_meet() {
        for tail in [Tail::Lower, Tail::Upper] {
            let expanded = cornish_fisher(LARGE_SHAPE, tail.z());
            assert_close(quantile(LARGE_SHAPE, tail), expanded, 1e-11);
        }
    }

    proptest! {
        #[test]
        fn any_shape_has_a_quantile(exponent in -320.0..308.0_f64) {
            let shape = 10_f64.powf(exponent);
            let low = quantile(shape, Tail::Lower);
            let high = quantile(shape, Tail::Upper);
            prop_assert!(low.is_finite() && high.is_finite());
            prop_assert!(0.0 <= low && low <= high);
        }

        #[test]
        fn quantiles_grow_with_the_shape(shape in 0.01..5000.0_f64) {
            for tail in [Tail::Lower, Tail::Upper] {
                prop_assert!(quantile(shape * 1.001, tail) > quantile(shape, tail));
            }
        }
    }
}
