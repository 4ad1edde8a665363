//! Objects of other packages that are the same in each call, and timers.

use super::part;
use crate::evidence::source::{Callee, Operation, OperationKind, UseKind};
use crate::findings::rules::lifetime::{Follow, Lifetime};
use crate::findings::{Channel, Code, Confidence, Draft, Saving, Scene};
use crate::units;

/// From this part of all bytes on an object is worth reuse.
const HOT: f64 = 0.05;

/// What the object must hold of all that the line allocates.
const MUCH: f64 = 0.2;

/// Above this part of its objects alive, the line does not make them for one call.
const MOSTLY_DEAD: f64 = 0.2;

pub(super) fn look(scene: &Scene<'_>) -> Option<Draft> {
    let code = scene.code.as_ref()?;
    if scene.byte_share() < HOT {
        return None;
    }
    code.operations.iter().find_map(|operation| {
        let OperationKind::Call {
            callee, arguments, ..
        } = &operation.kind
        else {
            return None;
        };
        if callee.is("time.NewTimer") {
            timer(scene, code, operation)
        } else {
            constant(scene, code, operation, callee, arguments)
        }
    })
}

/// A timer that is stopped when the call is over.
fn timer(scene: &Scene<'_>, code: &Code<'_>, operation: &Operation) -> Option<Draft> {
    let made = scene.below(|function| function == "time.NewTimer");
    if code.is_in_loop() || !ends(scene, code, operation) {
        return None;
    }
    let name = assigned(operation).unwrap_or("t");
    draft(scene, operation, &made, name, "a timer with its channel is made for each call").map(|draft| {
        draft
            .because(
                Channel::Source,
                format!("nothing keeps `{name}` after the call"),
            )
            .suggest(
                "keep stopped timers in a sync.Pool and call Reset; before Go 1.23 drain the channel first",
                Some(format!(
                    "{name} := pool.Get().(*time.Timer)\n{name}.Reset(d)\ndefer func() {{ {name}.Stop(); pool.Put({name}) }}()"
                )),
            )
    })
}

/// `pkg.Make(pkg.Option).Use(x)`: whatever is made does not depend on this call.
fn constant(
    scene: &Scene<'_>,
    code: &Code<'_>,
    operation: &Operation,
    callee: &Callee,
    arguments: &[String],
) -> Option<Draft> {
    let qualified = callee.qualified.as_deref()?;
    let is_library = qualified.split('/').next()?.contains('.');
    let is_used_once = match &operation.used.kind {
        UseKind::Receiver { .. } => true,
        UseKind::Assigned { .. } => ends(scene, code, operation),
        _ => false,
    };
    if !is_library || !is_used_once || !arguments.iter().all(|text| is_fixed(code, text)) {
        return None;
    }
    let made = scene.below(|function| function == qualified);
    let title = format!("{} makes the same object in each call", callee.text);
    draft(scene, operation, &made, &callee.text, &title).map(|draft| {
        draft
            .because(
                Channel::Source,
                "its arguments are the same in each call, and nothing keeps the result",
            )
            .suggest(
                "make it once: in a package variable if it may be used by several goroutines at a time, else in a \
                 sync.Pool",
                Some(format!(
                    "var pool = sync.Pool{{New: func() any {{ x := {}; return &x }}}}",
                    operation.text
                )),
            )
    })
}

/// Whether an argument is a literal or an exported name of another package, which is a constant by
/// habit: nothing of the function's own.
fn is_fixed(code: &Code<'_>, text: &str) -> bool {
    let is_literal = text.starts_with(|first: char| first == '"' || first.is_ascii_digit());
    let of_package = text.split_once('.').is_some_and(|(root, name)| {
        let is_name = |text: &str| (text.chars()).all(|sign| sign.is_alphanumeric() || sign == '_');
        name.starts_with(char::is_uppercase)
            && is_name(name)
            && is_name(root)
            && (code.function.declaration(root, code.line, code.package)).is_none()
    });
    is_literal || of_package
}

fn assigned(operation: &Operation) -> Option<&str> {
    match &operation.used.kind {
        UseKind::Assigned { target, .. } => Some(target),
        _ => None,
    }
}

fn ends(scene: &Scene<'_>, code: &Code<'_>, operation: &Operation) -> bool {
    let follow = Follow::new(scene, code.package);
    follow.of_value(&code.function, &operation.used) == Lifetime::Ends
}

fn draft(
    scene: &Scene<'_>,
    operation: &Operation,
    made: &crate::findings::Part,
    name: &str,
    title: &str,
) -> Option<Draft> {
    let is_alive = scene
        .traits(made)
        .live_share
        .is_some_and(|live| live > MOSTLY_DEAD);
    if is_alive || made.share_of(&scene.spot.all.values) < MUCH {
        return None;
    }
    Some(
        Draft::new(Confidence::Medium, title)
            .because(
                Channel::Profile,
                format!(
                    "{} blocks, {} in all, {:.0} % of all bytes with what else the line allocates",
                    units::amount(made.alloc_objects(), "count"),
                    units::amount(made.alloc_space(), "bytes"),
                    scene.byte_share() * 100.0,
                ),
            )
            .saves(
                Saving {
                    alloc_space: part(made.alloc_space()),
                    alloc_objects: part(made.alloc_objects()),
                    inuse_space: 0,
                },
                "up to all but one object for each processor and collection",
            )
            .about(name)
            .at(operation.columns.clone()),
    )
}
