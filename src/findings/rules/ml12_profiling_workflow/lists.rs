//! The three lists that one should look at: large allocations, escaped variables, growth.

use std::cmp::Reverse;

use crate::evidence::escape::Kind;
use crate::evidence::shape::growth;
use crate::findings::scene::facts;
use crate::findings::spot::share;
use crate::findings::{Channel, Confidence, Draft, Spot, Way, Whole};
use crate::units;

/// Above this size the allocator takes pages of the heap for each block, past all caches.
const LARGE_BLOCK: u64 = 32 << 10;

/// So many lines of a list are shown.
const SHOWN: usize = 8;

/// Lines below this share of the bytes are on no list.
const FLOOR: f64 = 0.01;

pub(super) fn drafts(whole: &Whole<'_>) -> Vec<Draft> {
    [large(whole), escaped(whole), growing(whole)]
        .into_iter()
        .flatten()
        .collect()
}

/// One line of a list.
struct Entry {
    bytes: i64,
    text: String,
}

/// `parse.go:41 example.com/m.parse`.
pub(super) fn place(spot: &Spot) -> String {
    let place = &spot.place;
    let base = place.file.rsplit(['/', '\\']).next().unwrap_or_default();
    format!("{base}:{} {}", place.line, place.function)
}

fn worthwhile<'a>(whole: &'a Whole<'_>) -> impl Iterator<Item = &'a Spot> {
    let total = whole.totals.0[1];
    let spots = whole.spots.iter();
    spots.filter(move |spot| share(spot.all.alloc_space(), total) >= FLOOR)
}

/// The entries with most bytes as a draft, `None` without any.
fn list(
    whole: &Whole<'_>,
    channel: Channel,
    mut entries: Vec<Entry>,
    title: &str,
    suggestion: &str,
) -> Option<Draft> {
    entries.sort_by_key(|entry| Reverse(entry.bytes));
    let sum = entries
        .iter()
        .fold(0i64, |sum, entry| sum.saturating_add(entry.bytes));
    let lines = match entries.len() {
        0 => return None,
        1 => "1 line".to_owned(),
        lines => format!("{lines} lines"),
    };
    let mut draft = Draft::new(
        Confidence::Low,
        format!(
            "{title}: {} at {lines}, {} of all bytes",
            bytes(sum),
            units::share(sum, whole.totals.0[1])
        ),
    );
    for entry in entries.into_iter().take(SHOWN) {
        draft = draft.because(channel, entry.text);
    }
    Some(draft.suggest(suggestion, None))
}

fn large(whole: &Whole<'_>) -> Option<Draft> {
    let entries = worthwhile(whole).filter_map(|spot| {
        let sizes = || {
            spot.all
                .sizes
                .iter()
                .filter(|size| size.bytes > LARGE_BLOCK)
        };
        let sum = sizes().fold(0i64, |sum, size| sum.saturating_add(size.alloc_space));
        let count = sizes().fold(0i64, |sum, size| sum.saturating_add(size.alloc_objects));
        let (first, last) = (sizes().next()?.bytes, sizes().next_back()?.bytes);
        let range = match first == last {
            true => size(first),
            false => format!("{} to {}", size(first), size(last)),
        };
        (share(sum, whole.totals.0[1]) >= FLOOR).then(|| Entry {
            bytes: sum,
            text: format!(
                "{}: {} in {} blocks of {range}",
                place(spot),
                bytes(sum),
                units::amount(count, "count")
            ),
        })
    });
    list(
        whole,
        Channel::Profile,
        entries.collect(),
        "large allocations (blocks over 32 KiB)",
        "each takes pages of the heap and is zeroed whole: reuse such blocks, or bound their size",
    )
}

fn escaped(whole: &Whole<'_>) -> Option<Draft> {
    let entries = worthwhile(whole).filter_map(|spot| {
        let said = facts(spot, whole.channels);
        let moved = said
            .iter()
            .filter(|said| said.is_here && said.fact.kind == Kind::MovedToHeap);
        let mut names: Vec<&str> = moved.map(|said| &*said.fact.expression).collect();
        names.dedup();
        let bytes = spot.all.alloc_space();
        (!names.is_empty()).then(|| Entry {
            bytes,
            text: format!(
                "{}: {}, {}",
                place(spot),
                names.join(", "),
                self::bytes(bytes)
            ),
        })
    });
    list(
        whole,
        Channel::Escape,
        entries.collect(),
        "variables moved to the heap",
        "see who takes their address: a closure, a pointer that is returned or stored, an interface",
    )
}

fn growing(whole: &Whole<'_>) -> Option<Draft> {
    let entries = worthwhile(whole).filter_map(|spot| {
        let part = spot.part(Way::is_direct);
        let growth = growth::fit(&part.sizes, spot.period?, growth::Known::default())?;
        // Casts of floats saturate.
        let waste = growth.waste_bytes as i64;
        Some(Entry {
            bytes: waste,
            text: format!(
                "{}: {} of {} outgrown in {} sizes",
                place(spot),
                bytes(waste),
                bytes(growth.total_bytes as i64),
                growth.rungs.len()
            ),
        })
    });
    list(
        whole,
        Channel::Profile,
        entries.collect(),
        "growth hotspots",
        "give what grows there its capacity from the start",
    )
}

fn bytes(value: i64) -> String {
    units::amount(value, "bytes")
}

fn size(value: u64) -> String {
    bytes(i64::try_from(value).unwrap_or(i64::MAX))
}
