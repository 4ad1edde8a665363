//! Profiles whose names were chosen to do harm.

use std::fs;

use crate::stdout;

pub const NAMES: [&[u8]; 16] = [
    b"\x1b[31mred\x1b]8;;http://x\x07link\x1bP",
    b"main.f\n::error file=a.go::forged",
    "\u{9b}2J\u{202e}ssap\u{2066}\u{200b}\u{feff}\u{2028}".as_bytes(),
    b"<script>alert(1)</script>]]>\"'",
    b"a|b`c``d\\|e",
    b"![x](http://y) @octocat closes #1 <!-- marker -->",
    b"```\n| --- |",
    b"=HYPERLINK(\"http://x\")",
    b"+1",
    b"-1;2,3\r\n4",
    b"@SUM(A1:A9)",
    b"\xff\xfe not UTF-8 \xc3",
    b"",
    b"   ",
    b"\0",
    b"github.com/a/b.(*T[struct { A int; B []byte }]).M;x 7",
];

/// A field of a protobuf message: a number, or bytes.
fn field(number: u8, value: Result<u64, &[u8]>) -> Vec<u8> {
    let varint = |mut value: u64| {
        let mut bytes = Vec::new();
        while value >= 0x80 {
            bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
        bytes
    };
    match value {
        Ok(value) => [vec![number << 3], varint(value)].concat(),
        Err(bytes) => [
            vec![number << 3 | 2],
            varint(bytes.len() as u64),
            bytes.to_vec(),
        ]
        .concat(),
    }
}

/// A profile of `inuse_space` with a function for each name, which is its file's name too; each
/// holds one object of its own.
pub fn profile(names: &[&[u8]]) -> Vec<u8> {
    let mut strings: Vec<&[u8]> = vec![b"", b"inuse_space", b"bytes", b"space"];
    strings.extend(names);
    let kind = |name: u64| [field(1, Ok(name)), field(2, Ok(2))].concat();
    let mut profile = field(1, Err(&kind(1)));
    for id in 1..=names.len() as u64 {
        let name = id + 3;
        let label = [field(1, Ok(2)), field(3, Ok(1 << 20))].concat();
        let sample = [
            field(1, Ok(id)),
            field(2, Ok(id << 20)),
            field(3, Err(&label)),
        ]
        .concat();
        let line = [field(1, Ok(id)), field(2, Ok(id * 10))].concat();
        let location = [field(1, Ok(id)), field(4, Err(&line))].concat();
        let function = [field(1, Ok(id)), field(2, Ok(name)), field(4, Ok(name))].concat();
        profile.extend(field(2, Err(&sample)));
        profile.extend(field(4, Err(&location)));
        profile.extend(field(5, Err(&function)));
    }
    for string in strings {
        profile.extend(field(6, Err(string)));
    }
    profile.extend(field(11, Err(&kind(3))));
    profile.extend(field(12, Ok(512 << 10)));
    profile
}

fn show(names: &[&[u8]], args: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("forged.pb");
    fs::write(&path, profile(names)).unwrap();
    let mut all = vec!["top", path.to_str().unwrap(), "-n0"];
    all.extend(args);
    stdout(all)
}

fn acts_on_a_terminal(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[test]
fn no_name_acts_on_the_terminal_or_forges_a_line() {
    for format in ["table", "markdown", "csv", "json"] {
        for by in ["function", "line", "file", "package"] {
            let text = show(&NAMES, &["--format", format, "--by", by]);
            for line in text.lines() {
                assert!(!line.contains(acts_on_a_terminal), "{format}: {line:?}");
                assert!(!line.trim_start().starts_with("::"), "{format}: {line:?}");
            }
        }
    }
}

#[test]
fn json_keeps_every_name_whole() {
    let json = show(&NAMES, &["--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let mut names: Vec<&str> = json["sites"]
        .as_array()
        .unwrap()
        .iter()
        .map(|site| site["function"].as_str().unwrap())
        .collect();
    let mut expected: Vec<String> = NAMES
        .iter()
        .map(|name| match String::from_utf8_lossy(name).into_owned() {
            empty if empty.is_empty() => "<unknown>".to_owned(),
            name => name,
        })
        .collect();
    names.sort();
    expected.sort();
    assert_eq!(names, expected);
}

#[test]
fn markdown_rows_keep_their_cells() {
    let text = show(&NAMES, &["--format", "markdown"]);
    let table: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
    assert_eq!(table.len(), NAMES.len() + 2);
    // As GitHub splits a row: a backslash takes the next character with it.
    let cells = |row: &str| {
        let mut bars = 0;
        let mut characters = row.chars();
        while let Some(c) = characters.next() {
            match c {
                '\\' => _ = characters.next(),
                '|' => bars += 1,
                _ => {}
            }
        }
        bars
    };
    for row in &table {
        assert_eq!(cells(row), cells(table[0]), "{row}");
    }
    assert!(!text.contains("<!--"));
}

#[test]
fn markdown_titles_neither_mention_nor_link() {
    const MENTION: &[u8] = b"@octocat https://evil.example";
    let strings: [&[u8]; 5] = [b"", b"inuse_space", b"bytes", MENTION, b"main.f"];
    let kind = |name: u64| [field(1, Ok(name)), field(2, Ok(2))].concat();
    let sample = [field(1, Ok(1)), field(2, Ok(7)), field(2, Ok(9))].concat();
    let line = field(1, Ok(1));
    let location = [field(1, Ok(1)), field(4, Err(&line))].concat();
    let function = [field(1, Ok(1)), field(2, Ok(4))].concat();
    let mut profile = [
        field(1, Err(&kind(1))),
        field(1, Err(&kind(3))),
        field(2, Err(&sample)),
        field(4, Err(&location)),
        field(5, Err(&function)),
    ]
    .concat();
    for string in strings {
        profile.extend(field(6, Err(string)));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("forged.pb");
    fs::write(&path, profile).unwrap();
    for kind in ["inuse_space", "@octocat https://evil.example"] {
        let path = path.to_str().unwrap();
        let text = stdout(["top", path, "--format", "markdown", "--sample-type", kind]);
        let in_code = text.matches("`@octocat https://evil.example`").count();
        assert!(in_code >= 2, "{text}");
        assert_eq!(text.matches("@octocat").count(), in_code, "{text}");
        assert_eq!(text.matches("https:").count(), in_code, "{text}");
    }
}

#[test]
fn csv_is_read_back_and_holds_no_formula() {
    let text = show(&NAMES, &["--format", "csv"]);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), NAMES.len());
    for row in rows {
        for name in [&row[1], &row[2], &row[3]] {
            assert!(
                !name.trim_start().starts_with(['=', '+', '-', '@']),
                "{name}"
            );
        }
    }
}

#[test]
fn vast_names_are_cut_and_the_rest_is_shown() {
    let slashes = b"/".repeat(200_000);
    let letters = b"x".repeat(200_000);
    let dots = b"ab.".repeat(70_000);
    let accents = "e".to_owned() + &"\u{301}".repeat(10_000);
    let names = [&slashes[..], &letters, &dots, accents.as_bytes()];
    for by in ["function", "file", "package"] {
        let text = show(&names, &["--by", by]);
        assert!(text.len() < 8_000, "{} bytes", text.len());
        for line in text.lines() {
            assert!(unicode_width::UnicodeWidthStr::width(line) <= 80, "{line}");
        }
        // Of packages there is but one, and it is short.
        assert_eq!(text.contains('…'), by != "package");
    }
}
