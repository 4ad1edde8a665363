//! Writes Go heap profiles of any size that look like real ones: the wire format byte for byte as
//! a Go program (or `pprof -proto`) lays it out, stacks walked through an invented program.
//!
//! A profile is made in three steps, one module each:
//! [`program`] invents functions, call sites and allocation sites; [`walk`] wanders through them
//! and yields (stack, size) pairs, none of them twice; [`wire`] is the little of protobuf that is
//! needed. [`generate`] puts them together. Memory depends on the program (a few MiB), not on the
//! size of the profile. Equal arguments give equal bytes.

use std::collections::HashMap;
use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

use flate2::Compression;
use flate2::write::GzEncoder;

use program::{Program, SiteId};
use rng::Rng;
use walk::{Traits, Walk};
use wire::Message;

#[path = "names.rs"]
mod names;
#[path = "program.rs"]
mod program;
#[path = "rng.rs"]
mod rng;
#[path = "sizes.rs"]
mod sizes;
#[path = "walk.rs"]
mod walk;
#[path = "wire.rs"]
mod wire;

/// What kind of program the profile is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A compiler run by `go test -memprofile`: deep recursive stacks, neighbours share most frames.
    Compiler,
    /// A long-running server: at most 32 frames, neighbours come from different requests.
    Server,
    /// As little repetition as calls in a program allow: the inflater's worst case.
    Entropy,
    /// The same in a program of half a million functions, of which the more are met the larger the
    /// profile: the worst case of all that comes after the samples.
    Wide,
}

/// Who wrote the profile: the order of fields and the compression level follow from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Go's runtime: locations and functions before the first sample that needs them, strings last.
    Runtime,
    /// google/pprof, and whatever merges profiles with it: all samples before the tables.
    Pprof,
}

/// What was written, counted while writing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Summary {
    /// Bytes of the profile before compression.
    pub inflated_bytes: u64,
    /// Samples, each a different (stack, size) pair.
    pub samples: u64,
    /// Different stacks among them.
    pub stacks: u64,
    /// Locations in all samples together; divided by `samples`, the average depth.
    pub frames: u64,
    /// Of these, how many are the same as in the sample before, counted from the root.
    pub shared_frames: u64,
    /// Entries of the location table.
    pub locations: u64,
    /// Entries of the function table.
    pub functions: u64,
}

/// Writes a gzipped profile of about `inflated_bytes` (before compression; exact to one sample,
/// but never fewer than one) to `out`.
///
/// # Errors
/// Those of `out`.
pub fn generate(
    shape: Shape,
    order: Order,
    inflated_bytes: u64,
    seed: u64,
    out: impl Write,
) -> io::Result<Summary> {
    let level = match order {
        Order::Runtime => RUNTIME_LEVEL,
        Order::Pprof => Compression::default(),
    };
    let mut gzip = GzEncoder::new(out, level);
    let summary = generate_raw(shape, order, inflated_bytes, seed, &mut gzip)?;
    gzip.finish()?.flush()?;
    Ok(summary)
}

/// Go's runtime compresses at `gzip.BestSpeed`.
const RUNTIME_LEVEL: Compression = Compression::new(1);

/// Writes the same profile as [`generate`], not compressed.
///
/// # Errors
/// Those of `out`.
pub fn generate_raw(
    shape: Shape,
    order: Order,
    inflated_bytes: u64,
    seed: u64,
    out: impl Write,
) -> io::Result<Summary> {
    let traits = Traits::of(shape);
    let mut rng = Rng::new(seed);
    let program = Program::invent(&traits.program, &mut rng);
    let mut writer = Writer::new(&program, order, traits.default_sample_type, out);
    let mut walk = Walk::new(&program, &traits, rng);
    writer.begin(traits.period)?;
    loop {
        let sample = walk.next();
        writer.sample(
            sample.stack,
            sample.is_new_stack,
            sample.size,
            sample.values,
        )?;
        if writer.size_when_finished() >= inflated_bytes {
            break;
        }
    }
    writer.finish(traits.period)
}

/// The four values of a heap sample, in the order of the format:
/// alloc_objects, alloc_space, inuse_objects, inuse_space.
type HeapValues = [u64; 4];

const SAMPLE_TYPES: [(&str, &str); 4] = [
    ("alloc_objects", "count"),
    ("alloc_space", "bytes"),
    ("inuse_objects", "count"),
    ("inuse_space", "bytes"),
];

