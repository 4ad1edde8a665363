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

mod batch;
mod builder;
mod crew;
mod error;
mod ids;
mod message;
mod sample;
mod stream;
mod strings;
mod tables;
mod tally;
mod watch;
mod wire;

use std::io::Read;
use std::sync::{PoisonError, RwLock};
use std::thread;

pub use batch::Samples;
pub use crew::TablesSoFar;
pub use error::{DecodeError, Malformed, Problem, Record};
pub use sample::{Locations, NumericLabel, Sample};
pub use strings::{StringId, Strings};
pub use tables::{Function, Line, Location, Mapping, Tables, ValueType};

use batch::Batch;
use builder::TablesBuilder;
use crew::Crew;
pub(crate) use ids::IdMap;
use message::{Message, without_ordinal};
use stream::{Span, Stream, TopField};
use tally::Tally;
use wire::Payload;
pub(crate) use wire::push_varint;

/// What reading a profile may cost. Streaming is free: only what is kept counts.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct DecodeLimits {
    /// Bytes that one record (a sample with its stack, a string) may have, up to 1 GiB.
    pub record: u64,
    /// Bytes of memory that tables and sinks may hold together.
    pub memory: u64,
    /// Threads that may work on the samples of one large profile, besides the one that reads it;
    /// below 2 that one does all.
    pub threads: usize,
}

impl Default for DecodeLimits {
    /// 64 MiB a record, 512 MiB of memory: with growth of the tables in hand this stays below
    /// 1 GiB for any input. As many threads as there are cores, up to 4: more would wait for the
    /// inflater.
    fn default() -> Self {
        Self {
            record: 64 << 20,
            memory: 512 << 20,
            threads: thread::available_parallelism().map_or(1, |cores| cores.get().min(4)),
        }
    }
}

/// Takes the samples of a profile, a buffer at a time.
pub trait Sink: Send + Sized {
    /// Takes all samples of one buffer. `tables` hold what has been read so far, in
    /// [`decode_samples`] all.
    ///
    /// # Errors
    /// When a sample cannot be part of a sound profile.
    fn samples(
        &mut self,
        tables: TablesSoFar<'_>,
        samples: &mut Samples<'_>,
    ) -> Result<(), Box<Malformed>>;

    /// Bytes of memory held, asked for now and then.
    fn heap_bytes(&self) -> usize;

    /// A sink of the same kind that has taken nothing yet, for another thread; `None` when all
    /// samples must come to this one, in order.
    fn fork(&self) -> Option<Self> {
        None
    }

    /// Adds what a fork has taken. `tables` are complete.
    fn join(&mut self, fork: Self, tables: &Tables) {
        _ = (fork, tables);
    }

    /// Whether further samples are of no use; they are then not even checked.
    fn is_done(&self) -> bool {
        false
    }
}

const SAMPLE: u64 = 2;

/// Reads a whole profile.
///
/// Samples that the sink did not want are not checked, and not in the tables' totals:
/// [`decode_samples`] does both.
///
/// # Errors
/// [`DecodeError::Io`] when the reader fails, [`DecodeError::Malformed`] with the place and the
/// field when the bytes are no sound profile or exceed `limits`.
pub fn decode<R: Read, S: Sink>(
    reader: R,
    limits: &DecodeLimits,
    sink: S,
) -> Result<(Tables, S), DecodeError> {
    let builder = RwLock::new(TablesBuilder::default());
    let write = || builder.write().unwrap_or_else(PoisonError::into_inner);
    let tables = TablesSoFar::growing(&builder);
    let decoded = drive(reader, tables, limits, sink, |stream, spans| {
        loop {
            let (at, before) = (stream.position(), spans.len());
            stream.run_of_samples(spans);
            let run = spans.len() - before;
            let top = stream.next(builder::is_known)?;
            // Held for one field at a time: workers look locations up meanwhile.
            let mut builder = write();
            if run > 0 {
                builder.note_samples(run, at);
            }
            let Some(top) = top else {
                return Ok(());
            };
            if top.number == SAMPLE {
                builder.note_samples(1, top.at);
                spans.push(sample_span(&top)?);
            } else {
                builder.field(&top)?;
            }
        }
    });
    let builder = builder.into_inner().unwrap_or_else(PoisonError::into_inner);
    match decoded {
        Ok((sink, tally)) => Ok((builder.finish(tally)?, sink)),
        Err(DecodeError::Malformed(error)) => Err(builder.explain(error).into()),
        Err(error) => Err(error),
    }
}

