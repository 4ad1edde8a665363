//! The protobuf wire format: fields of one message, read from borrowed bytes.
//!
//! Positions are relative to the bytes given; the caller knows where those stand in the stream.
//! Source: the encoding page of the protobuf documentation, and what `go tool pprof` accepts of
//! it (groups and field number 0 are refused, bits above 64 of a varint are dropped).

use super::error::Problem;

/// What went wrong on the wire, and how many bytes into the slice.
#[derive(Debug)]
pub(crate) struct WireError {
    pub(crate) at: usize,
    pub(crate) problem: Problem,
}

/// Boxed, so that the results of the innermost functions fit into registers.
pub(crate) type WireResult<T> = Result<T, Box<WireError>>;

#[cold]
fn fail<T>(at: usize, problem: Problem) -> WireResult<T> {
    Err(Box::new(WireError { at, problem }))
}

/// The payload of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Payload<'a> {
    Varint(u64),
    Fixed64,
    Fixed32,
    Bytes(&'a [u8]),
}

impl Payload<'_> {
    /// The protobuf documentation's name of the wire type.
    pub(crate) fn wire_type(&self) -> &'static str {
        match self {
            Self::Varint(_) => "VARINT",
            Self::Fixed64 => "I64",
            Self::Fixed32 => "I32",
            Self::Bytes(_) => "LEN",
        }
    }
}

/// One field of a message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field<'a> {
    pub(crate) number: u64,
    pub(crate) payload: Payload<'a>,
    /// Where the field's tag begins.
    pub(crate) at: usize,
    /// Where the field's payload begins: for `Bytes`, its first byte.
    pub(crate) payload_at: usize,
}

/// The head of a field: its tag and, for `LEN`, its length.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    pub(crate) number: u64,
    pub(crate) kind: HeadKind,
}

/// What follows a tag.
#[derive(Clone, Copy, Debug)]
pub(crate) enum HeadKind {
    Varint(u64),
    Fixed64,
    Fixed32,
    Length(u64),
}

/// Reads forward over borrowed bytes.
#[derive(Clone, Debug)]
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
    length: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            length: bytes.len(),
        }
    }

    /// How many bytes were read.
    #[inline(always)]
    pub(crate) fn at(&self) -> usize {
        self.length - self.rest.len()
    }

    /// How many bytes are left.
    #[inline(always)]
    pub(crate) fn left(&self) -> usize {
        self.rest.len()
    }

    #[inline(always)]
    pub(crate) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Reads one varint of at most ten bytes.
    #[inline(always)]
    pub(crate) fn varint(&mut self) -> WireResult<u64> {
        // Up to three bytes are nearly all there is: tags, lengths and ids.
        match *self.rest {
            [first, ref rest @ ..] if first < 0x80 => {
                self.rest = rest;
                Ok(u64::from(first))
            }
            [first, second, ref rest @ ..] if second < 0x80 => {
                self.rest = rest;
                Ok(u64::from(first & 0x7f) | u64::from(second) << 7)
            }
            [first, second, third, ref rest @ ..] if third < 0x80 => {
                self.rest = rest;
                let low = u64::from(first & 0x7f) | u64::from(second & 0x7f) << 7;
                Ok(low | u64::from(third) << 14)
            }
            _ => self.long_varint(),
        }
    }

    fn long_varint(&mut self) -> WireResult<u64> {
        let mut value = 0u64;
        let mut shift = 0;
        let mut rest = self.rest;
        while let [byte, tail @ ..] = rest {
            value |= u64::from(byte & 0x7f) << shift;
            rest = tail;
            if *byte < 0x80 {
                self.rest = rest;
                return Ok(value);
            }
            shift += 7;
            if shift == 70 {
                return fail(self.at(), Problem::VarintTooLong);
            }
        }
        fail(self.at(), Problem::CutShort)
    }

    /// Reads a tag, and the length behind it if it has one.
    #[inline(always)]
    pub(crate) fn head(&mut self) -> WireResult<Head> {
        let at = self.at();
        let tag = self.varint()?;
        let number = tag >> 3;
        if number == 0 {
            return fail(at, Problem::FieldNumberZero);
        }
        let kind = match tag & 7 {
            0 => HeadKind::Varint(self.varint()?),
            1 => HeadKind::Fixed64,
            2 => HeadKind::Length(self.varint()?),
            5 => HeadKind::Fixed32,
            other => {
                return fail(at, Problem::UnknownWireType(other));
            }
        };
        Ok(Head { number, kind })
    }

    /// Reads one whole field, or `None` at the end of the bytes.
    #[inline(always)]
    pub(crate) fn field(&mut self) -> WireResult<Option<Field<'a>>> {
        if self.is_at_end() {
            return Ok(None);
        }
        let at = self.at();
        let Head { number, kind } = self.head()?;
        let payload_at = self.at();
        let payload = match kind {
            HeadKind::Varint(value) => Payload::Varint(value),
            HeadKind::Fixed64 => self.take(8).map(|_| Payload::Fixed64)?,
            HeadKind::Fixed32 => self.take(4).map(|_| Payload::Fixed32)?,
            HeadKind::Length(length) => Payload::Bytes(self.take(length)?),
        };
        Ok(Some(Field {
            number,
            payload,
            at,
            payload_at,
        }))
    }

    #[inline(always)]
    fn take(&mut self, length: u64) -> WireResult<&'a [u8]> {
        let whole = usize::try_from(length).ok();
        match whole.and_then(|length| self.rest.split_at_checked(length)) {
            Some((taken, rest)) => {
                self.rest = rest;
                Ok(taken)
            }
            None => {
                let left = self.rest.len() as u64;
                fail(self.at(), Problem::LengthBeyondEnd { length, left })
            }
        }
    }
}

