//! ML04: text that is copied again with each piece.

mod builder;
mod concatenated;
mod unchanged;

#[cfg(test)]
mod tests;

use crate::evidence::source::{Loop, LoopKind};
use crate::findings::draft::Draft;
use crate::findings::rule::Rule;
use crate::findings::scene::{Code, Scene};

/// The rule.
pub(super) struct StringBuilding;

impl Rule for StringBuilding {
    fn id(&self) -> &'static str {
        "ML04"
    }

    fn name(&self) -> &'static str {
        "string-building"
    }

    fn technique(&self) -> &'static str {
        "Build text in a strings.Builder or bytes.Buffer that was grown to its length"
    }

    fn page(&self) -> &'static str {
        include_str!("../ml04.md")
    }

    fn look(&self, scene: &Scene<'_>) -> Option<Draft> {
        if scene.spot.all.alloc_space() <= 0 {
            return None;
        }
        concatenated::look(scene)
            .or_else(|| builder::look(scene))
            .or_else(|| unchanged::look(scene))
    }
}

/// The loops around the line that something declared in `from` lives through, innermost first;
/// all of the function where it is not declared there.
fn loops_since<'a>(code: &'a Code<'_>, from: Option<u32>) -> Vec<&'a Loop> {
    code.loops
        .iter()
        .take_while(|this| {
            this.kind != LoopKind::Benchmark
                && from
                    .is_none_or(|from| !this.lines.contains(&from) || *this.lines.start() == from)
        })
        .collect()
}

/// How many rounds a loop takes, where that is a number.
fn rounds(this: &Loop) -> Option<u64> {
    this.bound.as_deref()?.parse().ok()
}
