//! `--focus`, `--ignore`, `--hide` and `--show`: which samples and which of their frames count.
//!
//! The meaning is google/pprof's (`FilterSamplesByName` in its `profile/filter.go`): expressions
//! are searched for, unanchored, in function names, file names and the mapping's file.

use std::cell::RefCell;

use hashbrown::HashMap;
use regex::bytes::Regex;

use crate::decode::{Line, Location, StringId, Tables};

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
}

/// A filter and what it said of each string: many locations share a name, and names may be long.
#[derive(Debug)]
pub(crate) struct Matches<'q> {
    filter: &'q Filter,
    known: RefCell<HashMap<StringId, Hits>>,
}

/// Which expressions match a string.
#[derive(Clone, Copy, Debug, Default)]
struct Hits {
    focus: bool,
    ignore: bool,
    hide: bool,
    show: bool,
}

impl Hits {
    fn or(self, other: Self) -> Self {
        Self {
            focus: self.focus || other.focus,
            ignore: self.ignore || other.ignore,
            hide: self.hide || other.hide,
            show: self.show || other.show,
        }
    }
}

impl<'q> Matches<'q> {
    pub(crate) fn new(filter: &'q Filter) -> Self {
        Self {
            filter,
            known: RefCell::default(),
        }
    }

    pub(crate) fn verdict(&self, tables: &Tables, location: &Location) -> Verdict {
        let lines = tables.lines(location).iter();
        let hits = lines.fold(self.mapping(tables, location), |hits, line| {
            hits.or(self.line(tables, line))
        });
        if hits.ignore {
            Verdict::Ignored
        } else if self.filter.focus.is_none() || hits.focus {
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
        let mapping = self.mapping(tables, location);
        let mut lines: Vec<&Line> = tables.lines(location).iter().collect();
        if self.filter.hide.is_some() {
            let hidden_before = lines.len();
            if mapping.hide {
                return None;
            }
            lines.retain(|line| !self.line(tables, line).hide);
            if lines.is_empty() && hidden_before > 0 {
                return None;
            }
        }
        if self.filter.show.is_some() {
            if !mapping.show {
                lines.retain(|line| self.line(tables, line).show);
            }
            if lines.is_empty() {
                return None;
            }
        }
        Some(lines)
    }

    fn line(&self, tables: &Tables, line: &Line) -> Hits {
        let Some(function) = tables.function(line.function) else {
            return Hits::default();
        };
        self.string(tables, function.name)
            .or(self.string(tables, function.file))
    }

    fn mapping(&self, tables: &Tables, location: &Location) -> Hits {
        let mapping = tables.mapping(location.mapping);
        mapping.map_or(Hits::default(), |mapping| self.string(tables, mapping.file))
    }

    fn string(&self, tables: &Tables, id: StringId) -> Hits {
        let matches = |regex: &Option<Regex>| {
            let regex = regex.as_ref();
            regex.is_some_and(|regex| regex.is_match(tables.strings.get(id)))
        };
        let Filter {
            focus,
            ignore,
            hide,
            show,
        } = self.filter;
        *self.known.borrow_mut().entry(id).or_insert_with(|| Hits {
            focus: matches(focus),
            ignore: matches(ignore),
            hide: matches(hide),
            show: matches(show),
        })
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.known.borrow().allocation_size()
    }
}
