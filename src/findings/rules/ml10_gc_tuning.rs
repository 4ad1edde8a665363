//! ML10: settings of the collector.

use crate::evidence::runtime::{GcFacts, Percent};
use crate::findings::{Channel, Confidence, Draft, Rule, Whole};
use crate::units;

/// GOGC and GOMEMLIMIT.
pub struct GcTuning;

/// Fewer collections say nothing of a rate: a program's start is not its life.
const FEWEST_CYCLES: u64 = 20;

/// From this share of the CPU on the collector is worth a setting. With GOGC at 100 programs that
/// allocate moderately stay below 5 %.
const BUSY: f64 = 0.10;

/// A share so high that collecting, not the program, is what runs.
const SWAMPED: f64 = 0.25;

/// Below this share nothing is gained, however often the collector runs.
const IDLE: f64 = 0.01;

/// The share that is aimed at: what the collector costs falls as GOGC rises.
const AIM: f64 = 0.05;

/// With live data this near to the limit each collection frees next to nothing. Measured: 112 MB
/// live under a limit of 110 MiB took 42 % of the CPU and five times as long.
const NEAR_LIMIT: f64 = 0.85;

/// Above this part of the limit a larger GOGC has no room to work in.
const ROOM: f64 = 0.25;

/// The runtime never aims at a smaller heap than this, at GOGC=100; it scales with GOGC.
const LEAST_HEAP: f64 = 4.0 * 1048576.0;

/// Collections from which a heap of the least size is a regime, not a start.
const MANY_CYCLES: u64 = 50;

/// What the runtime takes when nothing is set.
const DEFAULT_GOGC: u32 = 100;

/// Beyond this memory grows faster than the collector's cost falls.
const LARGEST_GOGC: u32 = 800;

impl Rule for GcTuning {
    fn id(&self) -> &'static str {
        "ML10"
    }

    fn name(&self) -> &'static str {
        "gc-tuning"
    }

    fn technique(&self) -> &'static str {
        "Set GOGC and GOMEMLIMIT by what the collector costs"
    }

    fn page(&self) -> &'static str {
        include_str!("ml10.md")
    }

    fn look_at_all(&self, whole: &Whole<'_>) -> Vec<Draft> {
        let Some(facts) = &whole.channels.runtime else {
            return Vec::new();
        };
        let draft = near_limit(facts)
            .or_else(|| tiny_heap(facts))
            .or_else(|| busy(facts))
            .or_else(|| forced(facts, is_benchmark(whole)));
        draft.into_iter().collect()
    }
}

/// Go's benchmarks collect before each run: collections that were forced are no fault there.
fn is_benchmark(whole: &Whole<'_>) -> bool {
    let mut ways = whole.spots.iter().flat_map(|spot| &spot.ways);
    whole.channels.bench.is_some() || ways.any(|way| way.path.benchmark.is_some())
}

/// The limit is so near to what lives that the collector never rests.
fn near_limit(facts: &GcFacts) -> Option<Draft> {
    let limit = facts.memory_limit.filter(|&limit| limit > 0)?;
    // What is allocated holds dead objects too; near the limit, with a busy collector, few.
    let busy = facts.gc_cpu_fraction.is_some_and(|share| share >= BUSY);
    let live = facts.heap_live_max.or(facts.heap_live);
    let live = live.or(facts.heap_alloc.filter(|_| busy))?;
    let part = live as f64 / limit as f64;
    if part < NEAR_LIMIT {
        return None;
    }
    let confidence = match facts.gc_cpu_fraction {
        Some(share) if share >= SWAMPED => Confidence::High,
        Some(share) if share < IDLE => return None,
        _ => Confidence::Medium,
    };
    let enough = bytes_up(live as f64 * 2.0);
    let draft = Draft::new(
        confidence,
        "GOMEMLIMIT leaves the collector no room: it runs again as soon as it has ended",
    )
    .because(
        Channel::Bench,
        format!(
            "{} are alive, {:.0} % of the memory limit of {}",
            size(live),
            part * 100.0,
            size(limit)
        ),
    )
    .suggest(
        format!(
            "raise the limit to twice what is alive ({enough}) or more, or keep less alive; a limit \
             is for the rare peak, not for the usual load. Measure both"
        ),
        Some(format!("GOMEMLIMIT={enough}")),
    );
    Some(with_cost(draft, facts))
}

