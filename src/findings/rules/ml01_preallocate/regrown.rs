//! Slices that are grown by hand to exactly what is needed now: `make`, `copy`, and the new slice
//! takes the place of the old one. Element by element that copies all each time; `append` grows
//! by a part of the length instead.

use crate::evidence::source::{OperationKind, Place, UseKind};
use crate::findings::draft::Draft;
use crate::findings::finding::{Channel, Confidence, Saving};
use crate::findings::scene::Scene;

/// So many sizes of one slice are growth.
const SIZES: usize = 4;

/// Part of such a line's bytes that growth by doubling saves at least: slices that grow by one
/// element to n take n²/2 elements, by doubling 2n.
const SAVED: f64 = 0.7;

pub(super) fn look(scene: &Scene<'_>) -> Option<Draft> {
    let code = scene.code.as_ref()?;
    let part = scene.direct();
    let sizes = scene.traits(&part).sizes;
    if sizes < SIZES {
        return None;
    }
    let (operation, made, length) = code.operations.iter().find_map(|operation| {
        let OperationKind::MakeSlice { len, cap, .. } = &operation.kind else {
            return None;
        };
        match &operation.used.kind {
            UseKind::Assigned {
                target,
                place: Place::Local,
            } => Some((operation, target, cap.as_ref().unwrap_or(len))),
            _ => None,
        }
    })?;
    // Who multiplies already grows by a part of the length.
    if length.contains('*') || length.contains("<<") || length.contains("cap(") {
        return None;
    }
    let fate = code.function.fate(made, code.line);
    let is_filled = fate
        .uses
        .iter()
        .any(|used| matches!(used.kind, UseKind::CopiedInto));
    let old = fate.uses.iter().find_map(|used| match &used.kind {
        UseKind::Assigned {
            target,
            place: Place::Field | Place::Global | Place::Pointer,
        } => Some(target),
        _ => None,
    })?;
    let replaces = code.function.fate(old, code.line);
    let is_copied = replaces
        .uses
        .iter()
        .any(|used| matches!(used.kind, UseKind::CopiedFrom));
    if !is_filled || !is_copied {
        return None;
    }
    let of = |whole: i64| (whole.max(0) as f64 * SAVED) as i64;
    let saving = Saving {
        alloc_space: of(part.alloc_space()),
        alloc_objects: of(part.alloc_objects()),
        inuse_space: 0,
    };
    Some(
        Draft::new(
            Confidence::Medium,
            format!("{old} is copied to a slice of exactly the needed length each time"),
        )
        .because(
            Channel::Profile,
            format!("the line allocates blocks of {sizes} sizes"),
        )
        .because(
            Channel::Source,
            format!("{made} gets {length} elements, the old ones are copied, and {old} becomes {made}"),
        )
        .suggest(
            format!(
                "give {old} its final capacity when it is made, or let it grow by a part of its length: \
                 slices.Grow, or append"
            ),
            None,
        )
        .saves(saving, "0.7 of the line: growth by doubling copies each element about twice")
        .about(old)
        .at(operation.columns.clone())
        .weighing(2),
    )
}
