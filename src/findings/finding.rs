//! A piece of advice, as plain data. Serialised it is what `schema/analyze.schema.json` calls a finding.

use serde::Serialize;

/// How sure a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// One channel hints at it; shown on request.
    Low,
    /// Two channels agree.
    Medium,
    /// Channels agree and the kind of allocation is certain.
    High,
}

impl Confidence {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// The next lower one.
    #[must_use]
    pub fn lowered(self) -> Self {
        match self {
            Self::High => Self::Medium,
            _ => Self::Low,
        }
    }
}

/// Where evidence comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// The call instruction in the program's binary.
    Binary,
    /// Sizes and counts of the profile.
    Profile,
    /// The Go source.
    Source,
    /// What the compiler says of escapes.
    Escape,
    /// Benchmark figures, and those of the runtime.
    Bench,
}

impl Channel {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Binary => "binary",
            Self::Profile => "profile",
            Self::Source => "source",
            Self::Escape => "escape",
            Self::Bench => "bench",
        }
    }
}

/// One thing that speaks for a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// Who says it.
    pub channel: Channel,
    /// What, in a sentence without a full stop, with its numbers.
    pub text: String,
}

/// What the line allocates, whatever would be saved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Impact {
    /// Bytes allocated.
    pub alloc_space: i64,
    /// Objects allocated.
    pub alloc_objects: i64,
    /// Bytes in use.
    pub inuse_space: i64,
    /// The largest of its shares of the profile's bytes, objects and bytes in use; 0 to 1.
    pub share: f64,
}

/// What the change would save, in the profile's terms; 0 where it saves nothing of the kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Saving {
    /// Bytes no longer allocated.
    pub alloc_space: i64,
    /// Objects no longer allocated.
    pub alloc_objects: i64,
    /// Bytes no longer in use.
    pub inuse_space: i64,
}

/// Another rule that holds at the same line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Other {
    /// Its id.
    pub rule: &'static str,
    /// What it would say.
    pub title: String,
}

/// What to change at one line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// The rule's id, e.g. `ML01`.
    pub rule: &'static str,
    /// Its name, e.g. `preallocate`.
    pub name: &'static str,
    /// What is wrong, in one line.
    pub title: String,
    /// How sure it is.
    pub confidence: Confidence,
    /// The function's full name as in the profile; `None` when the whole profile is meant.
    pub function: Option<String>,
    /// The file as in the profile.
    pub file: Option<String>,
    /// The line.
    pub line: Option<i64>,
    /// The source file that was read, relative to the root of the sources, with slashes.
    pub path: Option<String>,
    /// The source line, if the source was read.
    pub source_line: Option<String>,
    /// Columns in bytes, from 1, of what allocates in it: first, and one behind the last.
    pub columns: Option<[u32; 2]>,
    /// Further lines with the same cause.
    pub also_at: Vec<i64>,
    /// What speaks for it.
    pub evidence: Vec<Evidence>,
    /// What the line allocates.
    pub impact: Impact,
    /// What the change would save.
    pub saving: Saving,
    /// Where the saving is from, and whether it is a bound.
    pub saving_basis: String,
    /// What to do.
    pub suggestion: String,
    /// The replacement, as Go code.
    pub code: Option<String>,
    /// What it is about, such as a variable.
    #[serde(skip)]
    pub subject: Option<String>,
    /// Other rules that hold here, too.
    pub others: Vec<Other>,
}
