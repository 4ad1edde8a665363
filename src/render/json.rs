//! The machine's format: `schema/analyze.schema.json`.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

use super::{Format, Page};
use crate::escape;
use crate::report::Report;

/// What `--format json` means.
pub(super) struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn about(&self) -> &'static str {
        "For programs: every number in full, object sizes included"
    }

    fn counts_stacks(&self) -> bool {
        true
    }

    fn render(&self, report: &Report, _: &Page, out: &mut dyn Write) -> io::Result<()> {
        write(report, out)
    }
}

/// Writes any JSON, pretty and harmless on a terminal.
pub(super) fn write(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let formatter = Safe(PrettyFormatter::new());
    value.serialize(&mut Serializer::with_formatter(&mut *out, formatter))?;
    writeln!(out)
}

/// Pretty, and harmless on a terminal: what acts on one is written as `\u001b`, which a JSON reader
/// takes back to the character itself. serde_json does that below U+0020 only.
struct Safe(PrettyFormatter<'static>);

impl Formatter for Safe {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        text: &str,
    ) -> io::Result<()> {
        let mut rest = text;
        while let Some(at) = rest.find(escape::is_unsafe) {
            let (safe, tail) = rest.split_at(at);
            out.write_all(safe.as_bytes())?;
            let mut characters = tail.chars();
            for unit in characters.next().into_iter().flat_map(utf16) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = characters.as_str();
        }
        out.write_all(rest.as_bytes())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

fn utf16(c: char) -> Vec<u16> {
    let mut units = [0; 2];
    c.encode_utf16(&mut units).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_harmless_and_whole() {
        let text = "a\x1b[2J\u{9b}\u{202e}\u{e0041}\n\"\\\u{7f}größe";
        let mut out = Vec::new();
        text.serialize(&mut Serializer::with_formatter(
            &mut out,
            Safe(PrettyFormatter::new()),
        ))
        .unwrap();
        let json = String::from_utf8(out).unwrap();
        assert_eq!(
            json,
            r#""a\u001b[2J\u009b\u202e\udb40\udc41\n\"\\\u007fgröße""#
        );
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
