//! A small profile damaged in every place, and in many ways at once.
//!
//! `MEMLENS_MUTANTS=N` sets the number of mutants.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use memlens::aggregate::{By, Query};

use super::gz::gzip;
use super::run::{ALL, filtered, from_file, from_pipe, query, shown};
use super::wire::{
    Fields, Function, LAYOUTS, Label, Layout, Location, Mapping, Msg, Profile, Sample, padded,
    varint,
};

/// SplitMix64: small, and the same numbers everywhere.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// A number below `end`, or 0.
    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

/// A heap profile of the shape that Go writes, of about 2 KB: inlining, recursion, closures,
/// generics, sizes, three packages.
fn shaped() -> Profile {
    let mut profile = Profile {
        mappings: Vec::new(),
        ..Profile::small()
    };
    profile.locations.clear();
    profile.functions.clear();
    profile.samples.clear();
    let file = profile.intern("/usr/bin/indexer");
    profile.mappings = (1..3)
        .map(|id| Mapping {
            id,
            file,
            build_id: 0,
        })
        .collect();
    let functions = [
        ("bytes.growSlice", "/usr/local/go/src/bytes/buffer.go", 226),
        (
            "bytes.(*Buffer).grow",
            "/usr/local/go/src/bytes/buffer.go",
            117,
        ),
        (
            "bytes.(*Buffer).Write",
            "/usr/local/go/src/bytes/buffer.go",
            172,
        ),
        (
            "encoding/json.Marshal",
            "/usr/local/go/src/encoding/json/encode.go",
            158,
        ),
        (
            "encoding/json.(*encodeState).marshal",
            "/usr/local/go/src/encoding/json/encode.go",
            290,
        ),
        (
            "example.com/indexer/store.(*Tree[...]).insert",
            "/src/indexer/store/tree.go",
            41,
        ),
        (
            "example.com/indexer/store.Open.func1",
            "/src/indexer/store/open.go",
            19,
        ),
        (
            "example.com/indexer/store.Open",
            "/src/indexer/store/open.go",
            12,
        ),
        ("main.walk", "/src/indexer/main.go", 88),
        ("main.serve.gowrap1", "/src/indexer/main.go", 60),
        ("main.main", "/src/indexer/main.go", 23),
        ("runtime.main", "/usr/local/go/src/runtime/proc.go", 147),
        (
            "runtime.goexit",
            "/usr/local/go/src/runtime/asm_amd64.s",
            1700,
        ),
    ];
    for (id, (name, file, start_line)) in (1..).zip(functions) {
        let (name, file) = (profile.intern(name), profile.intern(file));
        let function = Function {
            id,
            name,
            system_name: name,
            file,
            start_line,
        };
        profile.functions.push(function);
    }
    let lines: [&[(u64, i64)]; 14] = [
        &[(1, 240), (2, 155), (3, 180)],
        &[(3, 181)],
        &[(5, 301), (4, 163)],
        &[(4, 171)],
        &[(6, 48)],
        &[(6, 55)],
        &[(7, 22)],
        &[(8, 30)],
        &[(9, 93)],
        &[(9, 101)],
        &[(10, 60)],
        &[(11, 31)],
        &[(12, 283)],
        &[(13, 1700)],
    ];
    for (id, lines) in (1..).zip(lines) {
        let location = Location {
            id,
            mapping: 1,
            lines: lines.to_vec(),
        };
        profile.locations.push(location);
    }
    let bytes = profile.intern("bytes");
    let stacks: [(&[u64], i64, i64); 14] = [
        (&[1, 3, 9, 12, 13], 64, 3),
        (&[1, 3, 9, 12, 13], 128, 1),
        (&[2, 3, 10, 9, 9, 12, 13], 512, 2),
        (&[3, 10, 9, 9, 9, 12, 13], 48, 7),
        (&[4, 9, 12, 13], 1024, 1),
        (&[5, 8, 12, 13], 4096, 9),
        (&[6, 5, 5, 8, 12, 13], 96, 2),
        (&[6, 6, 5, 5, 8, 12, 13], 96, 1),
        (&[7, 8, 12, 13], 1_048_576, 1),
        (&[8, 12, 13], 32, 1),
        (&[11, 14], 262_144, 1),
        (&[12, 13], 2_097_152, 1),
        (&[2, 4, 11, 14], 208, 4),
        (&[1, 4, 11, 14], 416, 2),
    ];
    for (stack, size, count) in stacks {
        let scale = 1.0 / (1.0 - (-(size as f64) / 524_288.0).exp());
        let objects = (count as f64 * scale) as i64;
        let space = ((count * size) as f64 * scale) as i64;
        let live = if stack[0] == 3 {
            (0, 0)
        } else {
            (objects / 2, space / 2)
        };
        profile.samples.push(Sample {
            stack: stack.to_vec(),
            values: vec![objects, space, live.0, live.1],
            labels: vec![Label {
                key: bytes,
                number: size,
                ..Label::default()
            }],
        });
    }
    profile
}

