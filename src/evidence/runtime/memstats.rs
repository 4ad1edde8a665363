//! The trailer of a heap profile in text: `# NumGC = 12`.

use super::GcFacts;

/// Takes a line, without the `# ` before it.
pub(super) fn line(line: &str, facts: &mut GcFacts) {
    let Some((name, value)) = line.split_once(" = ") else {
        return;
    };
    let slot = match name {
        "HeapAlloc" => &mut facts.heap_alloc,
        "HeapInuse" => &mut facts.heap_inuse,
        "HeapObjects" => &mut facts.heap_objects,
        "TotalAlloc" => &mut facts.total_alloc,
        "Sys" => &mut facts.sys,
        "NextGC" => &mut facts.next_gc,
        "NumGC" => &mut facts.num_gc,
        "NumForcedGC" => &mut facts.num_forced_gc,
        "MaxRSS" => &mut facts.max_rss,
        "GCCPUFraction" => {
            let fraction = value.parse().ok();
            // Clocks of some systems made it a little negative.
            facts.gc_cpu_fraction = facts
                .gc_cpu_fraction
                .or(fraction.filter(|fraction| (-0.01..=1.0).contains(fraction)))
                .map(|fraction: f64| fraction.max(0.0));
            return;
        }
        "PauseNs" => {
            pauses(value, facts);
            return;
        }
        _ => return,
    };
    *slot = slot.or(value.parse().ok());
}

/// `[87 0 0 …]`, a ring of the last 256; what was never used is 0.
fn pauses(value: &str, facts: &mut GcFacts) {
    let pauses: Vec<u32> = value
        .trim_start_matches('[')
        .trim_end_matches(']')
        .split(' ')
        // A pause of over four seconds is none.
        .filter_map(|pause| pause.parse().ok())
        .filter(|pause| *pause > 0)
        .take(256)
        .collect();
    let Ok(count) = u32::try_from(pauses.len()) else {
        return;
    };
    let Some(max) = pauses.iter().max() else {
        return;
    };
    let sum: f64 = pauses.iter().map(|pause| f64::from(*pause)).sum();
    facts.mean_pause_ns = facts.mean_pause_ns.or(Some(sum / f64::from(count)));
    facts.max_pause_ns = facts.max_pause_ns.or(Some(f64::from(*max)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics() {
        let mut facts = GcFacts::default();
        for text in [
            "NumGC = 7",
            "NumGC = 8",
            "HeapAlloc = -1",
            "Sys = 99999999999999999999",
            "GCCPUFraction = 0.125",
            "PauseNs = [30 10 0 0]",
            "HeapInuse",
        ] {
            line(text, &mut facts);
        }
        let expected = GcFacts {
            num_gc: Some(7),
            gc_cpu_fraction: Some(0.125),
            mean_pause_ns: Some(20.0),
            max_pause_ns: Some(30.0),
            ..GcFacts::default()
        };
        assert_eq!(facts, expected);
    }

    #[test]
    fn fractions_out_of_range_are_none() {
        for (value, expected) in [
            ("NaN", None),
            ("1e400", None),
            ("-3", None),
            ("-0.001", Some(0.0)),
            ("2.5e-05", Some(2.5e-5)),
        ] {
            let mut facts = GcFacts::default();
            line(&format!("GCCPUFraction = {value}"), &mut facts);
            assert_eq!(facts.gc_cpu_fraction, expected, "{value}");
        }
    }
}
