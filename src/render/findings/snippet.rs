//! A line of source, and what of it is pointed at.

use crate::escape;
use crate::render::wrap::width;

/// What a tab takes; Go's own width of 8 is for its beginning of lines, which is not shown.
const TAB: &str = "    ";
/// What stands for what was cut off.
const CUT: &str = "…";
/// What is left before the mark where the beginning of a line must go.
const BEFORE: usize = 12;

/// A line made fit for a terminal.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Snippet {
    pub(super) text: String,
    /// The columns before the mark, and its length.
    pub(super) mark: Option<(usize, usize)>,
}

/// One character as shown.
struct Cell {
    text: String,
    width: usize,
    is_marked: bool,
}

/// Takes a line with the bytes, from 1, of what is pointed at: the first, and one behind the last.
pub(super) fn set(line: &str, columns: Option<[u32; 2]>, room: usize) -> Snippet {
    let mut cells = cells(line, columns);
    let total = |cells: &[Cell]| cells.iter().map(|cell| cell.width).sum::<usize>();
    let mark = |cells: &[Cell]| {
        let first = cells.iter().position(|cell| cell.is_marked)?;
        let (before, rest) = cells.split_at(first);
        let marked: Vec<&Cell> = rest.iter().take_while(|cell| cell.is_marked).collect();
        let length: usize = marked.iter().map(|cell| cell.width).sum();
        Some((total(before), length.max(1)))
    };
    let ends = mark(&cells).map_or(0, |(start, length)| start + length);
    if total(&cells) > room && ends >= room {
        let start = mark(&cells).map_or(0, |(start, _)| start);
        let mut gone = 0;
        let keep = cells.iter().position(|cell| {
            let is_near = gone + BEFORE >= start;
            gone += cell.width;
            is_near
        });
        if let Some(keep) = keep.filter(|&keep| keep > 0) {
            cells.drain(..keep);
            cells.insert(0, cut());
        }
    }
    if total(&cells) > room {
        while total(&cells) >= room && cells.pop().is_some() {}
        cells.push(cut());
    }
    Snippet {
        mark: mark(&cells),
        text: cells.into_iter().map(|cell| cell.text).collect(),
    }
}

fn cut() -> Cell {
    Cell {
        text: CUT.to_owned(),
        width: 1,
        is_marked: false,
    }
}

fn cells(line: &str, columns: Option<[u32; 2]>) -> Vec<Cell> {
    // Lines of data can be of any length; nobody sees their end.
    const MOST: usize = 4096;
    let line = line.trim_end();
    let shown = line.trim_start();
    let skipped = line.len() - shown.len();
    let is_marked = |at: usize| {
        let column = u32::try_from(skipped + at + 1).unwrap_or(u32::MAX);
        columns.is_some_and(|[first, behind]| (first..behind).contains(&column))
    };
    shown
        .char_indices()
        .take(MOST)
        .map(|(at, c)| {
            let text = match c {
                '\t' => TAB.to_owned(),
                c => escape::line(c.encode_utf8(&mut [0; 4])).into_owned(),
            };
            Cell {
                width: width(&text),
                text,
                is_marked: is_marked(at),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(line: &str, columns: [u32; 2], room: usize) -> [String; 2] {
        let Snippet { text, mark } = set(line, Some(columns), room);
        let (before, length) = mark.unwrap_or((0, 0));
        [text, " ".repeat(before) + &"^".repeat(length)]
    }

    #[test]
    fn the_mark_stands_below_what_it_means() {
        for (line, columns, expected) in [
            ("\t\ta := b + c", [8, 13], ["a := b + c", "     ^^^^^"]),
            (
                "\tx\t= 内存 + y",
                [6, 12],
                ["x    = 内存 + y", "       ^^^^"],
            ),
            ("a\x1b[2J", [2, 3], ["a\\x1b[2J", " ^^^^"]),
            // Columns that are not in the line.
            ("abc", [90, 99], ["abc", ""]),
            ("abc", [2, 2], ["abc", ""]),
            ("", [1, 2], ["", ""]),
        ] {
            assert_eq!(drawn(line, columns, 40), expected, "{line:?}");
        }
        assert_eq!(set("  a", None, 40).mark, None);
    }

    #[test]
    fn long_lines_are_cut_around_the_mark() {
        let line = "result = append(result, transform(ctx, item, options)...)";
        assert_eq!(
            drawn(line, [10, 16], 30),
            ["result = append(result, trans…", "         ^^^^^^"]
        );
        assert_eq!(
            drawn(line, [25, 34], 30),
            ["…end(result, transform(ctx, i…", "             ^^^^^^^^^"]
        );
        // A mark that is longer than the room ends with it.
        let [text, mark] = drawn(line, [1, 58], 20);
        assert_eq!(text, "result = append(res…");
        assert_eq!(mark, "^".repeat(19));
        let data = "x".repeat(100_000);
        assert_eq!(set(&data, Some([1, 90_000]), 20).text.chars().count(), 20);
    }
}
