//! The number of processors at the end of a name.
//!
//! Go appends `-8` for GOMAXPROCS, but not `-1`. A name may also end like that by itself
//! (`BenchmarkGet/size-10`), so a name alone does not tell; the names of a package together mostly do.

use std::collections::HashSet;

/// For each of a package's names, as printed: the name, and GOMAXPROCS if it was there.
pub(super) fn split<'a>(names: &[&'a str]) -> Vec<(&'a str, Option<u32>)> {
    let parts: Vec<_> = names.iter().map(|name| suffix(name)).collect();
    // With GOMAXPROCS above 1 every name has it.
    let all = parts.iter().all(Option::is_some);
    let set: HashSet<&str> = names.iter().copied().collect();
    names
        .iter()
        .zip(parts)
        .map(|(name, part)| match part {
            // With `-cpu=1,4` there is the same name without a number.
            Some((stem, procs)) if all || set.contains(stem) => (stem, Some(procs)),
            _ => (*name, None),
        })
        .collect()
}

fn suffix(name: &str) -> Option<(&str, u32)> {
    let (stem, number) = name.rsplit_once('-')?;
    let plain = !number.starts_with('0') && number.bytes().all(|byte| byte.is_ascii_digit());
    let procs = number.parse().ok().filter(|_| plain)?;
    (!stem.is_empty()).then_some((stem, procs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes() {
        assert_eq!(
            split(&["BenchmarkA-8", "BenchmarkB/size-10-8"]),
            [("BenchmarkA", Some(8)), ("BenchmarkB/size-10", Some(8))]
        );
        assert_eq!(
            split(&["BenchmarkA", "BenchmarkB/size-10"]),
            [("BenchmarkA", None), ("BenchmarkB/size-10", None)]
        );
        assert_eq!(
            split(&["BenchmarkA", "BenchmarkA-4"]),
            [("BenchmarkA", None), ("BenchmarkA", Some(4))]
        );
        assert_eq!(
            split(&["BenchmarkA-08", "BenchmarkA-x"]),
            [("BenchmarkA-08", None), ("BenchmarkA-x", None)]
        );
    }
}
