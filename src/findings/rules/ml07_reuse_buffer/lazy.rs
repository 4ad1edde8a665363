//! Buffers that a helper makes for its caller when they are first needed: `*buf = make([]byte, n)`.

use super::part;
use crate::evidence::source::{Function, Operation, OperationKind, Origin, Place, UseKind};
use crate::findings::rules::lifetime::{Follow, Lifetime};
use crate::findings::{Channel, Code, Confidence, Draft, Saving, Scene};
use crate::units;

/// From this part of all bytes on it is worth a change of the caller.
const HOT: f64 = 0.05;

pub(super) fn look(scene: &Scene<'_>, code: &Code<'_>) -> Option<Draft> {
    if scene.byte_share() < HOT || code.is_in_loop() {
        return None;
    }
    let (operation, type_text, name) = code.operations.iter().find_map(made)?;
    let parameters = code.function.parameters();
    let index = parameters
        .iter()
        .position(|parameter| parameter.name == name)?;
    let callers = code.package.callers(&code.function);
    let is_local = !callers.is_empty()
        && callers.iter().all(|call| {
            call.sure
                && !call.recursive
                && code
                    .package
                    .files()
                    .iter()
                    .find(|file| file.path() == call.site.path)
                    .and_then(|file| file.function(call.site.line, ""))
                    .is_some_and(|caller| is_scratch(scene, code, &caller, call.site.line, index))
        });
    if !is_local {
        return None;
    }
    let direct = scene.direct();
    Some(
        Draft::new(
            Confidence::Medium,
            format!("`{name}` is made for each call of the caller, which is done with it when it returns"),
        )
        .because(
            Channel::Profile,
            format!(
                "{} blocks, {} in all",
                units::amount(direct.alloc_objects(), "count"),
                units::amount(direct.alloc_space(), "bytes"),
            ),
        )
        .because(
            Channel::Source,
            "all callers pass the address of a variable of theirs, and nothing keeps what it holds"
                .to_owned(),
        )
        .suggest(
            format!(
                "let the callers begin with a buffer of constant capacity, which stays on the stack as long as nobody \
                 keeps it, and make `{name}` only when that is too short"
            ),
            Some(format!("buf := make({type_text}, 0, 128) // in the caller")),
        )
        .saves(
            Saving {
                alloc_space: part(direct.alloc_space()),
                alloc_objects: part(direct.alloc_objects()),
                inuse_space: 0,
            },
            "all buffers that fit the constant capacity",
        )
        .about(name)
        .at(operation.columns.clone()),
    )
}

/// `*name = make([]T, n)`.
fn made(operation: &Operation) -> Option<(&Operation, &str, &str)> {
    let OperationKind::MakeSlice { type_text, .. } = &operation.kind else {
        return None;
    };
    match &operation.used.kind {
        UseKind::Assigned {
            target,
            place: Place::Pointer,
        } => Some((operation, type_text, target.strip_prefix('*')?)),
        _ => None,
    }
}

/// Whether a call passes the address of an empty variable that ends with the caller.
fn is_scratch(
    scene: &Scene<'_>,
    code: &Code<'_>,
    caller: &Function<'_>,
    line: u32,
    index: usize,
) -> bool {
    let operations = caller.operations(line, code.package);
    let passed = operations
        .iter()
        .find_map(|operation| match &operation.kind {
            OperationKind::Call {
                callee, arguments, ..
            } if callee.name() == code.function.name() => arguments.get(index),
            _ => None,
        });
    let Some(variable) = passed.and_then(|passed| passed.strip_prefix('&')) else {
        return false;
    };
    let is_empty = caller
        .declaration(variable, line, code.package)
        .is_some_and(|declared| declared.origin == Origin::Zero && !declared.captured);
    let follow = Follow::new(scene, code.package);
    is_empty && follow.of_variable(caller, variable, line) == Lifetime::Ends
}
