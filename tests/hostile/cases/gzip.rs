//! Classes 1 to 13 and 16: what is wrong with the wrapping.

use super::super::case::{Case, reads, rejects};
use super::super::gz::{crc, gzip, member};
use super::super::wire::{Layout, Profile};

pub fn cases() -> Vec<Case> {
    let profile = Profile::small();
    let raw = profile.bytes(Layout::Go);
    let totals = profile.totals();
    let whole = gzip(&raw);
    let end = whole.len();
    let mut cases = vec![
        rejects("1 no bytes", vec![], "file is empty"),
        rejects(
            "1 gzip of nothing",
            gzip(b""),
            "file is empty (a gzip of nothing)",
        ),
        reads("13 raw", raw.clone(), totals.clone()),
        reads("13 gzip", whole.clone(), totals.clone()),
    ];

    for length in [2, 5, 9] {
        let message = format!("byte {length} (compressed): file is cut short, in the gzip header");
        cases.push(rejects(
            format!("2 first {length} bytes"),
            whole[..length].to_vec(),
            message,
        ));
    }
    let message = "byte 10 (compressed): file is cut short, in the gzip data";
    cases.push(rejects("2 header alone", whole[..10].to_vec(), message));
    for percent in [15, 25, 50, 75, 95] {
        let length = 10 + (end - 18) * percent / 100;
        let message = format!("byte {length} (compressed): file is cut short, in the gzip data");
        cases.push(rejects(
            format!("3 cut at {percent} %"),
            whole[..length].to_vec(),
            message,
        ));
    }
    for missing in [1, 4, 7, 8] {
        let length = end - missing;
        let message = format!("byte {length} (compressed): file is cut short, in the gzip trailer");
        let name = format!("4 last {missing} bytes missing");
        cases.push(rejects(name, whole[..length].to_vec(), message));
    }

    let sum = crc(&raw);
    for bit in [0, 31] {
        let mut bytes = whole.clone();
        bytes[end - 8 + bit / 8] ^= 1 << (bit % 8);
        let message = format!(
            "byte {} (compressed): gzip checksum is wrong: {sum:08x}, the trailer says {:08x}",
            end - 8,
            sum ^ 1 << bit
        );
        cases.push(rejects(format!("5 checksum, bit {bit}"), bytes, message));
        let mut bytes = whole.clone();
        bytes[end - 4 + bit / 8] ^= 1 << (bit % 8);
        let message = format!(
            "byte {} (compressed): gzip size is wrong: {} bytes, the trailer says {}",
            end - 4,
            raw.len(),
            raw.len() as u32 ^ 1 << bit
        );
        cases.push(rejects(format!("5 size, bit {bit}"), bytes, message));
    }
    // Stored, so that the flipped bit changes the profile and not the deflate: a location id.
    let fields = profile.fields(Layout::Go);
    let mut stored = stored_gzip(&raw);
    stored[10 + 5 + fields.body_at(2, 0) + 2] ^= 0x40;
    cases.push(rejects(
        "5 a bit of the data flipped",
        stored,
        "byte … (compressed): gzip checksum is wrong: …",
    ));

    let mut reserved = whole.clone();
    reserved[10] = 0b111;
    cases.push(rejects(
        "6 reserved block type",
        reserved,
        "byte 11 (compressed): deflate data is corrupt: invalid block type",
    ));
    let mut overwritten = whole.clone();
    overwritten[end / 2..end / 2 + 16].fill(0xff);
    cases.push(rejects(
        "6 sixteen bytes overwritten",
        overwritten,
        "byte … (compressed): …",
    ));

    for method in [0, 2, 7] {
        let mut bytes = whole.clone();
        bytes[2] = method;
        let message =
            format!("byte 2 (compressed): gzip header: method {method} is not deflate (8)");
        cases.push(rejects(format!("7 method {method}"), bytes, message));
    }

    let header = |flags| [0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 0xff];
    let sum = crc(&header(2)) as u16;
    let with_sum = |sum: u16| member(2, &sum.to_le_bytes(), &raw);
    cases.extend([
        reads("8 header checksum right", with_sum(sum), totals.clone()),
        rejects(
            "8 header checksum wrong",
            with_sum(sum ^ 1),
            format!(
                "byte 10 (compressed): gzip header: its checksum is {sum:04x}, it says {:04x}",
                sum ^ 1
            ),
        ),
        reads(
            "8 name, comment, extra",
            member(0b11100, b"\x03\0abcname\0comment\0", &raw),
            totals.clone(),
        ),
        reads(
            "8 name of 600 bytes",
            member(8, &[&[b'n'; 600][..], b"\0"].concat(), &raw),
            totals.clone(),
        )
        .differs("pprof's limit of 511 bytes is none of the format; the name is never stored"),
        reads(
            "8 name of 8 MiB",
            member(8, &[&vec![b'n'; 8 << 20][..], b"\0"].concat(), &raw),
            totals.clone(),
        )
        .differs("as before"),
        rejects(
            "8 reserved flags",
            member(0x80, b"", &raw),
            "byte 3 (compressed): gzip header: reserved flag bits are set (0x80)",
        )
        .differs("RFC 1952 wants them refused: they announce fields that we would misread"),
        rejects(
            "8 name without end",
            [&header(8)[..], b"no zero byte behind it"].concat(),
            "byte 32 (compressed): file is cut short, in the gzip header",
        ),
    ]);

    for (name, tail) in [
        ("text", &b"-- sent from my phone"[..]),
        ("a line feed", b"\n"),
        ("a zero", b"\0"),
        ("512 zeros", &[0; 512]),
        ("a raw profile", &raw),
    ] {
        let message = format!("byte {end} (compressed): data after the end of the gzip");
        cases.push(rejects(
            format!("9 {name} behind"),
            [&whole, tail].concat(),
            message,
        ));
    }
    let message = format!(
        "byte {} (compressed): file is cut short, in the gzip header",
        end + 2
    );
    let bytes = [&whole[..], b"\x1f\x8b"].concat();
    cases.push(rejects("9 a second header behind", bytes, message));

    let (first, second) = raw.split_at(raw.len() / 2);
    let single: Vec<u8> = raw.iter().flat_map(|byte| gzip(&[*byte])).collect();
    cases.extend([
        reads(
            "10 two members",
            [gzip(first), gzip(second)].concat(),
            totals.clone(),
        ),
        reads(
            "10 empty members before, between, behind",
            [gzip(b""), gzip(first), gzip(b""), gzip(second), gzip(b"")].concat(),
            totals.clone(),
        ),
        reads("10 one byte a member", single, totals.clone()),
        reads(
            "11 20,000 empty members",
            [gzip(b"").repeat(20_000), whole.clone()].concat(),
            totals.clone(),
        ),
    ]);

    let mut nested = gzip(&whole);
    for depth in 2..=50 {
        if [2, 3, 50].contains(&depth) {
            cases.push(rejects(
                format!("12 gzip {depth} deep"),
                nested.clone(),
                "not a profile: inside the gzip: gzip inside gzip (it was compressed twice)",
            ));
        }
        nested = gzip(&nested);
    }

    let mut mangled = Vec::new();
    for byte in stored_gzip(&raw) {
        if byte == b'\n' {
            mangled.push(b'\r');
        }
        mangled.push(byte);
    }
    cases.push(rejects(
        "16 copied in text mode",
        mangled,
        "byte … (compressed): …; every line feed follows a carriage return: was it copied in text mode?",
    ));
    cases
}

/// A gzip whose deflate is one stored block.
fn stored_gzip(bytes: &[u8]) -> Vec<u8> {
    let length = bytes.len() as u16;
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 1];
    out.extend(length.to_le_bytes());
    out.extend((!length).to_le_bytes());
    out.extend(bytes);
    out.extend(crc(bytes).to_le_bytes());
    out.extend((bytes.len() as u32).to_le_bytes());
    out
}
