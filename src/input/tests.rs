//! Whole inputs: every fault of a gzip, every way of cutting and serving the bytes.

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::sync::Arc;

use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compression, Crc, GzBuilder};
use proptest::prelude::*;

use super::*;

/// A profile's first fields, then a string without end, of bytes that deflate neither stores nor
/// folds to nothing.
fn profile(length: usize) -> Vec<u8> {
    let mut bytes = b"\x0a\x04\x08\x01\x10\x02\x32\xff\xff\xff\x7f".to_vec();
    let mut state = 1_u32;
    while bytes.len() < length {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        bytes.push(b"\x12\x08\x0a\x02\x10\x60cjqz"[(state >> 28) as usize % 10]);
    }
    bytes.truncate(length);
    bytes
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(1));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A member whose header is `flags` and `extra`, with a right trailer.
fn member(flags: u8, extra: &[u8], bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 0xff];
    out.extend(extra);
    let mut encoder = DeflateEncoder::new(out, Compression::new(1));
    encoder.write_all(bytes).unwrap();
    let mut out = encoder.finish().unwrap();
    out.extend(crc(bytes).to_le_bytes());
    out.extend((bytes.len() as u32).to_le_bytes());
    out
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

fn open(bytes: impl Into<Vec<u8>>) -> Result<Input, InputError> {
    Input::from_bytes("x", bytes, &Limits::default())
}

fn drain(mut input: Input, buffer: usize) -> Result<Vec<u8>, InputError> {
    let mut all = Vec::new();
    let mut buffer = vec![0; buffer];
    loop {
        match input.read(&mut buffer) {
            Ok(0) => break,
            Ok(got) => all.extend(&buffer[..got]),
            Err(error) => {
                assert!(input.digest().is_none());
                assert!(
                    input.read(&mut buffer).is_err(),
                    "a failed input must not go on"
                );
                return Err(InputError::from_io(error, "not ours"));
            }
        }
    }
    assert_eq!(
        input.read(&mut buffer).unwrap(),
        0,
        "the end must stay the end"
    );
    let digest = input.digest().expect("a digest at the end");
    assert_eq!((digest.length, digest.crc), (all.len() as u64, crc(&all)));
    Ok(all)
}

fn read(bytes: impl Into<Vec<u8>>) -> Result<Vec<u8>, InputError> {
    drain(open(bytes)?, 256 << 10)
}

fn problem(bytes: impl Into<Vec<u8>>) -> Problem {
    read(bytes).expect_err("must be refused").problem
}

fn message(bytes: impl Into<Vec<u8>>) -> String {
    read(bytes).expect_err("must be refused").to_string()
}

#[test]
fn raw_and_gzip_give_the_same_bytes() {
    for length in [1, 2, 11, 511, 512, 513, 4096, 300_000] {
        let bytes = profile(length);
        assert_eq!(read(bytes.clone()).unwrap(), bytes);
        assert_eq!(read(gzip(&bytes)).unwrap(), bytes);
        assert!(!open(bytes.clone()).unwrap().is_compressed());
        assert!(open(gzip(&bytes)).unwrap().is_compressed());
    }
}

#[test]
fn nothing_is_called_empty() {
    assert_eq!(message(""), "x: file is empty");
    assert_eq!(message(gzip(b"")), "x: file is empty (a gzip of nothing)");
    assert_eq!(
        message([gzip(b""), gzip(b"")].concat()),
        "x: file is empty (a gzip of nothing)"
    );
}