/// The heap is as small as the runtime lets it be, so that little garbage fills it.
fn tiny_heap(facts: &GcFacts) -> Option<Draft> {
    let gogc = gogc(facts)?;
    let least = LEAST_HEAP * f64::from(gogc) / 100.0;
    let next = facts.next_gc?;
    // What roots add to the goal is little more.
    if next as f64 > least * 1.25 || cycles(facts)? < MANY_CYCLES {
        return None;
    }
    let confidence = match facts.gc_cpu_fraction {
        Some(share) if share < IDLE => return None,
        Some(_) => Confidence::Medium,
        None => Confidence::Low,
    };
    let more = gogc.saturating_mul(4).min(LARGEST_GOGC);
    if more <= gogc {
        return None;
    }
    let draft = Draft::new(
        confidence,
        "the heap is so small that the collector runs all the time",
    )
    .because(
        Channel::Bench,
        format!(
            "the next collection begins at {}, the least that the runtime aims at with GOGC={gogc}",
            size(next)
        ),
    )
    .suggest(
        format!(
            "test GOGC={more}: collections become about {} times as rare for {} of memory at the most",
            more / gogc.max(1),
            size_of(least * f64::from(more) / f64::from(gogc.max(1)))
        ),
        Some(format!("GOGC={more}")),
    );
    Some(with_cost(draft, facts))
}

/// The collector takes a good part of the CPU while there is memory to spare.
fn busy(facts: &GcFacts) -> Option<Draft> {
    let share = facts.gc_cpu_fraction.filter(|&share| share >= BUSY)?;
    if cycles(facts)? < FEWEST_CYCLES {
        return None;
    }
    let gogc = gogc(facts)?;
    let live = live(facts, gogc)?;
    let limit = facts.memory_limit;
    if limit.is_some_and(|limit| live > limit as f64 * ROOM) {
        return None;
    }
    // Doublings until the share falls to the aim.
    let mut more = gogc.max(1);
    let mut left = share;
    while left > AIM && more.saturating_mul(2) <= LARGEST_GOGC {
        more *= 2;
        left /= 2.0;
    }
    if more <= gogc {
        return None;
    }
    let heap = |gogc: u32| live * (1.0 + f64::from(gogc) / 100.0);
    let (now, then) = (heap(gogc), heap(more));
    let known = limit.map_or_else(
        || {
            "; set GOMEMLIMIT as well, to what the container or the machine can spare, so that \
             peaks stay within it"
                .to_owned()
        },
        |limit| format!("; the limit of {} holds as before", size(limit)),
    );
    let draft = Draft::new(
        Confidence::Medium,
        "the collector takes much of the CPU while memory is to spare",
    )
    .because(
        Channel::Bench,
        format!("about {} are alive, with GOGC={gogc}", size_of(live)),
    )
    .suggest(
        format!(
            "after the findings above, test GOGC={more}: the heap may grow to {} instead of {} and the \
             collector's share should fall to about {:.0} %{known}",
            size_of(then),
            size_of(now),
            left * 100.0
        ),
        Some(format!("GOGC={more}")),
    );
    Some(with_cost(draft, facts))
}

/// The program itself asks for its collections, so that no setting helps.
fn forced(facts: &GcFacts, is_benchmark: bool) -> Option<Draft> {
    let cycles = facts.cycles.or(facts.num_gc)?;
    let forced = facts.num_forced_gc?;
    if is_benchmark || cycles < FEWEST_CYCLES || forced < cycles.div_ceil(2) {
        return None;
    }
    let confidence = match facts.gc_cpu_fraction {
        Some(share) if share < IDLE => return None,
        Some(share) if share >= AIM => Confidence::Medium,
        _ => Confidence::Low,
    };
    let draft = Draft::new(
        confidence,
        "most collections are forced by the program itself",
    )
    .because(
        Channel::Bench,
        format!("{forced} of {cycles} collections were forced"),
    )
    .suggest(
        "take the calls of runtime.GC and debug.FreeOSMemory out of the program's normal course: \
         each one collects the whole heap, whatever GOGC says",
        None,
    );
    Some(with_cost(draft, facts))
}

