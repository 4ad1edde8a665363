//! ML05: values that are boxed into interfaces, and variables that escape.

use super::{boxings, moved};
use crate::findings::{Draft, Rule, Scene};

mod boxed;
mod closures;
mod need;
#[cfg(test)]
mod tests;
mod variable;

/// See the page.
pub struct InterfaceEscape;

impl Rule for InterfaceEscape {
    fn id(&self) -> &'static str {
        "ML05"
    }

    fn name(&self) -> &'static str {
        "interface-escape"
    }

    fn technique(&self) -> &'static str {
        "Keep values out of interfaces and variables on the stack where the path is hot"
    }

    fn page(&self) -> &'static str {
        include_str!("../ml05.md")
    }

    fn look(&self, scene: &Scene<'_>) -> Option<Draft> {
        let values = boxings::at(scene)
            .into_iter()
            .filter_map(|boxing| boxed::of_boxing(scene, boxing));
        let moved = moved::at(scene)
            .into_iter()
            .filter_map(|moved| variable::of_variable(scene, moved));
        values
            .chain(moved)
            .chain(closures::of_line(scene))
            .chain(boxed::of_sort(scene))
            .max_by_key(|draft| (draft.confidence, draft.saving.alloc_space))
    }
}
