//! For pull requests and wikis: a table as GitHub draws it.

use std::io::{self, Write};

use super::columns::{self, Column, ONE_SAMPLE_NOTE, Role};
use super::findings;
use super::label;
use super::summary::{self, Part};
use super::{Format, Page};
use crate::escape;
use crate::report::{By, Report, Warning};

/// What `--format markdown` means.
pub(super) struct Markdown;

/// Columns for types that do not rank.
const OTHER_TYPES: usize = 5;

impl Format for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn about(&self) -> &'static str {
        "For pull requests: a table as GitHub draws it"
    }

    fn default_limit(&self) -> Option<usize> {
        Some(20)
    }

    fn render(&self, report: &Report, page: &Page, out: &mut dyn Write) -> io::Result<()> {
        if !page.bare {
            for fact in summary::facts(report, page.now) {
                write!(out, "- **{}:** ", fact.label)?;
                for part in &fact.parts {
                    match part {
                        Part::Text(text) => {
                            let text = text.replace(summary::GLUE, " ");
                            write!(out, "{}", escape::markdown_text(&text))?;
                        }
                        Part::Name(name) => write!(out, "{}", escape::markdown_code(name))?,
                    }
                }
                writeln!(out)?;
            }
            for warning in &report.profile.warnings {
                writeln!(out, "\n> **Warning:** {}", warning_text(warning))?;
            }
        }
        if !report.sites.is_empty() {
            if !page.bare {
                writeln!(out)?;
            }
            write_sites(report, page, out)?;
        }
        let is_one = |site| columns::is_one_sample(report, site);
        if !page.bare && report.sites.iter().any(is_one) {
            writeln!(out, "\n{ONE_SAMPLE_NOTE}")?;
        }
        if !page.bare {
            findings::markdown::write(report, out)?;
        }
        Ok(())
    }
}

/// A warning's words are ours, but for the names of files.
fn warning_text(warning: &Warning) -> String {
    match warning {
        Warning::Skipped { files } => {
            let names: Vec<String> = files
                .iter()
                .map(|file| escape::markdown_code(file))
                .collect();
            format!("skipped, as no profiles: {}", names.join(", "))
        }
        ours => escape::markdown_text(&ours.to_string()),
    }
}

fn write_sites(report: &Report, page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let columns = columns::columns(report, OTHER_TYPES, !page.bare);
    let by = report.view.by;
    let has_place = matches!(by, By::Function | By::Line);
    write!(out, "|")?;
    for column in &columns {
        write!(out, " {} |", title(report, column))?;
    }
    write!(out, " {} |", summary::noun(by, 1))?;
    writeln!(out, "{}", if has_place { " place |" } else { "" })?;
    write!(out, "|")?;
    for _ in &columns {
        write!(out, "---:|")?;
    }
    writeln!(out, "---|{}", if has_place { "---|" } else { "" })?;
    for site in &report.sites {
        write!(out, "|")?;
        for column in &columns {
            write!(out, " {} |", (column.cell)(site))?;
        }
        let name = label::name(site, by);
        write!(out, " {} |", escape::markdown_code(name))?;
        if has_place {
            let place = label::place(site, by).unwrap_or_default();
            write!(out, " {} |", escape::markdown_code(&place))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// A type's name is the profile's; what else stands in titles is ours.
fn title(report: &Report, column: &Column<'_>) -> String {
    if let Role::Other(other) = column.role {
        let kind = report.profile.sample_types.get(other);
        return escape::markdown_code(kind.map_or("", |kind| &kind.name));
    }
    let [first, second] = &column.title;
    escape::markdown_text(format!("{first} {second}").trim())
}
