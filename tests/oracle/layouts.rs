//! Writes profiles as each of the known writers does, and as none does but any could.

use memlens::schema::{Function, Label, Line, Location, Mapping, Profile, Sample, ValueType};

/// Who the bytes look like they are from.
#[derive(Clone, Copy, Debug)]
pub enum Layout {
    /// Go's `runtime/pprof`: each location just before the first sample that needs it, its
    /// functions just behind it, strings last.
    Runtime,
    /// `github.com/google/pprof/profile`: field numbers rise, so samples stand before all that
    /// they refer to.
    GooglePprof,
    /// Go's `internal/profile`, which writes deltas: as google/pprof, but values are never
    /// packed, and comments, the default sample type and the documentation's address are lost.
    InternalProfile,
    /// Whatever the format allows, chosen by a seed: fields in any order, at every level; lists
    /// in several pieces, packed and not; numbers longer than they need be; fields from the future.
    Anything(u64),
}

/// The bytes of `profile`, not compressed.
pub fn write(profile: &Profile, layout: Layout) -> Vec<u8> {
    match layout {
        Layout::Runtime => runtime(profile),
        Layout::GooglePprof => rising(profile, Lists::LONG_ONES_PACKED, true),
        Layout::InternalProfile => rising(profile, Lists { values: false }, false),
        Layout::Anything(seed) => anything(profile, seed),
    }
}

/// Whether a writer packs lists of more than two numbers; all do for location ids.
#[derive(Clone, Copy)]
struct Lists {
    values: bool,
}

impl Lists {
    const LONG_ONES_PACKED: Self = Self { values: true };
}

// --- The three writers ----------------------------------------------------------------------

fn runtime(profile: &Profile) -> Vec<u8> {
    let mut out = Wire::default();
    if let Some(period_type) = &profile.period_type {
        out.message(11, |out| value_type(out, period_type));
    }
    out.number_unless_0(12, signed(profile.period));
    for sample_type in &profile.sample_type {
        out.message(1, |out| value_type(out, sample_type));
    }
    out.number_unless_0(14, signed(profile.default_sample_type));

    let mut locations: Vec<&Location> = profile.location.iter().collect();
    let mut functions: Vec<&Function> = profile.function.iter().collect();
    let mut write_location = |out: &mut Wire, location: &Location| {
        out.message(4, |out| runtime_location(out, location));
        for line in &location.line {
            let new = functions
                .iter()
                .position(|function| function.id == line.function_id);
            if let Some(new) = new {
                let new = functions.remove(new);
                out.message(5, |out| function(out, new));
            }
        }
    };
    for sample in &profile.sample {
        for &id in &sample.location_id {
            let new = locations.iter().position(|location| location.id == id);
            if let Some(new) = new {
                write_location(&mut out, locations.remove(new));
            }
        }
        out.message(2, |out| {
            out.list(2, sample.value.iter().map(|&value| signed(value)), true);
            out.list(1, sample.location_id.iter().copied(), true);
            for one in &sample.label {
                out.message(3, |out| label(out, one));
            }
        });
    }
    // The runtime writes nothing that no sample needs; the model may hold it all the same.
    for location in locations {
        write_location(&mut out, location);
    }
    for left in functions {
        out.message(5, |out| function(out, left));
    }

    out.number_unless_0(9, signed(profile.time_nanos));
    out.number_unless_0(10, signed(profile.duration_nanos));
    for one in &profile.mapping {
        out.message(3, |out| mapping(out, one));
    }
    out.list(13, profile.comment.iter().map(|&index| signed(index)), true);
    for string in &profile.string_table {
        out.bytes(6, string);
    }
    out.0
}

fn runtime_location(out: &mut Wire, location: &Location) {
    out.number_unless_0(1, location.id);
    out.number_unless_0(3, location.address);
    for one in &location.line {
        out.message(4, |out| line(out, one));
    }
    out.number_unless_0(2, location.mapping_id);
}

