//! From a [`Report`] to text: one file for each format.
//!
//! A renderer knows the report and nothing before it, and writes to whatever it is given. Text of
//! the profile is escaped for where it goes: each format has its own dangers.

mod columns;
mod csv;
mod findings;
#[cfg(feature = "cli")]
pub mod flamegraph;
mod github;
mod json;
mod label;
#[cfg(feature = "cli")]
pub mod manual;
mod markdown;
#[cfg(feature = "cli")]
mod names;
mod sarif;
mod summary;
#[cfg(feature = "cli")]
mod symbol;
#[cfg(feature = "cli")]
mod table;

#[cfg(feature = "cli")]
mod wrap;

use std::io::{self, Write};

use crate::report::Report;

/// Every format, the default first. A new one is a file and a line here.
pub static FORMATS: &[&dyn Format] = &[
    #[cfg(feature = "cli")]
    &table::Table,
    &json::Json,
    &markdown::Markdown,
    &csv::Csv,
    &sarif::Sarif,
    &github::Github,
];

/// What a report is written onto.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Columns of the terminal. Below 20 counts as 20; only the table asks.
    pub width: usize,
    /// The time now, for the age of the profile; `None` leaves the age out.
    pub now: Option<jiff::Timestamp>,
    /// Whether to leave out what stands above and below the table.
    pub bare: bool,
}

/// A way to write a report.
pub trait Format: Sync {
    /// The name to choose it by.
    fn name(&self) -> &'static str;

    /// What it is, in a few words.
    fn about(&self) -> &'static str;

    /// How many sites it shows unless asked otherwise; `None` for all.
    fn default_limit(&self) -> Option<usize> {
        None
    }

    /// Whether it holds ANSI colours, to be stripped where they are not wanted.
    fn is_colored(&self) -> bool {
        false
    }

    /// Whether it shows the number of distinct stacks, which costs memory to know.
    fn counts_stacks(&self) -> bool {
        false
    }

    /// Whether it holds nothing but findings.
    fn is_of_findings(&self) -> bool {
        false
    }

    /// Writes the report.
    ///
    /// # Errors
    /// Those of `out`, unchanged in kind.
    fn render(&self, report: &Report, page: &Page, out: &mut dyn Write) -> io::Result<()>;
}