/// Reads the samples of a profile once more, now that its tables are complete.
///
/// # Errors
/// As [`decode`]; and [`Problem::Changed`] when these are not the samples that `tables` came with.
pub fn decode_samples<R: Read, S: Sink>(
    reader: R,
    tables: &mut Tables,
    limits: &DecodeLimits,
    sink: S,
) -> Result<S, DecodeError> {
    let mut seen = 0u64;
    let known = TablesSoFar::complete(tables);
    let (sink, tally) = drive(reader, known, limits, sink, |stream, spans| {
        loop {
            stream.run_of_samples(spans);
            match stream.next(|number| number == SAMPLE)? {
                Some(top) if top.number == SAMPLE => spans.push(sample_span(&top)?),
                Some(_) => {}
                None => break,
            }
        }
        seen += spans.len() as u64;
        Ok(())
    })?;
    if seen != tables.samples {
        return Err(changed(0).into());
    }
    if let Some(tally) = tally {
        tables.set_totals(tally)?;
    }
    Ok(sink)
}

/// Reads buffer by buffer: `scan` finds the samples of each, the sink takes them.
fn drive<R: Read, S: Sink>(
    reader: R,
    tables: TablesSoFar<'_>,
    limits: &DecodeLimits,
    sink: S,
    mut scan: impl FnMut(&mut Stream<R>, &mut Vec<Span>) -> Result<(), DecodeError>,
) -> Result<(S, Option<Tally>), DecodeError> {
    thread::scope(|scope| {
        let mut crew = Crew::new(scope, sink, tables, limits.threads);
        let read = || {
            let mut stream = Stream::new(reader, limits.record);
            let mut batch = Batch::default();
            let mut samples = 0;
            // What the batch held was worked on; the stream goes on in its buffer.
            let mut spare = Vec::new();
            _ = stream.take(spare);
            while stream.refill()? {
                batch.spans.clear();
                batch.samples_before = samples;
                let scanned = scan(&mut stream, &mut batch.spans);
                samples += batch.spans.len() as u64;
                let at = stream.position();
                spare = std::mem::take(&mut batch.buffer.bytes);
                batch.buffer = stream.take(spare);
                batch = crew.hand_over(batch);
                scanned?;
                if crew.has_failed() {
                    break;
                }
                let held = tables.look(Tables::heap_bytes) + crew.heap_bytes();
                if held as u64 > limits.memory {
                    let limit = limits.memory;
                    return Err(of_profile(at, Problem::MemoryLimit { limit }).into());
                }
            }
            Ok(())
        };
        let read = read();
        // What is wrong with a sample stands before what stopped the reading.
        let summed_up = crew.join()?;
        read.map(|()| summed_up)
    })
}

fn sample_span(top: &TopField<'_>) -> Result<Span, Box<Malformed>> {
    match top.payload {
        Payload::Bytes(_) => Ok(top.span),
        other => {
            let outer = Message {
                bytes: &[],
                start: top.at,
                base: top.at,
                record: Record::Profile,
                ordinal: 0,
            };
            let error = outer.wrong_type(0, "sample", other, "LEN");
            Err(without_ordinal(error))
        }
    }
}

#[cold]
pub(crate) fn changed(offset: u64) -> Box<Malformed> {
    of_profile(offset, Problem::Changed)
}

#[cold]
fn of_profile(offset: u64, problem: Problem) -> Box<Malformed> {
    Box::new(Malformed {
        offset,
        record: Record::Profile,
        ordinal: None,
        field: "",
        problem,
    })
}
