//! What a file is that is not a profile.
//!
//! The usual wrong file is a right one of another kind: an error page saved under the profile's
//! name, the test binary beside it, the text form. Saying which is worth more than an offset.

use std::fmt;

use super::outline::{Outline, outline};

/// What the first bytes of some data look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A pprof message, not compressed.
    Profile,
    /// Nothing we know; it may be a profile.
    Unknown,
    /// No bytes.
    Empty,
    /// gzip; said of inflated bytes it is a gzip inside a gzip.
    Gzip,
    /// A gzip that was decoded and encoded again as UTF-8 text.
    Utf8Gzip,
    /// A gzip written as base64.
    Base64Gzip,
    /// A gzip written as hexadecimal digits.
    HexGzip,
    /// zlib (a deflate stream with a header of its own).
    Zlib,
    /// Zstandard.
    Zstd,
    /// xz.
    Xz,
    /// bzip2.
    Bzip2,
    /// An LZ4 frame.
    Lz4,
    /// A Snappy frame.
    Snappy,
    /// A zip archive.
    Zip,
    /// A tar archive.
    Tar,
    /// A 7-Zip archive.
    SevenZip,
    /// An ELF program, library or core dump.
    Elf,
    /// A Mach-O program (or a Java class, which has the same magic number).
    MachO,
    /// A Windows program.
    Pe,
    /// A WebAssembly module.
    Wasm,
    /// A picture.
    Image,
    /// A PDF document.
    Pdf,
    /// An SVG picture.
    Svg,
    /// A web page.
    Html,
    /// XML of some other kind.
    Xml,
    /// JSON.
    Json,
    /// The raw answer of an HTTP server, with its headers.
    HttpResponse,
    /// The text of a server that has no such page or profile.
    NotFoundPage,
    /// What `perf record` writes.
    PerfData,
    /// A Java Flight Recorder file.
    Jfr,
    /// A CPU profile in the old binary form of gperftools.
    LegacyCpu,
    /// What `debug=1` gives for the heap.
    TextHeap,
    /// A heap dump of jemalloc.
    Jemalloc,
    /// What `debug=1` gives for the other profiles.
    TextProfile,
    /// Stacks of goroutines, from `debug=2` or a crash.
    Goroutines,
    /// What `runtime/trace` writes.
    Trace,
    /// The output of `go test`.
    TestOutput,
    /// What `go test -coverprofile` writes.
    Coverage,
    /// A report printed by `go tool pprof`.
    PprofReport,
    /// The stand-in for a file kept in Git LFS.
    LfsPointer,
    /// UTF-16 text, or a binary file redirected as such.
    Utf16,
    /// Any other text.
    Text,
    /// Zeros only.
    Zeros,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Profile => "looks like a profile",
            Kind::Unknown => "unknown data",
            Kind::Empty => "no data",
            Kind::Gzip => "gzip inside gzip (it was compressed twice)",
            Kind::Utf8Gzip => "gzip damaged by a conversion to UTF-8: copy it as binary",
            Kind::Base64Gzip => "base64 of a gzip: decode it first",
            Kind::HexGzip => "hex dump of a gzip: decode it first",
            Kind::Zlib => "zlib data, neither gzip nor raw",
            Kind::Zstd => "zstd data: decompress it first",
            Kind::Xz => "xz data: decompress it first",
            Kind::Bzip2 => "bzip2 data: decompress it first",
            Kind::Lz4 => "lz4 data: decompress it first",
            Kind::Snappy => "snappy data: decompress it first",
            Kind::Zip => "a zip archive: unpack it first",
            Kind::Tar => "a tar archive: unpack it first",
            Kind::SevenZip => "a 7-Zip archive: unpack it first",
            Kind::Elf => "an ELF file (a program, a library or a core dump)",
            Kind::MachO => "a Mach-O program or a Java class",
            Kind::Pe => "a Windows program",
            Kind::Wasm => "a WebAssembly module",
            Kind::Image => "a picture",
            Kind::Pdf => "a PDF document",
            Kind::Svg => "an SVG picture",
            Kind::Html => "looks like HTML: was it a failed download?",
            Kind::Xml => "looks like XML: was it a failed download?",
            Kind::Json => "looks like JSON: was it a failed download?",
            Kind::HttpResponse => "an HTTP response with its headers: save the body only",
            Kind::NotFoundPage => "a server's \"not found\" message: is the URL right?",
            Kind::PerfData => "perf.data: convert it to pprof first",
            Kind::Jfr => "a Java Flight Recorder file",
            Kind::LegacyCpu => {
                "a CPU profile in the old gperftools form: convert it to pprof first"
            }
            Kind::TextHeap => "the debug=1 text form of a heap profile: fetch it without debug=1",
            Kind::Jemalloc => "a heap dump of jemalloc: convert it to pprof first",
            Kind::TextProfile => "the debug=1 text form of a profile: fetch it without debug=1",
            Kind::Goroutines => "a dump of goroutine stacks: fetch the profile without debug=2",
            Kind::Trace => "a Go execution trace: read it with go tool trace",
            Kind::TestOutput => "the output of go test: the profile is the -memprofile file",
            Kind::Coverage => "a coverage profile: the heap profile is the -memprofile file",
            Kind::PprofReport => "a report printed by go tool pprof: give the profile itself",
            Kind::LfsPointer => "a Git LFS pointer: run git lfs pull",
            Kind::Utf16 => "UTF-16 text: was it written by a PowerShell redirection?",
            Kind::Text => "plain text",
            Kind::Zeros => "nothing but zero bytes",
        })
    }
}

