//! What can be wrong with a profile, and where.

use std::fmt;

/// A profile that cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The bytes could not be had: the reader failed before the profile did.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The bytes are no valid profile.
    #[error(transparent)]
    Malformed(#[from] Box<Malformed>),
}

/// The first thing found wrong in the bytes of a profile.
#[derive(Debug, thiserror::Error)]
pub struct Malformed {
    /// Offset in the inflated bytes.
    pub offset: u64,
    /// The kind of record that holds the fault.
    pub record: Record,
    /// Which record of its kind, counted from 1; `None` for a fault of the whole.
    pub ordinal: Option<u64>,
    /// The field's name in `proto/profile.proto`, empty when no field is to blame.
    pub field: &'static str,
    /// What is wrong.
    #[source]
    pub problem: Problem,
}

impl Malformed {
    /// The message without the offset, for callers who say in their own words where it is.
    pub fn what(&self) -> impl fmt::Display + '_ {
        What(self)
    }
}

struct What<'a>(&'a Malformed);

impl fmt::Display for What<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Malformed {
            record,
            ordinal,
            field,
            problem,
            ..
        } = self.0;
        write!(f, "{record}")?;
        if let Some(ordinal) = ordinal {
            write!(f, " {ordinal}")?;
        }
        if !field.is_empty() {
            write!(f, ": {field}")?;
        }
        write!(f, ": {problem}")
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}: {}", self.offset, self.what())
    }
}

/// A name of a profile, safe and short enough for a message.
fn shortened(name: &str) -> String {
    const SHOWN: usize = 60;
    let mut shown: String = name.chars().take(SHOWN).collect();
    if shown.len() < name.len() {
        shown.push('…');
    }
    crate::escape::line(&shown).into_owned()
}

/// The kinds of records in a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each is the message of that name in proto/profile.proto"
)]
pub enum Record {
    Profile,
    SampleType,
    PeriodType,
    Sample,
    Label,
    Mapping,
    Location,
    Line,
    Function,
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Profile => "profile",
            Self::SampleType => "sample_type",
            Self::PeriodType => "period_type",
            Self::Sample => "sample",
            Self::Label => "sample label",
            Self::Mapping => "mapping",
            Self::Location => "location",
            Self::Line => "location line",
            Self::Function => "function",
        })
    }
}

/// What is wrong with a record.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(
    missing_docs,
    reason = "the message of each variant says what it means"
)]
pub enum Problem {
    #[error("cut short")]
    CutShort,
    #[error("number longer than 10 bytes")]
    VarintTooLong,
    #[error("field number 0")]
    FieldNumberZero,
    #[error("unknown wire type {0}")]
    UnknownWireType(u64),
    #[error("wire type {found}, expected {expected}")]
    WrongWireType {
        found: &'static str,
        expected: &'static str,
    },
    #[error("length {length} is beyond the end: {left} bytes left")]
    LengthBeyondEnd { length: u64, left: u64 },
    #[error("string index {index} is outside the table of {len}")]
    StringIndex { index: i64, len: usize },
    #[error("the string table is missing")]
    NoStrings,
    #[error("string 0 is not empty")]
    FirstStringNotEmpty,
    #[error("id 0 is reserved")]
    ReservedId,
    #[error("id {id} is used twice, first at byte {first}")]
    DuplicateId { id: u64, first: u64 },
    #[error("no {table} has id {id}")]
    Dangling { table: Record, id: u64 },
    #[error("no values")]
    NoValues,
    #[error("{values} values for {types} sample types")]
    ValueCount { values: usize, types: usize },
    #[error("the profile has no sample types")]
    NoSampleTypes,
    #[error("sample type \"{}\" is listed twice", shortened(.0))]
    DuplicateSampleType(String),
    #[error(
        "the input holds 2 profiles, the second begins at byte {second}: give them as separate files"
    )]
    Concatenated { second: u64 },
    #[error("the total of value {column} of all samples does not fit 64 bits")]
    TotalOverflows { column: usize },
    #[error("longer than {limit} bytes; raise --max-record to allow it")]
    RecordLimit { limit: u64 },
    #[error("needs more than {} MiB of memory; raise --max-memory to allow it", limit >> 20)]
    MemoryLimit { limit: u64 },
    #[error("more than {limit} of them")]
    TooMany { limit: usize },
    #[error("the input changed while it was read")]
    Changed,
}