fn rising(profile: &Profile, lists: Lists, has_fields_from_13: bool) -> Vec<u8> {
    let mut out = Wire::default();
    for sample_type in &profile.sample_type {
        out.message(1, |out| value_type(out, sample_type));
    }
    for sample in &profile.sample {
        out.message(2, |out| {
            out.list(1, sample.location_id.iter().copied(), true);
            let values = sample.value.iter().map(|&value| signed(value));
            out.list(2, values, lists.values);
            for one in &sample.label {
                out.message(3, |out| label(out, one));
            }
        });
    }
    for one in &profile.mapping {
        out.message(3, |out| mapping(out, one));
    }
    for location in &profile.location {
        out.message(4, |out| {
            out.number_unless_0(1, location.id);
            out.number_unless_0(2, location.mapping_id);
            out.number_unless_0(3, location.address);
            for one in &location.line {
                out.message(4, |out| line(out, one));
            }
            out.number_unless_0(5, location.is_folded.into());
        });
    }
    for one in &profile.function {
        out.message(5, |out| function(out, one));
    }
    for string in &profile.string_table {
        out.bytes(6, string);
    }
    out.number_unless_0(7, signed(profile.drop_frames));
    out.number_unless_0(8, signed(profile.keep_frames));
    out.number_unless_0(9, signed(profile.time_nanos));
    out.number_unless_0(10, signed(profile.duration_nanos));
    if let Some(period_type) = &profile.period_type {
        out.message(11, |out| value_type(out, period_type));
    }
    out.number_unless_0(12, signed(profile.period));
    if has_fields_from_13 {
        out.list(13, profile.comment.iter().map(|&index| signed(index)), true);
        out.number(14, signed(profile.default_sample_type));
        out.number_unless_0(15, signed(profile.doc_url));
    }
    out.0
}

