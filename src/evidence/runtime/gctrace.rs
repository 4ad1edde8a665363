//! The line that the runtime prints after each collection with `GODEBUG=gctrace=1`.
//!
//! ```text
//! gc 4 @0.066s 7%: 0.061+3.1+0.003 ms clock, 0.12+1.5/0/0+0.006 ms cpu, 5->6->3 MB, 6 MB goal,
//!   0 MB stacks, 0 MB globals, 2 P (forced)
//! ```
//!
//! Stacks and globals are told since Go 1.18; later versions put remarks in parentheses.

use super::GcFacts;

/// Sums over the cycles of one process at a time.
#[derive(Default)]
pub(super) struct Cycles {
    current: Process,
    /// The process with the most cycles of those that have ended.
    longest: Process,
}

#[derive(Default, Clone)]
struct Process {
    cycles: u32,
    forced: u32,
    last: Option<Cycle>,
    live_max: u64,
    pauses: f64,
    pause_max: f64,
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
struct Cycle {
    number: u64,
    seconds: f64,
    /// Of all CPU time since the start.
    percent: f64,
    pause_ms: f64,
    live_mib: u64,
    goal_mib: u64,
    procs: Option<u32>,
    forced: bool,
}

impl Cycles {
    pub(super) fn line(&mut self, line: &str) {
        let Some(cycle) = Cycle::find(line) else {
            return;
        };
        // Numbers that begin again are another process: `go test` prints those of several.
        let again = self
            .current
            .last
            .as_ref()
            .is_some_and(|last| cycle.number <= last.number);
        if again {
            self.end_process();
        }
        let current = &mut self.current;
        current.cycles = current.cycles.saturating_add(1);
        current.forced = current.forced.saturating_add(u32::from(cycle.forced));
        current.live_max = current.live_max.max(cycle.live_mib);
        current.pauses += cycle.pause_ms;
        current.pause_max = current.pause_max.max(cycle.pause_ms);
        current.last = Some(cycle);
    }

    fn end_process(&mut self) {
        let ended = std::mem::take(&mut self.current);
        if ended.cycles > self.longest.cycles {
            self.longest = ended;
        }
    }

    pub(super) fn finish(mut self) -> GcFacts {
        self.end_process();
        let process = self.longest;
        let Some(last) = process.last else {
            return GcFacts::default();
        };
        let bytes = |mib: u64| mib.checked_mul(1 << 20);
        GcFacts {
            num_gc: Some(last.number),
            num_forced_gc: Some(u64::from(process.forced)),
            gc_cpu_fraction: Some(last.percent / 100.0),
            next_gc: bytes(last.goal_mib),
            heap_live: bytes(last.live_mib),
            heap_live_max: bytes(process.live_max),
            seconds: Some(last.seconds),
            mean_pause_ns: Some(process.pauses * 1e6 / f64::from(process.cycles)),
            max_pause_ns: Some(process.pause_max * 1e6),
            cycles: Some(u64::from(process.cycles)),
            procs: last.procs,
            ..GcFacts::default()
        }
    }
}

impl Cycle {
    /// A benchmark's name can stand before it on the line.
    fn find(line: &str) -> Option<Self> {
        line.match_indices("gc ")
            // A hostile line may be nothing but beginnings.
            .take(8)
            .find_map(|(at, _)| Self::parse(line.get(at + "gc ".len()..)?))
    }

