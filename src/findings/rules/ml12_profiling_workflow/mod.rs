//! ML12: what this profile cannot show, and the command that shows it.

mod commands;
mod limits;
mod lists;
#[cfg(test)]
mod tests;

use crate::findings::{Draft, Rule, Whole};

/// The workflow of profiling itself.
pub struct ProfilingWorkflow;

impl Rule for ProfilingWorkflow {
    fn id(&self) -> &'static str {
        "ML12"
    }

    fn name(&self) -> &'static str {
        "profiling-workflow"
    }

    fn technique(&self) -> &'static str {
        "Take a profile that can answer the question, and look at the right lists"
    }

    fn page(&self) -> &'static str {
        include_str!("../ml12.md")
    }

    fn look_at_all(&self, whole: &Whole<'_>) -> Vec<Draft> {
        let mut drafts = limits::drafts(whole);
        drafts.extend(lists::drafts(whole));
        drafts
    }
}
