//! Large structs and arrays that are made for one call.

use crate::evidence::escape::Kind;
use crate::evidence::source::{OperationKind, Shape};
use crate::findings::rules::lifetime::{Follow, Lifetime};
use crate::findings::{Channel, Confidence, Draft, Saving, Scene};
use crate::units;

/// Smaller ones are made about as fast as a pool gives them.
const LARGE: u64 = 1024;

/// Above this part of its objects alive, the line does not make them for one call.
const MOSTLY_DEAD: f64 = 0.2;

/// What the line itself must hold of all that is allocated below it.
const MOST: f64 = 0.5;

pub(super) fn look(scene: &Scene<'_>) -> Option<Draft> {
    let code = scene.code.as_ref()?;
    let direct = scene.direct();
    let traits = scene.traits(&direct);
    if direct.share_of(&scene.spot.all.values) < MOST
        || traits.dominant_size < LARGE
        || traits.live_share.is_some_and(|live| live > MOSTLY_DEAD)
        || code.is_in_loop()
    {
        return None;
    }
    let follow = Follow::new(scene, code.package);
    let moved = |name: &str| {
        scene.escape.iter().any(|said| {
            said.is_here && *said.fact.expression == *name && said.fact.kind == Kind::MovedToHeap
        })
    };
    let (operation, name, lifetime) = code.operations.iter().find_map(|operation| {
        let used = || follow.of_value(&code.function, &operation.used);
        match &operation.kind {
            OperationKind::VarDecl { name, type_text }
                if !type_text.starts_with("[]") && (scene.escape.is_empty() || moved(name)) =>
            {
                let lifetime = follow.of_variable(&code.function, name, code.line);
                Some((operation, name.as_str(), lifetime))
            }
            OperationKind::New { type_text } => Some((operation, type_text.as_str(), used())),
            OperationKind::Composite {
                type_text,
                address_taken: true,
                shape: Shape::Struct | Shape::Array | Shape::Unknown,
                ..
            } => Some((operation, type_text.as_str(), used())),
            _ => None,
        }
    })?;
    if lifetime != Lifetime::Ends {
        return None;
    }
    let part = super::part;
    Some(
        Draft::new(
            Confidence::Medium,
            format!("`{name}` is large and made anew in each call"),
        )
        .because(
            Channel::Profile,
            format!(
                "{} blocks of {}, {} in all",
                units::amount(direct.alloc_objects(), "count"),
                units::amount(
                    i64::try_from(traits.dominant_size).unwrap_or(i64::MAX),
                    "bytes"
                ),
                units::amount(direct.alloc_space(), "bytes"),
            ),
        )
        .because(
            Channel::Source,
            format!("nothing keeps `{name}` after the call"),
        )
        .suggest(
            "keep it in a sync.Pool and clear what the next call must not see",
            Some("x := pool.Get().(*T)\n*x = T{}\ndefer pool.Put(x)".replace('T', name)),
        )
        .saves(
            Saving {
                alloc_space: part(direct.alloc_space()),
                alloc_objects: part(direct.alloc_objects()),
                inuse_space: 0,
            },
            "up to all but one object for each processor and collection",
        )
        .about(name)
        .at(operation.columns.clone()),
    )
}