/// Magic numbers, at the start of a file.
const MAGIC: &[(&[u8], Kind)] = &[
    (b"\x1f\x8b", Kind::Gzip),
    // 0x8b is no UTF-8, so a text decoder puts U+FFFD in its place.
    (b"\x1f\xef\xbf\xbd", Kind::Utf8Gzip),
    // … and one that takes the bytes for Latin-1 writes U+008B.
    (b"\x1f\xc2\x8b", Kind::Utf8Gzip),
    (b"\x28\xb5\x2f\xfd", Kind::Zstd),
    (b"\xfd7zXZ\0", Kind::Xz),
    (b"BZh", Kind::Bzip2),
    (b"\x04\x22\x4d\x18", Kind::Lz4),
    (b"\xff\x06\0\0sNaPpY", Kind::Snappy),
    (b"PK\x03\x04", Kind::Zip),
    (b"PK\x05\x06", Kind::Zip),
    (b"7z\xbc\xaf\x27\x1c", Kind::SevenZip),
    (b"\x7fELF", Kind::Elf),
    (b"\xcf\xfa\xed\xfe", Kind::MachO),
    (b"\xce\xfa\xed\xfe", Kind::MachO),
    (b"\xfe\xed\xfa\xcf", Kind::MachO),
    (b"\xfe\xed\xfa\xce", Kind::MachO),
    (b"\xca\xfe\xba\xbe", Kind::MachO),
    (b"\0asm", Kind::Wasm),
    (b"\x89PNG\r\n", Kind::Image),
    (b"\xff\xd8\xff", Kind::Image),
    (b"GIF8", Kind::Image),
    (b"%PDF-", Kind::Pdf),
    (b"PERFILE2", Kind::PerfData),
    (b"FLR\0", Kind::Jfr),
    // Here and not among the texts: what follows the headers is a binary profile.
    (b"HTTP/1.", Kind::HttpResponse),
    (b"HTTP/2 ", Kind::HttpResponse),
    (b"\xff\xfe", Kind::Utf16),
    (b"\xfe\xff", Kind::Utf16),
    // Its header: the words 0, 3, 0, then the period; 64 bits each, little-endian.
    (
        b"\0\0\0\0\0\0\0\0\x03\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        Kind::LegacyCpu,
    ),
];

