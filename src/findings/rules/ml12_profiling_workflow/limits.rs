//! What limits the conclusions.

use super::commands;
use crate::evidence::binary::Identity;
use crate::findings::spot::share;
use crate::findings::{Channel, Confidence, Draft, Whole};
use crate::units;

/// With fewer samples than this in all, a line with a tenth of the bytes rests on ten of them: it
/// may as well have a twentieth or a fifth.
const FEW_SAMPLES: u64 = 100;

/// The rate at which Go samples unless told otherwise, in bytes.
const DEFAULT_PERIOD: u64 = 512 << 10;

/// Objects larger than so many periods are practically all recorded.
const CERTAIN: f64 = 4.0;

/// From this share of the bytes on the test's own files are worth a word,
const SETUP: f64 = 0.10;

/// and from this on they are what the profile is of.
const MOSTLY_SETUP: f64 = 0.50;

pub(super) fn drafts(whole: &Whole<'_>) -> Vec<Draft> {
    // What is no heap profile cannot have the faults of one.
    if whole.totals.0.iter().all(|&total| total == 0) {
        return Vec::new();
    }
    [
        in_use_only(whole),
        no_sizes(whole).or_else(|| few_samples(whole)),
        another_build(whole),
        set_up(whole),
        coarse(whole),
        missing(whole),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn in_use_only(whole: &Whole<'_>) -> Option<Draft> {
    (!whole.has_allocations).then(|| {
        Draft::new(
            Confidence::Medium,
            "the profile holds only what is in use: what was allocated and freed does not show",
        )
        .because(
            Channel::Profile,
            format!(
                "{} in use, no alloc_space and no alloc_objects",
                bytes(whole.totals.0[3])
            ),
        )
        .suggest(
            "take a profile with allocation counts, which Go's own always have",
            Some(commands::again(whole)),
        )
    })
}

fn no_sizes(whole: &Whole<'_>) -> Option<Draft> {
    let mut ways = whole.spots.iter().flat_map(|spot| &spot.ways);
    let is_without =
        !whole.spots.is_empty() && ways.all(|way| way.part.sizes.is_empty()) && whole.period > 0;
    is_without.then(|| {
        Draft::new(
            Confidence::Medium,
            "the samples do not tell object sizes: growth cannot be recognised",
        )
        .because(
            Channel::Profile,
            "no sample has the label bytes, which Go writes and tools that merge or store \
             profiles may take away",
        )
        .suggest(
            "analyze a profile as Go wrote it, before any agent or server touched it",
            Some(commands::again(whole)),
        )
    })
}

fn few_samples(whole: &Whole<'_>) -> Option<Draft> {
    let sampled = whole.sampled?;
    let total = if whole.has_allocations {
        whole.totals.0[1]
    } else {
        whole.totals.0[3]
    };
    let each = total as f64 / sampled.max(1) as f64;
    let is_certain = whole.period <= 1 || each > CERTAIN * whole.period as f64;
    if sampled >= FEW_SAMPLES || is_certain {
        return None;
    }
    let mut suggestion = "sample more finely, or let it run longer".to_owned();
    if commands::is_program(whole) {
        suggestion += ": set runtime.MemProfileRate = 4096 as the first thing in main";
    }
    let sampled = match sampled {
        1 => "1 allocation was".to_owned(),
        sampled => format!("{sampled} allocations were"),
    };
    Some(
        Draft::new(
            Confidence::Medium,
            format!("only {sampled} sampled: shares are rough, small sites may be missing"),
        )
        .because(
            Channel::Profile,
            format!(
                "{} at 1 sample per {}",
                bytes(total),
                bytes(i64::try_from(whole.period).unwrap_or(i64::MAX))
            ),
        )
        .suggest(suggestion, Some(commands::again(whole))),
    )
}

fn another_build(whole: &Whole<'_>) -> Option<Draft> {
    is_of_another_build(whole).then(|| {
        Draft::new(
            Confidence::Medium,
            "the binary is of another build than the profile and was not used",
        )
        .because(
            Channel::Binary,
            "its build id is not the one that the profile names",
        )
        .suggest(
            "keep the binary that ran: go test leaves it beside the profile, until the next \
             build replaces it",
            Some(commands::again(whole)),
        )
    })
}

fn is_of_another_build(whole: &Whole<'_>) -> bool {
    let Some(binary) = &whole.channels.binary else {
        return false;
    };
    let mut ways = whole.spots.iter().flat_map(|spot| &spot.ways).peekable();
    ways.peek().is_some()
        && ways.all(|way| binary.identity(&way.path.leaf.build_id) == Identity::Different)
}

fn set_up(whole: &Whole<'_>) -> Option<Draft> {
    let total = whole.totals.0[1];
    let mut tests: Vec<_> = whole
        .spots
        .iter()
        .filter(|spot| spot.place.file.ends_with("_test.go"))
        .collect();
    tests.sort_by_key(|spot| std::cmp::Reverse(spot.all.alloc_space()));
    let sum = tests
        .iter()
        .fold(0i64, |sum, spot| sum.saturating_add(spot.all.alloc_space()));
    let part = share(sum, total);
    if part < SETUP {
        return None;
    }
    let confidence = match part {
        part if part >= MOSTLY_SETUP => Confidence::Medium,
        _ => Confidence::Low,
    };
    let mut draft = Draft::new(
        confidence,
        format!(
            "{} of the bytes are allocated by the tests' own files",
            units::share(sum, total)
        ),
    );
    for spot in tests.iter().take(3) {
        draft = draft.because(
            Channel::Profile,
            format!(
                "{}: {}",
                super::lists::place(spot),
                bytes(spot.all.alloc_space())
            ),
        );
    }
    Some(draft.suggest(
        "a memory profile records set-up too, whatever b.ResetTimer says: prepare inputs once \
         outside of the benchmark, or let it run so long that they weigh little",
        Some(commands::longer(whole)),
    ))
}

fn coarse(whole: &Whole<'_>) -> Option<Draft> {
    (whole.period > DEFAULT_PERIOD).then(|| {
        Draft::new(
            Confidence::Low,
            "the profile samples less often than Go does by default",
        )
        .because(
            Channel::Profile,
            format!(
                "1 sample per {}, the default is one per 512 KiB",
                bytes(i64::try_from(whole.period).unwrap_or(i64::MAX))
            ),
        )
        .suggest(
            "leave runtime.MemProfileRate at its default, or set it to 4096 for a short run",
            Some(commands::again(whole)),
        )
    })
}

/// The channels that were not there. Not worth a word in a usual run, which says so in its
/// own line; this says what to do about it.
fn missing(whole: &Whole<'_>) -> Option<Draft> {
    let channels = whole.channels;
    let mut draft = Draft::new(
        Confidence::Low,
        "more evidence would make findings surer and find more",
    );
    let mut commands = vec![commands::again(whole)];
    let mut options = String::new();
    if channels.binary.is_none() {
        draft = draft.because(
            Channel::Binary,
            "no binary: which runtime call allocates is guessed from sizes and source",
        );
    }
    if channels.sources.is_none() {
        draft = draft.because(
            Channel::Source,
            "no sources: run in the module's folder, or name it with --source",
        );
        options += " --source .";
    }
    if channels.escape.is_none() {
        draft = draft.because(
            Channel::Escape,
            "no compiler output: why values escape is not known",
        );
        commands.push(commands::escape(whole));
    }
    options += " --escape escape.txt";
    if channels.bench.is_none() && !commands::is_program(whole) {
        draft = draft.because(
            Channel::Bench,
            "no benchmark figures: shares of an operation are not known",
        );
    }
    if !commands::is_program(whole) {
        options += " --bench bench.txt";
    }
    if draft.evidence.is_empty() {
        return None;
    }
    let profile = match commands::is_program(whole) {
        true => "allocs.pb.gz",
        false => "mem.out",
    };
    commands.push(format!("memlens analyze {profile}{options}"));
    Some(draft.suggest("gather it in one go", Some(commands.join("\n"))))
}

fn bytes(value: i64) -> String {
    units::amount(value, "bytes")
}
