//! Text that must fit a terminal: how wide it is, where it may be broken, where it is cut.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::summary::GLUE;

/// A name longer than so many lines is cut.
const NAME_LINES: usize = 3;
/// Sentences are not squeezed further than this.
const LEAST_ROOM: usize = 10;

/// The columns that a text takes. Marks that take none are no free ride: thousands of them on one
/// letter still make a mess.
pub(super) fn width(text: &str) -> usize {
    text.width().max(text.chars().count() / 4)
}

/// A text that fits, its end cut off if it must be.
pub(super) fn cut(text: &str, room: usize) -> Cow<'_, str> {
    if width(text) <= room {
        return Cow::Borrowed(text);
    }
    let end = prefix(text, room.saturating_sub(1));
    Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default()))
}

/// How many bytes of a text fit.
fn prefix(text: &str, room: usize) -> usize {
    let (mut columns, mut marks) = (0, 0);
    for (at, c) in text.char_indices() {
        columns += c.width().unwrap_or(0);
        marks += 1;
        if columns > room || marks > 4 * room {
            return at;
        }
    }
    text.len()
}

/// A name broken behind dots and slashes; where there are none, or too many, it is cut.
pub(super) fn wrap_name(name: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = name;
    while width(rest) > room && lines.len() + 1 < NAME_LINES {
        let fitting = rest.get(..prefix(rest, room)).unwrap_or_default();
        let Some(boundary) = fitting.rfind(['.', '/']) else {
            break;
        };
        let (line, more) = rest.split_at(boundary + 1);
        lines.push(line.to_owned());
        rest = more;
    }
    lines.push(cut(rest, room).into_owned());
    lines
}

/// A sentence broken between words, lines but the first set in by `indent`. Words longer than a
/// line are broken as names.
pub(super) fn wrap_words(text: &str, room: usize, indent: usize) -> Vec<String> {
    let room = room.max(LEAST_ROOM);
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let wide = line.width() + 1 + width(word) > room;
        if !line.trim_start().is_empty() && wide {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
        } else if !line.trim_start().is_empty() {
            line.push(' ');
        }
        if width(word) + indent <= room {
            line.push_str(word);
            continue;
        }
        let mut pieces = wrap_name(word, room - indent).into_iter();
        line.push_str(&pieces.next().unwrap_or_default());
        for piece in pieces {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
            line.push_str(&piece);
        }
    }
    lines.push(line);
    for line in &mut lines {
        *line = line.replace(GLUE, " ");
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_break_behind_dots_and_slashes() {
        let name = "github.com/foo/bar.(*T).Method.func1";
        assert_eq!(
            wrap_name(name, 16),
            ["github.com/foo/", "bar.(*T).Method.", "func1"]
        );
        assert_eq!(wrap_name(name, 100), [name]);
        // What does not fit three lines, or cannot be broken, is cut.
        assert_eq!(
            wrap_name(name, 12),
            ["github.com/", "foo/bar.", "(*T).Method…"]
        );
        assert_eq!(wrap_name("abcdefgh", 4), ["abc…"]);
        assert_eq!(wrap_name("", 4), [""]);
    }

    #[test]
    fn sentences_break_between_words() {
        assert_eq!(
            wrap_words("one two three four", 12, 2),
            ["one two", "  three four"]
        );
        assert_eq!(
            wrap_words("the total is 7\u{a0}MiB now", 15, 0),
            ["the total is", "7 MiB now"]
        );
        assert_eq!(
            wrap_words("in dir/name/file.go now", 10, 0),
            ["in", "dir/name/", "file.go", "now"]
        );
    }

    #[test]
    fn widths() {
        assert_eq!(width("main.f"), 6);
        assert_eq!(width("内存"), 4);
        assert_eq!(width(&"\u{301}".repeat(100)), 25);
        assert_eq!(cut("内存内存", 5), "内存…");
        assert_eq!(cut("", 0), "");
        assert_eq!(cut("a", 0), "…");
    }
}
