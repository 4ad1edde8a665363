//! Shapes of real profiles whose truth is known, and of invented ones.

use std::collections::BTreeMap;
use std::num::NonZeroU64;
use std::path::Path;

use proptest::prelude::*;

use super::growth::{Element, Known};
use super::size_classes::{SIZE_CLASSES, recorded};
use super::*;
use crate::aggregate::{By, Query, Sites, read};
use crate::decode::DecodeLimits;
use crate::input::{Input, Limits, Source};

/// The profiles of one program, with the name of the folder.
const RATES: [&str; 3] = ["ladders-rate1", "ladders-rate4096", "ladders"];

const RUNS: u64 = 2000;

/// As in testdata/programs/ladders.
fn length(run: u64) -> u64 {
    match run % 10 {
        0..6 => 100,
        6..9 => 1 + run * 7919 % 1000,
        _ => 5000,
    }
}

fn sites(folder: &str) -> Sites {
    let path = Path::new("testdata/profiles").join(folder).join("mem.out");
    let limits = DecodeLimits::default();
    let source = Source::File(path);
    let mut input = Input::open(&source, &Limits::default()).expect("a profile");
    let query = Query {
        by: By::Line,
        ..Query::default()
    };
    read(&mut input, &query, &limits).expect("a sound profile")
}

/// The sizes of the line of `function` that allocates most, with the period.
fn sizes(sites: &Sites, function: &str) -> (Vec<Size>, NonZeroU64) {
    let period = u64::try_from(sites.header.period).ok();
    let period = period.and_then(NonZeroU64::new).expect("a period");
    let of_function = |site: &&crate::aggregate::Site| site.key.name == function.as_bytes();
    let site = sites
        .rows
        .iter()
        .filter(of_function)
        .max_by_key(|site| site.flat[1])
        .unwrap_or_else(|| panic!("no site {function}"));
    let size = |class: &crate::aggregate::SizeClass| {
        let values = &class.values;
        let alloc = [values[0], values[1]];
        Size::new(
            class.size.expect("a size"),
            period,
            alloc,
            [values[2], values[3]],
        )
    };
    (site.sizes.iter().map(size).collect(), period)
}

/// Blocks by size, bytes that were outgrown, and capacities at the end, of slices that grow to the
/// lengths of all runs.
#[derive(Debug, Default)]
struct Truth {
    blocks: BTreeMap<u64, u64>,
    total: u64,
    waste: u64,
    capacities: Vec<u64>,
}

impl Truth {
    fn new(element: Element, capacity: u64, chunk: u64, length: impl Fn(u64) -> u64) -> Self {
        let mut truth = Self::default();
        for run in 0..RUNS {
            // Whole chunks are appended.
            let length = length(run).next_multiple_of(chunk);
            let blocks = element.replay(capacity, chunk, length);
            for block in &blocks {
                *truth.blocks.entry(block.bytes).or_default() += 1;
                truth.total += block.bytes;
                truth.waste += block.bytes;
            }
            if let Some(last) = blocks.last() {
                truth.waste -= last.bytes;
                truth.capacities.push(last.capacity);
            }
        }
        truth.capacities.sort_unstable();
        truth
    }

    fn waste_share(&self) -> f64 {
        self.waste as f64 / self.total as f64
    }

    fn capacity(&self, share: f64) -> u64 {
        let place = (share * self.capacities.len() as f64).ceil() as usize;
        self.capacities[place.max(1) - 1]
    }
}

const INT: Element = Element {
    bytes: 8,
    pointers: false,
};
const BYTE: Element = Element {
    bytes: 1,
    pointers: false,
};
const RECORD: Element = Element {
    bytes: 40,
    pointers: true,
};
const BIG: Element = Element {
    bytes: 256,
    pointers: false,
};