/// Starts of texts, as they are written after white space and a byte order mark.
const TEXT: &[(&str, Kind)] = &[
    ("404 page not found", Kind::NotFoundPage),
    // What net/http/pprof answers to a name that it does not know.
    ("Unknown profile", Kind::NotFoundPage),
    ("heap profile:", Kind::TextHeap),
    ("heap_v2/", Kind::Jemalloc),
    ("--- ", Kind::TextProfile),
    ("mode: set", Kind::Coverage),
    ("mode: count", Kind::Coverage),
    ("mode: atomic", Kind::Coverage),
    ("version https://git-lfs", Kind::LfsPointer),
    ("H4sI", Kind::Base64Gzip),
    ("1f8b08", Kind::HexGzip),
    ("1F8B08", Kind::HexGzip),
    ("1f 8b 08", Kind::HexGzip),
    ("1F 8B 08", Kind::HexGzip),
    (r"\x1f\x8b", Kind::HexGzip),
    // xxd, hexdump -C, hexdump.
    ("00000000: 1f8b", Kind::HexGzip),
    ("00000000  1f 8b", Kind::HexGzip),
    ("0000000 8b1f", Kind::HexGzip),
    ("goos: ", Kind::TestOutput),
    ("Benchmark", Kind::TestOutput),
    ("PASS", Kind::TestOutput),
    ("FAIL", Kind::TestOutput),
    ("=== RUN", Kind::TestOutput),
    ("ok  \t", Kind::TestOutput),
];