/// How often it ran and what it took, as far as that was told.
fn with_cost(mut draft: Draft, facts: &GcFacts) -> Draft {
    let mut said = Vec::new();
    if let Some(count) = facts.num_gc {
        let over = facts
            .seconds
            .filter(|&seconds| seconds > 0.0)
            .map_or_else(String::new, |seconds| format!(" in {seconds:.1} s"));
        said.push(format!("{count} collections{over}"));
    }
    if let Some(share) = facts.gc_cpu_fraction {
        said.push(format!("{:.1} % of the available CPU time", share * 100.0));
    }
    if let Some(pause) = facts.max_pause_ns {
        // Casts of floats saturate.
        let pause = units::amount(pause as i64, "nanoseconds");
        said.push(format!("the longest pause {pause}"));
    }
    if !said.is_empty() {
        draft = draft.because(Channel::Bench, said.join(", "));
    }
    if let Some(each) = facts.gcs_per_op {
        draft = draft.because(Channel::Bench, format!("{each} collections an operation"));
    }
    draft.saves(
        crate::findings::Saving::default(),
        "a setting to test: it saves CPU time for memory, not bytes allocated",
    )
}

/// Collections that the runtime began by itself.
fn cycles(facts: &GcFacts) -> Option<u64> {
    let all = facts.num_gc.or(facts.cycles)?;
    Some(all.saturating_sub(facts.num_forced_gc.unwrap_or(0)))
}

/// GOGC in per cent; nothing when it is off.
fn gogc(facts: &GcFacts) -> Option<u32> {
    match facts.gogc {
        Some(Percent::Off) => None,
        Some(Percent::Of(percent)) => Some(percent),
        None => Some(DEFAULT_GOGC),
    }
}

/// Bytes alive: as traced, or as the goal of the next collection tells.
fn live(facts: &GcFacts, gogc: u32) -> Option<f64> {
    let traced = facts
        .heap_live_max
        .or(facts.heap_live)
        .map(|live| live as f64);
    let goal = facts
        .next_gc
        .map(|next| next as f64 / (1.0 + f64::from(gogc) / 100.0));
    traced.filter(|&live| live > 0.0).or(goal)
}

fn size(bytes: u64) -> String {
    units::amount(i64::try_from(bytes).unwrap_or(i64::MAX), "bytes")
}

fn size_of(bytes: f64) -> String {
    // Casts of floats saturate.
    units::amount(bytes as i64, "bytes")
}

