//! Whole programs of a few hundred bytes, sound and damaged.

use std::io::Cursor;

use super::pclntab::tests::table;
use super::*;

/// A call at the start of the code, to the second function.
const CALL: [u8; 5] = [0xe8, 0x1b, 0, 0, 0];

/// Where the segment of [`program`] is linked for, and its first function.
const BASE: u64 = 0x40_0000;

/// An ELF file with what this channel reads, as a program of Go that was stripped has it.
fn program() -> Vec<u8> {
    let mut code = CALL.to_vec();
    code.resize(0x40, 0xcc);
    let functions = [(0, "main.main"), (0x20, "runtime.growslice")];
    let mut build_info = b"\xff Go buildinf:\x08\x02".to_vec();
    build_info.resize(32, 0);
    build_info.extend(b"\x08go1.26.1");
    let mut modules = vec![0; 16];
    modules.extend(b"path\tm\nmod\tm\tv1\t\ndep\td\tv2\t\n=>\te\tv3\t\n");
    modules.extend([0; 16]);
    build_info.push(modules.len().try_into().unwrap());
    build_info.extend(modules);
    let go_note = b"\x04\0\0\0\x03\0\0\0\x04\0\0\0Go\0\0a/b\0".to_vec();
    let gnu_note = b"\x04\0\0\0\x02\0\0\0\x03\0\0\0GNU\0\xab\xcd\0\0".to_vec();
    let names =
        b"\0.text\0.gopclntab\0.go.buildinfo\0.note.go.buildid\0.note.gnu.build-id\0.shstrtab\0";
    let name = |wanted: &[u8]| {
        let at = names.windows(wanted.len()).position(|name| name == wanted);
        u32::try_from(at.unwrap()).unwrap()
    };
    // Name, type and bytes.
    let sections = [
        (name(b".text\0"), 1_u32, code),
        (
            name(b".gopclntab"),
            1,
            table(BASE + 0x100, &functions, 0x40),
        ),
        (name(b".go.buildinfo"), 1, build_info),
        (name(b".note.go.buildid"), 7, go_note),
        (name(b".note.gnu.build-id"), 7, gnu_note),
        (name(b".shstrtab"), 3, names.to_vec()),
    ];

    let mut content = Vec::new();
    let mut headers = vec![0; 64];
    for (name, kind, bytes) in &sections {
        content.resize(content.len().next_multiple_of(16), 0);
        let offset = 0x100 + content.len() as u64;
        headers.extend([name.to_le_bytes(), kind.to_le_bytes()].concat());
        let words = [2, BASE + offset, offset, bytes.len() as u64, 0, 4, 0];
        headers.extend(words.map(u64::to_le_bytes).concat());
        content.extend(bytes);
    }
    content.resize(content.len().next_multiple_of(16), 0);
    let size = 0x100 + content.len() as u64;

    let mut file = b"\x7fELF\x02\x01\x01".to_vec();
    file.resize(16, 0);
    file.extend([2_u16.to_le_bytes(), 62_u16.to_le_bytes()].concat());
    file.extend(1_u32.to_le_bytes());
    file.extend([BASE, 64, size].map(u64::to_le_bytes).concat());
    file.extend(0_u32.to_le_bytes());
    // The sizes of headers and how many there are; the last section has the names of all.
    file.extend([64_u16, 56, 1, 64, 7, 6].map(u16::to_le_bytes).concat());
    // One segment, read and executed.
    file.extend([1_u32, 5].map(u32::to_le_bytes).concat());
    file.extend(
        [0, BASE, BASE, size, size, 0x1000]
            .map(u64::to_le_bytes)
            .concat(),
    );
    file.resize(0x100, 0);
    file.extend(content);
    file.extend(headers);
    file
}

fn read(bytes: &[u8]) -> Result<Binary, BinaryError> {
    Binary::read(Cursor::new(bytes), &Limits::default())
}

/// Asks all there is to ask.
fn exercise(bytes: &[u8]) {
    let Ok(binary) = read(bytes) else { return };
    let moved = Mapping {
        start: 0x7000_0000,
        limit: 0x7000_1000,
        offset: 0,
    };
    for offset in 0xf8..0x148 {
        let _ = binary.call_before(Mapping::default(), BASE + offset);
        let _ = binary.call_before(moved, moved.start + offset);
        let _ = binary.function_at(moved, moved.start + offset);
    }
    let _ = binary.call_before(moved, u64::MAX);
    let _ = binary.identity("abcd");
}

/// Numbers that are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}

