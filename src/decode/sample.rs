//! One sample, borrowed from the wire.

use std::ops::Range;

use super::error::{Malformed, Problem, Record};
use super::message::Message;
use super::stream::{Buffer, Span};
use super::strings::StringId;
use super::tally::Tally;
use super::watch::IndexWatch;
use super::wire::{Cursor, Payload, push_varint, short_varint};

/// A label that holds a number. Heap profiles have one: key `bytes`, the size of each object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NumericLabel {
    /// The label's name.
    pub key: StringId,
    /// Its value.
    pub number: i64,
}

/// A sample as it stands in the buffer: nothing in it is owned.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    /// Which sample of the profile, counted from 1.
    pub ordinal: u64,
    /// Where its record begins in the inflated stream.
    pub offset: u64,
    /// Location ids as packed varints, the leaf first.
    pub stack: &'a [u8],
    /// The stack of the sample behind it, where that is known already: neighbours often have the
    /// root's part in common. Else empty.
    pub next_stack: &'a [u8],
    /// One number for each sample type.
    pub values: &'a [i64],
    /// How many samples of the profile this stands for: 1 on the wire, more where equal ones were
    /// added up.
    pub count: u64,
    /// Labels with a number, in the order of the wire. Labels with a text are not kept.
    pub labels: &'a [NumericLabel],
}

impl<'a> Sample<'a> {
    /// The location ids of the stack, leaf first.
    #[inline]
    pub fn locations(&self) -> Locations<'a> {
        Locations {
            cursor: Cursor::new(self.stack),
            ordinal: self.ordinal,
            offset: self.offset,
        }
    }

    /// The location ids in a part of the stack's bytes.
    #[inline]
    pub(crate) fn locations_in(&self, bytes: Range<usize>) -> Locations<'a> {
        Locations {
            cursor: Cursor::new(self.stack.get(bytes).unwrap_or_default()),
            ..self.locations()
        }
    }

    /// An error that blames this sample.
    pub fn error(&self, field: &'static str, problem: Problem) -> Box<Malformed> {
        blame(self.offset, self.ordinal, field, problem)
    }

    /// The error for a location id that no table has.
    #[cold]
    pub fn dangling_location(&self, id: u64) -> Box<Malformed> {
        self.error(
            "location_id",
            Problem::Dangling {
                table: Record::Location,
                id,
            },
        )
    }
}

/// Reads the location ids of a sample, one after the other.
#[derive(Clone, Debug)]
pub struct Locations<'a> {
    cursor: Cursor<'a>,
    ordinal: u64,
    offset: u64,
}

impl Locations<'_> {
    /// How many bytes of ids are left.
    #[inline(always)]
    pub(crate) fn bytes_left(&self) -> usize {
        self.cursor.left()
    }

    /// The next id, or `None` at the root.
    ///
    /// # Errors
    /// When the packed list is cut within a number.
    #[expect(
        clippy::should_implement_trait,
        reason = "`?` behind `next` keeps loops plain"
    )]
    #[inline(always)]
    pub fn next(&mut self) -> Result<Option<u64>, Box<Malformed>> {
        if self.cursor.is_at_end() {
            return Ok(None);
        }
        match self.cursor.varint() {
            Ok(id) => Ok(Some(id)),
            Err(error) => Err(blame(
                self.offset,
                self.ordinal,
                "location_id",
                error.problem,
            )),
        }
    }
}

#[cold]
fn blame(offset: u64, ordinal: u64, field: &'static str, problem: Problem) -> Box<Malformed> {
    Box::new(Malformed {
        offset,
        record: Record::Sample,
        ordinal: Some(ordinal),
        field,
        problem,
    })
}

/// Where the stack of a parsed sample is.
#[derive(Clone, Debug)]
enum Stack {
    /// In one packed list, as nearly all are: in the buffer.
    Packed(Range<usize>),
    /// In single numbers or several lists: written together in `SampleParser::gathered`.
    Gathered,
}

/// Labels that one sample may have. Each is kept, in more bytes than it is written in, and none
/// but the size is looked at.
const MAX_LABELS: usize = 100_000;

