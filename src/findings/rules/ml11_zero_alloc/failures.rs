//! Errors that are made so often that they are no exception.

use super::{all_of, explain, operation_of};
use crate::findings::{Channel, Confidence, Draft, Scene};
use crate::units;

/// As a rule errors are rare; those that make up this part of all objects are a regular outcome.
const REGULAR: f64 = 0.2;

/// The part of the line that making the error must be.
const MAIN: f64 = 0.6;

/// What to say of an error that is formatted for each call.
pub(super) fn of_line(scene: &Scene<'_>) -> Option<Draft> {
    let code = scene.code.as_ref()?;
    if scene.object_share() < REGULAR {
        return None;
    }
    let part = scene.spot.part(|way| {
        way.callee()
            .is_some_and(|callee| callee.function == "fmt.Errorf")
    });
    // Where an error is wrapped, what happened before it is the cost.
    if part.share_of(&scene.spot.all.values) < MAIN || code.function.is_on_error_path(code.line) {
        return None;
    }
    let operation = operation_of(scene, "fmt.Errorf")?;
    let draft = Draft::new(
        Confidence::Medium,
        "the error is formatted for each call, though it is a regular outcome here",
    )
    .because(
        Channel::Profile,
        format!(
            "{} of all objects, {} in {} objects, are made below fmt.Errorf",
            units::share(part.alloc_objects(), scene.totals.0[0]),
            units::amount(part.alloc_space(), "bytes"),
            units::amount(part.alloc_objects(), "count"),
        ),
    );
    Some(
        explain(draft, scene, Some(operation))
            .suggest(
                "return an error that is made once (`var ErrX = errors.New(…)`), or a small type that keeps the values and \
                 formats them only in its Error method; where callers only want to know whether it went well, let them check first",
                None,
            )
            .saves(all_of(&part), "all that the error takes"),
    )
}