#[test]
fn every_prefix_of_a_gzip_is_cut_short_at_its_length() {
    let bytes = profile(2000);
    let extra = [&3_u16.to_le_bytes()[..], b"abc", b"name\0", b"comment\0"].concat();
    let whole = member(0b11100, &extra, &bytes);
    let data = 10 + extra.len();
    assert_eq!(read(whole.clone()).unwrap(), bytes);
    for length in 2..whole.len() {
        let expected = match length {
            _ if length < data => Part::Header,
            _ if length < whole.len() - 8 => Part::Data,
            _ => Part::Trailer,
        };
        match problem(&whole[..length]) {
            Problem::CutShort { offset, part } => {
                assert_eq!((offset, part), (length as u64, expected));
            }
            other => panic!("{length}: {other}"),
        }
        // The same behind a sound member.
        let second = [whole.as_slice(), &whole[..length]].concat();
        assert_eq!(problem(second.clone()).offset(), Some(second.len() as u64));
    }
    assert_eq!(
        message(&whole[..20]),
        "x: byte 20 (compressed): file is cut short, in the gzip header"
    );
}

#[test]
fn a_wrong_checksum_and_a_wrong_size_are_told_apart() {
    let sound = gzip(&profile(3000));
    let end = sound.len();
    for bit in 0..32 {
        let mut flipped = sound.clone();
        flipped[end - 8 + bit / 8] ^= 1 << (bit % 8);
        let Problem::Checksum {
            offset,
            stated,
            actual,
            ..
        } = problem(flipped)
        else {
            panic!("checksum, bit {bit}")
        };
        assert_eq!((offset, stated ^ actual), (end as u64 - 8, 1 << bit));

        let mut flipped = sound.clone();
        flipped[end - 4 + bit / 8] ^= 1 << (bit % 8);
        let Problem::Size {
            offset,
            stated,
            actual,
        } = problem(flipped)
        else {
            panic!("size, bit {bit}")
        };
        assert_eq!((offset, actual), (end as u64 - 4, 3000));
        assert_eq!(stated, 3000 ^ (1 << bit));
    }
    let mut wrong = sound;
    wrong[end - 4] = 0;
    assert_eq!(
        message(wrong),
        format!(
            "x: byte {} (compressed): gzip size is wrong: 3000 bytes, the trailer says 2816",
            end - 4
        )
    );
}

#[test]
fn every_flipped_bit_of_a_gzip_is_noticed_or_without_effect() {
    let bytes = profile(700);
    let sound = gzip(&bytes);
    for bit in 16..sound.len() * 8 {
        let mut flipped = sound.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        if let Ok(read) = read(flipped) {
            // FTEXT, the time and the system are no part of the content, and deflate leaves bits
            // of its last byte unused.
            let unused = (24..80).contains(&bit) || bit / 8 == sound.len() - 9;
            assert!(unused, "bit {bit} of {}", sound.len() * 8);
            assert_eq!(read, bytes);
        }
    }
}

#[test]
fn corrupt_deflate_is_refused_where_it_is() {
    let mut reserved = gzip(&profile(600));
    reserved[10] = 0b111;
    assert_eq!(
        message(reserved),
        "x: byte 11 (compressed): deflate data is corrupt: invalid block type"
    );
    let mut overwritten = gzip(&profile(200_000));
    let middle = overwritten.len() / 2;
    overwritten[middle..middle + 16].fill(0xff);
    match problem(overwritten) {
        Problem::Corrupt { offset, .. } => {
            assert!(
                (middle as u64..middle as u64 + 400).contains(&offset),
                "{offset}, {middle}"
            );
        }
        // The codes may stay legal; then the sum is wrong.
        other => assert!(matches!(other, Problem::Checksum { .. }), "{other}"),
    }
}

#[test]
fn bad_headers_are_refused_by_field() {
    let bytes = profile(100);
    let mut method = gzip(&bytes);
    method[2] = 7;
    assert_eq!(
        message(method),
        "x: byte 2 (compressed): gzip header: method 7 is not deflate (8)"
    );
    let mut flags = gzip(&bytes);
    flags[3] = 0x80;
    assert_eq!(
        message([gzip(&bytes), flags].concat()),
        format!(
            "x: byte {} (compressed): gzip header: reserved flag bits are set (0x80)",
            gzip(&bytes).len() + 3
        )
    );

    let start = [0x1f, 0x8b, 8, 0b10, 0, 0, 0, 0, 0, 0xff];
    let right = (crc(&start) & 0xffff) as u16;
    assert_eq!(
        read(member(0b10, &right.to_le_bytes(), &bytes)).unwrap(),
        bytes
    );
    let wrong = problem(member(0b10, &(right ^ 1).to_le_bytes(), &bytes));
    assert!(
        matches!(wrong, Problem::Header { offset: 10, .. }),
        "{wrong}"
    );
}

