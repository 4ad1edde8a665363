//! Text of unknown origin, made safe for where it is shown.
//!
//! Names in a profile and names of files are anyone's: they may hold terminal commands, line
//! breaks that forge a log line, or marks that reorder what a reader sees.

use std::borrow::Cow;
use std::fmt::Write;

/// Escapes `text` for a one-line message or a terminal.
///
/// Control characters come out as `\n`, `\r`, `\t` or `\x1b`, and characters that are invisible
/// or turn the direction of writing as `\u{202e}`. Everything else stays, so text without such
/// characters is borrowed. A backslash is left alone (Windows paths are full of them); the result
/// is for reading, not for decoding.
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find(is_unsafe) else {
        return Cow::Borrowed(text);
    };
    let (plain, rest) = text.split_at(first);
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str(plain);
    for c in rest.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Writing to a String cannot fail.
            c if c.is_ascii_control() => _ = write!(out, "\\x{:02x}", u32::from(c)),
            c if is_unsafe(c) => _ = write!(out, "\\u{{{:x}}}", u32::from(c)),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Escapes `text` as a Markdown code span, which is also safe within a table of GitHub's.
///
/// Nothing in it can end the span or the cell, make a link, an image or a mention, or look like
/// the HTML comment by which a bot finds its own comment again. Empty text is no span.
#[must_use]
pub fn markdown_code(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        match c {
            // Within a table a backslash keeps the bar from ending the cell, and goes away. Behind
            // another backslash it would be eaten by that one.
            '|' if before == '\\' => code.push_str(r"\x7c"),
            '|' => code.push_str(r"\|"),
            c => code.push(c),
        }
        before = c;
    }
    markdown_span(&code)
}

/// As [`markdown_code`], for text outside of tables, where a bar is just a bar.
#[must_use]
pub fn markdown_span(text: &str) -> String {
    let code = line(text).replace("<!--", r"\x3c!--");
    if code.is_empty() {
        return code;
    }
    let runs = code.split(|c| c != '`');
    let longest = runs.map(str::len).max().unwrap_or(0);
    // The fence is longer than any run of backticks within. The spaces keep backticks at the ends
    // apart from it; a reader of Markdown takes one off each side.
    let fence = "`".repeat(longest + 1);
    let needs_space = |c: char| c == '`' || c == ' ';
    if code.starts_with(needs_space) || code.ends_with(needs_space) {
        return format!("{fence} {code} {fence}");
    }
    format!("{fence}{code}{fence}")
}

/// Escapes `text` as plain words of Markdown. For our own sentences: a mention (`@name`) in a
/// stranger's text would survive, so that belongs into [`markdown_code`].
#[must_use]
pub fn markdown_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in line(text).chars() {
        if matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '&'
        ) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// As [`markdown_text`], for sentences with words of a stranger in them: no mention is made of
/// anybody, and nothing looks like the comment by which a bot finds its own again. What stands between
/// two backticks becomes code.
#[must_use]
pub fn markdown_words(text: &str) -> String {
    let mut parts: Vec<&str> = text.split('`').collect();
    // A backtick without its other half is one.
    let rest = if parts.len().is_multiple_of(2) {
        parts.pop()
    } else {
        None
    };
    let said = parts
        .iter()
        .enumerate()
        .map(|(index, part)| match index % 2 {
            0 => plain_words(part),
            _ => markdown_span(part),
        });
    let said: String = said.collect();
    match rest {
        Some(rest) => said + &plain_words(&format!("`{rest}")),
        None => said,
    }
}

fn plain_words(text: &str) -> String {
    // An empty comment is what GitHub itself advises to keep an at sign from being one.
    let text = markdown_text(text).replace(r"\<!--", r"\<\!--");
    text.replace('@', "@<!-- -->")
}

/// Whether a character acts on the terminal or the layout instead of showing a glyph.
pub(crate) fn is_unsafe(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    matches!(c,
        '\u{80}'..='\u{9f}'                              // C1: 0x9b alone starts a command
        | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}'
        | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' // fillers: blank letters
        | '\u{200b}'..='\u{200f}'                        // zero width, left and right marks
        | '\u{2028}'..='\u{202e}'                        // line ends, bidi embeddings
        | '\u{2060}'..='\u{206f}'                        // joiners, bidi isolates
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{fdd0}'..='\u{fdef}'                        // noncharacters
        | '\u{e0000}'..='\u{e0fff}'                      // tags
    ) || u32::from(c) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_is_borrowed() {
        for text in [
            "",
            "mem.out",
            "größe/内存.pb.gz",
            r"C:\tmp\mem.out",
            "pkg.(*T[...]).f",
        ] {
            assert!(
                matches!(line(text), Cow::Borrowed(same) if same == text),
                "{text}"
            );
        }
    }

    #[test]
    fn what_acts_on_a_terminal_or_a_log_is_spelt_out() {
        for (text, safe) in [
            ("a\x1b[31mb", r"a\x1b[31mb"),
            ("a\n::error::b", r"a\n::error::b"),
            ("\r\t\0\x07\x7f", r"\r\t\x00\x07\x7f"),
            ("\u{9b}2J", r"\u{9b}2J"),
            ("a\u{202e}b\u{2066}c", r"a\u{202e}b\u{2066}c"),
            ("\u{200b}\u{feff}\u{2028}", r"\u{200b}\u{feff}\u{2028}"),
            ("\u{ffff}\u{1fffe}\u{e0041}", r"\u{ffff}\u{1fffe}\u{e0041}"),
        ] {
            assert_eq!(line(text), safe);
        }
    }

    #[test]
    fn code_spans() {
        for (text, span) in [
            ("", ""),
            ("main.(*T).M", "`main.(*T).M`"),
            ("a`b", "``a`b``"),
            ("`a``b`", "``` `a``b` ```"),
            (" ", "`   `"),
            ("a|b", r"`a\|b`"),
            (r"a\|b", r"`a\\x7cb`"),
            ("||", r"`\|\|`"),
            ("a\n| b", r"`a\n\| b`"),
            ("<!-- memlens -->", r"`\x3c!-- memlens -->`"),
            ("@octocat closes #1", "`@octocat closes #1`"),
            ("![x](http://y)", "`![x](http://y)`"),
        ] {
            assert_eq!(markdown_code(text), span, "{text}");
        }
    }

    #[test]
    fn words_of_markdown() {
        assert_eq!(
            markdown_text("alloc_* is <b>1 | 2</b>\n"),
            r"alloc\_\* is \<b\>1 \| 2\</b\>\\n"
        );
    }

    #[test]
    fn words_of_strangers() {
        assert_eq!(
            markdown_words("@octocat <!-- memlens -->"),
            r"@<!-- -->octocat \<\!-- memlens --\>"
        );
        assert_eq!(
            markdown_words("say `a || b[0]` to `@me`, * or ` not"),
            r"say `a || b[0]` to `@me`, \* or \` not"
        );
        assert_eq!(markdown_words("``"), "");
    }

    #[test]
    fn no_character_at_all_gets_through_that_breaks_a_line() {
        let all: String = ('\0'..=char::MAX).collect();
        let shown = line(&all);
        assert!(shown.chars().all(|c| !c.is_control() && !is_unsafe(c)));
        assert_eq!(line(&shown), shown);
    }
}
