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

/// Whether a character acts on the terminal or the layout instead of showing a glyph.
fn is_unsafe(c: char) -> bool {
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
    fn no_character_at_all_gets_through_that_breaks_a_line() {
        let all: String = ('\0'..=char::MAX).collect();
        let shown = line(&all);
        assert!(shown.chars().all(|c| !c.is_control() && !is_unsafe(c)));
        assert_eq!(line(&shown), shown);
    }
}