#[test]
fn header_texts_of_any_length_are_passed_over() {
    let bytes = profile(1000);
    let long = vec![b'n'; 8 << 20];
    let packed = GzBuilder::new()
        .filename(long)
        .extra(vec![7; 65_535])
        .comment("a comment")
        .write(Vec::new(), Compression::fast());
    let mut packed = packed;
    packed.write_all(&bytes).unwrap();
    assert_eq!(read(packed.finish().unwrap()).unwrap(), bytes);
}

#[test]
fn what_follows_the_last_member_is_refused_with_its_offset() {
    let sound = gzip(&profile(100));
    for tail in [
        &b"\0"[..],
        &[0; 512],
        b"trailing text",
        b"\x0a\x04\x08\x01\x10\x02",
        b"\x1f\x8c",
    ] {
        let error = problem([&sound, tail].concat());
        assert!(matches!(error, Problem::Trailing { .. }), "{error}");
        assert_eq!(error.offset(), Some(sound.len() as u64));
    }
}

#[test]
fn members_are_joined_however_many_there_are() {
    let bytes = profile(3000);
    let single: Vec<u8> = bytes.iter().flat_map(|byte| gzip(&[*byte])).collect();
    assert_eq!(read(single).unwrap(), bytes);

    let empty = gzip(b"");
    let mut many = empty.repeat(100_000);
    many.extend(gzip(&bytes));
    many.extend(empty.repeat(100_000));
    assert_eq!(read(many).unwrap(), bytes);
}

#[test]
fn a_gzip_inside_a_gzip_is_named_and_not_opened() {
    let mut nested = gzip(&profile(100));
    for _ in 0..50 {
        nested = gzip(&nested);
        assert_eq!(
            message(nested.clone()),
            "x: not a profile: inside the gzip: gzip inside gzip (it was compressed twice)"
        );
    }
}

#[test]
fn other_files_are_named_raw_and_inside_a_gzip() {
    let html = b"<!DOCTYPE html><title>502</title>";
    assert_eq!(
        message(&html[..]),
        "x: not a profile: looks like HTML: was it a failed download?"
    );
    assert_eq!(
        message(gzip(html)),
        "x: not a profile: inside the gzip: looks like HTML: was it a failed download?"
    );
    assert!(message("heap profile: 1: 2 [3: 4] @ heap/524288\n").contains("without debug=1"));
}

#[test]
fn a_copy_in_text_mode_is_suspected_only_where_it_shows() {
    let sound = gzip(&profile(20_000));
    let line_feeds = sound.iter().filter(|byte| **byte == b'\n').count();
    assert!(line_feeds > 2, "the test needs line feeds");
    let mut mangled = Vec::new();
    for byte in &sound {
        if *byte == b'\n' {
            mangled.push(b'\r');
        }
        mangled.push(*byte);
    }
    assert!(message(mangled).ends_with("was it copied in text mode?"));
    let mut damaged = sound;
    let end = damaged.len();
    damaged[end - 8] ^= 1;
    assert!(!message(damaged).contains("text mode"));
}