    fn parse(text: &str) -> Option<Self> {
        let (head, rest) = text.split_once(": ")?;
        let mut head = head.split(' ');
        let number = head.next()?.parse().ok()?;
        let seconds = number_in(head.next()?.strip_prefix('@')?.strip_suffix('s')?)?;
        let percent = number_in(head.next()?.strip_suffix('%')?)?;
        let mut parts = rest.split(", ");
        let clock = parts.next()?.strip_suffix(" ms clock")?;
        // The world stands still in the first and the last phase.
        let mut phases = clock.split('+');
        let first = number_in(phases.next()?)?;
        let last = number_in(phases.next_back()?)?;
        let (mut live, mut goal, mut procs) = (None, None, None);
        for part in parts {
            if let Some(sizes) = part.strip_suffix(" MB") {
                live = live.or_else(|| sizes.rsplit_once("->")?.1.parse().ok());
            } else if let Some(size) = part.strip_suffix(" MB goal") {
                goal = size.parse().ok();
            } else if let Some((count, _)) = part.split_once(" P") {
                procs = count.parse().ok();
            }
        }
        Some(Self {
            number,
            seconds,
            percent,
            pause_ms: first + last,
            live_mib: live?,
            goal_mib: goal?,
            procs,
            forced: rest.contains(" (forced)"),
        })
    }
}

fn number_in(text: &str) -> Option<f64> {
    text.parse()
        .ok()
        .filter(|number| (0.0..1e12).contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_all_versions() {
        for (form, forced) in [
            // Go 1.17 and before.
            (
                "gc 4 @0.066s 7%: 0.25+3.1+0.25 ms clock, 0.12+1.5/0/0+0.006 ms cpu, 5->6->3 MB, 6 MB goal, 2 P",
                false,
            ),
            // Go 1.18 and later.
            (
                "gc 4 @0.066s 7%: 0.25+3.1+0.25 ms clock, 0.12+1.5/0/0+0.006 ms cpu, 5->6->3 MB, 6 MB goal, 0 MB stacks, 0 MB globals, 2 P",
                false,
            ),
            (
                "BenchmarkX-2  \tgc 4 @0.066s 7%: 0.25+3.1+0.25 ms clock, 0.12+1.5/0/0+0.006 ms cpu, 5->6->3 MB, 6 MB goal, 0 MB stacks, 0 MB globals, 2 P (forced)",
                true,
            ),
            // With a remark.
            (
                "gc 4 @0.066s 7% (checking for goroutine leaks): 0.25+3.1+0.25 ms clock, 0.12+1.5/0/0+0.006 ms cpu, 5->6->3 MB, 6 MB goal, 0 MB stacks, 0 MB globals, 2 P",
                false,
            ),
        ] {
            let expected = Cycle {
                number: 4,
                seconds: 0.066,
                percent: 7.0,
                pause_ms: 0.5,
                live_mib: 3,
                goal_mib: 6,
                procs: Some(2),
                forced,
            };
            assert_eq!(Cycle::find(form), Some(expected), "{form}");
        }
    }

    #[test]
    fn other_lines_are_none() {
        for line in [
            "",
            "gc ",
            "gc gc gc gc gc",
            "gc 1 @NaNs 2%: 1+2+3 ms clock, 1->2->3 MB, 4 MB goal",
            "gc 1 @1e400s 2%: 1+2+3 ms clock, 1->2->3 MB, 4 MB goal",
            "gc 1 @1s -2%: 1+2+3 ms clock, 1->2->3 MB, 4 MB goal",
            "gc 1 @1s 2%: 1 ms clock, 1->2->3 MB, 4 MB goal",
            "gc 1 @1s 2%: 1+2+3 ms clock, 1->2->-3 MB, 4 MB goal",
        ] {
            assert_eq!(Cycle::find(line), None, "{line}");
        }
    }

    #[test]
    fn the_process_with_the_most_cycles_counts() {
        let mut cycles = Cycles::default();
        let mut cycle = |number: u32, live: u32| {
            cycles.line(&format!(
                "gc {number} @{number}s 5%: 0.1+9+0.1 ms clock, 0+0 ms cpu, 9->9->{live} MB, 9 MB goal, 4 P"
            ));
        };
        cycle(1, 100);
        cycle(1, 3);
        cycle(2, 8);
        cycle(3, 2);
        cycle(1, 50);
        let facts = cycles.finish();
        assert_eq!(facts.cycles, Some(3));
        assert_eq!(facts.heap_live, Some(2 << 20));
        assert_eq!(facts.heap_live_max, Some(8 << 20));
        assert_eq!(facts.mean_pause_ns.map(f64::round), Some(200_000.0));
        assert_eq!(facts.gc_cpu_fraction, Some(0.05));
    }
}