/// Reads the varint of at most eight bytes that begins at `at`, and moves `at` behind it. `None`
/// when it is longer, or when `bytes` end less than eight bytes behind its beginning.
///
/// How long a value is cannot be foretold, so this does not branch on it.
#[inline(always)]
pub(crate) fn short_varint(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let word = u64::from_le_bytes(*bytes.get(*at..)?.first_chunk()?);
    let ends = !word & 0x8080_8080_8080_8080;
    if ends == 0 {
        return None;
    }
    *at += ends.trailing_zeros() as usize / 8 + 1;
    // Everything up to the first end, seven bits a byte; then pairs, pairs of pairs, both halves.
    let sevens = word & (ends ^ ends.wrapping_sub(1)) & 0x7f7f_7f7f_7f7f_7f7f;
    let pairs = sevens & 0x007f_007f_007f_007f | (sevens & 0x7f00_7f00_7f00_7f00) >> 1;
    let fours = pairs & 0x0000_3fff_0000_3fff | (pairs & 0x3fff_0000_3fff_0000) >> 2;
    Some(fours & 0x0fff_ffff | (fours & 0x0fff_ffff_0000_0000) >> 4)
}

/// Appends `value` as a varint in its shortest form.
pub(crate) fn push_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        // The mask keeps the value within a byte.
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn varints_survive_the_way_there_and_back(value: u64) {
            let mut bytes = Vec::new();
            push_varint(&mut bytes, value);
            let mut cursor = Cursor::new(&bytes);
            prop_assert_eq!(cursor.varint().map_err(|e| e.problem.to_string()), Ok(value));
            prop_assert!(cursor.is_at_end());
        }

        #[test]
        fn both_ways_of_reading_a_varint_agree(mut bytes: Vec<u8>) {
            bytes.extend([0; 8]);
            let mut at = 0;
            let short = short_varint(&bytes, &mut at);
            let mut cursor = Cursor::new(&bytes);
            let long = cursor.varint().ok();
            if let Some(short) = short {
                prop_assert_eq!((Some(short), at), (long, cursor.at()));
            } else {
                prop_assert!(cursor.at() == 0 || cursor.at() > 8);
            }
        }

        #[test]
        fn any_bytes_end_in_a_field_list_or_an_error(bytes: Vec<u8>) {
            let mut cursor = Cursor::new(&bytes);
            let mut fields = 0;
            while let Ok(Some(field)) = cursor.field() {
                prop_assert!(field.at < cursor.at());
                fields += 1;
            }
            prop_assert!(fields <= bytes.len());
        }
    }

    #[test]
    fn padded_varints_are_read_and_eleven_bytes_are_not() {
        let mut padded = vec![0x81; 9];
        padded.push(0x00);
        assert!(Cursor::new(&padded).varint().is_ok());
        let problem = Cursor::new(&[0x80; 11]).varint().map_err(|e| e.problem);
        assert!(matches!(problem, Err(Problem::VarintTooLong)));
    }

    #[test]
    fn a_length_beyond_the_end_is_named() {
        let error = Cursor::new(&[0x0a, 0x05, 1, 2])
            .field()
            .map(|_| ())
            .map_err(|e| e.problem);
        assert!(matches!(
            error,
            Err(Problem::LengthBeyondEnd { length: 5, left: 2 })
        ));
    }

    #[test]
    fn groups_are_refused() {
        let error = Cursor::new(&[0x63, 0x64])
            .field()
            .map(|_| ())
            .map_err(|e| e.problem);
        assert!(matches!(error, Err(Problem::UnknownWireType(3))));
    }
}
