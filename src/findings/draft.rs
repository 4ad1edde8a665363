//! What a rule would say.

use std::ops::Range;

use super::finding::{Channel, Confidence, Evidence, Saving};

/// A finding without its place: the scene it is drafted from knows that.
#[derive(Clone, Debug)]
pub struct Draft {
    /// How sure it is. Too few samples lower it later.
    pub confidence: Confidence,
    /// What is wrong, in one line.
    pub title: String,
    /// What speaks for it.
    pub evidence: Vec<Evidence>,
    /// What the change would save.
    pub saving: Saving,
    /// Where the saving is from.
    pub basis: String,
    /// What to do.
    pub suggestion: String,
    /// The replacement.
    pub code: Option<String>,
    /// What it is about, such as a variable: lines of one function with the same subject and rule
    /// become one finding, at the line that allocates most.
    pub subject: Option<String>,
    /// Columns of what allocates, for a caret.
    pub columns: Option<Range<u32>>,
    /// Among drafts of equal confidence for one line the highest wins. 0 unless a rule has reason.
    pub weight: i32,
}

impl Draft {
    /// A draft that says so much; everything else is added to it.
    pub fn new(confidence: Confidence, title: impl Into<String>) -> Self {
        Self {
            confidence,
            title: title.into(),
            evidence: Vec::new(),
            saving: Saving::default(),
            basis: String::new(),
            suggestion: String::new(),
            code: None,
            subject: None,
            columns: None,
            weight: 0,
        }
    }

    /// Adds evidence.
    #[must_use]
    pub fn because(mut self, channel: Channel, text: impl Into<String>) -> Self {
        self.evidence.push(Evidence {
            channel,
            text: text.into(),
        });
        self
    }

    /// Sets what to do.
    #[must_use]
    pub fn suggest(mut self, suggestion: impl Into<String>, code: Option<String>) -> Self {
        self.suggestion = suggestion.into();
        self.code = code;
        self
    }

    /// Sets what it saves, and on what ground.
    #[must_use]
    pub fn saves(mut self, saving: Saving, basis: impl Into<String>) -> Self {
        self.saving = saving;
        self.basis = basis.into();
        self
    }

    /// Sets what it is about.
    #[must_use]
    pub fn about(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Sets its weight among drafts of equal confidence.
    #[must_use]
    pub fn weighing(mut self, weight: i32) -> Self {
        self.weight = weight;
        self
    }

    /// Sets where the caret stands.
    #[must_use]
    pub fn at(mut self, columns: Range<u32>) -> Self {
        self.columns = Some(columns);
        self
    }
}
