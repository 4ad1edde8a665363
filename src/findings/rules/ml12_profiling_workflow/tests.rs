use std::num::NonZeroU64;
use std::sync::Arc;

use super::ProfilingWorkflow;
use crate::aggregate::hot::{Frame, HotPath};
use crate::evidence::shape::Size;
use crate::findings::{Channels, Confidence, Draft, Part, Rule, Spot, Totals, Way, Whole};

const PERIOD: u64 = 512 << 10;

/// A line that allocates blocks of these sizes, so many of each, in `BenchmarkRun`.
fn spot(file: &str, blocks: &[(u64, i64)]) -> Spot {
    let frame = Frame {
        function: "example.com/m.load".into(),
        package: "example.com/m".into(),
        file: file.into(),
        line: 7,
    };
    let mut part = Part::default();
    for &(bytes, count) in blocks {
        let space = i64::try_from(bytes).unwrap() * count;
        part.values[0] += count;
        part.values[1] += space;
        let period = NonZeroU64::new(PERIOD).unwrap();
        part.sizes
            .push(Size::new(bytes, period, [count, space], [0, 0]));
    }
    let path = HotPath {
        frames: Arc::new([frame.clone()]),
        benchmark: Some("example.com/m.BenchmarkRun".into()),
        ..HotPath::default()
    };
    let way = Way {
        path,
        part: part.clone(),
        call: None,
    };
    Spot {
        place: Arc::new(frame),
        all: part,
        ways: vec![way],
        period: NonZeroU64::new(PERIOD),
    }
}

fn drafts_of(spots: &[Spot], sampled: Option<u64>, change: impl Fn(&mut Whole<'_>)) -> Vec<Draft> {
    let channels = Channels::default();
    let mut totals = Totals::default();
    for spot in spots {
        for (sum, value) in totals.0.iter_mut().zip(spot.all.values) {
            *sum += value;
        }
    }
    let mut whole = Whole {
        totals,
        period: PERIOD,
        sampled,
        spots,
        channels: &channels,
        has_allocations: true,
    };
    change(&mut whole);
    ProfilingWorkflow.look_at_all(&whole)
}

fn medium(drafts: &[Draft]) -> Vec<&str> {
    let drafts = drafts.iter();
    drafts
        .filter(|draft| draft.confidence >= Confidence::Medium)
        .map(|draft| draft.title.as_str())
        .collect()
}

#[test]
fn a_good_profile_gets_no_more_than_notes() {
    let said = drafts_of(&[spot("load.go", &[(64, 9_000_000)])], Some(4000), |_| {});
    assert_eq!(medium(&said), [""; 0]);
    assert_eq!(said.len(), 1);
    let code = said[0].code.as_deref().unwrap();
    assert_eq!(
        code.lines().collect::<Vec<_>>(),
        [
            "go test -run='^$' -bench='^BenchmarkRun$' -benchmem -memprofile mem.out \
             -memprofilerate=4096 example.com/m | tee bench.txt",
            "go build -gcflags=-m=2 example.com/m 2> escape.txt",
            "memlens analyze mem.out --source . --escape escape.txt --bench bench.txt",
        ]
    );
}

#[test]
fn few_samples_of_small_objects() {
    let spots = [spot("load.go", &[(64, 300_000)])];
    let said = drafts_of(&spots, Some(36), |_| {});
    assert_eq!(
        medium(&said),
        ["only 36 allocations were sampled: shares are rough, small sites may be missing"]
    );
    // Where everything is recorded few are all.
    let said = drafts_of(&spots, Some(36), |whole| whole.period = 1);
    assert_eq!(medium(&said), [""; 0]);
    // Nothing is open about large ones.
    let said = drafts_of(&[spot("load.go", &[(64 << 20, 20)])], Some(20), |_| {});
    assert_eq!(medium(&said), [""; 0]);
}

#[test]
fn only_what_is_in_use() {
    let said = drafts_of(
        &[spot("load.go", &[(64, 9_000_000)])],
        Some(4000),
        |whole| {
            whole.has_allocations = false;
            whole.totals = Totals([0, 0, 1000, 64_000]);
        },
    );
    assert!(medium(&said)[0].contains("only what is in use"));
}

#[test]
fn no_sizes() {
    let mut bare = spot("load.go", &[(64, 9_000_000)]);
    bare.ways[0].part.sizes.clear();
    let said = drafts_of(&[bare], None, |_| {});
    assert!(medium(&said)[0].contains("do not tell object sizes"));
}

#[test]
fn set_up_in_the_profile() {
    let load = spot("load.go", &[(64, 6_000_000)]);
    let test = |count| spot("load_test.go", &[(64, count)]);
    let said = drafts_of(&[load.clone(), test(10_000_000)], Some(4000), |_| {});
    assert_eq!(
        medium(&said),
        ["62.5% of the bytes are allocated by the tests' own files"]
    );
    assert!(said.iter().any(|draft| {
        let code = draft.code.as_deref();
        code.is_some_and(|code| code.contains("-benchtime=10s"))
    }));
    let said = drafts_of(&[load.clone(), test(1_000_000)], Some(4000), |_| {});
    assert_eq!(medium(&said), [""; 0]);
    let titles = |said: &[Draft]| said.iter().any(|draft| draft.title.contains("tests' own"));
    assert!(titles(&said));
    let said = drafts_of(&[load, test(100_000)], Some(4000), |_| {});
    assert!(!titles(&said));
}

#[test]
fn lists() {
    let ladder: Vec<(u64, i64)> = (4..=17).map(|power| (1 << power, 20_000)).collect();
    let said = drafts_of(&[spot("load.go", &ladder)], Some(4000), |_| {});
    let find = |start: &str| said.iter().find(|draft| draft.title.starts_with(start));
    let large = find("large allocations").unwrap();
    assert_eq!(
        large.evidence[0].text,
        "load.go:7 example.com/m.load: 3.66 GiB in 40.0k blocks of 64.0 KiB to 128 KiB"
    );
    let growth = find("growth hotspots").unwrap();
    assert!(growth.evidence[0].text.contains("outgrown"));
    assert!(find("variables moved").is_none());
}

#[test]
fn what_is_no_heap_profile_has_none_of_its_faults() {
    let said = drafts_of(&[], Some(0), |whole| {
        whole.has_allocations = false;
    });
    assert!(said.is_empty());
}
