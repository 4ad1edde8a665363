//! Reading the fields of one record, with errors that say where they are.

use super::error::{Malformed, Problem, Record};
use super::wire::{Cursor, Field, Payload, WireError};

/// A record's bytes and what errors in it are called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Message<'a> {
    pub(crate) bytes: &'a [u8],
    /// Where the record begins, with its tag, in the inflated stream.
    pub(crate) start: u64,
    /// Where `bytes` begins there.
    pub(crate) base: u64,
    pub(crate) record: Record,
    /// Which record of its kind, from 1.
    pub(crate) ordinal: u64,
}

impl<'a> Message<'a> {
    pub(crate) fn cursor(&self) -> Cursor<'a> {
        Cursor::new(self.bytes)
    }

    /// An error at `at` bytes into this record.
    #[cold]
    pub(crate) fn error(&self, at: usize, field: &'static str, problem: Problem) -> Box<Malformed> {
        Box::new(Malformed {
            offset: self.base + at as u64,
            record: self.record,
            ordinal: Some(self.ordinal),
            field,
            problem,
        })
    }

    /// An error of the record as a whole.
    #[cold]
    pub(crate) fn record_error(&self, field: &'static str, problem: Problem) -> Box<Malformed> {
        let mut error = self.error(0, field, problem);
        error.offset = self.start;
        error
    }

    #[cold]
    pub(crate) fn wire_error(&self, error: WireError, field: &'static str) -> Box<Malformed> {
        self.error(error.at, field, error.problem)
    }

    /// The next field, or `None` at the record's end.
    #[inline(always)]
    pub(crate) fn next(
        &self,
        cursor: &mut Cursor<'a>,
    ) -> Result<Option<Field<'a>>, Box<Malformed>> {
        cursor.field().map_err(|error| self.wire_error(*error, ""))
    }

    /// The number in a field that holds one.
    #[inline]
    pub(crate) fn number(
        &self,
        field: &Field<'_>,
        name: &'static str,
    ) -> Result<u64, Box<Malformed>> {
        match field.payload {
            Payload::Varint(value) => Ok(value),
            other => Err(self.wrong_type(field.at, name, other, "VARINT")),
        }
    }

    /// The record in a field that holds one. Its errors are counted as `record` `ordinal`.
    #[inline]
    pub(crate) fn nested(
        &self,
        field: &Field<'a>,
        name: &'static str,
        record: Record,
        ordinal: u64,
    ) -> Result<Message<'a>, Box<Malformed>> {
        match field.payload {
            Payload::Bytes(bytes) => Ok(Message {
                bytes,
                start: self.base + field.at as u64,
                base: self.base + field.payload_at as u64,
                record,
                ordinal,
            }),
            other => Err(self.wrong_type(field.at, name, other, "LEN")),
        }
    }

    /// Every number of a repeated field, packed or not.
    #[inline]
    pub(crate) fn numbers(
        &self,
        field: &Field<'a>,
        name: &'static str,
        mut each: impl FnMut(u64),
    ) -> Result<(), Box<Malformed>> {
        match field.payload {
            Payload::Varint(value) => each(value),
            Payload::Bytes(bytes) => {
                let mut cursor = Cursor::new(bytes);
                while !cursor.is_at_end() {
                    each(cursor.varint().map_err(|error| {
                        self.error(field.payload_at + error.at, name, error.problem)
                    })?);
                }
            }
            other => return Err(self.wrong_type(field.at, name, other, "VARINT or LEN")),
        }
        Ok(())
    }

    #[cold]
    pub(crate) fn wrong_type(
        &self,
        at: usize,
        name: &'static str,
        found: Payload<'_>,
        expected: &'static str,
    ) -> Box<Malformed> {
        self.error(
            at,
            name,
            Problem::WrongWireType {
                found: found.wire_type(),
                expected,
            },
        )
    }
}

/// The outermost message is the only one of its kind: no ordinal.
pub(crate) fn without_ordinal(mut error: Box<Malformed>) -> Box<Malformed> {
    error.ordinal = None;
    error
}
