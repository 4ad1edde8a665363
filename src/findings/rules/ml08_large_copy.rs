//! ML08: large structs that are copied on the heap.

use super::blocks::{self, LARGE};
use super::boxings::{self, Boxing, Taker};
use super::moved::{self, Moved, Role};
use crate::evidence::binary;
use crate::evidence::escape::Kind;
use crate::evidence::source::{OperationKind, Ranged};
use crate::findings::{Channel, Confidence, Draft, Part, Rule, Saving, Scene};
use crate::units;

/// Below this part of a line, by bytes or objects, what is said would not be about the line.
const LEAST_PART: f64 = 0.25;

/// A channel's own part of its block, in front of the buffer.
const CHANNEL: u64 = 96;

/// See the page.
pub struct LargeCopy;

impl Rule for LargeCopy {
    fn id(&self) -> &'static str {
        "ML08"
    }

    fn name(&self) -> &'static str {
        "large-copy"
    }

    fn technique(&self) -> &'static str {
        "Pass and keep large structs by pointer where copies land on the heap"
    }

    fn page(&self) -> &'static str {
        include_str!("ml08.md")
    }

    fn look(&self, scene: &Scene<'_>) -> Option<Draft> {
        if is_snapshot(scene) {
            return None;
        }
        let boxed = boxings::at(scene)
            .into_iter()
            .filter_map(|boxing| of_boxing(scene, boxing));
        let moved = moved::at(scene)
            .into_iter()
            .filter_map(|moved| of_variable(scene, moved));
        let best = boxed
            .chain(moved)
            .chain(of_map(scene))
            .chain(of_channel(scene))
            .chain(of_append(scene))
            .max_by_key(|draft| (draft.confidence, draft.saving.alloc_space))?;
        Some(with_copies(scene, best))
    }
}

/// Whether copying is the purpose of the function, as its name says.
fn is_snapshot(scene: &Scene<'_>) -> bool {
    let function = &scene.spot.place.function;
    let name = match &scene.code {
        Some(code) => code
            .function
            .declaration_around()
            .map_or("", |around| around.name()),
        None => function.rsplit('.').next().unwrap_or_default(),
    };
    let name = name.to_ascii_lowercase();
    ["clone", "copy", "snapshot"]
        .iter()
        .any(|purpose| name.contains(purpose))
}

/// Adds what the compiler says of copies at the line.
fn with_copies(scene: &Scene<'_>, draft: Draft) -> Draft {
    let largest = scene
        .escape
        .iter()
        .filter_map(|said| match said.fact.kind {
            Kind::Copy { bytes } if said.is_here => Some(bytes),
            _ => None,
        })
        .max();
    match largest {
        Some(bytes) => draft.because(
            Channel::Escape,
            format!("the compiler copies {bytes} bytes here"),
        ),
        None => draft,
    }
}

fn of_boxing(scene: &Scene<'_>, boxing: Boxing) -> Option<Draft> {
    let bytes = boxing.size.map_or(boxing.block, |size| size.bytes);
    if bytes <= LARGE || boxing.taker.formats() || !is_much(scene, &boxing.part) {
        return None;
    }
    let advice = match &boxing.taker {
        // A value that is swapped as a whole must not change: the copy is the point.
        Taker::Call(callee)
            if matches!(callee.name(), "Store" | "Swap" | "CompareAndSwap" | "Put") =>
        {
            return None;
        }
        Taker::Call(callee) => format!(
            "hand {} a pointer: only the pointer is copied then",
            callee.text
        ),
        Taker::Assignment(target) => format!("let {target} hold a pointer"),
        Taker::Result => "return a pointer, or the concrete type".to_owned(),
        Taker::Field | Taker::MapValue | Taker::Unknown => "pass a pointer".to_owned(),
    };
    let agreed = boxing.in_escape || boxing.in_binary == Some(true);
    let confidence = match (agreed, boxing.size) {
        (true, Some(_)) => Confidence::High,
        (true, None) | (false, Some(_)) => Confidence::Medium,
        (false, None) => Confidence::Low,
    };
    let name = boxing.type_text.as_deref().unwrap_or(&boxing.value);
    let mut draft = Draft::new(
        confidence,
        format!("{name}, {bytes} bytes, is copied to the heap to become an interface"),
    )
    .because(Channel::Profile, blocks_text(&boxing.part, boxing.block))
    .suggest(advice, None)
    .saves(
        whole(&boxing.part),
        "all copies; the value itself may then have to be allocated once",
    );
    if boxing.in_source {
        draft = draft.because(
            Channel::Source,
            format!("{} becomes an interface by value", boxing.value),
        );
    }
    if boxing.in_escape {
        draft = draft.because(
            Channel::Escape,
            format!(
                "the compiler says that {} escapes to the heap",
                boxing.value
            ),
        );
    }
    if boxing.in_binary == Some(true) {
        draft = draft.because(
            Channel::Binary,
            "the call here is the runtime's conversion to an interface",
        );
    }
    if let Some(columns) = boxing.columns {
        draft = draft.at(columns);
    }
    draft.weight = 1;
    Some(draft)
}

