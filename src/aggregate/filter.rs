//! `--focus`, `--ignore`, `--hide` and `--show`: which samples and which of their frames count.
//!
//! The meaning is google/pprof's (`FilterSamplesByName` in its `profile/filter.go`): expressions
//! are searched for, unanchored, in function names, file names and the mapping's file.

use regex::bytes::Regex;

use crate::decode::{Line, Location, Tables};

/// The filters asked for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Keeps samples with at least one location that matches.
    pub focus: Option<Regex>,
    /// Drops samples with any location that matches; stronger than `focus`.
    pub ignore: Option<Regex>,
    /// Removes frames that match; their values go to the caller.
    pub hide: Option<Regex>,
    /// Removes frames that do not match.
    pub show: Option<Regex>,
}

/// What a location says of the samples that hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The sample is dropped.
    Ignored,
    /// The sample is kept unless another location is ignored.
    Focused,
    /// Nothing.
    Neutral,
}

impl Filter {
    /// Whether no filter is set.
    pub fn is_empty(&self) -> bool {
        let Self {
            focus,
            ignore,
            hide,
            show,
        } = self;
        focus.is_none() && ignore.is_none() && hide.is_none() && show.is_none()
    }

    pub(crate) fn verdict(&self, tables: &Tables, location: &Location) -> Verdict {
        let matches = |regex: &Regex| {
            tables
                .lines(location)
                .iter()
                .any(|line| line_matches(regex, tables, line))
                || mapping_matches(regex, tables, location)
        };
        if self.ignore.as_ref().is_some_and(matches) {
            Verdict::Ignored
        } else if self.focus.as_ref().is_none_or(matches) {
            Verdict::Focused
        } else {
            Verdict::Neutral
        }
    }

    /// The lines of a location that are left, innermost first; `None` when the location itself is
    /// removed. A location without any line has none left to show either.
    pub(crate) fn visible<'t>(
        &self,
        tables: &'t Tables,
        location: &Location,
    ) -> Option<Vec<&'t Line>> {
        let mut lines: Vec<&Line> = tables.lines(location).iter().collect();
        if let Some(hide) = &self.hide {
            let hidden_before = lines.len();
            if mapping_matches(hide, tables, location) {
                return None;
            }
            lines.retain(|line| !line_matches(hide, tables, line));
            if lines.is_empty() && hidden_before > 0 {
                return None;
            }
        }
        if let Some(show) = &self.show {
            if !mapping_matches(show, tables, location) {
                lines.retain(|line| line_matches(show, tables, line));
            }
            if lines.is_empty() {
                return None;
            }
        }
        Some(lines)
    }
}

fn line_matches(regex: &Regex, tables: &Tables, line: &Line) -> bool {
    tables.function(line.function).is_some_and(|function| {
        regex.is_match(tables.strings.get(function.name))
            || regex.is_match(tables.strings.get(function.file))
    })
}

fn mapping_matches(regex: &Regex, tables: &Tables, location: &Location) -> bool {
    tables
        .mapping(location.mapping)
        .is_some_and(|mapping| regex.is_match(tables.strings.get(mapping.file)))
}