#[test]
fn a_call_is_resolved_wherever_the_program_stood() {
    let binary = read(&program()).unwrap();
    let expected = Call {
        target: "runtime.growslice".to_owned(),
        operation: Operation::GrowSlice,
    };
    let mapping = |start, offset| Mapping {
        start,
        limit: start + 0x1000,
        offset,
    };
    for (mapping, address) in [
        (Mapping::default(), BASE + 0x104),
        (mapping(BASE, 0), BASE + 0x104),
        (mapping(0x7f00_0000, 0), 0x7f00_0104),
        (mapping(0x7f00_0000, 0x100), 0x7f00_0004),
    ] {
        let call = binary.call_before(mapping, address);
        assert_eq!(call.as_ref(), Some(&expected), "{mapping:x?}");
        let function = binary.function_at(mapping, address);
        assert_eq!(function.as_deref(), Some("main.main"), "{mapping:x?}");
        assert_eq!(binary.call_before(mapping, address + 1), None);
    }
    for outside in [0, BASE - 1, BASE + 0x1000, u64::MAX] {
        assert_eq!(binary.call_before(mapping(BASE, 0), outside), None);
    }
}

#[test]
fn a_call_into_the_middle_of_a_function_is_none() {
    let mut bytes = program();
    bytes[0x101] -= 1;
    let binary = read(&bytes).unwrap();
    assert_eq!(binary.call_before(Mapping::default(), BASE + 0x104), None);
}

#[test]
fn build() {
    let binary = read(&program()).unwrap();
    assert_eq!(binary.build_ids().gnu.as_deref(), Some("abcd"));
    assert_eq!(binary.build_ids().go.as_deref(), Some("a/b"));
    assert_eq!(binary.identity("abcd"), Identity::Same);
    let info = binary.build_info().unwrap();
    assert_eq!(info.go_version, "go1.26.1");
    assert_eq!(info.dependencies.len(), 1);
}

#[test]
fn what_is_refused() {
    let limits = Limits { file: 100 };
    let refused = Binary::read(Cursor::new(program()), &limits).unwrap_err();
    assert!(matches!(refused, BinaryError::TooLarge { limit: 100, .. }));
    let directory = Binary::open(Path::new(env!("CARGO_MANIFEST_DIR")), &Limits::default());
    assert!(matches!(directory, Err(BinaryError::NotRegular)));
    let missing = Binary::open(Path::new("no/such/file"), &Limits::default());
    assert!(matches!(missing, Err(BinaryError::Io(_))));
    for bytes in [&b""[..], b"MZ", b"\x7fELF", b"#!/bin/sh\n"] {
        assert!(matches!(read(bytes), Err(BinaryError::Format(_))));
    }
}

#[test]
fn damaged_programs_do_no_harm() {
    let whole = program();
    for length in 0..whole.len() {
        exercise(&whole[..length]);
    }
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..6000 {
        let mut mutant = whole.clone();
        for _ in 0..=random.below(4) {
            let at = random.below(mutant.len());
            mutant[at] = match random.below(4) {
                0 => 0,
                1 => 0xff,
                2 => mutant[at] ^ (1 << random.below(8)),
                _ => u8::try_from(random.below(256)).unwrap(),
            };
        }
        exercise(&mutant);
    }
    // Nothing but the first bytes of each format is right.
    let magics: [&[u8]; 4] = [
        b"\x7fELF\x02\x01\x01",
        b"\xcf\xfa\xed\xfe\x07\0\0\x01",
        b"MZ",
        b"\xca\xfe\xba\xbe\0\0\0\x02",
    ];
    for round in 0..2000 {
        let mut bytes = magics[round % 4].to_vec();
        let length = random.below(2000);
        bytes.extend((0..length).map(|_| u8::try_from(random.below(256)).unwrap()));
        exercise(&bytes);
    }
}

#[test]
fn overlapping_claims_are_not_read_twice() {
    // Every section claims all of the file, and all of them together a multiple of it.
    let mut bytes = program();
    let headers = bytes.len() - 7 * 64;
    bytes.resize(bytes.len() + (8 << 20), 0);
    let size = bytes.len() as u64;
    for section in 1..=4 {
        let at = headers + section * 64 + 24;
        bytes[at..at + 16].copy_from_slice(&[0, size].map(u64::to_le_bytes).concat());
    }
    let binary = read(&bytes).unwrap();
    assert!(binary.code.bytes.len() as u64 <= size);
    assert_eq!(binary.build_info(), None);
}