#[test]
fn limits_are_exact_and_name_their_flag() {
    let bytes = profile(5000);
    let packed = gzip(&bytes);
    let exact = Limits {
        compressed: packed.len() as u64,
        inflated: 5000,
    };
    let open = |bytes: &[u8], limits| {
        Input::from_bytes("x", bytes, &limits).and_then(|input| drain(input, 256 << 10))
    };
    assert_eq!(open(&packed, exact).unwrap(), bytes);
    assert_eq!(
        open(
            &bytes,
            Limits {
                compressed: 1,
                ..exact
            }
        )
        .unwrap(),
        bytes
    );

    let short = Limits {
        compressed: exact.compressed - 1,
        ..exact
    };
    let error = open(&packed, short).unwrap_err().to_string();
    assert!(error.contains("--max-compressed"), "{error}");
    let short = Limits {
        inflated: 4999,
        ..exact
    };
    for data in [&packed, &bytes] {
        let error = open(data, short).unwrap_err().to_string();
        assert_eq!(
            error,
            "x: more than 4999 inflated bytes (--max-inflated raises the limit)"
        );
    }
}

#[test]
fn a_bomb_ends_at_the_limit_without_being_held() {
    // 16 MiB that inflate from 16 KB; the limit is 1 MiB.
    let mut bomb = profile(12);
    bomb.resize(16 << 20, 0x10);
    let limits = Limits {
        inflated: 1 << 20,
        ..Limits::default()
    };
    let input = Input::from_bytes("x", gzip(&bomb), &limits).unwrap();
    let error = drain(input, 256 << 10).unwrap_err();
    assert!(matches!(
        error.problem,
        Problem::InflatedLimit { limit: 1_048_576 }
    ));
}

#[test]
fn a_gzip_of_zeros_is_refused_by_its_first_bytes() {
    let error = message(gzip(&vec![0; 1 << 20]));
    assert_eq!(
        error,
        "x: not a profile: inside the gzip: nothing but zero bytes"
    );
}

/// Serves a few bytes at a time and is interrupted now and then, as pipes are.
struct Dripping {
    bytes: io::Cursor<Vec<u8>>,
    turn: usize,
}

impl Read for Dripping {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.turn += 1;
        if self.turn.is_multiple_of(3) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let count = out.len().min(self.turn % 7 + 1);
        self.bytes.read(&mut out[..count])
    }
}

#[test]
fn a_slow_pipe_gives_the_same_bytes_and_cannot_be_rewound() {
    let bytes = profile(20_000);
    for stored in [bytes.clone(), gzip(&bytes)] {
        let pipe = Dripping {
            bytes: io::Cursor::new(stored),
            turn: 0,
        };
        let mut input = Input::from_reader("-", pipe, &Limits::default()).unwrap();
        assert!(!input.can_rewind());
        let mut all = Vec::new();
        input.read_to_end(&mut all).unwrap();
        assert_eq!(all, bytes);
        let error = input.rewind().unwrap_err();
        assert!(matches!(error.problem, Problem::NotRewindable));
    }
}

#[test]
fn a_failing_device_is_reported_with_the_systems_reason() {
    struct Failing(bool);
    impl Read for Failing {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            if std::mem::replace(&mut self.0, true) {
                return Err(io::Error::other("the disk is on fire"));
            }
            let head = profile(5000);
            out[..5000].copy_from_slice(&head);
            Ok(5000)
        }
    }
    let input = Input::from_reader("d", Failing(false), &Limits::default()).unwrap();
    let error = drain(input, 1000).unwrap_err();
    assert_eq!(error.to_string(), "d: the disk is on fire");
}

#[test]
fn offsets_follow_the_stored_bytes() {
    let packed = gzip(&profile(300_000));
    let length = packed.len() as u64;
    let mut input = open(packed).unwrap();
    let mut before = input.compressed_offset();
    let mut buffer = vec![0; 1000];
    while input.read(&mut buffer).unwrap() > 0 {
        assert!(input.compressed_offset() >= before);
        before = input.compressed_offset();
    }
    assert_eq!(input.compressed_offset(), length);
}

