//! Maps that are made anew, with or without capacity, although nothing keeps the last one.

use super::of_maps;
use crate::evidence::source::LoopKind;
use crate::findings::rules::lifetime::{Follow, Lifetime};
use crate::findings::rules::made_maps::Made;
use crate::findings::{Channel, Code, Confidence, Draft, Saving, Scene};
use crate::units;

/// From this part of all bytes on a map is worth being kept.
const HOT: f64 = 0.05;

/// What the maps must hold of all that the line allocates.
const MOST: f64 = 0.5;

/// Above this part alive, the maps are not made for one use.
const MOSTLY_DEAD: f64 = 0.2;

/// Reuse leaves the first map; the same as for buffers.
const SAVED: f64 = 0.85;

/// For how long a map is needed.
enum Scope {
    /// One iteration of the loop of this line.
    Iteration(u32),
    /// One call.
    Call,
}

pub(super) fn look(scene: &Scene<'_>, code: &Code<'_>) -> Option<Draft> {
    let part = of_maps(scene);
    let traits = scene.traits(&part);
    if scene.byte_share() < HOT
        || part.share_of(&scene.spot.all.values) < MOST
        || traits.live_share.is_some_and(|live| live > MOSTLY_DEAD)
        || scene.is_mostly(&part, super::is_of_map) == Some(false)
    {
        return None;
    }
    let made = code
        .operations
        .iter()
        .find_map(|operation| Made::of(code, operation))?;
    let scope = scope(scene, code, &made)?;
    let name = made.name.as_deref().unwrap_or(&made.operation.text);
    // A plain function has nowhere to keep the map, but whoever copies one has the original.
    let has_owner = made.is_clone || code.function.receiver().is_some();
    let confidence = match scope {
        Scope::Call if !has_owner => Confidence::Low,
        _ => Confidence::Medium,
    };
    let (each, advice) = match scope {
        Scope::Iteration(line) => (
            "iteration",
            format!("make it before the loop of line {line} and clear it for each iteration"),
        ),
        Scope::Call if made.is_clone => (
            "call",
            "make the copy when the original changes, not when it is read: replace the map as a whole and let readers \
             share it"
                .to_owned(),
        ),
        _ => (
            "call",
            "take it from a sync.Pool, or keep it in a field or with the caller, and clear it before each use"
                .to_owned(),
        ),
    };
    let of = |whole: i64| (whole.max(0) as f64 * SAVED) as i64;
    let edit = (made.name.is_some() && !made.is_clone).then(|| format!("clear({name})"));
    Some(
        Draft::new(
            confidence,
            format!("the map `{name}` is made anew in each {each}"),
        )
        .because(
            Channel::Profile,
            format!(
                "{} blocks, {} in all",
                units::amount(part.alloc_objects(), "count"),
                units::amount(part.alloc_space(), "bytes"),
            ),
        )
        .because(
            Channel::Source,
            format!(
                "it is made in line {}, and nothing keeps `{name}`",
                made.line
            ),
        )
        .suggest(advice, edit)
        .saves(
            Saving {
                alloc_space: of(part.alloc_space()),
                alloc_objects: of(part.alloc_objects()),
                inuse_space: 0,
            },
            "all but the first map; reuse saved 70 to 100 % in comparable changes",
        )
        .about(name)
        .at(made.operation.columns.clone()),
    )
}

fn scope(scene: &Scene<'_>, code: &Code<'_>, made: &Made) -> Option<Scope> {
    let loops = code.function.loops(made.line, code.package);
    let around = loops
        .iter()
        .take_while(|around| !around.through_literal)
        .find(|around| around.kind != LoopKind::Benchmark);
    let follow = Follow::new(scene, code.package);
    if let Some(around) = around {
        let line = *around.lines.start();
        let lifetime = follow
            .within(line)
            .of_value(&code.function, &made.operation.used);
        return (lifetime == Lifetime::Ends).then_some(Scope::Iteration(line));
    }
    let lifetime = match &made.name {
        Some(name) => follow.of_variable(&code.function, name, made.line),
        None => follow.of_value(&code.function, &made.operation.used),
    };
    (lifetime == Lifetime::Ends).then_some(Scope::Call)
}
