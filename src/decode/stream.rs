//! The outermost message, buffer by buffer, as the bytes come out of the inflater.
//!
//! A buffer ends with a whole field; the torn one behind it moves on to the next buffer. A record
//! is handed out as a slice, so nothing else is copied. Fields that nobody reads are passed over
//! without being held, and a claimed length makes no allocation: a buffer grows only as data arrives.

use std::io::{ErrorKind, Read};

use super::error::{DecodeError, Malformed, Problem, Record};
use super::wire::{Cursor, Head, HeadKind, Payload, short_varint};

/// Inside a core's second-level cache, and large enough that refilling costs nothing.
const BUFFER: usize = 256 * 1024;

/// No record may be so large that its place in a buffer does not fit 32 bits.
const MAX_RECORD: u64 = 1 << 30;

/// One field of the outermost message. Offsets are those of the inflated stream.
#[derive(Debug)]
pub(crate) struct TopField<'a> {
    pub(crate) number: u64,
    pub(crate) payload: Payload<'a>,
    pub(crate) at: u64,
    pub(crate) payload_at: u64,
    /// Where the field and its payload begin, and where they end, in the buffer.
    pub(crate) span: Span,
}

/// Where a record stands in its buffer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) at: u32,
    pub(crate) payload: u32,
    pub(crate) end: u32,
}

/// A buffer whose fields were all handed out.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    pub(crate) bytes: Vec<u8>,
    /// Where it begins in the stream.
    pub(crate) offset: u64,
}

/// A payload that nobody reads.
#[derive(Debug)]
struct Skip {
    /// Where its field begins in the stream, and where its payload.
    at: u64,
    payload_at: u64,
    /// How long it is said to be, and how much of that is to be passed over yet.
    length: u64,
    left: u64,
    /// Whether it is longer than a record may be.
    is_refused: bool,
}

/// A place in a buffer. None is longer than two records may be.
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
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
    /// How many bytes the field that stands next needs in a buffer.
    wanted: usize,
    /// The payload that is being passed over.
    skip: Option<Skip>,
    reader_is_done: bool,
    max_record: u64,
}

impl<R: Read> Stream<R> {
    pub(crate) fn new(reader: R, max_record: u64) -> Self {
        Self {
            reader,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            offset: 0,
            wanted: 0,
            skip: None,
            reader_is_done: false,
            max_record: max_record.min(MAX_RECORD),
        }
    }

    /// Bytes handed out or passed over so far.
    pub(crate) fn position(&self) -> u64 {
        self.offset + self.start as u64
    }

    /// Takes the buffer, whose fields were all handed out, and goes on in `spare`.
    pub(crate) fn take(&mut self, mut spare: Vec<u8>) -> Buffer {
        let pending = self.buffer.get(self.start..self.end).unwrap_or_default();
        let room = BUFFER.max(pending.len());
        if spare.len() != room {
            // What a huge record needed is not kept for those that follow.
            spare = vec![0; room];
        }
        if let Some(head) = spare.get_mut(..pending.len()) {
            head.copy_from_slice(pending);
        }
        let done = Buffer {
            bytes: std::mem::replace(&mut self.buffer, spare),
            offset: self.offset,
        };
        self.offset += self.start as u64;
        self.end -= self.start;
        self.start = 0;
        done
    }

    /// Fills the buffer that [`Stream::take`] went on in. Whether there is anything left.
    pub(crate) fn refill(&mut self) -> Result<bool, DecodeError> {
        self.fill()?;
        match &self.skip {
            Some(skip) if self.end == 0 => {
                let problem = Problem::LengthBeyondEnd {
                    length: skip.length,
                    left: self.position() - skip.payload_at,
                };
                Err(self.malformed_at(skip.payload_at, problem))
            }
            _ => Ok(self.end > 0),
        }
    }

    /// Passes over the run of whole samples that stands next, noting where each is. Tag and length
    /// are those that all but a few have: what is left for [`Stream::next`] may be a sample, too.
    #[inline]
    pub(crate) fn run_of_samples(&mut self, spans: &mut Vec<Span>) {
        const SAMPLE: u8 = 2 << 3 | 2;
        let bytes = self.buffer.get(..self.end).unwrap_or_default();
        let mut start = self.start;
        if self.skip.is_some() {
            return;
        }
        while bytes.get(start) == Some(&SAMPLE) {
            let mut payload = start + 1;
            let Some(length) = short_varint(bytes, &mut payload) else {
                break;
            };
            // Neither is near the end of the number range.
            let end = payload as u64 + length.min(MAX_RECORD);
            if end > bytes.len() as u64 || length > self.max_record {
                break;
            }
            spans.push(Span {
                at: place(start),
                payload: place(payload),
                end: place(end as usize),
            });
            start = end as usize;
        }
        self.start = start;
    }