/// The function of each slice in testdata/programs/ladders, and how it grows.
fn grown() -> [(&'static str, Element, Truth); 5] {
    [
        ("main.ints", INT, Truth::new(INT, 0, 1, length)),
        ("main.triples", INT, Truth::new(INT, 0, 3, length)),
        ("main.records", RECORD, Truth::new(RECORD, 0, 1, length)),
        (
            "main.large",
            BIG,
            Truth::new(BIG, 0, 1, |run| length(run) / 20),
        ),
        // The first 32 bytes are on the stack.
        ("main.local", INT, Truth::new(INT, 4, 1, length)),
    ]
}

#[test]
fn the_replay_is_what_go_does() {
    let sites = sites(RATES[0]);
    for (function, _, truth) in grown() {
        let (sizes, _) = sizes(&sites, function);
        let found: BTreeMap<u64, u64> = sizes
            .iter()
            .map(|size| (size.bytes, size.sampled))
            .collect();
        let mut expected = truth.blocks;
        // The first block of 8 bytes shares one of 16 with another of its kind, or with anything tiny.
        if let (Some(real), Some(replayed)) = (found.get(&16), expected.get_mut(&16)) {
            assert!(
                *real <= *replayed && *real * 2 >= *replayed,
                "{real} of {replayed}"
            );
            *replayed = *real;
        }
        assert_eq!(found, expected, "{function}");
    }
}

/// Prints what the shapes say beside what is true, for `cargo test -- --nocapture`.
#[expect(clippy::print_stdout, reason = "the errors are worth reading")]
fn compare(rate: &str, function: &str, what: &str, found: f64, truth: f64) {
    println!("{rate:16} {function:32} {what:8} {found:12.3} true {truth:12.3}");
}

#[test]
fn growth_of_real_slices() {
    for (rate, tolerance) in RATES.into_iter().zip([0.001, 0.01, 0.05]) {
        let sites = sites(rate);
        for (function, element, truth) in grown() {
            let (sizes, period) = sizes(&sites, function);
            let found = growth::fit(&sizes, period, Known::default());
            let Some(found) = found else {
                panic!("{rate} {function}: no fit of {sizes:?}");
            };
            compare(
                rate,
                function,
                "waste",
                found.waste_share(),
                truth.waste_share(),
            );
            let apart = (found.waste_share() - truth.waste_share()).abs();
            assert!(apart <= tolerance, "{rate} {function}: {found:?}");
            assert!(is_among(element, &found.elements), "{found:?}");
            assert!(found.others.is_empty(), "{found:?}");
            assert_eq!(found.doubles, element == BIG, "{found:?}");
            if element == INT {
                assert_eq!(found.unique_element(), Some(8), "{rate} {function}");
            }
            let capacity = found.capacity(element.bytes);
            for (what, found, share) in [("p50", capacity.p50, 0.5), ("p90", capacity.p90, 0.9)] {
                compare(
                    rate,
                    function,
                    what,
                    found as f64,
                    truth.capacity(share) as f64,
                );
            }
            assert_eq!(capacity.max, truth.capacity(1.0));
            // At the default rate a dozen samples of the lower rungs is all there is.
            if rate != "ladders" {
                assert_eq!(capacity.p50, truth.capacity(0.5), "{rate} {function}");
                // One tenth is of length 5000, so the 90th percentile is on an edge.
                let edge = truth.capacity(0.85)..=truth.capacity(0.92);
                assert!(
                    edge.contains(&capacity.p90),
                    "{rate} {function} {capacity:?}"
                );
            }
        }
    }
}

fn is_among(element: Element, ranges: &[growth::Elements]) -> bool {
    ranges.iter().any(|range| {
        range.pointers == element.pointers && (range.first..=range.last).contains(&element.bytes)
    })
}

#[test]
fn a_known_element_narrows_the_fit() {
    let (sizes, period) = sizes(&sites("ladders"), "main.records");
    let known = Known {
        growslice: Some(true),
        element: Some(40),
        pointers: Some(true),
    };
    let found = growth::fit(&sizes, period, known).expect("a fit");
    assert_eq!(
        (found.unique_element(), found.best),
        (Some(40), Some(RECORD))
    );
    let wrong = Known {
        element: Some(48),
        ..known
    };
    assert_eq!(growth::fit(&sizes, period, wrong), None);
    let other_call = Known {
        growslice: Some(false),
        ..Known::default()
    };
    assert_eq!(growth::fit(&sizes, period, other_call), None);
}

#[test]
fn growth_of_real_buffers() {
    let builder = Truth::new(BYTE, 0, 8, |run| length(run) * 8);
    // A buffer of bytes.Buffer starts at 64 bytes or the first write and doubles.
    let (mut total, mut last) = (0, 0);
    for run in 0..RUNS {
        // The first 64 bytes are allocated elsewhere.
        let mut capacity = 64;
        while capacity < length(run) * 8 {
            capacity *= 2;
            total += capacity;
        }
        last += if capacity > 64 { capacity } else { 0 };
    }
    let buffer = 1.0 - last as f64 / total as f64;
    for (rate, tolerance) in RATES.into_iter().zip([0.001, 0.01, 0.06]) {
        let sites = sites(rate);
        for (function, truth) in [
            ("strings.(*Builder).WriteString", builder.waste_share()),
            ("bytes.growSlice", buffer),
        ] {
            let (sizes, period) = sizes(&sites, function);
            let found = growth::fit(&sizes, period, Known::default()).expect("a fit");
            compare(rate, function, "waste", found.waste_share(), truth);
            assert!(
                (found.waste_share() - truth).abs() <= tolerance,
                "{found:?}"
            );
            assert_eq!(found.doubles, truth == buffer);
            if truth != buffer {
                assert_eq!(found.capacity_bytes.max, builder.capacity(1.0));
                assert_eq!(found.unique_element(), Some(1));
            }
        }
    }
}

/// The chunks of testdata/programs/ladders: bytes allocated, and bytes outgrown.
fn chunks() -> (u64, u64) {
    let (mut total, mut waste) = (0, 0);
    for run in 0..RUNS {
        let wanted = length(run) * 10;
        let (mut step, mut filled) = (wanted, 0);
        let mut block = growth::Block {
            bytes: 0,
            capacity: 0,
        };
        while filled < wanted {
            filled += 1 + step % 80;
            step += 37;
            if filled > block.capacity {
                waste += block.bytes;
                block = BYTE.grow(block.capacity, filled);
                total += block.bytes;
            }
        }
    }
    (total, waste)
}

#[test]
fn growth_by_changing_chunks() {
    let (total, waste) = chunks();
    let truth = waste as f64 / total as f64;
    for (rate, tolerance) in RATES.into_iter().zip([0.02, 0.03, 0.1]) {
        let (sizes, period) = sizes(&sites(rate), "main.chunks");
        if rate == RATES[0] {
            let allocated: i64 = sizes.iter().map(|size| size.alloc_space).sum();
            // But for tiny blocks, which are shared.
            let apart = (allocated as f64 / total as f64 - 1.0).abs();
            assert!(apart < 0.001, "{allocated}, replayed {total}");
        }
        let ladder = growth::fit(&sizes, period, Known::default());
        assert_eq!(ladder, None, "no single ladder");
        let found = merging::fit(&sizes, period, Known::default()).expect("a fit");
        let share = found.waste_bytes / found.total_bytes;
        compare(rate, "main.chunks", "waste", share, truth);
        assert_eq!(found.element.bytes, 1);
        assert!((share - truth).abs() <= tolerance, "{found:?}");
    }
}

#[test]
fn strings_that_grow_piece_by_piece() {
    // Only the last of 200 strings is of use: 1600 bytes in a block of 1792.
    let total: u64 = (2..=200).map(|n| recorded(n * 8, false)).sum();
    let truth = 1.0 - 1792.0 / total as f64;
    for (rate, least) in RATES.into_iter().zip([0.97, 0.9, 0.7]) {
        let (sizes, period) = sizes(&sites(rate), "main.concat");
        let found = concat::fit(&sizes, period).expect("a fit");
        let share = found.waste_bytes / found.total_bytes;
        compare(rate, "main.concat", "waste", share, truth);
        assert!(found.flat, "{found:?}");
        assert!((least..=truth).contains(&share), "{found:?}");
        assert_eq!(growth::fit(&sizes, period, Known::default()), None);
        assert_eq!(merging::fit(&sizes, period, Known::default()), None);
        assert_eq!(maps::fit(&sizes, period, maps::Known::default()), None);
    }
    // Strings of several lengths, of pieces of several lengths.
    for rate in RATES.into_iter().take(2) {
        let (sizes, period) = sizes(&sites(rate), "main.concatMixed");
        let found = concat::fit(&sizes, period).expect("a fit");
        let share = found.waste_bytes / found.total_bytes;
        compare(rate, "main.concatMixed", "waste", share, mixed_truth());
        assert!(!found.flat, "{found:?}");
        assert!((0.7..=mixed_truth()).contains(&share), "{found:?}");
        assert_eq!(merging::fit(&sizes, period, Known::default()), None);
    }
}

/// The part that is outgrown of the strings of several lengths.
fn mixed_truth() -> f64 {
    let (mut total, mut last) = (0, 0);
    for run in 0..RUNS / 10 {
        let mut filled = 0;
        let pieces = length(run) / 10;
        for piece in 0..pieces {
            filled += 5 + (piece * 7 + run * 5) % 16;
            // The first piece is the string.
            total += if piece > 0 {
                recorded(filled, false)
            } else {
                0
            };
        }
        last += if pieces > 1 {
            recorded(filled, false)
        } else {
            0
        };
    }
    1.0 - last as f64 / total as f64
}

#[test]
fn maps_that_grow() {
    let exact = sites(RATES[0]);
    let total = |function: &str| -> f64 {
        let (sizes, _) = sizes(&exact, function);
        sizes.iter().map(|size| size.alloc_space as f64).sum()
    };
    for (rate, tolerance) in RATES.into_iter().zip([0.02, 0.02, 0.1]) {
        let sites = sites(rate);
        for (kind, slot) in [("numbers", 16), ("names", 24), ("points", 56)] {
            let (grown, sized) = (format!("main.{kind}Grown"), format!("main.{kind}Sized"));
            // The same maps made with the right hint.
            let truth = 1.0 - total(&sized) / total(&grown);
            let (grown_sizes, period) = sizes(&sites, &grown);
            let found = maps::fit(&grown_sizes, period, maps::Known::default());
            let found = found.unwrap_or_else(|| panic!("{rate} {grown}: {grown_sizes:?}"));
            assert_eq!(
                (found.layout, found.slot),
                (maps::Layout::Swiss, slot),
                "{found:?}"
            );
            assert!(!found.hinted, "{rate} {found:?}");
            let share = found.waste_bytes / found.total_bytes;
            compare(rate, &grown, "waste", share, truth);
            assert!((share - truth).abs() <= tolerance, "{found:?}");
            if rate != "ladders" {
                assert!(found.companions, "{found:?}");
                // 500 maps, within three standard errors of those sampled.
                let error = 3.0 / (found.rungs[0].sampled as f64).sqrt();
                assert!((found.maps / 500.0 - 1.0).abs() < error, "{found:?}");
                assert_eq!(found.entries.p50, 112, "{found:?}");
            }
            // Without a table's header among the samples a ladder that nearly doubles could be either.
            let ladder = growth::fit(&grown_sizes, period, Known::default());
            assert!(ladder.is_none() || !found.companions, "{ladder:?}");

            let (sized_sizes, period) = sizes(&sites, &sized);
            if let Some(found) = maps::fit(&sized_sizes, period, maps::Known::default()) {
                assert!(
                    found.hinted && found.waste_bytes == 0.0,
                    "{rate} {sized} {found:?}"
                );
            }
        }
    }
}

#[test]
fn buckets_before_swiss_tables() {
    // int to int, as Go 1.22 grew it, with overflow buckets, which are of the size of the first rung.
    let ladder = [
        144, 288, 576, 1152, 2688, 5376, 10_240, 20_480, 40_960, 81_920, 163_840,
    ];
    let mut sizes: Vec<Size> = ladder.iter().map(|&bytes| exact(bytes, 10)).collect();
    sizes.extend([exact(144, 90), exact(48, 10)]);
    let found = maps::fit(&sizes, NonZeroU64::MIN, maps::Known::default()).expect("a fit");
    let what = (found.layout, found.slot, found.entries.max);
    assert_eq!(what, (maps::Layout::Buckets, 16, 6656), "{found:?}");
}

#[test]
fn lookalikes_are_told_from_growth() {
    for rate in RATES {
        let sites = sites(rate);
        let (any, period) = sizes(&sites, "main.anySize");
        assert_eq!(growth::fit(&any, period, Known::default()), None);
        assert_eq!(merging::fit(&any, period, Known::default()), None);
        assert_eq!(maps::fit(&any, period, maps::Known::default()), None);
        let (list, period) = sizes(&sites, "main.freeList");
        let ladder = growth::fit(&list, period, Known::default());
        assert!(ladder.is_none_or(|ladder| ladder.doubles));
        assert_eq!(maps::fit(&list, period, maps::Known::default()), None);
        let (fixed, _) = sizes(&sites, "main.fixed");
        let traits = traits::of(&fixed);
        assert_eq!((traits.dominant_size, traits.sizes), (4096, 1));
        assert_eq!(traits.dominant_bytes_share, 1.0);
        assert!(traits.churn > 500.0 && traits.large_share == 0.0 && !traits.maybe_tiny);
        assert!(traits.live_share.is_some_and(|share| share < 0.01));
    }
}

/// Objects that were all sampled.
fn exact(bytes: u64, objects: u64) -> Size {
    let space = (bytes * objects) as i64;
    Size::new(bytes, NonZeroU64::MIN, [objects as i64, space], [0, 0])
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same draws everywhere and for ever.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound
    }

    /// `count` different size classes of the `among` smallest, in order.
    fn sizes(&mut self, count: usize, among: usize) -> Vec<u64> {
        let mut sizes = std::collections::BTreeSet::new();
        while sizes.len() < count {
            sizes.insert(SIZE_CLASSES[self.below(among as u64) as usize]);
        }
        sizes.into_iter().collect()
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "the rates are worth reading")]
fn random_sizes_are_no_ladder() {
    let mut random = Random(7);
    let default = NonZeroU64::new(524_288).expect("not 0");
    let (mut sets, mut ladders, mut merging, mut maps, mut dense) = (0, 0, 0, 0, 0);
    for count in 4..=12 {
        let before = (sets, ladders, merging, maps, dense);
        for among in [30, SIZE_CLASSES.len()] {
            for objects in [2, 20, 1000] {
                for _ in 0..100 {
                    // Falling counts are the hard case: only the sizes can tell.
                    let sizes = random.sizes(count, among).into_iter();
                    let counts = (20..).map(|step| (objects * 20 / step).max(1));
                    for period in [NonZeroU64::MIN, default] {
                        let size = |(bytes, sampled)| Size {
                            bytes,
                            sampled,
                            ..Size::default()
                        };
                        let sizes: Vec<Size> =
                            sizes.clone().zip(counts.clone()).map(size).collect();
                        let known = Known::default();
                        sets += 1;
                        ladders += u32::from(growth::fit(&sizes, period, known).is_some());
                        merging += u32::from(merging::fit(&sizes, period, known).is_some());
                        let known = maps::Known::default();
                        maps += u32::from(maps::fit(&sizes, period, known).is_some());
                        dense += u32::from(concat::fit(&sizes, period).is_some());
                    }
                }
            }
        }
        println!(
            "{count} sizes: of {} sets {} ladders, {} merging, {} maps, {} dense",
            sets - before.0,
            ladders - before.1,
            merging - before.2,
            maps - before.3,
            dense - before.4
        );
        assert!((ladders - before.1) * 100 <= sets - before.0, "{count}");
    }
    assert!(merging * 100 <= sets && maps * 100 <= sets);
}

