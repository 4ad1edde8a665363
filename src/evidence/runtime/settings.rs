//! GOGC and GOMEMLIMIT, as `GOGC=400` in a logged environment or `gogc: 400` in benchmark text.

use super::GcFacts;

/// A value of GOGC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Percent {
    /// The collector runs only when the memory limit asks for it.
    Off,
    /// The heap may grow by so many per cent of what is alive.
    Of(u32),
}

pub(super) fn line(line: &str, facts: &mut GcFacts) {
    let line = line.trim();
    let line = line.strip_prefix("export ").unwrap_or(line);
    let Some((name, value)) = line.split_once('=').or_else(|| line.split_once(": ")) else {
        return;
    };
    let value = value.trim().trim_matches(['"', '\'']);
    if name.eq_ignore_ascii_case("GOGC") {
        facts.gogc = facts.gogc.or_else(|| percent(value));
    } else if name.eq_ignore_ascii_case("GOMEMLIMIT") {
        facts.memory_limit = facts.memory_limit.or_else(|| size(value));
    }
}

fn percent(value: &str) -> Option<Percent> {
    if value == "off" {
        return Some(Percent::Off);
    }
    value.parse().ok().map(Percent::Of)
}

/// The sizes that the runtime takes: a number with one of its units, or bytes.
fn size(value: &str) -> Option<u64> {
    for (unit, shift) in [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40), ("B", 0)] {
        if let Some(number) = value.strip_suffix(unit) {
            return number.parse::<u64>().ok()?.checked_mul(1 << shift);
        }
    }
    // "off" is no limit.
    value.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings() {
        for (text, gogc, limit) in [
            ("GOGC=400", Some(Percent::Of(400)), None),
            ("gogc: off", Some(Percent::Off), None),
            ("export GOMEMLIMIT=\"512MiB\"", None, Some(512 << 20)),
            ("GOMEMLIMIT=1000", None, Some(1000)),
            ("GOMEMLIMIT=10B", None, Some(10)),
            ("GOMEMLIMIT=off", None, None),
            ("GOMEMLIMIT=99999999TiB", None, None),
            ("GOGC=-5", None, None),
            ("MYGOGC=5", None, None),
        ] {
            let mut facts = GcFacts::default();
            line(text, &mut facts);
            assert_eq!((facts.gogc, facts.memory_limit), (gogc, limit), "{text}");
        }
    }
}