    /// The next whole field of this buffer whose number is `wanted`, or that is no
    /// length-delimited one. `None` when the buffer must be refilled.
    #[inline]
    pub(crate) fn next(
        &mut self,
        wanted: impl Fn(u64) -> bool,
    ) -> Result<Option<TopField<'_>>, DecodeError> {
        loop {
            if let Some(skip) = self.skip.take()
                && !self.pass_over(skip)?
            {
                return Ok(None);
            }
            if self.start == self.end {
                return Ok(None);
            }
            let mut cursor = Cursor::new(self.pending());
            let head = cursor.head();
            let head_length = cursor.at();
            let Head { number, kind } = match head {
                Ok(head) => head,
                Err(error) => {
                    if matches!(error.problem, Problem::CutShort) && !self.reader_is_done {
                        return Ok(None);
                    }
                    let at = self.position() + error.at as u64;
                    return Err(self.malformed_at(at, error.problem));
                }
            };
            let payload_length = match kind {
                HeadKind::Varint(_) => 0,
                HeadKind::Fixed64 => 8,
                HeadKind::Fixed32 => 4,
                HeadKind::Length(length) => length,
            };
            // A length that is nonsense is more likely than a record of that size. Looking for the
            // end as far as a record may reach tells most of them.
            let is_refused = wanted(number) && payload_length > self.max_record;
            if is_refused || (matches!(kind, HeadKind::Length(_)) && !wanted(number)) {
                let at = self.position();
                self.start += head_length;
                self.skip = Some(Skip {
                    at,
                    payload_at: at + head_length as u64,
                    length: payload_length,
                    left: match is_refused {
                        true => self.max_record,
                        false => payload_length,
                    },
                    is_refused,
                });
                continue;
            }
            // The limit on records keeps this within memory's range.
            let whole = usize::try_from(payload_length)
                .map_or(usize::MAX, |length| head_length.saturating_add(length));
            if self.end - self.start < whole {
                if !self.reader_is_done {
                    self.wanted = whole;
                    return Ok(None);
                }
                let left = (self.end - self.start).saturating_sub(head_length) as u64;
                let problem = Problem::LengthBeyondEnd {
                    length: payload_length,
                    left,
                };
                let at = self.position() + head_length as u64;
                return Err(self.malformed_at(at, problem));
            }
            let at = self.position();
            let from = self.start;
            self.start += whole;
            let payload = match kind {
                HeadKind::Varint(value) => Payload::Varint(value),
                HeadKind::Fixed64 => Payload::Fixed64,
                HeadKind::Fixed32 => Payload::Fixed32,
                HeadKind::Length(_) => {
                    let payload = self.buffer.get(from + head_length..self.start);
                    Payload::Bytes(payload.unwrap_or_default())
                }
            };
            return Ok(Some(TopField {
                number,
                payload,
                at,
                payload_at: at + head_length as u64,
                span: Span {
                    at: place(from),
                    payload: place(from + head_length),
                    end: place(self.start),
                },
            }));
        }
    }

    fn pending(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    #[cold]
    fn malformed_at(&self, offset: u64, problem: Problem) -> DecodeError {
        let malformed = Malformed {
            offset,
            record: Record::Profile,
            ordinal: None,
            field: "",
            problem,
        };
        Box::new(malformed).into()
    }

    /// Reads until the buffer is full or the reader done, and on until the torn field is whole.
    fn fill(&mut self) -> Result<(), DecodeError> {
        while !self.reader_is_done {
            if self.end == self.buffer.len() {
                if self.end >= self.wanted {
                    break;
                }
                self.buffer.resize(2 * self.buffer.len(), 0);
            }
            self.read_more()?;
        }
        self.wanted = 0;
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

    /// Goes on passing over a payload. Whether that is done; if not, the buffer is at its end.
    fn pass_over(&mut self, skip: Skip) -> Result<bool, DecodeError> {
        let pending = (self.end - self.start) as u64;
        if skip.left > pending {
            self.start = self.end;
            self.skip = Some(Skip {
                left: skip.left - pending,
                ..skip
            });
            return Ok(false);
        }
        // At most what is pending, which fits.
        self.start += usize::try_from(skip.left).unwrap_or(0);
        if !skip.is_refused {
            return Ok(true);
        }
        let limit = self.max_record;
        Err(self.malformed_at(skip.at, Problem::RecordLimit { limit }))
    }
}
