//! Findings below the table: one block each, all set along one column of labels.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::snippet::{self, Snippet};
use super::{also, count, file, ground, saving};
use crate::escape;
use crate::findings::Confidence;
use crate::render::summary::GLUE;
use crate::render::symbol;
use crate::render::wrap::{width, wrap_name, wrap_words};
use crate::report::{Finding, Report};

/// What labels take, with the gap behind them: as the facts above the table.
const LABEL: usize = 10;
/// Between a place and the function there.
const GAP: usize = 2;
/// Between a line number and its code: ` │ `.
const BAR: usize = 3;

const STRONG: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();
const PLAIN: Style = Style::new();
const HIGH: Style = AnsiColor::Green.on_default().bold();
const MEDIUM: Style = AnsiColor::Yellow.on_default().bold();
const MARK: Style = AnsiColor::Red.on_default().bold();
const EDIT: Style = AnsiColor::Green.on_default();

/// Writes what was found, if anybody looked; nothing else.
pub(in crate::render) fn write(
    report: &Report,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some(count) = count(report) else {
        return Ok(());
    };
    let mut block = Block { width, out };
    writeln!(block.out)?;
    block.labelled("Findings", &count, PLAIN)?;
    if let Some(ground) = ground(report) {
        block.labelled("Evidence", &ground, PLAIN)?;
    }
    for finding in &report.findings {
        writeln!(block.out)?;
        block.finding(finding, report)?;
    }
    Ok(())
}

struct Block<'a> {
    width: usize,
    out: &'a mut dyn Write,
}