/// As GOMEMLIMIT takes it, rounded up to a figure that one would set.
fn bytes_up(bytes: f64) -> String {
    let mib = (bytes / 1048576.0).ceil().max(1.0) as u64;
    if mib > 10 << 10 {
        format!("{}GiB", mib.div_ceil(1 << 10))
    } else {
        let step = if mib > 1 << 10 { 256 } else { 16 };
        format!("{}MiB", mib.div_ceil(step) * step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::{Channels, Totals};

    fn drafts(facts: GcFacts) -> Vec<Draft> {
        let channels = Channels {
            runtime: Some(facts),
            ..Channels::default()
        };
        GcTuning.look_at_all(&Whole {
            totals: Totals::default(),
            period: 524_288,
            sampled: None,
            spots: &[],
            channels: &channels,
            has_allocations: true,
        })
    }

    fn facts() -> GcFacts {
        GcFacts {
            num_gc: Some(300),
            num_forced_gc: Some(0),
            gc_cpu_fraction: Some(0.18),
            next_gc: Some(200 << 20),
            ..GcFacts::default()
        }
    }

    #[test]
    fn nothing_is_said_without_figures_of_the_collector() {
        let whole = Whole {
            totals: Totals([1 << 30, 1 << 40, 0, 0]),
            period: 524_288,
            sampled: Some(10_000),
            spots: &[],
            channels: &Channels::default(),
            has_allocations: true,
        };
        assert!(GcTuning.look_at_all(&whole).is_empty());
    }

    #[test]
    fn a_busy_collector_gets_a_larger_gogc() {
        let said = drafts(facts());
        assert_eq!(said.len(), 1);
        assert_eq!(said[0].confidence, Confidence::Medium);
        assert_eq!(said[0].code.as_deref(), Some("GOGC=400"));
        assert!(
            said[0].suggestion.contains("500 MiB instead of 200 MiB"),
            "{}",
            said[0].suggestion
        );
        let set = drafts(GcFacts {
            gogc: Some(Percent::Of(400)),
            next_gc: Some(500 << 20),
            ..facts()
        });
        assert_eq!(set[0].code.as_deref(), Some("GOGC=800"));
    }

    #[test]
    fn silent_where_a_larger_gogc_would_not_help() {
        for facts in [
            // Little is spent.
            GcFacts {
                gc_cpu_fraction: Some(0.03),
                ..facts()
            },
            // A start, not a life.
            GcFacts {
                num_gc: Some(5),
                ..facts()
            },
            // No room under the limit.
            GcFacts {
                memory_limit: Some(300 << 20),
                ..facts()
            },
            // Only the limit starts it.
            GcFacts {
                gogc: Some(Percent::Off),
                ..facts()
            },
            // As large as makes sense.
            GcFacts {
                gogc: Some(Percent::Of(800)),
                ..facts()
            },
        ] {
            assert!(drafts(facts.clone()).is_empty(), "{facts:?}");
        }
    }

    #[test]
    fn a_limit_near_to_what_lives() {
        let spiral = GcFacts {
            heap_live_max: Some(112 << 20),
            memory_limit: Some(110 << 20),
            gc_cpu_fraction: Some(0.42),
            num_gc: Some(330),
            ..GcFacts::default()
        };
        let said = drafts(spiral.clone());
        assert_eq!(said[0].confidence, Confidence::High);
        assert_eq!(said[0].code.as_deref(), Some("GOMEMLIMIT=224MiB"));
        let roomy = GcFacts {
            memory_limit: Some(600 << 20),
            gc_cpu_fraction: Some(0.057),
            ..spiral
        };
        assert!(drafts(roomy).is_empty());
    }

    #[test]
    fn a_heap_of_the_least_size() {
        let tiny = GcFacts {
            next_gc: Some(4 << 20),
            num_gc: Some(99),
            gc_cpu_fraction: Some(0.04),
            ..GcFacts::default()
        };
        let said = drafts(tiny.clone());
        assert_eq!(said[0].code.as_deref(), Some("GOGC=400"));
        assert!(
            said[0].suggestion.contains("16.0 MiB"),
            "{}",
            said[0].suggestion
        );
        for silent in [
            GcFacts {
                num_gc: Some(12),
                ..tiny.clone()
            },
            GcFacts {
                gc_cpu_fraction: Some(0.001),
                ..tiny.clone()
            },
            GcFacts {
                num_forced_gc: Some(90),
                gc_cpu_fraction: Some(0.005),
                ..tiny
            },
        ] {
            assert!(drafts(silent.clone()).is_empty(), "{silent:?}");
        }
    }

    #[test]
    fn forced_collections() {
        let forced = GcFacts {
            num_gc: Some(100),
            num_forced_gc: Some(90),
            gc_cpu_fraction: Some(0.06),
            next_gc: Some(64 << 20),
            ..GcFacts::default()
        };
        let said = drafts(forced.clone());
        assert!(said[0].title.contains("forced"));
        assert!(
            drafts(GcFacts {
                num_forced_gc: Some(3),
                ..forced
            })
            .is_empty()
        );
    }

    #[test]
    fn limits_as_one_would_set_them() {
        for (bytes, text) in [
            (1.0, "16MiB"),
            (224.0 * 1048576.0, "224MiB"),
            (3e9, "3072MiB"),
            (4e10, "38GiB"),
            (f64::INFINITY, "18014398509481984GiB"),
        ] {
            assert_eq!(bytes_up(bytes), text);
        }
    }
}
