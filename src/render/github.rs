//! Workflow commands that GitHub Actions turns into annotations of the lines.

use std::io::{self, Write};

use super::findings::{file, saving};
use super::{Format, Page};
use crate::escape;
use crate::findings::Confidence;
use crate::report::{Finding, Report};

/// What `--format github` means.
pub(super) struct Github;

impl Format for Github {
    fn name(&self) -> &'static str {
        "github"
    }

    fn about(&self) -> &'static str {
        "For GitHub Actions: findings as annotations of a pull request's lines"
    }

    fn is_of_findings(&self) -> bool {
        true
    }

    fn render(&self, report: &Report, _: &Page, out: &mut dyn Write) -> io::Result<()> {
        for finding in &report.findings {
            write_finding(finding, report, out)?;
        }
        Ok(())
    }
}

fn write_finding(finding: &Finding, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    // Advice never is an error: whether it stops a build is for --fail-on to say.
    let level = match finding.confidence {
        Confidence::High => "warning",
        Confidence::Medium | Confidence::Low => "notice",
    };
    write!(out, "::{level} ")?;
    if let Some(file) = file(finding) {
        write!(out, "file={},", property(file))?;
        if let Some(line) = finding.line.filter(|&line| line > 0) {
            write!(out, "line={line},")?;
        }
    }
    let title = format!(
        "{} {} ({} confidence)",
        finding.rule,
        finding.name,
        finding.confidence.name()
    );
    let mut lines = vec![finding.title.clone()];
    if let Some(saving) = saving(finding, report) {
        lines.push(format!("Saves {saving}."));
    }
    lines.push(finding.suggestion.clone());
    lines.extend(
        finding
            .code
            .iter()
            .flat_map(|code| code.lines().map(str::to_owned)),
    );
    let lines: Vec<String> = lines.iter().map(|line| data(line)).collect();
    writeln!(out, "title={}::{}", property(&title), lines.join("%0A"))
}

/// The text of a command: it ends with the line.
fn data(text: &str) -> String {
    let text = text.replace('\t', "    ");
    // What remains of line ends after this is spelt out.
    escape::line(&text).replace('%', "%25")
}

/// A property of a command: it ends at a comma or a colon, too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::super::findings::testing::{every_kind, report};
    use super::*;

    fn rendered(report: &Report) -> String {
        let page = Page {
            width: 80,
            now: None,
            bare: false,
        };
        let mut out = Vec::new();
        Github.render(report, &page, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn one_command_for_each_finding() {
        let text = rendered(&report(every_kind()));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| !line.contains(escape::is_unsafe)));
        assert_eq!(
            lines[0],
            "::warning file=ingest/parse.go,line=41,title=ML01 preallocate (high confidence)::\
             fields grows to 12 elements without a capacity%0A\
             Saves 201 MiB (19.6%25 of all bytes), 1.20M objects (12.0%25 of all objects).%0A\
             give fields its capacity where it is declared%0A\
             fields := make([]string, 0, strings.Count(line, \",\")+1)"
        );
        // What a stranger wrote cannot add a property or begin a command.
        assert!(lines[1].starts_with(
            r"::notice file=/srv/../a%2Cb%3Ac/\u{9b}2J größe%25.go,line=9223372036854775807,title="
        ), "{}", lines[1]);
        assert!(lines[1].contains("%250A"));
        assert!(lines[2].starts_with("::notice title=ML10 gc-tuning"));
        assert_eq!(rendered(&report(Vec::new())), "");
    }
}
