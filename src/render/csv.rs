//! One row for each site, in whole numbers, for spreadsheets and data frames.

use std::borrow::Cow;
use std::io::{self, Write};

use super::{Format, Page};
use crate::escape;
use crate::report::{Report, Site};

/// What `--format csv` means.
pub(super) struct Csv;

impl Format for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn about(&self) -> &'static str {
        "For spreadsheets and data frames: one row per site, numbers in full"
    }

    fn render(&self, report: &Report, _: &Page, out: &mut dyn Write) -> io::Result<()> {
        // RFC 4180 ends lines with CR LF.
        let mut csv = ::csv::WriterBuilder::new()
            .terminator(::csv::Terminator::CRLF)
            .from_writer(out);
        csv.write_record(titles(report)).map_err(io_error)?;
        for site in &report.sites {
            csv.write_record(fields(report, site)).map_err(io_error)?;
        }
        csv.flush()
    }
}

fn titles(report: &Report) -> Vec<String> {
    let fixed = ["rank", "function", "package", "file", "line"].map(str::to_owned);
    let types = report.profile.sample_types.iter().flat_map(|kind| {
        let name = cell(&kind.name);
        ["flat", "cum", "low", "high"].map(|what| format!("{name}_{what}"))
    });
    let counts = ["sampled", "sampled_inuse"].map(str::to_owned);
    fixed.into_iter().chain(types).chain(counts).collect()
}

fn fields(report: &Report, site: &Site) -> Vec<String> {
    fn name(text: &Option<String>) -> String {
        cell(text.as_deref().unwrap_or_default()).into_owned()
    }
    fn number(value: Option<impl ToString>) -> String {
        value.map_or_else(String::new, |value| value.to_string())
    }
    let mut fields = vec![
        site.rank.to_string(),
        name(&site.function),
        name(&site.package),
        name(&site.file),
        number(site.line),
    ];
    for column in 0..report.profile.sample_types.len() {
        let interval = site.interval.get(column).copied().flatten();
        fields.extend([
            number(site.flat.get(column)),
            number(site.cum.get(column)),
            number(interval.map(|interval| interval.low)),
            number(interval.map(|interval| interval.high)),
        ]);
    }
    fields.extend([number(site.sampled), number(site.sampled_inuse)]);
    fields
}

/// A text that no spreadsheet takes for a formula and no terminal for a command.
///
/// No Go name begins with `=`, `+`, `-` or `@`; a forged one gets an apostrophe, which spreadsheets
/// take as the mark of a text. Who needs such a name to the letter has it in the JSON.
fn cell(text: &str) -> Cow<'_, str> {
    let safe = escape::line(text);
    if safe
        .trim_start()
        .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
    {
        return Cow::Owned(format!("'{safe}"));
    }
    safe
}

/// The writer's own error again, so that a closed pipe is known as such.
fn io_error(error: ::csv::Error) -> io::Error {
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_texts() {
        for (text, safe) in [
            ("main.main", "main.main"),
            ("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"),
            (" @SUM(A1)", "' @SUM(A1)"),
            ("-[NSObject init]", "'-[NSObject init]"),
            ("\t=1", "\\t=1"),
            ("a\r\nb", "a\\r\\nb"),
        ] {
            assert_eq!(cell(text), safe);
        }
    }
}
