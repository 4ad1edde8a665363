//! Numbers for people: at most four digits and a unit.

use crate::report::Interval;

/// A unit and how much of the base unit it is.
struct Step {
    size: f64,
    /// The least that is said in this unit.
    from: f64,
    /// As it stands behind a number.
    suffix: &'static str,
}

const fn step(size: f64, suffix: &'static str) -> Step {
    Step {
        size,
        from: size,
        suffix,
    }
}

/// The base unit.
const fn one(suffix: &'static str) -> Step {
    Step {
        from: 0.0,
        ..step(1.0, suffix)
    }
}

/// In bytes. Binary, as memory comes in powers of two.
const BYTES: &[Step] = &[
    one(" B"),
    step(1024.0, " KiB"),
    step(1048576.0, " MiB"),
    step(1073741824.0, " GiB"),
    step(1099511627776.0, " TiB"),
    step(1125899906842624.0, " PiB"),
];

const COUNTS: &[Step] = &[
    one(""),
    Step {
        // Four digits are still easy to read, and exact.
        from: WRITTEN_OUT + 1.0,
        ..step(1e3, "k")
    },
    step(1e6, "M"),
    step(1e9, "G"),
    step(1e12, "T"),
    step(1e15, "P"),
    step(1e18, "E"),
];

/// In nanoseconds.
const TIMES: &[Step] = &[
    one(" ns"),
    step(1e3, " µs"),
    step(1e6, " ms"),
    step(1e9, " s"),
    step(60e9, " min"),
    step(3600e9, " h"),
];

/// The largest number that is written without a prefix.
const WRITTEN_OUT: f64 = 9999.0;

/// Intervals that reach further than this part of the value are wide.
const WIDE: f64 = 0.5;

/// The steps for a unit of the profile, and how many base units it is. What is not known is
/// counted.
fn scale(unit: &str) -> (&'static [Step], f64) {
    match unit {
        "bytes" | "byte" | "b" | "B" => (BYTES, 1.0),
        "kilobytes" | "kb" | "KB" | "KiB" => (BYTES, 1024.0),
        "megabytes" | "mb" | "MB" | "MiB" => (BYTES, 1048576.0),
        "nanoseconds" | "nanosecond" | "ns" => (TIMES, 1.0),
        "microseconds" | "microsecond" | "us" | "µs" => (TIMES, 1e3),
        "milliseconds" | "millisecond" | "ms" => (TIMES, 1e6),
        "seconds" | "second" | "s" => (TIMES, 1e9),
        _ => (COUNTS, 1.0),
    }
}

/// A value in a unit of the profile, e.g. `24.5 MiB`, `12.3k`, `1.50 s`; nothing is `0` in any.
pub(crate) fn amount(value: i64, unit: &str) -> String {
    if value == 0 {
        return "0".to_owned();
    }
    let (steps, base) = scale(unit);
    let size = value.unsigned_abs() as f64 * base;
    let sign = if value < 0 { "-" } else { "" };
    let step = step_for(steps, size);
    format!("{sign}{}{}", number(size, step), step.suffix)
}

/// A number of things, e.g. `9999`, `12.3k`.
pub(crate) fn count(number: u64) -> String {
    amount(i64::try_from(number).unwrap_or(i64::MAX), "count")
}

/// What part of the total a value is, e.g. `38.2%`, with the value's sign; nothing of nothing is
/// no part.
pub(crate) fn share(value: i64, total: i64) -> String {
    if total == 0 {
        return String::new();
    }
    let percent = value as f64 / total as f64 * 100.0;
    let sign = if percent < 0.0 { "-" } else { "" };
    let size = percent.abs();
    if value == total {
        "100%".to_owned()
    } else if size == 0.0 {
        "0%".to_owned()
    } else if size < 0.05 {
        format!("{sign}<0.1%")
    } else if size < 99.95 {
        format!("{sign}{size:.1}%")
    } else if size < 100.0 {
        // What is not all must not look like all.
        format!("{sign}99.9%")
    } else if size <= WRITTEN_OUT {
        format!("{sign}{size:.0}%")
    } else {
        format!("{sign}>9999%")
    }
}

/// How far the truth may be from a value: `exact`; `±12%` where that is fair; else the range
/// itself, e.g. `13 KiB–2.79 MiB`. Nothing for a value of 0, which has no interval of its own.
pub(crate) fn spread(value: i64, interval: Interval, unit: &str) -> String {
    if value == 0 {
        return String::new();
    }
    if interval.low == interval.high {
        return "exact".to_owned();
    }
    let [below, above] = sides(value, interval);
    let (least, most) = (below.min(above), below.max(above));
    let plus_minus = || format!("±{}", percent_up(most * 100.0));
    // Intervals of few samples lean upwards. A single figure for both sides covers the longer one,
    // must not be far from the other, and beyond a half it would say little.
    if most <= WIDE && least >= 0.75 * most {
        return plus_minus();
    }
    // Ends that look the same are no range.
    range(interval, unit).unwrap_or_else(plus_minus)
}

