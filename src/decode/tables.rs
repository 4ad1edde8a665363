//! Everything of a profile but its samples: strings, functions, locations, mappings, header.

use super::error::Malformed;
use super::ids::IdMap;
use super::strings::{StringId, Strings};
use super::tally::Tally;

/// The name and unit of one kind of number, e.g. `alloc_space` in `bytes`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ValueType {
    /// What is counted.
    pub kind: StringId,
    /// In which unit.
    pub unit: StringId,
}

/// A function of the program.
#[derive(Clone, Copy, Debug, Default)]
pub struct Function {
    /// Its full name, e.g. `encoding/json.(*Decoder).Decode`.
    pub name: StringId,
    /// The source file, as the compiler saw it.
    pub file: StringId,
    /// The line of its declaration; 0 when unknown.
    pub start_line: i64,
    pub(super) offset: u64,
}

/// A place in the program's code.
#[derive(Clone, Copy, Debug)]
pub struct Location {
    /// Its id in the profile.
    pub id: u64,
    /// The id of its mapping; 0 and ids of no mapping mean none.
    pub mapping: u64,
    /// The return address less one of the call that is going on here.
    pub address: u64,
    pub(super) first_line: u32,
    pub(super) lines: u32,
    pub(super) offset: u64,
}

/// One source line of a location.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// The id of its function.
    pub function: u64,
    /// The line in the function's file.
    pub line: i64,
}

/// A file mapped into the process.
#[derive(Clone, Copy, Debug)]
pub struct Mapping {
    /// The path of the file, for the first mapping that of the program.
    pub file: StringId,
    /// The build id of the file, in hexadecimal digits.
    pub build_id: StringId,
    /// Where its addresses begin.
    pub start: u64,
    /// Where they end.
    pub limit: u64,
    /// The offset in the file that `start` maps.
    pub file_offset: u64,
    pub(super) offset: u64,
}

/// A profile without its samples.
#[derive(Debug, Default)]
pub struct Tables {
    /// What each value of a sample means.
    pub sample_types: Vec<ValueType>,
    /// What is counted between two samples.
    pub period_type: ValueType,
    /// How much of it: for a heap profile the mean number of bytes from sample to sample.
    pub period: i64,
    /// When the profile was taken, in nanoseconds since 1970 UTC; 0 when unknown.
    pub time_nanos: i64,
    /// How long it took, in nanoseconds; 0 for a snapshot.
    pub duration_nanos: i64,
    /// The sample type to show first; empty when the profile has no wish.
    pub default_sample_type: StringId,
    /// Frames to leave out, as a regular expression; Go writes none.
    pub drop_frames: StringId,
    /// How many sample records there are.
    pub samples: u64,
    /// For each sample type the sum of the absolute values of all samples, which is what
    /// `go tool pprof` calls the total. Each fits an `i64`, so no partial sum can overflow.
    pub totals: Vec<u64>,
    /// All names.
    pub strings: Strings,
    pub(super) functions: Vec<Function>,
    pub(super) function_ids: IdMap,
    pub(super) locations: Vec<Location>,
    pub(super) location_ids: IdMap,
    pub(super) lines: Vec<Line>,
    pub(super) mappings: Vec<Mapping>,
    pub(super) mapping_ids: IdMap,
}

impl Tables {
    /// The function with this id.
    pub fn function(&self, id: u64) -> Option<&Function> {
        self.functions.get(self.function_ids.get(id)? as usize)
    }

    /// All functions, in the order of the wire.
    pub fn functions(&self) -> &[Function] {
        &self.functions
    }

    /// The location with this id.
    pub fn location(&self, id: u64) -> Option<&Location> {
        self.locations.get(self.location_ids.get(id)? as usize)
    }

    /// All locations, in the order of the wire.
    pub fn locations(&self) -> &[Location] {
        &self.locations
    }

    /// The lines of a location: innermost call first, the physical function last.
    pub fn lines(&self, location: &Location) -> &[Line] {
        let start = location.first_line as usize;
        self.lines
            .get(start..start + location.lines as usize)
            .unwrap_or_default()
    }

    /// The mapping with this id.
    pub fn mapping(&self, id: u64) -> Option<&Mapping> {
        self.mappings.get(self.mapping_ids.get(id)? as usize)
    }

    /// All mappings, in the order of the wire.
    pub fn mappings(&self) -> &[Mapping] {
        &self.mappings
    }

    /// A string as text; bytes that are not UTF-8 become U+FFFD.
    pub fn text(&self, id: StringId) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(self.strings.get(id))
    }

    /// Takes in what was counted of all samples.
    pub(super) fn set_totals(&mut self, tally: Tally) -> Result<(), Box<Malformed>> {
        tally.watch.check(self.strings.len())?;
        if !tally.totals.is_empty() && tally.totals.len() != self.sample_types.len() {
            return Err(super::changed(0));
        }
        self.totals = tally.totals;
        self.totals.resize(self.sample_types.len(), 0);
        Ok(())
    }

    /// Bytes of memory held.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.strings.heap_bytes()
            + self.sample_types.capacity() * size_of::<ValueType>()
            + self.functions.capacity() * size_of::<Function>()
            + self.function_ids.heap_bytes()
            + self.locations.capacity() * size_of::<Location>()
            + self.location_ids.heap_bytes()
            + self.lines.capacity() * size_of::<Line>()
            + self.mappings.capacity() * size_of::<Mapping>()
            + self.mapping_ids.heap_bytes()
    }
}
