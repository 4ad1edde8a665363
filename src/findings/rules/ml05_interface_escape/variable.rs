//! Variables that live on the heap.

use super::super::blocks::{self, LARGE};
use super::super::moved::{Moved, Role};
use crate::evidence::source::Ranged;
use crate::findings::{Channel, Confidence, Draft, Scene};

/// What to say of a variable that is moved to the heap.
pub(super) fn of_variable(scene: &Scene<'_>, moved: Moved) -> Option<Draft> {
    if moved.block > LARGE && !matches!(moved.role, Role::Scratch { .. } | Role::Array)
        || !blocks::is_much(scene, &moved.part)
    {
        return None;
    }
    let name = &moved.name;
    let agreed = moved.in_escape || moved.in_binary;
    let firm = if agreed {
        Confidence::High
    } else {
        Confidence::Medium
    };
    let (confidence, title, advice) = match &moved.role {
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
                format!("the loop variable {name} lives on the heap, one for each iteration"),
                format!(
                    "loop over the index and take the address of the element: `for {index} := range {over} {{ {name} := &{over}[{index}] … }}`"
                ),
            )
        }
        Role::Parameter { is_kept } => (
            if *is_kept {
                Confidence::Low
            } else {
                firm.lowered()
            },
            format!("the parameter {name} is moved to the heap in each call"),
            format!(
                "pass a pointer, or copy {name} into a local variable only where its address is taken"
            ),
        ),
        Role::Scratch { is_struct } => (
            if *is_struct { firm.lowered() } else { firm },
            format!("{name} is moved to the heap in each iteration"),
            format!("declare {name} once before the loop and set it anew in each iteration"),
        ),
        Role::Array => (
            firm.lowered(),
            format!("the array {name} is moved to the heap in each call"),
            format!(
                "keep {name} in a struct that lives longer, such as the receiver, or let the caller pass it: what an interface method gets may escape"
            ),
        ),
        Role::Needed => (
            Confidence::Low,
            format!("{name} is moved to the heap"),
            format!("see whether the address of {name} has to be taken"),
        ),
    };
    let mut draft = Draft::new(confidence, title)
        .because(Channel::Profile, blocks::text(&moved.part, moved.block))
        .suggest(advice, None)
        .about(name.clone());
    if moved.in_escape {
        draft = draft.because(
            Channel::Escape,
            format!("the compiler moves {name} to the heap"),
        );
    } else {
        draft = draft.because(
            Channel::Source,
            format!("the address of {name} is passed on or kept"),
        );
    }
    if moved.in_binary {
        draft = draft.because(Channel::Binary, "the call here allocates one object");
    }
    Some(draft.saves(blocks::saving(&moved.part), "all blocks of the variable"))
}