#[test]
fn progress_counts_stored_bytes_and_every_reading() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mem.out");
    std::fs::write(&path, gzip(&profile(300_000))).unwrap();
    let file = Source::File(path);
    let length = file.length().unwrap();
    let progress = Arc::new(Progress::of(&[file.clone(), file.clone()]));
    assert_eq!((progress.read(), progress.length()), (0, Some(2 * length)));

    let mut input = Input::open(&file, &Limits::default()).unwrap();
    input.tell(Arc::clone(&progress));
    input.read_to_end(&mut Vec::new()).unwrap();
    assert_eq!(progress.read(), length);
    input.rewind().unwrap();
    input.read_to_end(&mut Vec::new()).unwrap();
    assert_eq!(
        (progress.read(), progress.length()),
        (2 * length, Some(3 * length))
    );

    assert_eq!(Progress::of(&[file, Source::Stdin]).length(), None);
}

#[test]
fn a_file_can_be_read_twice_from_the_same_descriptor() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mem.out");
    let bytes = profile(100_000);
    std::fs::write(&path, gzip(&bytes)).unwrap();
    let mut input = Input::open(&Source::File(path.clone()), &Limits::default()).unwrap();
    assert!(input.can_rewind());
    // Gone by name, not for us.
    std::fs::remove_file(path).unwrap();
    let mut first = Vec::new();
    input.read_to_end(&mut first).unwrap();
    let digest = input.digest();
    input.rewind().unwrap();
    assert_eq!(input.digest(), None);
    let mut second = Vec::new();
    input.read_to_end(&mut second).unwrap();
    assert_eq!((&first, &second), (&bytes, &bytes));
    assert_eq!(input.digest(), digest);
}

#[test]
fn a_file_that_changed_between_two_readings_is_refused() {
    let bytes = profile(100_000);
    let mut other = bytes.clone();
    other[99_000] ^= 1;
    let mut short = bytes.clone();
    short.pop();
    // The last one is over before the second reading's head is.
    for other in [other, short, profile(100)] {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&gzip(&bytes)).unwrap();
        let source = Source::File(file.path().to_owned());
        let mut input = Input::open(&source, &Limits::default()).unwrap();
        io::copy(&mut input, &mut io::sink()).unwrap();
        std::fs::write(file.path(), gzip(&other)).unwrap();
        let error = input
            .rewind()
            .and_then(|()| drain(input, 256 << 10))
            .unwrap_err();
        assert!(matches!(error.problem, Problem::Changed), "{error}");
    }
}

#[test]
fn an_interrupted_reading_can_be_begun_again() {
    let bytes = profile(50_000);
    let mut input = open(gzip(&bytes)).unwrap();
    input.read_exact(&mut [0; 700]).unwrap();
    input.rewind().unwrap();
    assert_eq!(drain(input, 4096).unwrap(), bytes);
}

fn paths(names: &[&str]) -> Vec<PathBuf> {
    names.iter().map(PathBuf::from).collect()
}

#[test]
fn arguments_are_files_and_standard_input_once() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let args = [paths(&["-"]), vec![file.path().to_owned()]].concat();
    let expanded = expand(&args).unwrap();
    assert_eq!(
        expanded.sources,
        [Source::Stdin, Source::File(file.path().to_owned())]
    );
    assert_eq!(expanded.sources[0].name(), "-");
    let error = expand(&paths(&["-", "-"])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "-: standard input can be named only once"
    );
}

