//! A page of Markdown on a terminal: the pages of the rules, which are written for it.
//!
//! Of Markdown that is headings, paragraphs, lists, fenced code, `code` and **strong** words.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

const HEADING: Style = Style::new().bold();
const CODE: Style = AnsiColor::Cyan.on_default();
const PLAIN: Style = Style::new();

/// How far code is set in.
const INDENT: usize = 4;
/// Lines of prose are hard to read beyond this.
const WIDEST: usize = 100;
const LEAST_WIDTH: usize = 20;

/// Writes a page, as wide as told.
///
/// # Errors
/// Those of `out`.
pub fn write(page: &str, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let width = width.clamp(LEAST_WIDTH, WIDEST);
    let mut paragraph = Paragraph::default();
    let mut is_code = false;
    for line in page.lines() {
        if line.starts_with("```") {
            paragraph.flush(width, out)?;
            is_code = !is_code;
        } else if is_code {
            let line = line.replace('\t', "    ");
            match line.trim_end() {
                "" => writeln!(out)?,
                line => writeln!(out, "{:INDENT$}{CODE}{line}{CODE:#}", "")?,
            }
        } else if line.starts_with('#') {
            paragraph.flush(width, out)?;
            let title = line.trim_start_matches('#').trim();
            writeln!(out, "{HEADING}{}{HEADING:#}", title.replace('`', ""))?;
        } else if line.trim().is_empty() {
            paragraph.flush(width, out)?;
            writeln!(out)?;
        } else if line.starts_with('|') {
            paragraph.flush(width, out)?;
            writeln!(out, "{line}")?;
        } else {
            let is_item = line.starts_with("- ");
            if is_item {
                paragraph.flush(width, out)?;
                paragraph.indent = 2;
            }
            paragraph.add(line);
        }
    }
    paragraph.flush(width, out)
}

/// What stands between two spaces, in pieces of one style each.
type Word = Vec<(String, Style)>;

/// Text that is broken anew.
#[derive(Default)]
struct Paragraph {
    words: Vec<Word>,
    /// Of all lines but the first.
    indent: usize,
    is_code: bool,
    is_strong: bool,
}

impl Paragraph {
    fn add(&mut self, line: &str) {
        for text in line.split_whitespace() {
            let mut word = Word::new();
            for (index, text) in text.split('`').enumerate() {
                self.is_code ^= index > 0;
                for (index, text) in text.split("**").enumerate() {
                    self.is_strong ^= index > 0;
                    let style = match (self.is_code, self.is_strong) {
                        (true, _) => CODE,
                        (_, true) => HEADING,
                        _ => PLAIN,
                    };
                    if !text.is_empty() {
                        word.push((text.to_owned(), style));
                    }
                }
            }
            self.words.push(word);
        }
    }

    fn flush(&mut self, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let Self { words, indent, .. } = std::mem::take(self);
        if words.is_empty() {
            return Ok(());
        }
        let (mut column, mut is_first) = (0, true);
        for word in words {
            let length: usize = word.iter().map(|(text, _)| text.width()).sum();
            if !is_first && column + 1 + length > width {
                write!(out, "\n{:indent$}", "")?;
                column = indent;
            } else if !is_first {
                write!(out, " ")?;
                column += 1;
            }
            for (text, style) in word {
                write!(out, "{style}{text}{style:#}")?;
            }
            column += length;
            is_first = false;
        }
        writeln!(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(page: &str, width: usize) -> String {
        let mut out = Vec::new();
        write(page, width, &mut out).unwrap();
        String::from_utf8(anstream::adapter::strip_bytes(&out).into_vec()).unwrap()
    }

    #[test]
    fn a_page() {
        let page = "# A title with `code`\n\nWords that go on\nand on **and on** with `make([]T, 0, n)` in\nthem.\n\n\
                    - an item that is long enough\n- another\n\n```go\nfor {\n\tx()\n}\n```\n";
        assert_eq!(
            plain(page, 24),
            "A title with code\n\nWords that go on and on\nand on with make([]T, 0,\nn) in them.\n\n\
             - an item that is long\n  enough\n- another\n\n    for {\n        x()\n    }\n"
        );
    }

    #[test]
    fn styles_end() {
        let mut out = Vec::new();
        write("a `b c` d `e`, **f g** h", 80, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        for word in ["b", "c", "e"] {
            assert!(text.contains(&format!("{CODE}{word}{CODE:#}")), "{text:?}");
        }
        for word in ["f", "g"] {
            assert!(
                text.contains(&format!("{HEADING}{word}{HEADING:#}")),
                "{text:?}"
            );
        }
        assert!(
            text.contains(" d ") && text.contains(", ") && text.ends_with(" h\n"),
            "{text:?}"
        );
    }
}