fn value_type(out: &mut Wire, value_type: &ValueType) {
    out.number_unless_0(1, signed(value_type.r#type));
    out.number_unless_0(2, signed(value_type.unit));
}

fn label(out: &mut Wire, label: &Label) {
    out.number_unless_0(1, signed(label.key));
    out.number_unless_0(2, signed(label.str));
    out.number_unless_0(3, signed(label.num));
    out.number_unless_0(4, signed(label.num_unit));
}

fn mapping(out: &mut Wire, mapping: &Mapping) {
    for (number, value) in mapping_fields(mapping) {
        out.number_unless_0(number, value);
    }
}

fn mapping_fields(mapping: &Mapping) -> [(u32, u64); 10] {
    [
        (1, mapping.id),
        (2, mapping.memory_start),
        (3, mapping.memory_limit),
        (4, mapping.file_offset),
        (5, signed(mapping.filename)),
        (6, signed(mapping.build_id)),
        (7, mapping.has_functions.into()),
        (8, mapping.has_filenames.into()),
        (9, mapping.has_line_numbers.into()),
        (10, mapping.has_inline_frames.into()),
    ]
}

fn line(out: &mut Wire, line: &Line) {
    out.number_unless_0(1, line.function_id);
    out.number_unless_0(2, signed(line.line));
    out.number_unless_0(3, signed(line.column));
}

fn function(out: &mut Wire, function: &Function) {
    out.number_unless_0(1, function.id);
    out.number_unless_0(2, signed(function.name));
    out.number_unless_0(3, signed(function.system_name));
    out.number_unless_0(4, signed(function.filename));
    out.number_unless_0(5, signed(function.start_line));
}

/// A number below zero is written as the 64-bit number with the same bits.
fn signed(value: i64) -> u64 {
    value.cast_unsigned()
}

#[derive(Default)]
struct Wire(Vec<u8>);

impl Wire {
    fn varint(&mut self, value: u64) {
        varint(&mut self.0, value, 0);
    }

    fn number(&mut self, field: u32, value: u64) {
        self.varint(u64::from(field) << 3);
        self.varint(value);
    }

    fn number_unless_0(&mut self, field: u32, value: u64) {
        if value != 0 {
            self.number(field, value);
        }
    }

    fn bytes(&mut self, field: u32, bytes: &[u8]) {
        self.varint(u64::from(field) << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn message(&mut self, field: u32, write: impl FnOnce(&mut Self)) {
        let mut inner = Self::default();
        write(&mut inner);
        self.bytes(field, &inner.0);
    }

    /// More than two numbers are packed, if at all; up to two never are.
    fn list(&mut self, field: u32, numbers: impl ExactSizeIterator<Item = u64>, packs: bool) {
        if packs && numbers.len() > 2 {
            let mut inner = Self::default();
            numbers.for_each(|number| inner.varint(number));
            self.bytes(field, &inner.0);
        } else {
            numbers.for_each(|number| self.number(field, number));
        }
    }
}

/// Appends a varint with up to `padding` bytes more than it needs; ten is the most it may have.
fn varint(out: &mut Vec<u8>, mut value: u64, padding: usize) {
    let start = out.len();
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    let spare = 10 - (out.len() - start);
    for _ in 0..padding.min(spare) {
        *out.last_mut().expect("a byte just pushed") |= 0x80;
        out.push(0);
    }
}

// --- Anything -------------------------------------------------------------------------------

fn anything(profile: &Profile, seed: u64) -> Vec<u8> {
    let mut chance = Chance(seed);
    let mut fields = Fields::default();
    for one in &profile.sample_type {
        let one = loose_value_type(one, &mut chance);
        fields.bytes(1, &one, &mut chance);
    }
    for sample in &profile.sample {
        let sample = loose_sample(sample, &mut chance);
        fields.bytes(2, &sample, &mut chance);
    }
    for mapping in &profile.mapping {
        let mapping = loose_numbers(&mapping_fields(mapping), &mut chance);
        fields.bytes(3, &mapping, &mut chance);
    }
    for location in &profile.location {
        let location = loose_location(location, &mut chance);
        fields.bytes(4, &location, &mut chance);
    }
    for function in &profile.function {
        let numbers = [
            (1, function.id),
            (2, signed(function.name)),
            (3, signed(function.system_name)),
            (4, signed(function.filename)),
            (5, signed(function.start_line)),
        ];
        let function = loose_numbers(&numbers, &mut chance);
        fields.bytes(5, &function, &mut chance);
    }
    for string in &profile.string_table {
        fields.bytes(6, string, &mut chance);
    }
    if let Some(period_type) = &profile.period_type {
        let period_type = loose_value_type(period_type, &mut chance);
        fields.bytes(11, &period_type, &mut chance);
    }
    let numbers = [
        (7, profile.drop_frames),
        (8, profile.keep_frames),
        (9, profile.time_nanos),
        (10, profile.duration_nanos),
        (12, profile.period),
        (14, profile.default_sample_type),
        (15, profile.doc_url),
    ];
    fields.numbers(
        &numbers.map(|(field, value)| (field, signed(value))),
        &mut chance,
    );
    fields.list(
        13,
        profile.comment.iter().map(|&index| signed(index)),
        &mut chance,
    );
    fields.unknown(&mut chance);
    fields.shuffled(&mut chance)
}

fn loose_value_type(value_type: &ValueType, chance: &mut Chance) -> Vec<u8> {
    let numbers = [(1, signed(value_type.r#type)), (2, signed(value_type.unit))];
    loose_numbers(&numbers, chance)
}

fn loose_sample(sample: &Sample, chance: &mut Chance) -> Vec<u8> {
    let mut fields = Fields::default();
    fields.list(1, sample.location_id.iter().copied(), chance);
    fields.list(2, sample.value.iter().map(|&value| signed(value)), chance);
    for label in &sample.label {
        let numbers = [
            (1, signed(label.key)),
            (2, signed(label.str)),
            (3, signed(label.num)),
            (4, signed(label.num_unit)),
        ];
        let label = loose_numbers(&numbers, chance);
        fields.bytes(3, &label, chance);
    }
    fields.unknown(chance);
    fields.shuffled(chance)
}

fn loose_location(location: &Location, chance: &mut Chance) -> Vec<u8> {
    let mut fields = Fields::default();
    let numbers = [
        (1, location.id),
        (2, location.mapping_id),
        (3, location.address),
        (5, location.is_folded.into()),
    ];
    fields.numbers(&numbers, chance);
    for line in &location.line {
        let numbers = [
            (1, line.function_id),
            (2, signed(line.line)),
            (3, signed(line.column)),
        ];
        let line = loose_numbers(&numbers, chance);
        fields.bytes(4, &line, chance);
    }
    fields.unknown(chance);
    fields.shuffled(chance)
}

fn loose_numbers(numbers: &[(u32, u64)], chance: &mut Chance) -> Vec<u8> {
    let mut fields = Fields::default();
    fields.numbers(numbers, chance);
    fields.unknown(chance);
    fields.shuffled(chance)
}

/// The fields of one message: a queue for each field number, since the order among fields of one
/// number has a meaning and that among others has none.
#[derive(Default)]
struct Fields(Vec<(u32, std::collections::VecDeque<Vec<u8>>)>);

impl Fields {
    fn push(&mut self, field: u32, encoded: Vec<u8>) {
        match self.0.iter_mut().find(|(number, _)| *number == field) {
            Some((_, queue)) => queue.push_back(encoded),
            None => self.0.push((field, [encoded].into())),
        }
    }

    fn bytes(&mut self, field: u32, bytes: &[u8], chance: &mut Chance) {
        let mut encoded = Vec::new();
        varint(&mut encoded, u64::from(field) << 3 | 2, chance.padding());
        varint(&mut encoded, bytes.len() as u64, chance.padding());
        encoded.extend_from_slice(bytes);
        self.push(field, encoded);
    }

    fn number(&mut self, field: u32, value: u64, chance: &mut Chance) {
        let mut encoded = Vec::new();
        varint(&mut encoded, u64::from(field) << 3, chance.padding());
        varint(&mut encoded, value, chance.padding());
        self.push(field, encoded);
    }

    /// A 0 may be written or left out; it means the same.
    fn numbers(&mut self, numbers: &[(u32, u64)], chance: &mut Chance) {
        for &(field, value) in numbers {
            if value != 0 || chance.one_in(3) {
                self.number(field, value, chance);
            }
        }
    }

    fn list(&mut self, field: u32, numbers: impl Iterator<Item = u64>, chance: &mut Chance) {
        let mut piece = Vec::new();
        for number in numbers {
            if chance.one_in(4) {
                self.bytes(field, &std::mem::take(&mut piece), chance);
            }
            if piece.is_empty() && chance.one_in(4) {
                self.number(field, number, chance);
            } else {
                varint(&mut piece, number, chance.padding());
            }
        }
        if !piece.is_empty() || chance.one_in(8) {
            self.bytes(field, &piece, chance);
        }
    }

    /// Fields that the format does not have (yet), of every wire type.
    fn unknown(&mut self, chance: &mut Chance) {
        while chance.one_in(4) {
            // 2^29 - 1 is the highest number that a field can have.
            let field = [16, 17, 100, 2000, (1 << 29) - 1][chance.below(5)];
            let head = |kind| {
                let mut encoded = Vec::new();
                varint(&mut encoded, u64::from(field) << 3 | kind, 0);
                encoded
            };
            match chance.below(4) {
                0 => self.number(field, chance.next(), chance),
                1 => self.push(field, [head(1), vec![0xff; 8]].concat()),
                2 => self.push(field, [head(5), vec![0xff; 4]].concat()),
                _ => self.bytes(field, &[0xff, 0x0a, 0x01][..chance.below(4)], chance),
            }
        }
    }

    fn shuffled(mut self, chance: &mut Chance) -> Vec<u8> {
        let mut out = Vec::new();
        while !self.0.is_empty() {
            let at = chance.below(self.0.len());
            // A run, so that a field is not always torn from its neighbours.
            for _ in 0..=chance.below(4) {
                match self.0[at].1.pop_front() {
                    Some(encoded) => out.extend(encoded),
                    None => break,
                }
            }
            if self.0[at].1.is_empty() {
                self.0.swap_remove(at);
            }
        }
        out
    }
}

/// Pseudo-random choices (Steele, Lea and Flood's SplitMix64): a seed says it all, so a failing
/// case can be had again.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn padding(&mut self) -> usize {
        if self.one_in(8) { self.below(10) } else { 0 }
    }
}