fn any_size() -> impl Strategy<Value = Size> {
    let bytes = prop_oneof![
        any::<u64>(),
        0_u64..100_000,
        prop::sample::select(SIZE_CLASSES.to_vec()),
        (1_u64..5000).prop_map(|pages| pages * 8192),
    ];
    let count = || prop_oneof![any::<i64>(), 0_i64..5000];
    let sampled = prop_oneof![any::<u64>(), 0_u64..1000];
    (bytes, sampled, count(), count(), count(), count()).prop_map(
        |(bytes, sampled, alloc_objects, alloc_space, inuse_objects, inuse_space)| Size {
            bytes,
            sampled,
            alloc_objects,
            alloc_space,
            inuse_objects,
            inuse_space,
        },
    )
}

proptest! {
    #[test]
    fn any_sizes_have_an_answer(
        sizes in prop::collection::vec(any_size(), 0..40),
        period: NonZeroU64,
        shift in 0_u32..64,
        element in prop::option::of(prop_oneof![any::<u64>(), 0_u64..100]),
        yes in prop::option::of(any::<bool>()),
    ) {
        let period = NonZeroU64::new(period.get() >> shift).unwrap_or(NonZeroU64::MIN);
        let known = Known { growslice: yes, element, pointers: yes };
        for known in [known, Known::default()] {
            if let Some(found) = growth::fit(&sizes, period, known) {
                prop_assert!(found.waste_bytes >= 0.0 && found.waste_bytes <= found.total_bytes);
                prop_assert!(found.waste_bytes_error.is_finite());
                prop_assert!(found.capacity_bytes.p50 <= found.capacity_bytes.p90);
                prop_assert!(found.capacity_bytes.p90 <= found.capacity_bytes.max);
                let _ = (found.capacity(0), found.unique_element());
            }
            if let Some(found) = merging::fit(&sizes, period, known) {
                prop_assert!(found.waste_bytes.is_finite() && found.waste_bytes >= 0.0);
            }
        }
        let known = maps::Known { map: yes, hinted: yes, layout: None };
        for known in [known, maps::Known::default()] {
            if let Some(found) = maps::fit(&sizes, period, known) {
                prop_assert!(found.waste_bytes.is_finite() && found.waste_bytes >= 0.0);
            }
        }
        if let Some(found) = concat::fit(&sizes, period) {
            prop_assert!(found.waste_bytes >= 0.0 && found.waste_bytes <= found.total_bytes);
        }
        let traits = traits::of(&sizes);
        prop_assert!((0.0..=1.0).contains(&traits.dominant_bytes_share));
        prop_assert!(traits.churn.is_finite());
    }

    #[test]
    fn sizes_made_of_any_values_have_an_answer(bytes: u64, period: NonZeroU64, alloc: [i64; 2]) {
        let size = Size::new(bytes, period, alloc, alloc);
        prop_assert!(size.sampled == 0 || alloc[1] > 0);
    }

    #[test]
    fn a_replayed_ladder_gives_its_element_away(
        bytes in 1_u64..600,
        pointers: bool,
        chunk in 1_u64..4,
        lengths in prop::collection::vec(1_u64..20_000, 1..30),
    ) {
        let bytes = if pointers { bytes.next_multiple_of(8) } else { bytes };
        let element = Element { bytes, pointers };
        let mut blocks: BTreeMap<u64, u64> = BTreeMap::new();
        for &length in &lengths {
            for block in element.replay(0, chunk, length) {
                *blocks.entry(block.bytes).or_default() += 1;
            }
        }
        let sizes: Vec<Size> = blocks.iter().map(|(&bytes, &count)| exact(bytes, count)).collect();
        if seen(&sizes, NonZeroU64::MIN).len() >= 4 {
            let found = growth::fit(&sizes, NonZeroU64::MIN, Known::default());
            let Some(found) = found else {
                return Err(TestCaseError::fail(format!("no fit of {blocks:?}")));
            };
            prop_assert!(is_among(element, &found.elements), "{element:?}: {found:?}");
        }
    }

    #[test]
    fn replay_ends_for_any_element(bytes: u64, pointers: bool, start: u64, chunk: u64, length: u64) {
        let element = Element { bytes, pointers };
        prop_assert!(element.replay(start, chunk, length).len() <= 1000);
        prop_assert!(element.replay(start % 100, chunk % 10, length).len() <= 1000);
    }
}
