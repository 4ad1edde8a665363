//! ML08: large structs that are copied on the heap.

use super::blocks::{self, LARGE};

use super::boxings::{self, Boxing, Taker};
use super::moved::{self, Moved, Role};
use crate::evidence::escape::Kind;
use crate::evidence::source::Ranged;
use crate::findings::{Channel, Confidence, Draft, Rule, Scene};

mod containers;
#[cfg(test)]
mod tests;

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
        include_str!("../ml08.md")
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
            .chain(containers::of_map(scene))
            .chain(containers::of_channel(scene))
            .chain(containers::of_append(scene))
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
    if bytes <= LARGE || boxing.taker.formats() || !blocks::is_much(scene, &boxing.part) {
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
    .because(Channel::Profile, blocks::text(&boxing.part, boxing.block))
    .suggest(advice, None)
    .saves(
        blocks::saving(&boxing.part),
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
    if size.bytes <= LARGE || !blocks::is_much(scene, &moved.part) {
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
    .because(Channel::Profile, blocks::text(&moved.part, moved.block))
    .because(
        Channel::Source,
        format!("the address of {name} is taken, a copy of the whole value"),
    )
    .suggest(advice, None)
    .saves(blocks::saving(&moved.part), "all blocks of the variable")
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
