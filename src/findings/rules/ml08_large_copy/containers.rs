//! Maps, channels and slices that hold large structs by value.

use super::super::blocks::{self, LARGE};
use crate::evidence::binary;
use crate::evidence::source::OperationKind;
use crate::findings::{Channel, Confidence, Draft, Part, Saving, Scene};
use crate::units;

/// A channel's own part of its block, in front of the buffer.
const CHANNEL: u64 = 96;

/// Values of more than 128 bytes are kept outside of the map, each in a block of its own, which
/// the line that assigns them allocates.
pub(super) fn of_map(scene: &Scene<'_>) -> Option<Draft> {
    let code = scene.code.as_ref()?;
    let (map, value) = code.operations.iter().find_map(|operation| {
        let OperationKind::MapAssign { map, type_text, .. } = &operation.kind else {
            return None;
        };
        let type_text = code.package.underlying(type_text.as_deref()?);
        Some((map.clone(), value_of(&type_text)?.to_owned()))
    })?;
    let size = code
        .package
        .size_of(&value)
        .filter(|size| size.bytes > LARGE)?;
    let (block, part) = blocks::holding(scene, Some(size))?;
    let in_binary = scene.is_mostly(&part, |call| *call == binary::Operation::MapAssign);
    if !blocks::is_much(scene, &part) || in_binary == Some(false) {
        return None;
    }
    let confidence = match in_binary {
        Some(_) => Confidence::High,
        None => Confidence::Medium,
    };
    let mut draft = Draft::new(
        confidence,
        format!("{map} keeps values of {} bytes, each copied into a block of its own", size.bytes),
    )
    .because(Channel::Profile, blocks::text(&part, block))
    .because(Channel::Source, format!("{map} has values of type {value}"))
    .suggest(
        format!("let {map} hold pointers, or indices of a slice of {value}, so that values are not copied in and out"),
        None,
    )
    .saves(blocks::saving(&part), "all values' blocks, if pointers can point to what exists already")
    .about(map);
    if in_binary == Some(true) {
        draft = draft.because(
            Channel::Binary,
            "the blocks are made by the map's assignment",
        );
    }
    draft.weight = 1;
    Some(draft)
}

pub(super) fn of_channel(scene: &Scene<'_>) -> Option<Draft> {
    let code = scene.code.as_ref()?;
    let (element, buffer) = code.operations.iter().find_map(|operation| {
        let OperationKind::MakeChan { type_text, buffer } = &operation.kind else {
            return None;
        };
        let element = type_text.split_once("chan ")?.1.trim();
        Some((element.to_owned(), buffer.clone()?))
    })?;
    let size = code
        .package
        .size_of(&element)
        .filter(|size| size.bytes > LARGE)?;
    // The buffer's length as written is seldom a number; its block is never below two elements.
    let part = scene.direct();
    let traits = scene.traits(&part);
    let block = traits.dominant_size;
    if block < CHANNEL + 2 * size.bytes || !blocks::is_much(scene, &part) {
        return None;
    }
    let length = (block - CHANNEL) / size.bytes;
    let in_binary = scene.is_mostly(&part, |call| *call == binary::Operation::MakeChan);
    if in_binary == Some(false) {
        return None;
    }
    let confidence = if in_binary.is_some() {
        Confidence::High
    } else {
        Confidence::Medium
    };
    let mut draft = Draft::new(
        confidence,
        format!(
            "the channel's buffer holds {element} by value, {} bytes each",
            size.bytes
        ),
    )
    .because(Channel::Profile, blocks::text(&part, block))
    .because(
        Channel::Source,
        format!("a buffer of {buffer} elements of {element}; the block fits about {length}"),
    )
    .suggest(
        format!(
            "make it a channel of *{element}, or a shorter one: each element is copied in and out"
        ),
        Some(format!("make(chan *{element}, {buffer})")),
    )
    .saves(
        shrunk(&part, size.bytes),
        "the buffer, down to a word for each element",
    );
    draft.weight = 1;
    Some(draft)
}

/// A slice of large structs that grows while its final length cannot be known: each growth copies
/// all. Where the length is known, giving the capacity is the better advice.
pub(super) fn of_append(scene: &Scene<'_>) -> Option<Draft> {
    let code = scene.code.as_ref()?;
    let around = code.loops.first()?;
    let (target, type_text) = code.operations.iter().find_map(|operation| {
        let OperationKind::Append {
            target,
            spread: false,
            assigned_back: true,
            ..
        } = &operation.kind
        else {
            return None;
        };
        let declared = code.function.declaration(target, code.line, code.package)?;
        Some((target.clone(), declared.type_text?))
    })?;
    let type_text = code.package.underlying(&type_text);
    let element = type_text.strip_prefix("[]")?.to_owned();
    let size = code
        .package
        .size_of(&element)
        .filter(|size| size.bytes > LARGE)?;
    let part = scene.direct();
    let traits = scene.traits(&part);
    let is_known = !around.conditional && around.bound.is_some();
    if is_known || traits.sizes < 3 || !blocks::is_much(scene, &part) {
        return None;
    }
    let mut draft = Draft::new(
        Confidence::Medium,
        format!("{target} grows by copying structs of {} bytes", size.bytes),
    )
    .because(
        Channel::Profile,
        format!(
            "{} in blocks of {} sizes",
            units::amount(part.alloc_space(), "bytes"),
            traits.sizes
        ),
    )
    .because(
        Channel::Source,
        format!("{element} is appended by value, and how often is not known before the loop"),
    )
    .suggest(
        format!("collect pointers or indices, or only the fields that are needed, and copy {element} at the end"),
        None,
    )
    .saves(shrunk(&part, size.bytes), "the growth, down to a word for each element")
    .about(target);
    draft.weight = -1;
    Some(draft)
}

/// What is saved when each element of `bytes` becomes a pointer.
fn shrunk(part: &Part, bytes: u64) -> Saving {
    let kept = i64::try_from(bytes / 8).unwrap_or(i64::MAX).max(1);
    Saving {
        alloc_space: part.alloc_space() - part.alloc_space() / kept,
        alloc_objects: 0,
        inuse_space: part.inuse_space() - part.inuse_space() / kept,
    }
}

/// The value type of `map[K]V`.
fn value_of(map: &str) -> Option<&str> {
    let rest = map.strip_prefix("map[")?;
    let mut depth = 1_u32;
    for (at, letter) in rest.char_indices() {
        match letter {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return rest.get(at + 1..);
        }
    }
    None
}