/// When every generated profile was taken, in nanoseconds since 1970: equal arguments must give
/// equal bytes, so it is not the time of the run.
const TIME_NANOS: u64 = 1_700_000_000_000_000_000;

/// Field numbers of the messages of profile.proto.
mod field {
    pub mod profile {
        pub const SAMPLE_TYPE: u32 = 1;
        pub const SAMPLE: u32 = 2;
        pub const MAPPING: u32 = 3;
        pub const LOCATION: u32 = 4;
        pub const FUNCTION: u32 = 5;
        pub const STRING_TABLE: u32 = 6;
        pub const TIME_NANOS: u32 = 9;
        pub const PERIOD_TYPE: u32 = 11;
        pub const PERIOD: u32 = 12;
        pub const DEFAULT_SAMPLE_TYPE: u32 = 14;
    }
    pub mod value_type {
        pub const TYPE: u32 = 1;
        pub const UNIT: u32 = 2;
    }
    pub mod sample {
        pub const LOCATION_ID: u32 = 1;
        pub const VALUE: u32 = 2;
        pub const LABEL: u32 = 3;
    }
    pub mod label {
        pub const KEY: u32 = 1;
        pub const NUM: u32 = 3;
    }
    pub mod mapping {
        pub const ID: u32 = 1;
        pub const MEMORY_START: u32 = 2;
        pub const MEMORY_LIMIT: u32 = 3;
        pub const FILE_OFFSET: u32 = 4;
        pub const FILENAME: u32 = 5;
        pub const BUILD_ID: u32 = 6;
        pub const HAS_FUNCTIONS: u32 = 7;
    }
    pub mod location {
        pub const ID: u32 = 1;
        pub const MAPPING_ID: u32 = 2;
        pub const ADDRESS: u32 = 3;
        pub const LINE: u32 = 4;
    }
    pub mod line {
        pub const FUNCTION_ID: u32 = 1;
        pub const LINE: u32 = 2;
    }
    pub mod function {
        pub const ID: u32 = 1;
        pub const NAME: u32 = 2;
        pub const SYSTEM_NAME: u32 = 3;
        pub const FILENAME: u32 = 4;
        pub const START_LINE: u32 = 5;
    }
}

/// Lays out one profile. Ids are given at first use, from 1, as both writers do.
struct Writer<'p, W> {
    program: &'p Program,
    order: Order,
    default_sample_type: Option<&'static str>,
    out: W,
    /// Bytes on their way to `out`.
    buffer: Message,
    /// Tables that have to wait for the end: always the strings, and the others where samples
    /// come first. Bounded by the program.
    locations: Message,
    functions: Message,
    strings: Message,
    string_ids: HashMap<String, u64>,
    /// Id of each site's location and of each function; 0 where there is none yet.
    location_ids: Vec<u64>,
    function_ids: Vec<u64>,
    /// Reused from sample to sample.
    stack: Vec<u64>,
    previous: Vec<SiteId>,
    body: Message,
    summary: Summary,
}

impl<'p, W: Write> Writer<'p, W> {
    fn new(
        program: &'p Program,
        order: Order,
        default_sample_type: Option<&'static str>,
        out: W,
    ) -> Self {
        let mut writer = Self {
            program,
            order,
            default_sample_type,
            out,
            buffer: Message::default(),
            locations: Message::default(),
            functions: Message::default(),
            strings: Message::default(),
            string_ids: HashMap::new(),
            location_ids: vec![0; program.sites.len()],
            function_ids: vec![0; program.functions.len()],
            stack: Vec::new(),
            previous: Vec::new(),
            body: Message::default(),
            summary: Summary::default(),
        };
        // The format wants "" to be string 0.
        writer.string("");
        writer
    }

    /// Writes what comes before the samples.
    fn begin(&mut self, period: u64) -> io::Result<()> {
        if self.order == Order::Runtime {
            self.period(period);
        }
        for (kind, unit) in SAMPLE_TYPES {
            self.value_type(field::profile::SAMPLE_TYPE, kind, unit);
        }
        if self.order == Order::Runtime {
            self.default_sample_type();
        }
        self.flush()
    }

