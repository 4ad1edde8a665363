//! Slices that grow from nothing by a length that nobody knows, in each iteration or for a caller
//! that only looks at them: the memory of the last time fits the next.

use super::{MAX_CALLERS, is_called_in_loop, part};
use crate::evidence::source::{LoopKind, Operation, OperationKind, Origin, Ranged};
use crate::findings::rules::lifetime::{Follow, Lifetime};
use crate::findings::{Channel, Code, Confidence, Draft, Saving, Scene};
use crate::units;

/// Who could keep the memory.
enum Owner {
    /// The function, before the loop of this line.
    Loop(u32),
    /// Its caller, by a parameter.
    Caller,
}

pub(super) fn look(scene: &Scene<'_>, code: &Code<'_>) -> Option<Draft> {
    let (operation, name, owner) = code
        .operations
        .iter()
        .find_map(|operation| grown(scene, code, operation))?;
    // Where the number of elements is known, a capacity (ML01) is the simpler change.
    let inner = code.loops.first();
    let is_bounded = inner.is_some_and(|inner| {
        !inner.conditional && inner.bound.is_some()
            || matches!(
                inner.kind,
                LoopKind::Range {
                    what: Ranged::Array | Ranged::Integer,
                    ..
                }
            )
    });
    let confidence = match (is_bounded, inner) {
        (false, Some(_)) => Confidence::Medium,
        _ => Confidence::Low,
    };
    let direct = scene.direct();
    let (how, text) = match owner {
        Owner::Loop(line) => (
            format!("declare it before the loop of line {line} and empty it for each iteration"),
            format!("{name} = {name}[:0]"),
        ),
        Owner::Caller => (
            "let the caller pass the slice of the last call, to append to".to_owned(),
            format!("{name} := dst[:0] // a parameter of the same type"),
        ),
    };
    let mut draft = Draft::new(
        confidence,
        match owner {
            Owner::Loop(_) => format!("`{name}` grows from nothing in each iteration"),
            Owner::Caller => {
                format!("`{name}` grows from nothing in each call, and callers only look at it")
            }
        },
    )
    .because(
        Channel::Profile,
        format!(
            "{} blocks, {} in all",
            units::amount(direct.alloc_objects(), "count"),
            units::amount(direct.alloc_space(), "bytes")
        ),
    )
    .because(
        Channel::Source,
        "how long it gets is not known before, and nothing keeps it".to_owned(),
    )
    .suggest(how, Some(text))
    .saves(
        Saving {
            alloc_space: part(direct.alloc_space()),
            alloc_objects: part(direct.alloc_objects()),
            inuse_space: 0,
        },
        "all but the growth to the longest; reuse saved 70 to 100 % in comparable changes",
    )
    .about(name)
    .at(operation.columns.clone());
    // Of two medium findings, reuse saves what growth costs and the last block as well.
    draft.weight = 1;
    Some(draft)
}

fn grown<'o>(
    scene: &Scene<'_>,
    code: &Code<'_>,
    operation: &'o Operation,
) -> Option<(&'o Operation, &'o str, Owner)> {
    let OperationKind::Append {
        target,
        assigned_back: true,
        ..
    } = &operation.kind
    else {
        return None;
    };
    let declared = code.function.declaration(target, code.line, code.package)?;
    let starts_empty = matches!(declared.origin, Origin::Zero | Origin::Empty { .. });
    if !starts_empty || declared.captured {
        return None;
    }
    // One that is emptied is kept already.
    let fate = code.function.fate(target, code.line);
    if fate.is_emptied() {
        return None;
    }
    let line = declared.line?;
    let around = code.function.loops(line, code.package);
    let around = around
        .iter()
        .take_while(|around| !around.through_literal)
        .find(|around| around.kind != LoopKind::Benchmark);
    let follow = Follow::new(scene, code.package);
    if let Some(around) = around {
        let start = *around.lines.start();
        let lifetime = Follow::new(scene, code.package).within(start).of_variable(
            &code.function,
            target,
            code.line,
        );
        return (lifetime == Lifetime::Ends).then_some((operation, target, Owner::Loop(start)));
    }
    let (lifetime, is_returned) = follow.of_result(&code.function, target, code.line);
    let is_lent = lifetime == Lifetime::Ends
        && is_returned
        && follow.is_only_looked_at(&code.function)
        && is_called_in_loop(code, &code.function, MAX_CALLERS);
    is_lent.then_some((operation, target, Owner::Caller))
}
