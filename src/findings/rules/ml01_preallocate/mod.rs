//! ML01: slices that grow although their length could be known.

mod appended;
mod collected;
mod regrown;
mod target;

#[cfg(test)]
mod tests;

use crate::findings::draft::Draft;
use crate::findings::rule::Rule;
use crate::findings::scene::Scene;

/// The rule.
pub(super) struct Preallocate;

impl Rule for Preallocate {
    fn id(&self) -> &'static str {
        "ML01"
    }

    fn name(&self) -> &'static str {
        "preallocate"
    }

    fn technique(&self) -> &'static str {
        "Give slices their capacity before they are filled"
    }

    fn page(&self) -> &'static str {
        include_str!("../ml01.md")
    }

    fn look(&self, scene: &Scene<'_>) -> Option<Draft> {
        if scene.spot.all.alloc_space() <= 0 {
            return None;
        }
        collected::look(scene)
            .or_else(|| appended::look(scene))
            .or_else(|| regrown::look(scene))
    }
}
