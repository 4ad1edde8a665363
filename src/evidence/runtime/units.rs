//! Units that benchmarks report about the collector.
//!
//! There is no standard for them; taken are the names that say by themselves what they count.

use super::GcFacts;

pub(super) fn line(line: &str, facts: &mut GcFacts) {
    let fields: Vec<&str> = line.split_whitespace().take(200).collect();
    // The name and the count of iterations stand before the first pair.
    for pair in fields.get(2..).unwrap_or_default().chunks_exact(2) {
        let [value, unit] = pair else { continue };
        let Some(value) = value
            .parse::<f64>()
            .ok()
            .filter(|value| value.is_finite() && *value >= 0.0)
        else {
            continue;
        };
        match unit.to_ascii_lowercase().as_str() {
            "gc/op" | "gcs/op" | "numgc/op" | "gc-cycles/op" => {
                facts.gcs_per_op = facts.gcs_per_op.or(Some(value));
            }
            "stw-ns/gc" | "ns/gc-pause" | "gc-pause-ns" => {
                facts.mean_pause_ns = facts.mean_pause_ns.or(Some(value));
            }
            "gc-cpu-%" | "gc-cpu%" | "%gc-cpu" if value <= 100.0 => {
                facts.gc_cpu_fraction = facts.gc_cpu_fraction.or(Some(value / 100.0));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units() {
        let mut facts = GcFacts::default();
        line(
            "BenchmarkX-2 10 5 ns/op NaN gcs/op 0.25 GCs/op 12 gc-cpu-% 900 STW-ns/GC 3 B/op",
            &mut facts,
        );
        assert_eq!(facts.gcs_per_op, Some(0.25));
        assert_eq!(facts.gc_cpu_fraction, Some(0.12));
        assert_eq!(facts.mean_pause_ns, Some(900.0));
    }
}