/// Whether an interval is so wide that the value within it says little.
pub(crate) fn is_wide(value: i64, interval: Interval) -> bool {
    value != 0 && sides(value, interval).into_iter().any(|side| side > WIDE)
}

/// How far the ends are from the value, as parts of it.
fn sides(value: i64, Interval { low, high }: Interval) -> [f64; 2] {
    [low, high].map(|end| value.abs_diff(end) as f64 / value.unsigned_abs() as f64)
}

/// Both ends, the upper one to three digits, the lower one as far or to two. A spaced unit that
/// both have is said once (`3.4–10.8 MiB`); a letter belongs to its number (`6.1k–159k`).
fn range(Interval { low, high }: Interval, unit: &str) -> Option<String> {
    let (steps, base) = scale(unit);
    let [low, high] = [low, high].map(|end| end as f64 * base);
    let high_step = step_for(steps, high.abs());
    let low_step = match low.abs() >= high_step.size {
        true if low.abs() <= high.abs() => high_step,
        _ => step_for(steps, low.abs()),
    };
    let is_same_step = low_step.size == high_step.size;
    let high_decimals = decimals(high.abs() / high_step.size, high_step);
    let two_digits = match low.abs() / low_step.size {
        number if low_step.size == 1.0 && number.fract() == 0.0 || number >= 9.95 => 0,
        _ => 1,
    };
    let low_decimals = if is_same_step {
        two_digits.max(high_decimals)
    } else {
        two_digits
    };
    let low_number = format!("{:.low_decimals$}", low / low_step.size);
    let high_number = format!("{:.high_decimals$}", high / high_step.size);
    if is_same_step && low_number == high_number {
        return None;
    }
    let is_said_once = is_same_step && high_step.suffix.starts_with(' ');
    let low_suffix = match low_step.suffix {
        // Nothing is nothing in any unit.
        _ if low == 0.0 || is_said_once => "",
        suffix => suffix,
    };
    let low_number = if low == 0.0 { "0" } else { &low_number };
    let high_suffix = if high == 0.0 { "" } else { high_step.suffix };
    Some(format!(
        "{low_number}{low_suffix}–{high_number}{high_suffix}"
    ))
}

/// Rounded up, so that the figure still covers the interval.
fn percent_up(percent: f64) -> String {
    if percent < 1.0 {
        format!("{:.1}%", (percent * 10.0).ceil().max(1.0) / 10.0)
    } else {
        format!("{:.0}%", percent.ceil())
    }
}