fn of_variable(scene: &Scene<'_>, moved: Moved) -> Option<Draft> {
    let type_text = moved.type_text.as_deref();
    let size = blocks::size_of(scene, type_text)?;
    if size.bytes <= LARGE || !is_much(scene, &moved.part) {
        return None;
    }
    let agreed = moved.in_escape || moved.in_binary;
    let firm = if agreed {
        Confidence::High
    } else {
        Confidence::Medium
    };
    let name = &moved.name;
    let (confidence, advice) = match &moved.role {
        Role::Element { over, what, key } => {
            let index = if key.is_empty() || key == "_" {
                "i"
            } else {
                key
            };
            (
                if matches!(what, Ranged::Slice | Ranged::Array) {
                    firm
                } else {
                    Confidence::Low
                },
                format!(
                    "loop over the index and take the address of the element: `for {index} := range {over} {{ {name} := &{over}[{index}] … }}`"
                ),
            )
        }
        Role::Parameter { .. } => (firm, format!("take {name} as a pointer")),
        Role::Scratch { .. } | Role::Array | Role::Needed => return None,
    };
    let mut draft = Draft::new(
        confidence,
        format!(
            "{name}, {} bytes, is copied to the heap each time",
            size.bytes
        ),
    )
    .because(Channel::Profile, blocks_text(&moved.part, moved.block))
    .because(
        Channel::Source,
        format!("the address of {name} is taken, a copy of the whole value"),
    )
    .suggest(advice, None)
    .saves(whole(&moved.part), "all blocks of the variable")
    .about(name.clone());
    if moved.in_escape {
        draft = draft.because(
            Channel::Escape,
            format!("the compiler moves {name} to the heap"),
        );
    }
    if moved.in_binary {
        draft = draft.because(Channel::Binary, "the call here allocates one object");
    }
    draft.weight = 1;
    Some(draft)
}

/// Values of more than 128 bytes are kept outside of the map, each in a block of its own, which
/// the line that assigns them allocates.
fn of_map(scene: &Scene<'_>) -> Option<Draft> {
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
    if !is_much(scene, &part) || in_binary == Some(false) {
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
    .because(Channel::Profile, blocks_text(&part, block))
    .because(Channel::Source, format!("{map} has values of type {value}"))
    .suggest(
        format!("let {map} hold pointers, or indices of a slice of {value}, so that values are not copied in and out"),
        None,
    )
    .saves(whole(&part), "all values' blocks, if pointers can point to what exists already")
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

fn of_channel(scene: &Scene<'_>) -> Option<Draft> {
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
    if block < CHANNEL + 2 * size.bytes || !is_much(scene, &part) {
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
    .because(Channel::Profile, blocks_text(&part, block))
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
fn of_append(scene: &Scene<'_>) -> Option<Draft> {
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
    if is_known || traits.sizes < 3 || !is_much(scene, &part) {
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

fn is_much(scene: &Scene<'_>, part: &Part) -> bool {
    part.share_of(&scene.spot.all.values) >= LEAST_PART
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

fn blocks_text(part: &Part, block: u64) -> String {
    format!(
        "{} in {} blocks of {block} bytes",
        units::amount(part.alloc_space(), "bytes"),
        units::amount(part.alloc_objects(), "count")
    )
}

fn whole(part: &Part) -> Saving {
    Saving {
        alloc_space: part.alloc_space(),
        alloc_objects: part.alloc_objects(),
        inuse_space: 0,
    }
}