    /// Writes one sample. `stack` goes from the root to the leaf.
    fn sample(
        &mut self,
        stack: &[SiteId],
        is_new_stack: bool,
        size: u64,
        values: HeapValues,
    ) -> io::Result<()> {
        self.count(stack, is_new_stack);
        self.stack.clear();
        for &site in stack.iter().rev() {
            let id = self.location(site);
            self.stack.push(id);
        }
        let key = self.string("bytes");
        let mut label = Message::default();
        label.number(field::label::KEY, key);
        label.number(field::label::NUM, size);

        self.body.clear();
        match self.order {
            Order::Runtime => {
                self.body.numbers(field::sample::VALUE, &values);
                self.body.numbers(field::sample::LOCATION_ID, &self.stack);
            }
            Order::Pprof => {
                self.body.numbers(field::sample::LOCATION_ID, &self.stack);
                self.body.numbers(field::sample::VALUE, &values);
            }
        }
        self.body.message(field::sample::LABEL, &label);
        self.buffer.message(field::profile::SAMPLE, &self.body);
        if self.buffer.len() >= 64 * 1024 {
            self.flush()?;
        }
        Ok(())
    }

    /// Writes what comes after the samples.
    fn finish(mut self, period: u64) -> io::Result<Summary> {
        match self.order {
            Order::Runtime => {
                self.buffer.number(field::profile::TIME_NANOS, TIME_NANOS);
                self.mappings();
                self.buffer.append(&self.strings);
            }
            Order::Pprof => {
                self.mappings();
                self.buffer.append(&self.locations);
                self.buffer.append(&self.functions);
                // What is named from here on must be in the table before it is written.
                let mut scalars = Message::default();
                std::mem::swap(&mut self.buffer, &mut scalars);
                self.buffer.number(field::profile::TIME_NANOS, TIME_NANOS);
                self.period(period);
                self.default_sample_type();
                std::mem::swap(&mut self.buffer, &mut scalars);
                self.buffer.append(&self.strings);
                self.buffer.append(&scalars);
            }
        }
        self.flush()?;
        self.out.flush()?;
        Ok(self.summary)
    }

    /// How long the profile gets if no further sample comes (but for some bytes of scalars).
    fn size_when_finished(&self) -> u64 {
        let waiting = [
            &self.buffer,
            &self.locations,
            &self.functions,
            &self.strings,
        ];
        self.summary.inflated_bytes + waiting.iter().map(|part| part.len() as u64).sum::<u64>()
    }

    fn count(&mut self, stack: &[SiteId], is_new_stack: bool) {
        let shared = stack
            .iter()
            .zip(&self.previous)
            .take_while(|(a, b)| a == b)
            .count();
        self.summary.samples += 1;
        self.summary.stacks += u64::from(is_new_stack);
        self.summary.frames += stack.len() as u64;
        self.summary.shared_frames += shared as u64;
        self.previous.clear();
        self.previous.extend_from_slice(stack);
    }

    /// The id of a site's location, which is written with its new functions when it has none yet.
    fn location(&mut self, site: SiteId) -> u64 {
        if self.location_ids[site] != 0 {
            return self.location_ids[site];
        }
        self.summary.locations += 1;
        let id = self.summary.locations;
        self.location_ids[site] = id;

        let mut functions = Message::default();
        let mut lines = Message::default();
        for &(function, line) in &self.program.sites[site].lines {
            if self.function_ids[function] == 0 {
                self.function(function, &mut functions);
            }
            let mut message = Message::default();
            message.number(field::line::FUNCTION_ID, self.function_ids[function]);
            message.number(field::line::LINE, line);
            lines.message(field::location::LINE, &message);
        }
        let address = self.program.sites[site].address;
        let mut location = Message::default();
        location.number(field::location::ID, id);
        match self.order {
            Order::Runtime => {
                location.number(field::location::ADDRESS, address);
                location.append(&lines);
                location.number(field::location::MAPPING_ID, 1);
                self.buffer.message(field::profile::LOCATION, &location);
                self.buffer.append(&functions);
            }
            Order::Pprof => {
                location.number(field::location::MAPPING_ID, 1);
                location.number(field::location::ADDRESS, address);
                location.append(&lines);
                self.locations.message(field::profile::LOCATION, &location);
                self.functions.append(&functions);
            }
        }
        id
    }