#[test]
fn a_missing_path_is_told_from_a_pattern() {
    let error = expand(&paths(&["no/such/mem.out"])).unwrap_err();
    assert_eq!(error.to_string(), "no/such/mem.out: no such file");
    let error = expand(&paths(&["no/such/*.out"])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no/such/*.out: no such file: the shell did not expand the pattern"
    );
}

#[test]
fn a_directory_is_the_profiles_directly_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::create_dir(at("deeper")).unwrap();
    let error = expand(&[folder.path().to_owned()]).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("no profile in this directory (0 other files, 1 folder not searched)")
    );

    std::fs::write(at("a.txt"), "notes").unwrap();
    std::fs::write(at(".hidden"), profile(600)).unwrap();
    std::fs::write(at("page.pb.gz"), gzip(b"<html>")).unwrap();
    std::fs::write(at("noise"), [0x48, 0x81, 0x92]).unwrap();
    std::fs::write(at("deeper/mem.out"), profile(600)).unwrap();
    let error = expand(&[folder.path().to_owned()]).unwrap_err();
    assert!(
        matches!(
            error.problem,
            Problem::NoProfiles {
                skipped: 3,
                folders: 1
            }
        ),
        "{error}"
    );

    let cut = gzip(&profile(100_000));
    std::fs::write(at("z.pb.gz"), gzip(&profile(600))).unwrap();
    std::fs::write(at("b.raw"), profile(600)).unwrap();
    // Its start is a profile's: that the rest is missing is for the reader to report.
    std::fs::write(at("cut.pb.gz"), &cut[..cut.len() / 2]).unwrap();
    let expanded = expand(&[folder.path().to_owned()]).unwrap();
    let names: Vec<_> = ["b.raw", "cut.pb.gz", "z.pb.gz"]
        .map(|name| Source::File(at(name)))
        .into();
    assert_eq!(expanded.sources, names);
    let skipped: Vec<_> = expanded
        .skipped
        .iter()
        .map(|skipped| {
            (
                skipped.path.file_name().unwrap().to_str().unwrap(),
                skipped.reason.as_str(),
            )
        })
        .collect();
    assert_eq!(
        skipped,
        [
            ("a.txt", "not a profile: plain text"),
            ("noise", "unknown data"),
            (
                "page.pb.gz",
                "not a profile: inside the gzip: looks like HTML: was it a failed download?"
            ),
        ]
    );
    let error = Input::open(&Source::File(folder.path().to_owned()), &Limits::default());
    assert!(error.unwrap_err().to_string().ends_with(": is a directory"));
}

#[test]
fn what_is_damaged_in_a_directory_is_not_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.out"), profile(600)).unwrap();
    let mut bad_header = gzip(&profile(600));
    bad_header[2] = 7;
    let bad = folder.path().join("b.out");
    for (bytes, said) in [
        (&b""[..], "file is empty"),
        (&gzip(b""), "file is empty (a gzip of nothing)"),
        (&bad_header, "byte 2 (compressed): gzip header: "),
        (
            &gzip(&profile(600))[..7],
            "byte 7 (compressed): file is cut short",
        ),
    ] {
        std::fs::write(&bad, bytes).unwrap();
        let error = expand(&[folder.path().to_owned()]).unwrap_err().to_string();
        assert!(error.contains(&format!("b.out: {said}")), "{error}");
    }
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    use std::path::Path;
    use std::process::Command;

    #[test]
    fn a_loop_of_links_is_an_error_named_or_in_a_directory() {
        let folder = tempfile::tempdir().unwrap();
        let looped = folder.path().join("loop");
        symlink("loop", &looped).unwrap();
        assert!(expand(std::slice::from_ref(&looped)).is_err());
        assert!(Input::open(&Source::File(looped.clone()), &Limits::default()).is_err());

        std::fs::write(folder.path().join("mem.out"), profile(600)).unwrap();
        symlink("mem.out", folder.path().join("link")).unwrap();
        let error = expand(&[folder.path().to_owned()]).unwrap_err();
        assert_eq!(error.file, looped.to_string_lossy());

        std::fs::remove_file(&looped).unwrap();
        let expanded = expand(&[folder.path().to_owned()]).unwrap();
        assert_eq!(expanded.sources.len(), 2);
    }

    #[test]
    fn a_named_pipe_is_read_and_a_directory_passes_it_by() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(
            Command::new("mkfifo")
                .arg(&pipe)
                .status()
                .unwrap()
                .success()
        );
        std::fs::write(folder.path().join("mem.out"), profile(600)).unwrap();
        assert_eq!(
            expand(&[folder.path().to_owned()]).unwrap().sources.len(),
            1
        );

        let bytes = profile(200_000);
        let writer = {
            let (pipe, packed) = (pipe.clone(), gzip(&bytes));
            std::thread::spawn(move || std::fs::write(pipe, packed).unwrap())
        };
        let expanded = expand(&[pipe]).unwrap();
        let input = Input::open(&expanded.sources[0], &Limits::default()).unwrap();
        assert!(!input.can_rewind());
        assert_eq!(drain(input, 4096).unwrap(), bytes);
        writer.join().unwrap();
    }

    #[test]
    fn devices_end_at_once() {
        let open = |path: &str| Input::open(&Source::File(path.into()), &Limits::default());
        let error = open("/dev/zero").unwrap_err().to_string();
        assert_eq!(error, "/dev/zero: not a profile: nothing but zero bytes");
        assert_eq!(
            open("/dev/null").unwrap_err().to_string(),
            "/dev/null: file is empty"
        );
    }

    #[test]
    fn a_name_that_is_not_utf8_opens_and_is_shown_on_one_line() {
        let folder = tempfile::tempdir().unwrap();
        let name = std::ffi::OsStr::from_bytes(b"a\xff\n\x1b[31m");
        let path = folder.path().join(Path::new(name));
        std::fs::write(&path, gzip(&profile(600))).unwrap();
        let expanded = expand(std::slice::from_ref(&path)).unwrap();
        let source = &expanded.sources[0];
        assert_eq!(
            drain(Input::open(source, &Limits::default()).unwrap(), 99)
                .unwrap()
                .len(),
            600
        );
        std::fs::write(&path, "").unwrap();
        let error = Input::open(source, &Limits::default())
            .unwrap_err()
            .to_string();
        assert!(
            error.ends_with("/a\u{fffd}\\n\\x1b[31m: file is empty"),
            "{error}"
        );
    }
}

/// Reads to the end or to an error; whatever the bytes, one of the two comes.
fn exhaust(bytes: Vec<u8>, buffer: usize) -> Result<Vec<u8>, InputError> {
    let limits = Limits {
        inflated: 1 << 20,
        ..Limits::default()
    };
    drain(Input::from_bytes("x", bytes, &limits)?, buffer)
}

proptest! {
    #[test]
    fn no_bytes_panic_or_loop(bytes: Vec<u8>, buffer in 1_usize..5000) {
        let length = bytes.len();
        if let Err(error) = exhaust(bytes, buffer) {
            prop_assert!(error.problem.offset().unwrap_or(0) <= length as u64);
            prop_assert!(!error.to_string().contains('\n'));
        }
    }

    #[test]
    fn no_start_of_a_gzip_panics_or_loops(
        tail: Vec<u8>, flags in 0_u8..32, head in 0_usize..11, buffer in 1_usize..5000,
    ) {
        let start = [0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 0xff];
        let bytes = [&start[..head.min(10)], &tail].concat();
        let length = bytes.len() as u64;
        if let Err(error) = exhaust(bytes, buffer) {
            prop_assert!(error.problem.offset().unwrap_or(0) <= length, "{error}");
        }
    }

    #[test]
    fn a_damaged_gzip_gives_the_right_bytes_or_none(
        length in 1_usize..3000, at: prop::sample::Index, byte: u8, buffer in 1_usize..5000,
    ) {
        let bytes = profile(length);
        let mut packed = [gzip(&bytes[..length / 2]), gzip(&bytes[length / 2..])].concat();
        let at = at.index(packed.len());
        packed[at] = byte;
        // Without its magic number a gzip is no gzip.
        if at > 1 && let Ok(read) = exhaust(packed, buffer) {
            prop_assert_eq!(read, bytes);
        }
    }

    #[test]
    fn any_split_into_members_gives_the_same_bytes(
        length in 1_usize..4000,
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
        buffer in 1_usize..5000,
    ) {
        let bytes = profile(length);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(length)).collect();
        cuts.extend([0, length]);
        cuts.sort_unstable();
        let packed: Vec<u8> = cuts.windows(2).flat_map(|cut| gzip(&bytes[cut[0]..cut[1]])).collect();
        prop_assert_eq!(exhaust(packed, buffer).unwrap(), bytes);
    }
}
