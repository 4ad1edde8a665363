//! From inflated bytes to tables and samples, in one streaming pass.
//!
//! [`decode`] reads a profile forwards, once: the small tables are kept as [`Tables`], each
//! sample is shown to a [`Sink`] as borrowed bytes and forgotten. Everything that `go tool pprof`
//! checks is checked here or, where it needs a location's meaning, by the sink; an error says at
//! which byte, in which record and field.
//!
//! Writers differ in the order of fields. Go's runtime writes each location before the first
//! sample that needs it, its functions behind it, and all strings last; google/pprof writes the
//! samples first. A sink that must know what a location means before it can count a sample reads
//! twice: [`decode`] for the tables, [`decode_samples`] with them at hand.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        clippy::indexing_slicing
    )
)]

mod error;
mod ids;
mod message;
mod sample;
mod stream;
mod strings;
mod tables;
mod wire;

use std::io::Read;

pub use error::{DecodeError, Malformed, Problem, Record};
pub use sample::{Locations, NumericLabel, Sample};
pub use strings::{StringId, Strings};
pub use tables::{Function, Line, Location, Mapping, Tables, ValueType};

pub(crate) use ids::IdMap;
use message::Message;
use sample::SampleParser;
use stream::{Stream, TopField};
use tables::{IndexWatch, TablesBuilder};
use wire::Payload;
pub(crate) use wire::push_varint;

/// What a profile may cost. Streaming is free: only what is kept counts.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct DecodeLimits {
    /// Bytes that one record (a sample with its stack, a string) may have.
    pub record: u64,
    /// Bytes of memory that tables and sinks may hold together.
    pub memory: u64,
}

impl Default for DecodeLimits {
    /// 64 MiB a record, 512 MiB of memory: with growth of the tables in hand this stays below
    /// 1 GiB for any input.
    fn default() -> Self {
        Self {
            record: 64 << 20,
            memory: 512 << 20,
        }
    }
}

/// Takes the samples of a profile, one by one.
pub trait Sink {
    /// Takes one sample. `tables` hold what has been read so far, in [`decode_samples`] all.
    ///
    /// # Errors
    /// When the sample cannot be part of a sound profile.
    fn sample(&mut self, tables: &Tables, sample: &Sample<'_>) -> Result<(), Box<Malformed>>;

    /// Bytes of memory held, asked for now and then.
    fn heap_bytes(&self) -> usize;
}

const SAMPLE: u64 = 2;

/// Reads a whole profile.
///
/// # Errors
/// [`DecodeError::Io`] when the reader fails, [`DecodeError::Malformed`] with the place and the
/// field when the bytes are no sound profile or exceed `limits`.
pub fn decode<R: Read>(
    reader: R,
    limits: &DecodeLimits,
    sink: &mut impl Sink,
) -> Result<Tables, DecodeError> {
    let mut stream = Stream::new(reader, limits.record);
    let mut builder = TablesBuilder::default();
    let mut parser = SampleParser::default();
    let mut budget = Budget::new(limits.memory);
    while let Some(top) = stream.next(tables::is_known)? {
        let at = top.at;
        if top.number == SAMPLE {
            let (ordinal, watch) = builder.begin_sample();
            let message = sample_message(&top, ordinal)?;
            let sample = parser.parse(message, at, watch)?;
            builder.count_values(sample.values, &message)?;
            sink.sample(builder.tables(), &sample)?;
        } else {
            builder
                .field(&top)
                .map_err(|error| builder.explain(error))?;
        }
        budget.check(at, || builder.tables().heap_bytes() + sink.heap_bytes())?;
    }
    Ok(builder.finish()?)
}

/// Reads the samples of a profile once more, now that its tables are complete.
///
/// # Errors
/// As [`decode`]; and [`Problem::Changed`] when these are not the samples that `tables` came with.
pub fn decode_samples<R: Read>(
    reader: R,
    tables: &Tables,
    limits: &DecodeLimits,
    sink: &mut impl Sink,
) -> Result<(), DecodeError> {
    let mut stream = Stream::new(reader, limits.record);
    let mut parser = SampleParser::default();
    let mut budget = Budget::new(limits.memory);
    // The first pass has checked every index.
    let mut watch = IndexWatch::default();
    let mut ordinal = 0;
    while let Some(top) = stream.next(|number| number == SAMPLE)? {
        if top.number != SAMPLE {
            continue;
        }
        ordinal += 1;
        let at = top.at;
        let message = sample_message(&top, ordinal)?;
        let sample = parser.parse(message, at, &mut watch)?;
        if sample.values.len() != tables.sample_types.len() {
            return Err(sample.error("value", Problem::Changed).into());
        }
        sink.sample(tables, &sample)?;
        budget.check(at, || tables.heap_bytes() + sink.heap_bytes())?;
    }
    if ordinal != tables.samples {
        return Err(changed(stream.position()).into());
    }
    Ok(())
}

fn sample_message<'a>(top: &TopField<'a>, ordinal: u64) -> Result<Message<'a>, Box<Malformed>> {
    let message = |bytes, base, record| Message {
        bytes,
        start: top.at,
        base,
        record,
        ordinal,
    };
    match top.payload {
        Payload::Bytes(bytes) => Ok(message(bytes, top.payload_at, Record::Sample)),
        other => {
            let outer = message(&[], top.at, Record::Profile);
            Err(tables::without_ordinal(
                outer.wrong_type(0, "sample", other, "LEN"),
            ))
        }
    }
}

#[cold]
pub(crate) fn changed(offset: u64) -> Box<Malformed> {
    Box::new(Malformed {
        offset,
        record: Record::Profile,
        ordinal: None,
        field: "",
        problem: Problem::Changed,
    })
}

/// Asks now and then how much memory is held.
struct Budget {
    limit: u64,
    next_check: u64,
}

impl Budget {
    /// Bytes of input between two checks. The costliest input per byte, empty strings, makes a
    /// few megabytes of tables from so much.
    const INTERVAL: u64 = 1 << 20;

    fn new(limit: u64) -> Self {
        Self {
            limit,
            next_check: Self::INTERVAL,
        }
    }

    #[inline]
    fn check(&mut self, at: u64, held: impl FnOnce() -> usize) -> Result<(), Box<Malformed>> {
        if at < self.next_check {
            return Ok(());
        }
        self.next_check = at + Self::INTERVAL;
        if held() as u64 > self.limit {
            return Err(Box::new(Malformed {
                offset: at,
                record: Record::Profile,
                ordinal: None,
                field: "",
                problem: Problem::MemoryLimit { limit: self.limit },
            }));
        }
        Ok(())
    }
}