/// Values that one sample may have: no profile has so many types.
const MAX_VALUES: usize = 65_536;

/// A sample that was parsed, in buffers that are kept for the next one.
#[derive(Debug)]
pub(crate) struct SampleParser {
    ordinal: u64,
    offset: u64,
    stack: Stack,
    gathered: Vec<u8>,
    values: Vec<i64>,
    labels: Vec<NumericLabel>,
}

impl Default for SampleParser {
    fn default() -> Self {
        Self {
            ordinal: 0,
            offset: 0,
            stack: Stack::Gathered,
            gathered: Vec::new(),
            values: Vec::new(),
            labels: Vec::new(),
        }
    }
}

impl SampleParser {
    /// Parses the sample that stands at `span`.
    #[inline]
    pub(crate) fn parse(
        &mut self,
        buffer: &Buffer,
        span: Span,
        ordinal: u64,
        tally: &mut Tally,
    ) -> Result<(), Box<Malformed>> {
        let Buffer { bytes, offset } = buffer;
        let message = Message {
            bytes: bytes
                .get(span.payload as usize..span.end as usize)
                .unwrap_or_default(),
            start: offset + u64::from(span.at),
            base: offset + u64::from(span.payload),
            record: Record::Sample,
            ordinal,
        };
        self.ordinal = ordinal;
        self.offset = message.start;
        if self.parse_common(bytes, span, &tally.watch).is_none() {
            self.parse_any(&message, span, &mut tally.watch)?;
        }
        tally.count(&self.values, &message)
    }