static QUERIES: LazyLock<Vec<(By, Query)>> = LazyLock::new(|| {
    let both = |by| [(by, query(by)), (by, filtered(by))];
    ALL.into_iter().flat_map(both).collect()
});

/// Reads an input as a file and through a pipe, by one of the queries in turn; both must agree.
fn both_ways(bytes: &[u8], turn: usize) -> Result<Vec<i64>, String> {
    let (by, query) = &QUERIES[turn % QUERIES.len()];
    let file = from_file(bytes, query).map(|sites| shown(sites, *by).0);
    let pipe = from_pipe(bytes)
        .and_then(|profile| profile.sites(query).map_err(|error| error.to_string()))
        .map(|sites| shown(sites, *by).0);
    match (&file, &pipe) {
        (Ok(file), Ok(pipe)) => assert_eq!(file, pipe),
        (Err(_), Err(_)) => {}
        _ => panic!("file: {file:?}\npipe: {pipe:?}"),
    }
    file.map(|outcome| outcome.totals)
}

/// Reads it, and says how if that went wrong or took long.
fn survives(bytes: &[u8], turn: usize, name: impl FnOnce() -> String) -> Result<Vec<i64>, String> {
    let start = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| both_ways(bytes, turn)));
    let mut took = start.elapsed();
    if took > SLOW {
        // Not its fault, perhaps: another process may have had the processor.
        let start = Instant::now();
        let _ = catch_unwind(AssertUnwindSafe(|| both_ways(bytes, turn)));
        took = took.min(start.elapsed());
    }
    let Ok(outcome) = outcome else {
        panic!(
            "{} panics or disagrees, turn {turn}: {}",
            name(),
            hex(bytes)
        );
    };
    assert!(took <= SLOW, "{}: {took:?}: {}", name(), hex(bytes));
    outcome
}

const SLOW: Duration = Duration::from_millis(500);

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Does `count` pieces of work on all processors.
fn in_parallel(count: usize, work: impl Fn(usize) + Sync) {
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for worker in 0..workers {
            let work = &work;
            scope.spawn(move || (worker..count).step_by(workers).for_each(work));
        }
    });
}

#[test]
fn the_profile_is_sound_and_of_the_size_that_was_meant() {
    let profile = shaped();
    for layout in LAYOUTS {
        let bytes = profile.bytes(layout);
        assert!((1_500..2_600).contains(&bytes.len()), "{}", bytes.len());
        for turn in 0..QUERIES.len() {
            assert_eq!(both_ways(&bytes, turn), Ok(profile.totals()));
        }
    }
}

#[test]
fn no_prefix_of_a_gzip_is_read() {
    let whole = gzip(&shaped().bytes(Layout::Go));
    in_parallel(whole.len(), |length| {
        let outcome = survives(&whole[..length], length, || format!("first {length} bytes"));
        assert!(
            outcome.is_err(),
            "{length} of {} bytes are read",
            whole.len()
        );
    });
}

/// A raw profile has no end mark. Cut between two fields it can be sound: `go tool pprof` reads
/// it, too. It must then be whole in itself: what it refers to must be there.
#[test]
fn prefixes_of_a_raw_profile_are_refused_unless_cut_between_fields() {
    let profile = shaped();
    for layout in LAYOUTS {
        let fields = profile.fields(layout);
        let bytes = fields.bytes();
        let ends: Vec<usize> = fields
            .fields
            .iter()
            .scan(0, |end, field| {
                *end += field.bytes.len();
                Some(*end)
            })
            .collect();
        let read = AtomicU64::new(0);
        in_parallel(bytes.len(), |length| {
            let outcome = survives(&bytes[..length], length, || format!("first {length} bytes"));
            if outcome.is_ok() {
                assert!(ends.contains(&length), "{layout:?}, {length} bytes");
                read.fetch_add(1, Ordering::Relaxed);
            }
        });
        // Strings come last and the size label's key is among the first: in Go's order the table
        // is never whole before the end.
        if layout == Layout::Go {
            assert_eq!(read.into_inner(), 0);
        }
    }
}