/// What data that begins with `head` looks like. A few hundred bytes are enough.
#[must_use]
pub fn sniff(head: &[u8]) -> Kind {
    if head.is_empty() {
        return Kind::Empty;
    }
    // First of all, since a profile may begin with almost any of the shorter magic numbers.
    if outline(head) == Outline::Likely {
        return Kind::Profile;
    }
    if let Some((_, kind)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return *kind;
    }
    if head.starts_with(b"go 1.")
        && head
            .get(..16)
            .is_some_and(|start| contains(start, b" trace"))
    {
        return Kind::Trace;
    }
    if head.get(257..262) == Some(b"ustar") {
        return Kind::Tar;
    }
    if head.iter().all(|byte| *byte == 0) {
        return Kind::Zeros;
    }
    if let Some(text) = text(head) {
        return sniff_text(text);
    }
    match head {
        // The two bytes are a multiple of 31: deflate, window of 32 KiB, any of the four levels.
        [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => Kind::Zlib,
        [b'M', b'Z', ..] => Kind::Pe,
        _ if is_utf16_without_mark(head) => Kind::Utf16,
        _ => Kind::Unknown,
    }
}

/// Names what data that a decoder has refused looks like; nothing when it looks like a profile
/// or like nothing known. `head` is the start of the inflated data.
#[must_use]
pub fn describe(head: &[u8]) -> Option<Kind> {
    match sniff(head) {
        Kind::Profile | Kind::Unknown | Kind::Empty => None,
        kind => Some(kind),
    }
}

/// What `head` is if it is certainly no profile. A look is not enough: only what breaks the
/// outline is refused here, the rest is the decoder's to judge.
pub(super) fn certainly_not_a_profile(head: &[u8]) -> Option<Kind> {
    describe(head).filter(|_| outline(head) == Outline::Broken)
}

/// `head` as text, if it is text all through. Its last character may be cut.
fn text(head: &[u8]) -> Option<&str> {
    let valid = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(head.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    // ESC is common in captured terminal output.
    let is_text = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\x0c' | '\x1b');
    valid.chars().all(is_text).then_some(valid)
}

fn sniff_text(text: &str) -> Kind {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if let Some((_, kind)) = TEXT.iter().find(|(start, _)| text.starts_with(start)) {
        return *kind;
    }
    if text.starts_with('<') {
        return sniff_markup(&text.to_ascii_lowercase());
    }
    if is_json(text) {
        return Kind::Json;
    }
    let first_line = text.lines().next().unwrap_or_default();
    if first_line.contains(" profile: total ") {
        return Kind::TextProfile;
    }
    if text.contains("\nShowing nodes accounting for") || first_line.starts_with("Showing nodes") {
        return Kind::PprofReport;
    }
    // "goroutine 1 [running]:", in a crash after the reason.
    if text
        .split('\n')
        .any(|line| line.starts_with("goroutine ") && line.contains(" ["))
    {
        return Kind::Goroutines;
    }
    if text.contains("\ngoos: ") || text.contains("\nBenchmark") {
        return Kind::TestOutput;
    }
    Kind::Text
}

fn sniff_markup(lower: &str) -> Kind {
    if lower.contains("<svg") {
        return Kind::Svg;
    }
    let html = [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<title",
        "<h1",
        "<pre",
        "<center",
    ];
    if html.iter().any(|tag| lower.contains(tag)) {
        Kind::Html
    } else if lower.starts_with("<?xml") || lower.contains('>') {
        Kind::Xml
    } else {
        Kind::Text
    }
}

fn is_json(text: &str) -> bool {
    let mut solid = text.chars().filter(|c| !c.is_whitespace());
    matches!(
        (solid.next(), solid.next()),
        (Some('{'), Some('"' | '}')) | (Some('['), Some('"' | '{' | '[' | ']' | '-' | '0'..='9'))
    )
}

/// ASCII with a zero after, or before, each character.
fn is_utf16_without_mark(head: &[u8]) -> bool {
    let all = |letter: fn([u8; 2]) -> [u8; 2]| {
        head.len() >= 16
            && head.chunks_exact(2).all(|pair| match pair {
                [a, b] => {
                    let [letter, zero] = letter([*a, *b]);
                    zero == 0 && (letter.is_ascii_graphic() || letter.is_ascii_whitespace())
                }
                _ => false,
            })
    };
    all(|pair| pair) || all(|[a, b]| [b, a])
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_wrong_file_is_named_and_refused() {
        let mut tar = vec![b'a'; 257];
        tar.extend(b"ustar\x0000");
        let utf16: Vec<u8> = "heap profile: 1"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        for (head, kind) in [
            (&b"\x1f\x8b\x08\0\0\0\0\0\0\xff"[..], Kind::Gzip),
            (b"\x1f\xef\xbf\xbd\x08\0\0\0", Kind::Utf8Gzip),
            (b"H4sIAAAAAAAE/+xdCZgU1bU+t3q6Z6ZnY", Kind::Base64Gzip),
            (b"1f8b08000000000000ff", Kind::HexGzip),
            (b"00000000: 1f8b 0800 0000 0000", Kind::HexGzip),
            (b"00000000  1f 8b 08 00 00 00", Kind::HexGzip),
            (b"\x28\xb5\x2f\xfd\x04\x58", Kind::Zstd),
            (b"\xfd7zXZ\0\0\x04", Kind::Xz),
            (b"BZh91AY&SY", Kind::Bzip2),
            (b"\x04\x22\x4d\x18\x64\x40", Kind::Lz4),
            (b"\xff\x06\0\0sNaPpY", Kind::Snappy),
            (b"PK\x03\x04\x14\0\0\0", Kind::Zip),
            (&tar, Kind::Tar),
            (b"7z\xbc\xaf\x27\x1c\0\x04", Kind::SevenZip),
            (b"\x7fELF\x02\x01\x01\0", Kind::Elf),
            (b"\xcf\xfa\xed\xfe\x07\0\0\x01", Kind::MachO),
            (b"\xca\xfe\xba\xbe\0\0\0\x02", Kind::MachO),
            (b"MZ\x90\0\x03\0\0\0", Kind::Pe),
            (b"\0asm\x01\0\0\0", Kind::Wasm),
            (b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", Kind::Image),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Kind::Image),
            (b"GIF89a", Kind::Image),
            (b"%PDF-1.7\n%\xe2\xe3", Kind::Pdf),
            (b"<?xml version=\"1.0\"?>\n<svg xmlns=", Kind::Svg),
            (b"\n\n  <!DOCTYPE html>\n<html lang=\"en\">", Kind::Html),
            (b"<HTML><BODY>502 Bad Gateway", Kind::Html),
            (
                b"<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code>",
                Kind::Xml,
            ),
            (b"{\"error\":\"unauthorized\"}", Kind::Json),
            (b"[\n  {\"a\": 1}]", Kind::Json),
            (
                b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream",
                Kind::HttpResponse,
            ),
            (b"404 page not found\n", Kind::NotFoundPage),
            (b"Unknown profile\n", Kind::NotFoundPage),
            (b"PERFILE2\x68\0\0\0\0\0\0\0", Kind::PerfData),
            (b"FLR\0\0\x02\0\x01", Kind::Jfr),
            (
                b"\0\0\0\0\0\0\0\0\x03\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x10\x27",
                Kind::LegacyCpu,
            ),
            (
                b"heap profile: 4: 384 [10: 1234] @ heap/1048576\n",
                Kind::TextHeap,
            ),
            (b"heap_v2/524288\n  t*: 1: 8", Kind::Jemalloc),
            (b"goroutine profile: total 7\n3 @ 0x43", Kind::TextProfile),
            (b"threadcreate profile: total 9\n", Kind::TextProfile),
            (b"--- contention:\ncycles/second=2400", Kind::TextProfile),
            (b"--- mutex:\ncycles/second=2400", Kind::TextProfile),
            (b"goroutine 1 [running]:\nmain.main()", Kind::Goroutines),
            (b"panic: oops\n\ngoroutine 1 [running]:\n", Kind::Goroutines),
            (b"go 1.26 trace\0\0\0\x01\x02", Kind::Trace),
            (b"goos: linux\ngoarch: amd64\n", Kind::TestOutput),
            (b"BenchmarkParse-8   1000  1234 ns/op", Kind::TestOutput),
            (b"PASS\nok  \tx\t0.1s", Kind::TestOutput),
            (
                b"mode: atomic\nexample.com/a/b.go:3.1,4.2 1 1",
                Kind::Coverage,
            ),
            (
                b"File: a.test\nType: alloc_space\nShowing nodes accounting for 1B",
                Kind::PprofReport,
            ),
            (
                b"version https://git-lfs.github.com/spec/v1\n",
                Kind::LfsPointer,
            ),
            (b"\xff\xfeh\0i\0", Kind::Utf16),
            (&utf16, Kind::Utf16),
            (b"\xef\xbb\xbf{\"a\": 1}", Kind::Json),
            (b"\xef\xbb\xbfhello", Kind::Text),
            ("Bonjour, voilà le café".as_bytes(), Kind::Text),
            (&[0; 512], Kind::Zeros),
        ] {
            assert_eq!(sniff(head), kind, "{:?}", head.escape_ascii().to_string());
            assert_eq!(describe(head), Some(kind));
            assert_eq!(certainly_not_a_profile(head), Some(kind), "{kind:?}");
            assert!(!kind.to_string().contains('\n'));
        }
    }

    #[test]
    fn text_that_may_be_fields_is_named_but_left_to_the_decoder() {
        // 'j' is the tag of packed comments, 'e' their length.
        let head = b"je ne suis pas un profil";
        assert_eq!(describe(head), Some(Kind::Text));
        assert_eq!(certainly_not_a_profile(head), None);
    }

    #[test]
    fn zlib_is_named_but_left_to_the_decoder() {
        // 78 01 is also the field doc_url with the value 1.
        let head = b"\x78\x01\x0a\x04";
        assert_eq!(sniff(head), Kind::Zlib);
        assert_eq!(certainly_not_a_profile(head), None);
        assert_eq!(sniff(b"\x78\x01\x0a\x04\x08\x01\x10\x02"), Kind::Profile);
    }

    #[test]
    fn what_may_be_a_profile_is_never_refused() {
        // Legal first fields whose tags are letters or white space, with values that are, too.
        for head in [
            &b"\x0a\x04\x08\x01\x10\x02"[..], // sample type: a line feed
            b"Z\x04\x08\x01\x10\x02",         // period type
            b"`A",                            // period 65
            b"pA`AHA",                        // default type, period, time
            b"2\x00",                         // the empty string
            b"PKHA`A",                        // duration 75, time 65, period 65
            b"x\x9c\x01",                     // doc_url 156
            b"HTPT",                          // time 84, duration 84
            b"\x0a",
        ] {
            assert_eq!(
                certainly_not_a_profile(head),
                None,
                "{:?}",
                head.escape_ascii().to_string()
            );
        }
    }

    #[test]
    fn text_is_told_though_a_character_is_cut() {
        let cut = &"grün".as_bytes()[..3];
        assert_eq!(sniff(cut), Kind::Text);
        assert_eq!(sniff(b"gr\xfcn\x80\x81"), Kind::Unknown);
    }
}