impl Block<'_> {
    fn finding(&mut self, finding: &Finding, report: &Report) -> io::Result<()> {
        self.head(finding)?;
        self.place(finding)?;
        if let Some(line) = &finding.source_line {
            self.code_line(finding, line)?;
        }
        let mut last = None;
        for evidence in &finding.evidence {
            let label = evidence.channel.name();
            let is_same = last.replace(label) == Some(label);
            self.labelled(if is_same { "" } else { label }, &evidence.text, PLAIN)?;
        }
        let saving = saving(finding, report);
        let basis = Some(&finding.saving_basis).filter(|basis| !basis.is_empty());
        match (saving, basis) {
            (Some(saving), Some(basis)) => {
                self.labelled("saves", &format!("{saving}: {basis}"), PLAIN)?;
            }
            (Some(said), None) => self.labelled("saves", &said, PLAIN)?,
            (None, Some(basis)) => self.labelled("basis", basis, PLAIN)?,
            (None, None) => {}
        }
        // What is said of the whole has settings and commands for code.
        let is_shell = finding.line.is_none();
        let label = if is_shell { "next" } else { "edit" };
        self.labelled(label, &finding.suggestion, PLAIN)?;
        if let Some(code) = &finding.code {
            self.edit(code, is_shell)?;
        }
        for (index, said) in also(finding).iter().enumerate() {
            self.labelled(if index == 0 { "also" } else { "" }, said, PLAIN)?;
        }
        Ok(())
    }

    fn room(&self) -> usize {
        self.width.saturating_sub(LABEL)
    }

    fn head(&mut self, finding: &Finding) -> io::Result<()> {
        let style = match finding.confidence {
            Confidence::High => HIGH,
            Confidence::Medium => MEDIUM,
            Confidence::Low => FAINT,
        };
        let said = format!("{} {}: {}", finding.rule, finding.name, finding.title);
        let label = finding.confidence.name();
        self.styled(label, style, &said, STRONG)
    }

    /// Where it is: `store/load.go:41  store.(*Loader).Load`, in the longest forms that fit.
    fn place(&mut self, finding: &Finding) -> io::Result<()> {
        let Some(file) = file(finding) else {
            return Ok(());
        };
        let line = finding
            .line
            .map_or(String::new(), |line| format!(":{line}"));
        let file = escape::line(file);
        let function = escape::line(finding.function.as_deref().unwrap_or_default());
        let room = self.room();
        let fit = symbol::path_forms(&file).find_map(|file| {
            let left = room.checked_sub(width(&file) + line.len() + GAP)?;
            let function = symbol::symbol_forms(&function).find(|form| width(form) <= left)?;
            Some((file.into_owned(), function.into_owned()))
        });
        if let Some((file, function)) = fit {
            return writeln!(
                self.out,
                "{:LABEL$}{file}{line}{:GAP$}{FAINT}{function}{FAINT:#}",
                "", ""
            );
        }
        let shortest = |forms: &mut dyn Iterator<Item = String>| {
            let mut last = String::new();
            for form in forms {
                if width(&form) <= room {
                    return form;
                }
                last = form;
            }
            last
        };
        let file = shortest(&mut symbol::path_forms(&file).map(|form| format!("{form}{line}")));
        let function = shortest(&mut symbol::symbol_forms(&function).map(|form| form.into_owned()));
        for (name, style) in [(file, PLAIN), (function, FAINT)] {
            for line in wrap_name(&name, room)
                .iter()
                .filter(|line| !line.is_empty())
            {
                writeln!(self.out, "{:LABEL$}{style}{line}{style:#}", "")?;
            }
        }
        Ok(())
    }

    /// The line itself, and below it what allocates.
    fn code_line(&mut self, finding: &Finding, line: &str) -> io::Result<()> {
        let indent = LABEL - 1;
        // No file is so long that its number would not fit; a profile can say what it likes.
        let number = finding.line.map_or(String::new(), |line| line.to_string());
        let number = if number.len() > indent { "" } else { &number };
        let room = self.room().saturating_sub(BAR - 1);
        let Snippet { text, mark } = snippet::set(line, finding.columns, room);
        writeln!(self.out, "{FAINT}{number:>indent$} │{FAINT:#} {text}")?;
        if let Some((before, length)) = mark {
            let mark = "^".repeat(length);
            writeln!(
                self.out,
                "{FAINT}{:indent$} │{FAINT:#} {:before$}{MARK}{mark}{MARK:#}",
                "", ""
            )?;
        }
        Ok(())
    }

    /// Code to copy: its lines are broken only where they do not fit, those of a shell so that it
    /// takes them as one.
    fn edit(&mut self, code: &str, is_shell: bool) -> io::Result<()> {
        for line in code.trim_end().lines() {
            let line = line.replace('\t', "    ");
            let text = line.trim_start();
            let indent = LABEL + GAP + (line.len() - text.len()).min(self.width / 4);
            let joint = if is_shell { " \\" } else { "" };
            let room = self.width.saturating_sub(indent);
            let text = escape::line(text);
            let mut parts = match width(&text) > room {
                true => wrap_words(&text, room.saturating_sub(joint.len()), 4),
                false => vec![text.into_owned()],
            };
            let last = parts.pop().unwrap_or_default();
            for part in parts {
                writeln!(self.out, "{:indent$}{EDIT}{part}{joint}{EDIT:#}", "")?;
            }
            writeln!(self.out, "{:indent$}{EDIT}{last}{EDIT:#}", "")?;
        }
        Ok(())
    }

    fn labelled(&mut self, label: &str, said: &str, style: Style) -> io::Result<()> {
        self.styled(label, FAINT, said, style)
    }

    fn styled(
        &mut self,
        label: &str,
        label_style: Style,
        said: &str,
        style: Style,
    ) -> io::Result<()> {
        let said = with_units(&escape::line(said));
        let mut lines = wrap_words(&said, self.room(), 0).into_iter();
        let first = lines.next().unwrap_or_default();
        let gap = LABEL.saturating_sub(label.len());
        if label.is_empty() {
            write!(self.out, "{:gap$}", "")?;
        } else {
            write!(self.out, "{label_style}{label}{label_style:#}{:gap$}", "")?;
        }
        writeln!(self.out, "{style}{first}{style:#}")?;
        for line in lines {
            writeln!(self.out, "{:LABEL$}{style}{line}{style:#}", "")?;
        }
        Ok(())
    }
}

/// Keeps units with their numbers where lines are broken: `6.05 MiB`.
fn with_units(text: &str) -> String {
    const UNITS: [&str; 8] = ["B", "KiB", "MiB", "GiB", "TiB", "ns", "ms", "%"];
    let mut out = String::with_capacity(text.len());
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 {
            let unit = word.trim_end_matches([',', ';', ':', '.', ')']);
            let follows = out.ends_with(|c: char| c.is_ascii_digit());
            out.push(if follows && UNITS.contains(&unit) {
                GLUE
            } else {
                ' '
            });
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::testing::{every_kind, report};
    use super::*;

    fn drawn(width: usize) -> String {
        let mut report = report(every_kind());
        report.suppressed = 1;
        let mut out = Vec::new();
        write(&report, width, &mut out).unwrap();
        String::from_utf8(anstream::adapter::strip_bytes(&out).into_vec()).unwrap()
    }

    #[test]
    fn blocks() {
        for width in [40, 80, 160] {
            insta::assert_snapshot!(format!("findings_{width}"), drawn(width));
        }
    }

    #[test]
    fn nothing_is_wider_than_the_page_or_acts_on_the_terminal() {
        // Below this words and code have their least room, and the terminal breaks the rest.
        for width in 30..200 {
            for line in drawn(width).lines() {
                assert!(super::width(line) <= width, "{width}: {line}");
                assert!(!line.contains(escape::is_unsafe), "{line}");
            }
        }
    }
}