    fn function(&mut self, function: usize, to: &mut Message) {
        self.summary.functions += 1;
        let id = self.summary.functions;
        self.function_ids[function] = id;
        let program = self.program;
        let described = &program.functions[function];
        let name = self.string(&described.name);
        let file = self.string(&described.file);
        let mut message = Message::default();
        message.number(field::function::ID, id);
        message.number(field::function::NAME, name);
        message.number(field::function::SYSTEM_NAME, name);
        message.number(field::function::FILENAME, file);
        message.number(field::function::START_LINE, described.start_line);
        to.message(field::profile::FUNCTION, &message);
    }

    /// The index of a text in the string table, where it is put when new.
    fn string(&mut self, text: &str) -> u64 {
        if let Some(&id) = self.string_ids.get(text) {
            return id;
        }
        let id = self.string_ids.len() as u64;
        self.string_ids.insert(text.to_owned(), id);
        self.strings.text(field::profile::STRING_TABLE, text);
        id
    }

    fn value_type(&mut self, number: u32, kind: &str, unit: &str) {
        let mut message = Message::default();
        message.number(field::value_type::TYPE, self.string(kind));
        message.number(field::value_type::UNIT, self.string(unit));
        self.buffer.message(number, &message);
    }

    fn period(&mut self, period: u64) {
        self.value_type(field::profile::PERIOD_TYPE, "space", "bytes");
        self.buffer.number(field::profile::PERIOD, period);
    }

    fn default_sample_type(&mut self) {
        if let Some(kind) = self.default_sample_type {
            let id = self.string(kind);
            self.buffer.number(field::profile::DEFAULT_SAMPLE_TYPE, id);
        }
    }

    /// The program's text and, as on any Linux, the kernel's vdso, in which no Go function lies.
    fn mappings(&mut self) {
        let text = program::TEXT_START..self.program.text_limit;
        let vdso = 0x7fff_f7fc_1000..0x7fff_f7fc_3000;
        let files = [
            ("/usr/local/bin/service", true, text),
            ("[vdso]", false, vdso),
        ];
        for (id, (file, has_functions, memory)) in (1..).zip(files) {
            let file = self.string(file);
            let mut message = Message::default();
            message.number(field::mapping::ID, id);
            message.number(field::mapping::MEMORY_START, memory.start);
            message.number(field::mapping::MEMORY_LIMIT, memory.end);
            message.number(field::mapping::FILENAME, file);
            if has_functions {
                let build_id = self.string("5e0c3a7b1d9f4286e0c3a7b1d9f42865e0c3a7b1");
                message.number(field::mapping::BUILD_ID, build_id);
                message.number(field::mapping::HAS_FUNCTIONS, 1);
            } else {
                // Only to have an offset other than 0 in the file.
                message.number(field::mapping::FILE_OFFSET, 0x1000);
            }
            self.buffer.message(field::profile::MAPPING, &message);
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.summary.inflated_bytes += self.buffer.len() as u64;
        self.out.write_all(self.buffer.bytes())?;
        self.buffer.clear();
        Ok(())
    }
}

impl Shape {
    /// Every shape with its name on the command line.
    pub const ALL: [(&str, Self); 4] = [
        ("compiler", Self::Compiler),
        ("server", Self::Server),
        ("entropy", Self::Entropy),
        ("wide", Self::Wide),
    ];
}

impl Order {
    /// Every order with its name on the command line.
    pub const ALL: [(&str, Self); 2] = [("runtime", Self::Runtime), ("pprof", Self::Pprof)];
}

impl FromStr for Shape {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        named(&Self::ALL, name)
    }
}

impl FromStr for Order {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        named(&Self::ALL, name)
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(name_of(&Self::ALL, *self))
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(name_of(&Self::ALL, *self))
    }
}

fn named<T: Copy>(all: &[(&str, T)], wanted: &str) -> Result<T, String> {
    let found = all.iter().find(|(name, _)| *name == wanted);
    found.map(|&(_, value)| value).ok_or_else(|| {
        let names: Vec<_> = all.iter().map(|&(name, _)| name).collect();
        format!("not one of {}", names.join(", "))
    })
}

fn name_of<T: Copy + PartialEq>(all: &[(&'static str, T)], wanted: T) -> &'static str {
    all.iter()
        .find(|(_, value)| *value == wanted)
        .map_or("?", |&(name, _)| name)
}
