//! What a function makes for callers who are done with it when they return: maps, and the buffers in
//! new objects.

use super::part;
use crate::evidence::source::{Function, OperationKind, Place, Through, UseKind};
use crate::findings::rules::lifetime::{Follow, Lifetime};
use crate::findings::rules::made_maps::Made;
use crate::findings::{Channel, Code, Confidence, Draft, Saving, Scene};
use crate::units;

/// From this part of all bytes on it is worth a pool.
const HOT: f64 = 0.05;

/// Smaller blocks are made about as fast as a pool gives them.
const WORTH_A_POOL: i64 = 256;

/// What the line itself must hold of all that is allocated below it.
const MOST: f64 = 0.5;

/// Above this part alive, the objects are not made for one call.
const MOSTLY_DEAD: f64 = 0.2;

/// Functions of the package that are looked at for a field.
const MAX_FUNCTIONS: usize = 2000;

pub(super) fn look(scene: &Scene<'_>) -> Option<Draft> {
    let code = scene.code.as_ref()?;
    let direct = scene.direct();
    let is_alive = scene
        .traits(&direct)
        .live_share
        .is_some_and(|live| live > MOSTLY_DEAD);
    let each = direct.alloc_space() / direct.alloc_objects().max(1);
    if scene.byte_share() < HOT
        || is_alive
        || code.is_in_loop() && !fills(code)
        || direct.share_of(&scene.spot.all.values) < MOST
    {
        return None;
    }
    let (what, columns) = map(scene, code).or_else(|| {
        let is_large = each >= WORTH_A_POOL;
        is_large.then(|| field(code))?
    })?;
    let follow = Follow::new(scene, code.package);
    if !follow.is_only_looked_at(&code.function) {
        return None;
    }
    let function = code.function.name();
    Some(
        Draft::new(
            Confidence::Medium,
            format!("`{what}` is made for each call of {function}, whose callers are soon done with it"),
        )
        .because(
            Channel::Profile,
            format!(
                "{} blocks of {} on average, {} in all",
                units::amount(direct.alloc_objects(), "count"),
                units::amount(each, "bytes"),
                units::amount(direct.alloc_space(), "bytes"),
            ),
        )
        .because(
            Channel::Source,
            format!("no caller of {function} keeps what it returns"),
        )
        .suggest(
            format!(
                "take it from a sync.Pool in {function}, empty it there, and let the callers put it back when they are done"
            ),
            None,
        )
        .saves(
            Saving {
                alloc_space: part(direct.alloc_space()),
                alloc_objects: part(direct.alloc_objects()),
                inuse_space: 0,
            },
            "up to all but one object for each processor and collection",
        )
        .about(what)
        .at(columns),
    )
}

/// Whether the line fills a map, which may be in a loop although the map is not made there.
fn fills(code: &Code<'_>) -> bool {
    code.operations
        .iter()
        .any(|operation| matches!(operation.kind, OperationKind::MapAssign { .. }))
}

/// A map that is returned.
fn map(scene: &Scene<'_>, code: &Code<'_>) -> Option<(String, std::ops::Range<u32>)> {
    let made = code
        .operations
        .iter()
        .find_map(|operation| Made::of(code, operation))?;
    let name = made.name?;
    let follow = Follow::new(scene, code.package);
    let is_made_in_loop = !code.function.loops(made.line, code.package).is_empty();
    let lifetime = follow.of_result(&code.function, &name, made.line);
    let columns = code
        .operations
        .first()
        .map(|first| first.columns.clone())
        .unwrap_or(made.operation.columns);
    (!is_made_in_loop && lifetime == (Lifetime::Ends, true)).then_some((name, columns))
}

/// A buffer in a new struct that is returned.
fn field(code: &Code<'_>) -> Option<(String, std::ops::Range<u32>)> {
    code.operations.iter().find_map(|operation| {
        if !matches!(operation.kind, OperationKind::MakeSlice { .. })
            || operation.used.kind != UseKind::Returned
        {
            return None;
        }
        let (owner, key) = operation.used.through.iter().find_map(|step| match step {
            Through::Element {
                type_text,
                key: Some(key),
            } => Some((type_text, key)),
            _ => None,
        })?;
        (!is_let_out(code, owner, key))
            .then(|| (format!("{owner}.{key}"), operation.columns.clone()))
    })
}

/// Whether a function that has such a struct passes a field's memory on.
fn is_let_out(code: &Code<'_>, owner: &str, field: &str) -> bool {
    let is_owner = |text: &str| text.trim_start_matches('*') == owner;
    let functions = code
        .package
        .files()
        .iter()
        .flat_map(|file| file.functions());
    functions
        .filter(|function| !function.is_literal())
        .take(MAX_FUNCTIONS)
        .any(|function| {
            let receiver = function
                .receiver()
                .filter(|receiver| receiver.base == owner)
                .map(|receiver| receiver.name);
            let parameters = function.parameters();
            let holders = parameters
                .into_iter()
                .filter(|parameter| is_owner(&parameter.type_text))
                .map(|parameter| parameter.name)
                .chain(receiver);
            let mut paths = holders.map(|name| format!("{name}.{field}"));
            paths.any(|path| lets_out(&function, &path))
        })
}

/// Whether a function returns, sends or stores what `path` holds.
fn lets_out(function: &Function<'_>, path: &str) -> bool {
    let fate = function.fate(path, *function.lines().start());
    fate.truncated
        || fate.uses.iter().any(|used| {
            let is_copied = used
                .through
                .iter()
                .any(|step| matches!(step, Through::Conversion { .. }));
            let is_out = match &used.kind {
                UseKind::Returned | UseKind::Sent { .. } => true,
                UseKind::Appended { spread, .. } => !spread,
                UseKind::Assigned { target, place } => target != path && *place != Place::Local,
                _ => false,
            };
            is_out && !is_copied
        })
}
