//! Classes 51 to 58: names. All are read; what a sink makes of them is the sink's own test.

use super::super::case::{Case, reads};
use super::super::wire::{LAYOUTS, Layout, Profile};

const NAMES: [(&str, &[u8]); 29] = [
    ("51 colour", b"main.\x1b[31mred\x1b[0m"),
    (
        "51 hyperlink",
        b"main.\x1b]8;;http://example.com\x1b\\click\x1b]8;;\x1b\\",
    ),
    ("51 clipboard", b"main.\x1b]52;c;ZXZpbA==\x07"),
    ("51 device control", b"main.\x1bP+q544e\x1b\\"),
    ("51 C1", b"main.\xc2\x9b31mred"),
    ("51 raw C1", b"main.\x9b31mred"),
    ("51 NUL", b"main.\0f"),
    ("51 carriage return", b"main.f\rmain.g"),
    ("51 bell and backspace", b"main.\x07\x08\x7ff"),
    ("52 workflow command", b"main.f\n::error file=a.go::b"),
    ("52 stop commands", b"main.f\n::stop-commands::x\n"),
    ("53 bidi", "main.\u{202e}tsil\u{202c}f".as_bytes()),
    ("53 zero width", "main.\u{200b}f\u{feff}\u{2060}".as_bytes()),
    ("53 line separator", "main.\u{2028}f\u{2029}".as_bytes()),
    ("54 script", b"main.<script>alert(1)</script>"),
    ("54 end of CDATA", b"main.]]>'\"&amp;"),
    ("54 URL", b"javascript:alert(1)"),
    (
        "55 Markdown",
        b"main.|`f`|![](http://example.com/x.png)[x](y) @name closes #1 <!-- -->",
    ),
    ("56 folded", b"main.f;main.g 42"),
    (
        "56 spreadsheet formula",
        b"=HYPERLINK(\"http://example.com\")",
    ),
    ("57 Latin-1", b"main.\xe9t\xe9"),
    ("57 cut character", b"main.gr\xc3"),
    ("57 surrogate", b"main.\xed\xa0\x80"),
    ("57 overlong", b"main.\xc0\xaf"),
    ("58 blanks", b"   \t  "),
    ("58 only dots", b"....."),
    ("58 unbalanced", b"main.(*[[[.))]]"),
    ("58 percent", b"gopkg.in/yaml%2ev3%.%zz.(*%"),
    (
        "58 generic",
        b"main.(*T[go.shape.*uint8,go.shape.struct { A.b int }]).f[...].func1.2",
    ),
];

pub fn cases() -> Vec<Case> {
    let named = |text: &[u8], set: fn(&mut Profile, u64)| {
        let mut profile = Profile::small();
        let index = profile.intern(text);
        set(&mut profile, index);
        profile
    };
    let mut cases = Vec::new();
    for (name, text) in NAMES {
        let everywhere = named(text, |p, index| {
            p.functions[0].name = index;
            p.functions[1].file = index;
            p.mappings[0].file = index;
            p.types[0].0 = index;
            p.types[1].1 = index;
            p.period_type = (index, index);
            p.default_type = index;
            p.comments = vec![index];
            p.doc_url = index;
            let label = &mut p.samples[0].labels[0];
            (label.key, label.unit) = (index, index);
        });
        cases.push(reads(
            name,
            everywhere.bytes(Layout::Go),
            everywhere.totals(),
        ));
    }
    let sized: [(&str, Vec<u8>); 6] = [
        ("58 a name of 200 KB", vec![b'n'; 200_000]),
        ("58 a name of 200 KB of dots", vec![b'.'; 200_000]),
        ("58 a name of 200 KB of brackets", vec![b'['; 200_000]),
        ("58 a name of 200 KB of slashes", vec![b'/'; 200_000]),
        ("58 a name of 1 MiB", vec![b'n'; 1 << 20]),
        (
            "58 10,000 accents",
            [&b"e"[..], &"\u{301}".repeat(10_000).into_bytes()].concat(),
        ),
    ];
    for (name, text) in sized {
        let profile = named(&text, |p, index| {
            p.functions[0].name = index;
            p.functions[0].file = index;
        });
        cases.push(reads(name, profile.bytes(Layout::Google), profile.totals()));
    }
    let path = b"a/../".repeat(40_000);
    let profile = named(&path, |p, index| p.functions[0].file = index);
    cases.push(reads(
        "58 a path of 200 KB of ..",
        profile.bytes(Layout::Go),
        profile.totals(),
    ));
    for layout in LAYOUTS {
        let mut profile = Profile::small();
        for index in 1..profile.strings.len() {
            profile.strings[index].push(0xff);
        }
        cases.push(reads(
            format!("57 no string is UTF-8, {layout:?}"),
            profile.bytes(layout),
            profile.totals(),
        ));
        // Names that are empty, though not by the index that means so.
        let mut profile = Profile::small();
        profile.strings.extend([Vec::new(), Vec::new()]);
        let last = profile.strings.len() as u64 - 1;
        profile.functions[0].name = last;
        profile.functions[2].file = last - 1;
        cases.push(reads(
            format!("58 second empty string, {layout:?}"),
            profile.bytes(layout),
            profile.totals(),
        ));
        // Two indexes for every text: what no writer does and no reader may trip over.
        let mut profile = Profile::small();
        let count = profile.strings.len() as u64;
        let again = profile.strings.clone();
        profile.strings.extend(again);
        profile.functions[2].name += count;
        profile.functions[2].file += count;
        profile.samples[2].labels[0].key += count;
        profile.functions[1].name = profile.functions[0].name + count;
        cases.push(reads(
            format!("58 every string twice, {layout:?}"),
            profile.bytes(layout),
            profile.totals(),
        ));
    }
    cases
}