    /// What was parsed last, and the stack of what was parsed behind it.
    #[inline]
    pub(crate) fn sample<'a>(&'a self, bytes: &'a [u8], behind: Option<&'a Self>) -> Sample<'a> {
        Sample {
            ordinal: self.ordinal,
            offset: self.offset,
            stack: self.stack(bytes),
            next_stack: behind.map_or(&[], |behind| behind.stack(bytes)),
            values: &self.values,
            count: 1,
            labels: &self.labels,
        }
    }

    /// How many values it has.
    pub(crate) fn values(&self) -> usize {
        self.values.len()
    }

    #[inline]
    fn stack<'a>(&'a self, bytes: &'a [u8]) -> &'a [u8] {
        match &self.stack {
            Stack::Packed(range) => bytes.get(range.clone()).unwrap_or_default(),
            Stack::Gathered => &self.gathered,
        }
    }

    /// Parses a sample of the form that all but a few have: its stack and its values each in one
    /// packed list, and one label with a number. `None` when it has another form.
    #[inline]
    fn parse_common(&mut self, bytes: &[u8], span: Span, watch: &IndexWatch) -> Option<()> {
        const STACK: u8 = 1 << 3 | 2;
        const VALUES: u8 = 2 << 3 | 2;
        const LABEL: u8 = 3 << 3 | 2;
        const KEY: u8 = 1 << 3;
        const NUMBER: u8 = 3 << 3;
        let end = span.end as usize;
        let mut at = span.payload as usize;
        let mut stack = 0..0;
        self.values.clear();
        self.labels.clear();
        while at < end {
            let tag = *bytes.get(at)?;
            at += 1;
            let length = usize::try_from(short_varint(bytes, &mut at)?).ok()?;
            let next = at.checked_add(length).filter(|&next| next <= end)?;
            match tag {
                STACK if stack.end == 0 => stack = at..next,
                VALUES if self.values.is_empty() && length <= MAX_VALUES => {
                    while at < next {
                        let value = short_varint(bytes, &mut at)?;
                        self.values.push(value.cast_signed());
                    }
                }
                LABEL if self.labels.is_empty() => {
                    if *bytes.get(at)? != KEY {
                        return None;
                    }
                    at += 1;
                    let key = watch.known(short_varint(bytes, &mut at)?)?;
                    if *bytes.get(at)? != NUMBER {
                        return None;
                    }
                    at += 1;
                    let number = short_varint(bytes, &mut at)?.cast_signed();
                    if number == 0 {
                        return None;
                    }
                    self.labels.push(NumericLabel { key, number });
                }
                _ => return None,
            }
            if tag != STACK && at != next {
                return None;
            }
            at = next;
        }
        self.stack = Stack::Packed(stack);
        (!self.values.is_empty()).then_some(())
    }

    /// Parses a sample of any form.
    #[inline(never)]
    fn parse_any(
        &mut self,
        message: &Message<'_>,
        span: Span,
        watch: &mut IndexWatch,
    ) -> Result<(), Box<Malformed>> {
        let Self {
            stack,
            gathered,
            values,
            labels,
            ..
        } = self;
        gathered.clear();
        values.clear();
        labels.clear();
        *stack = Stack::Packed(0..0);
        let mut cursor = message.cursor();
        while let Some(field) = message.next(&mut cursor)? {
            match field.number {
                1 => match (field.payload, &*stack) {
                    (Payload::Bytes(bytes), Stack::Packed(none)) if none.is_empty() => {
                        let start = span.payload as usize + field.payload_at;
                        *stack = Stack::Packed(start..start + bytes.len());
                    }
                    (payload, _) => {
                        if let Stack::Packed(range) = &*stack {
                            let base = span.payload as usize;
                            let list = message.bytes.get(
                                range.start.saturating_sub(base)..range.end.saturating_sub(base),
                            );
                            gathered.extend_from_slice(untorn(list.unwrap_or_default(), message)?);
                            *stack = Stack::Gathered;
                        }
                        match payload {
                            Payload::Bytes(bytes) => {
                                gathered.extend_from_slice(untorn(bytes, message)?);
                            }
                            Payload::Varint(id) => push_varint(gathered, id),
                            other => {
                                let expected = "VARINT or LEN";
                                return Err(message.wrong_type(
                                    field.at,
                                    "location_id",
                                    other,
                                    expected,
                                ));
                            }
                        }
                    }
                },
                2 => {
                    message.numbers(&field, "value", |value| {
                        // One more than allowed is kept, to be noticed.
                        if values.len() <= MAX_VALUES {
                            values.push(value.cast_signed());
                        }
                    })?;
                    if values.len() > MAX_VALUES {
                        let limit = MAX_VALUES;
                        return Err(message.record_error("value", Problem::TooMany { limit }));
                    }
                }
                3 => {
                    let label = message.nested(&field, "label", Record::Label, message.ordinal)?;
                    labels.extend(parse_label(label, watch)?);
                    if labels.len() > MAX_LABELS {
                        let limit = MAX_LABELS;
                        return Err(message.record_error("label", Problem::TooMany { limit }));
                    }
                }
                _ => {}
            }
        }
        if values.is_empty() {
            return Err(message.record_error("value", Problem::NoValues));
        }
        Ok(())
    }
}

/// A packed list that ends with a whole number: joined to the next list, a torn one would look
/// sound.
fn untorn<'a>(list: &'a [u8], message: &Message<'_>) -> Result<&'a [u8], Box<Malformed>> {
    match list.last() {
        Some(&last) if last >= 0x80 => Err(message.error(0, "location_id", Problem::CutShort)),
        _ => Ok(list),
    }
}

/// Reads a label; `None` when it holds a text or, as google/pprof sees it, nothing.
#[inline]
fn parse_label(
    message: Message<'_>,
    watch: &mut IndexWatch,
) -> Result<Option<NumericLabel>, Box<Malformed>> {
    let mut key = StringId::EMPTY;
    let (mut text, mut number, mut unit) = (0, 0, 0);
    let mut cursor = message.cursor();
    while let Some(field) = message.next(&mut cursor)? {
        match field.number {
            1 => key = watch.string(&message, &field, "key")?,
            2 => text = watch.string(&message, &field, "str")?.index(),
            3 => number = message.number(&field, "num")?.cast_signed(),
            4 => unit = watch.string(&message, &field, "num_unit")?.index(),
            _ => {}
        }
    }
    let is_number = text == 0 && (number != 0 || unit != 0);
    Ok(is_number.then_some(NumericLabel { key, number }))
}