/// The largest step whose least is reached, as rounded: 1023.9 KiB is said as 1.00 MiB.
fn step_for(steps: &'static [Step], size: f64) -> &'static Step {
    static ONE: Step = one("");
    let rounded = |step: &Step| {
        let number = size / step.size;
        match decimals(number, step) {
            0 => number.round() * step.size,
            1 => (number * 10.0).round() / 10.0 * step.size,
            _ => (number * 100.0).round() / 100.0 * step.size,
        }
    };
    steps.iter().fold(&ONE, |chosen, step| {
        if rounded(chosen) >= step.from {
            step
        } else {
            chosen
        }
    })
}

/// How many decimals three digits leave.
fn decimals(number: f64, step: &Step) -> usize {
    if step.size == 1.0 && number.fract() == 0.0 || number >= 99.95 {
        0
    } else if number >= 9.995 {
        1
    } else {
        2
    }
}

fn number(size: f64, step: &Step) -> String {
    let number = size / step.size;
    if step.size > 1.0 && number > WRITTEN_OUT {
        // Beyond the last step.
        let more = step_for(COUNTS, number);
        return self::number(number, more) + more.suffix;
    }
    format!("{number:.*}", decimals(number, step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes() {
        for (value, text) in [
            (0, "0"),
            (1, "1 B"),
            (1023, "1023 B"),
            (1024, "1.00 KiB"),
            (1536, "1.50 KiB"),
            (10_239, "10.0 KiB"),
            (524_288, "512 KiB"),
            (1_048_063, "1023 KiB"),
            (1_048_064, "1.00 MiB"),
            (1_048_575, "1.00 MiB"),
            (-25_690_112, "-24.5 MiB"),
            (1 << 40, "1.00 TiB"),
            (i64::MAX, "8192 PiB"),
            (i64::MIN, "-8192 PiB"),
        ] {
            assert_eq!(amount(value, "bytes"), text, "{value}");
        }
        assert_eq!(amount(2, "kilobytes"), "2.00 KiB");
        assert_eq!(amount(i64::MIN, "megabytes"), "-8.59G PiB");
    }

    #[test]
    fn counts() {
        for (value, text) in [
            (0, "0"),
            (-7, "-7"),
            (9999, "9999"),
            (10_000, "10.0k"),
            (12_345, "12.3k"),
            (99_960, "100k"),
            (999_499, "999k"),
            (999_500, "1.00M"),
            (1_234_567, "1.23M"),
            (i64::MIN, "-9.22E"),
        ] {
            assert_eq!(amount(value, "count"), text, "{value}");
            assert_eq!(amount(value, "bananas"), text, "{value}");
        }
        assert_eq!(count(u64::MAX), "9.22E");
    }

    #[test]
    fn times() {
        for (value, text) in [
            (0, "0"),
            (999, "999 ns"),
            (1_500, "1.50 µs"),
            (10_000_000, "10.0 ms"),
            (59_996_000_000, "1.00 min"),
            (90_000_000_000, "1.50 min"),
            (3_600_000_000_000, "1.00 h"),
            (i64::MIN, "-2.56M h"),
        ] {
            assert_eq!(amount(value, "nanoseconds"), text, "{value}");
        }
        assert_eq!(amount(1500, "ms"), "1.50 s");
    }

    #[test]
    fn never_more_than_four_digits() {
        let mut value = 1i64;
        while let Some(next) = value.checked_mul(3) {
            for unit in ["bytes", "count", "seconds"] {
                for value in [value - 1, value, -value] {
                    let text = amount(value, unit);
                    let digits = text.chars().filter(char::is_ascii_digit).count();
                    assert!((1..=4).contains(&digits), "{value} {unit}: {text}");
                }
            }
            value = next;
        }
    }

    #[test]
    fn shares() {
        for (value, total, text) in [
            (1, 0, ""),
            (0, 10, "0%"),
            (10, 10, "100%"),
            (99_999, 100_000, "99.9%"),
            (382, 1000, "38.2%"),
            (-382, 1000, "-38.2%"),
            (1, 1_000_000, "<0.1%"),
            (-1, 1_000_000, "-<0.1%"),
            (25, 10, "250%"),
            (i64::MAX, 1, ">9999%"),
            (i64::MIN, i64::MAX, "-100%"),
        ] {
            assert_eq!(share(value, total), text, "{value} of {total}");
        }
    }

    #[test]
    fn spreads() {
        let bytes = |value, low, high| spread(value, Interval { low, high }, "bytes");
        assert_eq!(bytes(0, 0, 0), "");
        assert_eq!(bytes(96, 96, 96), "exact");
        assert_eq!(bytes(1000, 900, 1110), "±11%");
        assert_eq!(bytes(1000, 848, 1200), "±20%");
        assert_eq!(bytes(1_000_000, 999_999, 1_000_001), "±0.1%");
        // One figure would be unfair to a side that is a quarter shorter.
        assert_eq!(bytes(1000, 852, 1200), "852 B–1.17 KiB");
        assert_eq!(bytes(700, 500, 1000), "500–1000 B");
        assert_eq!(bytes(1000, 600, 1900), "600 B–1.86 KiB");
        assert_eq!(bytes(8 << 20, 3 << 20, 11 << 20), "3.0–11.0 MiB");
        // One sample of small objects.
        assert_eq!(bytes(524_320, 13_274, 2_921_318), "13 KiB–2.79 MiB");
        assert_eq!(bytes(5 << 20, 0, 16 << 20), "0–16.0 MiB");
        // All on one side, and too little to see in the ends.
        assert_eq!(bytes(100 << 20, 100 << 20, (100 << 20) + 9), "±0.1%");
        // Ends that no writer of profiles makes must do no harm.
        assert_eq!(bytes(i64::MIN, i64::MIN, i64::MAX), "-8192–8192 PiB");
        assert_eq!(bytes(1, i64::MIN, 0), "-8192 PiB–0");

        let counts = |value, low, high| spread(value, Interval { low, high }, "count");
        assert_eq!(counts(58_100, 6_100, 159_000), "6.1k–159k");
        assert_eq!(counts(58_100, 28_900, 110_000), "29k–110k");
        assert_eq!(counts(21_846, 2_646, 78_914), "2.6k–78.9k");
        assert_eq!(counts(5_000_000, 1_230_000, 24_000_000), "1.2M–24.0M");
        assert_eq!(counts(2897, 1990, 4546), "1990–4546");
    }

    #[test]
    fn wide_is_beyond_a_half() {
        let wide = |value, low, high| is_wide(value, Interval { low, high });
        assert!(!wide(100, 50, 150));
        assert!(wide(100, 49, 150) && wide(100, 50, 151));
        assert!(!wide(0, 0, 7));
    }
}
