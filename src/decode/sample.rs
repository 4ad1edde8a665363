//! One sample, borrowed from the wire.

use super::error::{Malformed, Problem, Record};
use super::message::Message;
use super::strings::StringId;
use super::tables::IndexWatch;
use super::wire::{Cursor, Payload, push_varint};

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

/// Where the stack of the sample being parsed is.
enum Stack<'a> {
    /// In one packed list, as nearly all are: borrowed.
    Packed(&'a [u8]),
    /// In single numbers or several lists: written together in `SampleParser::stack`.
    Gathered,
}

/// Labels that one sample may have. Each is kept, in more bytes than it is written in, and none
/// but the size is looked at.
const MAX_LABELS: usize = 100_000;

/// Values that one sample may have: no profile has so many types.
const MAX_VALUES: usize = 65_536;

/// Parses samples into buffers that it keeps.
#[derive(Debug, Default)]
pub(crate) struct SampleParser {
    stack: Vec<u8>,
    values: Vec<i64>,
    labels: Vec<NumericLabel>,
}

impl SampleParser {
    #[inline]
    pub(crate) fn parse<'s>(
        &'s mut self,
        message: Message<'s>,
        offset: u64,
        watch: &mut IndexWatch,
    ) -> Result<Sample<'s>, Box<Malformed>> {
        let Self {
            stack: gathered,
            values,
            labels,
        } = self;
        gathered.clear();
        values.clear();
        labels.clear();
        let mut stack = Stack::Packed(&[]);
        let mut cursor = message.cursor();
        while let Some(field) = message.next(&mut cursor)? {
            match field.number {
                1 => match (field.payload, &stack) {
                    (Payload::Bytes(bytes), Stack::Packed([])) => stack = Stack::Packed(bytes),
                    (payload, _) => {
                        if let Stack::Packed(bytes) = stack {
                            gathered.extend_from_slice(untorn(bytes, &message)?);
                            stack = Stack::Gathered;
                        }
                        match payload {
                            Payload::Bytes(bytes) => {
                                gathered.extend_from_slice(untorn(bytes, &message)?);
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
        Ok(Sample {
            ordinal: message.ordinal,
            offset,
            stack: match stack {
                Stack::Packed(bytes) => bytes,
                Stack::Gathered => gathered,
            },
            values,
            count: 1,
            labels,
        })
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