#[test]
fn every_flipped_bit_is_survived() {
    for layout in LAYOUTS {
        let bytes = shaped().bytes(layout);
        let read = AtomicU64::new(0);
        in_parallel(bytes.len() * 8, |bit| {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            if survives(&flipped, bit / 8 + bit, || format!("{layout:?}, bit {bit}")).is_ok() {
                read.fetch_add(1, Ordering::Relaxed);
            }
        });
        // Half of the bits or so are those of names and values, which may be anything.
        let (read, all) = (read.into_inner() as usize, bytes.len() * 8);
        assert!(
            read > all / 4 && read < all * 9 / 10,
            "{read} of {all} read"
        );
    }
}

#[test]
fn mutants_are_survived() {
    let count = std::env::var("MEMLENS_MUTANTS").map_or(200_000, |count| {
        count.parse().expect("MEMLENS_MUTANTS is a number")
    });
    let profile = shaped();
    let bases: Vec<Fields> = LAYOUTS
        .iter()
        .map(|layout| profile.fields(*layout))
        .collect();
    let read = AtomicU64::new(0);
    let start = Instant::now();
    in_parallel(count, |seed| {
        let mutant = mutant(&bases, seed as u64);
        if survives(&mutant, seed, || format!("mutant {seed}")).is_ok() {
            read.fetch_add(1, Ordering::Relaxed);
        }
    });
    let read = read.into_inner();
    println!(
        "{count} mutants in {:?}, {read} of them read",
        start.elapsed()
    );
    // Neither all refused at the first byte nor hardly damaged.
    assert!(
        read as usize > count / 20 && (read as usize) < count * 3 / 4,
        "{read} of {count}"
    );
}

/// One to four edits, of the bytes or of one record under a right length.
fn mutant(bases: &[Fields], seed: u64) -> Vec<u8> {
    let mut random = Random::new(seed);
    let mut fields = bases[random.below(bases.len())].clone();
    let edits = 1 + random.below(4);
    if random.below(2) == 0 {
        for _ in 0..edits {
            edit_record(&mut fields, bases, &mut random);
        }
        return fields.bytes();
    }
    let mut bytes = fields.bytes();
    let other = bases[random.below(bases.len())].bytes();
    for _ in 0..edits {
        edit(&mut bytes, &other, &mut random);
    }
    bytes
}

/// Edits the inside of one record, or the order of records.
fn edit_record(fields: &mut Fields, bases: &[Fields], random: &mut Random) {
    let list = &mut fields.fields;
    let index = random.below(list.len());
    match random.below(8) {
        0 => _ = list.remove(index),
        1 => {
            let copy = list[index].clone();
            list.insert(random.below(list.len()), copy);
        }
        2 => {
            let other = random.below(list.len());
            list.swap(index, other);
        }
        3 => {
            let other = &bases[random.below(bases.len())].fields;
            list[index] = other[random.below(other.len())].clone();
        }
        _ => {
            let field = &mut list[index];
            let mut body = field.bytes[field.head..].to_vec();
            let other = body.clone();
            edit(&mut body, &other, random);
            // Scalars stand in their head; a body makes records of them, which is an edit, too.
            let bytes = Msg::new().bytes(field.number, &body).bytes;
            field.head = bytes.len() - body.len();
            field.bytes = bytes;
        }
    }
    if list.is_empty() {
        *fields = bases[0].clone();
    }
}

fn edit(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    let at = random.below(bytes.len());
    let chunk = |random: &mut Random, length: usize| {
        let from = random.below(length);
        from..length.min(from + 1 + random.below(40))
    };
    match random.below(7) {
        0 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
        }
        1 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = [0, 1, 2, 0x7f, 0x80, 0xff, random.next() as u8][random.below(7)];
            }
        }
        2 => {
            let value = match random.below(6) {
                0 => random.next() % 64,
                1 => u64::MAX,
                2 => 1 << random.below(64),
                3 => (1 << 63) - 1,
                4 => u64::from(random.next() as u32),
                _ => random.next(),
            };
            let number = if random.below(8) == 0 {
                padded(value)
            } else {
                varint(value)
            };
            // In the place of the varint that begins here.
            let rest = bytes.get(at..).unwrap_or_default();
            let length = rest.iter().take_while(|&&byte| byte >= 0x80).count() + 1;
            bytes.splice(at..bytes.len().min(at + length), number);
        }
        3 => {
            let range = chunk(random, bytes.len());
            bytes.drain(range);
        }
        4 => {
            let copy = bytes[chunk(random, bytes.len())].to_vec();
            bytes.splice(at..at, copy);
        }
        5 => {
            let length = bytes.len();
            let (a, b) = (random.below(length), random.below(length));
            for offset in 0..random.below(16) {
                if a + offset < length && b + offset < length {
                    bytes.swap(a + offset, b + offset);
                }
            }
        }
        _ => {
            let piece = other[chunk(random, other.len())].to_vec();
            let end = bytes.len().min(at + piece.len());
            bytes.splice(at..end, piece);
        }
    }
}
