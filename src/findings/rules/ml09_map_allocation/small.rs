//! Maps of few entries, of which there are many: even for one entry a map takes room for eight.

use super::of_maps;
use crate::evidence::source::{OperationKind, Origin};
use crate::findings::{Channel, Code, Confidence, Draft, Saving, Scene};
use crate::units;

/// From this part of all bytes on the maps are worth another structure.
const HOT: f64 = 0.05;

/// What the first groups must hold of all that the line allocates.
const NEARLY_ALL: f64 = 0.9;

/// Above this part alive, the maps are what the program is for.
const MOSTLY_DEAD: f64 = 0.2;

/// A map's first group has so many slots.
const SLOTS: u64 = 8;

/// A slice of one or two entries takes about a quarter of a group.
const SAVED: f64 = 0.7;

pub(super) fn look(scene: &Scene<'_>, code: &Code<'_>) -> Option<Draft> {
    let part = of_maps(scene);
    let traits = scene.traits(&part);
    if scene.byte_share() < HOT
        || code.is_in_loop()
        || part.share_of(&scene.spot.all.values) < NEARLY_ALL
        || traits.dominant_objects_share < NEARLY_ALL
        || traits.live_share.is_none_or(|live| live > MOSTLY_DEAD)
        || scene.is_mostly(&part, super::is_of_map) == Some(false)
    {
        return None;
    }
    let (operation, map, type_text) =
        code.operations
            .iter()
            .find_map(|operation| match &operation.kind {
                OperationKind::MapAssign {
                    map,
                    type_text: Some(type_text),
                    ..
                } => Some((operation, map, type_text)),
                _ => None,
            })?;
    let group = group(code, type_text)?;
    let is_one_group = (group..=group + group / 4).contains(&traits.dominant_size);
    if !is_one_group || !is_small(code, map)? {
        return None;
    }
    let of = |whole: i64| (whole.max(0) as f64 * SAVED) as i64;
    let bytes = i64::try_from(traits.dominant_size).unwrap_or(i64::MAX);
    Some(
        Draft::new(
            Confidence::Medium,
            format!("`{map}` is a map of few entries, and there are many such maps"),
        )
        .because(
            Channel::Profile,
            format!(
                "{} first groups of {} each, and none outgrew its {SLOTS} slots",
                units::amount(part.alloc_objects(), "count"),
                units::amount(bytes, "bytes"),
            ),
        )
        .because(
            Channel::Source,
            format!("this line, which is in no loop, adds the entry to `{map}`"),
        )
        .suggest(
            "for so few entries keep a small slice of keys and values, which one searches through, share one map with a \
             wider key, or let the caller pass the map that the entries end up in",
            None,
        )
        .saves(
            Saving {
                alloc_space: of(part.alloc_space()),
                alloc_objects: 0,
                inuse_space: 0,
            },
            "a slice of one or two entries takes about a quarter of a group of eight",
        )
        .about(map.clone())
        .at(operation.columns.clone()),
    )
}

/// The bytes of a group: a control word and eight slots.
fn group(code: &Code<'_>, type_text: &str) -> Option<u64> {
    let text = code.package.underlying(type_text);
    let inner = text.trim_start_matches('*').strip_prefix("map[")?;
    let mut depth = 1_u32;
    let end = inner.char_indices().find_map(|(at, sign)| {
        match sign {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(at)
    })?;
    let size = |text: &str| code.package.size_of(text).map(|size| size.bytes);
    let slot = size(inner.get(..end)?)?.checked_add(size(inner.get(end + 1..)?)?)?;
    slot.checked_next_multiple_of(8)?
        .checked_mul(SLOTS)?
        .checked_add(8)
}

/// Whether the map is made in this function, for few entries as far as one says.
fn is_small(code: &Code<'_>, map: &str) -> Option<bool> {
    let declared = code.function.declaration(map, code.line, code.package)?;
    let is_small = |origin: &Origin| match origin {
        Origin::Empty { .. } => true,
        Origin::Make { len, .. } => len
            .as_deref()
            .is_none_or(|hint| hint.parse::<u64>().is_ok_and(|hint| hint <= SLOTS)),
        _ => false,
    };
    // A field's map belongs to a structure that lives on where the program is no benchmark.
    Some(is_small(&declared.origin))
}
