//! Findings for a pull request: a section each, the evidence folded.

use std::io::{self, Write};

use super::{also, count, file, ground, saving};
use crate::escape;
use crate::report::{Finding, Report};

/// Writes what was found, if anybody looked; nothing else.
pub(in crate::render) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let Some(count) = count(report) else {
        return Ok(());
    };
    writeln!(out, "\n### Findings\n")?;
    writeln!(out, "- **Findings:** {}", escape::markdown_text(&count))?;
    if let Some(ground) = ground(report) {
        writeln!(out, "- **Evidence:** {}", escape::markdown_text(&ground))?;
    }
    for finding in &report.findings {
        write_finding(finding, report, out)?;
    }
    Ok(())
}

fn write_finding(finding: &Finding, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let text = escape::markdown_words;
    let code = escape::markdown_span;
    writeln!(
        out,
        "\n#### {} {}: {}\n",
        finding.rule,
        finding.name,
        text(&finding.title)
    )?;
    let mut said = vec![format!("{} confidence", finding.confidence.name())];
    if let Some(file) = file(finding) {
        let line = finding
            .line
            .map_or(String::new(), |line| format!(":{line}"));
        said.push(code(&format!("{file}{line}")));
    }
    said.extend(finding.function.as_deref().map(code));
    said.extend(saving(finding, report).map(|saving| format!("saves {}", text(&saving))));
    writeln!(out, "{}\n", said.join(", "))?;
    writeln!(out, "{}", text(&finding.suggestion))?;
    if let Some(edit) = &finding.code {
        writeln!(out)?;
        // A setting or a command is no Go.
        let language = if finding.file.is_some() { "go" } else { "sh" };
        write_fenced(edit, language, out)?;
    }
    writeln!(out, "\n<details><summary>Evidence</summary>\n")?;
    if let Some(line) = &finding.source_line {
        write_fenced(line.trim(), "go", out)?;
        writeln!(out)?;
    }
    for evidence in &finding.evidence {
        writeln!(
            out,
            "- {}: {}",
            evidence.channel.name(),
            text(&evidence.text)
        )?;
    }
    if !finding.saving_basis.is_empty() {
        writeln!(out, "- saving: {}", text(&finding.saving_basis))?;
    }
    for said in also(finding) {
        writeln!(out, "- also {}", text(&said))?;
    }
    writeln!(out, "\n</details>")
}

/// A block of code whose fence is longer than any in it.
fn write_fenced(code: &str, language: &str, out: &mut dyn Write) -> io::Result<()> {
    let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat((longest + 1).max(3));
    writeln!(out, "{fence}{language}")?;
    for line in code.trim_end().lines() {
        // Tabs are Go's own indentation, and harmless here. Behind what looks like a bot's mark its
        // comment would be taken for another.
        let parts: Vec<_> = line.split('\t').map(escape::line).collect();
        writeln!(out, "{}", parts.join("\t").replace("<!--", r"\x3c!--"))?;
    }
    writeln!(out, "{fence}")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{every_kind, report};
    use super::*;

    #[test]
    fn sections() {
        let mut out = Vec::new();
        write(&report(every_kind()), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(!text.contains("<!-- memlens"), "{text}");
        assert_eq!(text.matches("</details>\n").count(), 3, "{text}");
        insta::assert_snapshot!("findings_markdown", text);
    }
}
