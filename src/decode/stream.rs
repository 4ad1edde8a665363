//! The outermost message, field by field, as the bytes come out of the inflater.
//!
//! One buffer, refilled in place: a record is handed out as a slice of it, so nothing is copied
//! but the torn record at the buffer's end. Fields that nobody reads are passed over without
//! being held, and a claimed length makes no allocation: the buffer grows only as data arrives.

use std::io::{ErrorKind, Read};

use super::error::{DecodeError, Malformed, Problem, Record};
use super::wire::{Cursor, Head, HeadKind, MAX_HEAD, Payload, WireError};

/// Inside a core's second-level cache, and large enough that refilling costs nothing.
const BUFFER: usize = 256 * 1024;

/// One field of the outermost message. Offsets are those of the inflated stream.
#[derive(Debug)]
pub(crate) struct TopField<'a> {
    pub(crate) number: u64,
    pub(crate) payload: Payload<'a>,
    pub(crate) at: u64,
    pub(crate) payload_at: u64,
}

/// Reads the outermost message of a profile.
#[derive(Debug)]
pub(crate) struct Stream<R> {
    reader: R,
    buffer: Vec<u8>,
    /// The bytes of `buffer` that were read and not yet handed out.
    start: usize,
    end: usize,
    /// Where `buffer[0]` stands in the stream.
    offset: u64,
    reader_is_done: bool,
    max_record: u64,
}

impl<R: Read> Stream<R> {
    pub(crate) fn new(reader: R, max_record: u64) -> Self {
        Self {
            reader,
            buffer: vec![0; BUFFER],
            start: 0,
            end: 0,
            offset: 0,
            reader_is_done: false,
            max_record,
        }
    }

    /// Bytes handed out or passed over so far.
    pub(crate) fn position(&self) -> u64 {
        self.offset + self.start as u64
    }

    /// The next field whose number is `wanted`, or that is no length-delimited one.
    #[inline]
    pub(crate) fn next(
        &mut self,
        wanted: impl Fn(u64) -> bool,
    ) -> Result<Option<TopField<'_>>, DecodeError> {
        loop {
            if self.end - self.start < MAX_HEAD && !self.reader_is_done {
                self.fill_to(MAX_HEAD)?;
            }
            if self.start == self.end {
                return Ok(None);
            }
            let mut cursor = Cursor::new(self.pending());
            let head = cursor.head();
            let head_length = cursor.at();
            let Head { number, kind } = head.map_err(|error| self.malformed(*error))?;
            let payload_length = match kind {
                HeadKind::Varint(_) => 0,
                HeadKind::Fixed64 => 8,
                HeadKind::Fixed32 => 4,
                HeadKind::Length(length) => length,
            };
            if matches!(kind, HeadKind::Length(_)) && !wanted(number) {
                self.start += head_length;
                self.skip(payload_length, payload_length)?;
                continue;
            }
            if payload_length > self.max_record {
                // A length that is nonsense is more likely than a record of that size. Looking
                // for the end as far as a record may reach tells most of them.
                let at = self.position();
                self.start += head_length;
                self.skip(self.max_record, payload_length)?;
                let problem = Problem::RecordLimit {
                    limit: self.max_record,
                };
                let mut error = self.malformed(WireError { at: 0, problem });
                error.offset = at;
                return Err(error.into());
            }
            // The limit on records keeps this within memory's range.
            let whole = usize::try_from(payload_length)
                .map_or(usize::MAX, |length| head_length.saturating_add(length));
            if self.end - self.start < whole {
                self.fill_to(whole)?;
                let left = (self.end - self.start).saturating_sub(head_length) as u64;
                if left < payload_length {
                    let problem = Problem::LengthBeyondEnd {
                        length: payload_length,
                        left,
                    };
                    return Err(self
                        .malformed(WireError {
                            at: head_length,
                            problem,
                        })
                        .into());
                }
            }
            let at = self.position();
            let from = self.start + head_length;
            self.start += whole;
            let payload = match kind {
                HeadKind::Varint(value) => Payload::Varint(value),
                HeadKind::Fixed64 => Payload::Fixed64,
                HeadKind::Fixed32 => Payload::Fixed32,
                HeadKind::Length(_) => {
                    Payload::Bytes(self.buffer.get(from..self.start).unwrap_or_default())
                }
            };
            return Ok(Some(TopField {
                number,
                payload,
                at,
                payload_at: at + head_length as u64,
            }));
        }
    }

    fn pending(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    fn malformed(&self, error: WireError) -> Box<Malformed> {
        Box::new(Malformed {
            offset: self.position() + error.at as u64,
            record: Record::Profile,
            ordinal: None,
            field: "",
            problem: error.problem,
        })
    }

    /// Reads until `wanted` bytes are pending or the reader is done.
    fn fill_to(&mut self, wanted: usize) -> Result<(), DecodeError> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.offset += self.start as u64;
        self.end -= self.start;
        self.start = 0;
        while self.end < wanted && !self.reader_is_done {
            if self.end == self.buffer.len() {
                self.buffer.resize(2 * self.buffer.len(), 0);
            }
            self.read_more()?;
        }
        Ok(())
    }

    fn read_more(&mut self) -> Result<(), DecodeError> {
        let room = self.buffer.get_mut(self.end..).unwrap_or_default();
        match self.reader.read(room) {
            Ok(0) => self.reader_is_done = true,
            Ok(read) => self.end += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Passes over `count` bytes, the first of a payload that is said to have `length`.
    fn skip(&mut self, count: u64, length: u64) -> Result<(), DecodeError> {
        let at = self.position();
        let mut left = count;
        loop {
            let pending = (self.end - self.start) as u64;
            if left <= pending {
                // `left` is at most the buffer's length here.
                self.start += usize::try_from(left).unwrap_or(self.end - self.start);
                return Ok(());
            }
            left -= pending;
            self.start = self.end;
            self.fill_to(1)?;
            if self.start == self.end {
                let problem = Problem::LengthBeyondEnd {
                    length,
                    left: count - left,
                };
                let mut error = self.malformed(WireError { at: 0, problem });
                error.offset = at;
                return Err(error.into());
            }
        }
    }
}
