//! The outline of a pprof message: which fields there are and how each is written.
//!
//! Protobuf has no magic number. What there is: the first bytes of a profile must be tags of a
//! handful of fields, each with its one way of writing. This settles whether a file can be a
//! profile at all, so that other files are named, and whether it surely looks like one, so that a
//! directory's profiles are found. The decoder alone says whether a profile is valid.

/// What the start of some data says about its being a pprof message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outline {
    /// A reader of pprof must refuse it.
    Broken,
    /// Nothing against it, and little for it.
    Possible,
    /// Several fields of pprof, one inside the other, and nothing against it.
    Likely,
}

/// How a field may be written: a set of wire types, bit N for wire type N.
type Wires = u8;
const VARINT: Wires = 1 << 0;
const LENGTH: Wires = 1 << 2;
/// A repeated number, packed or not.
const NUMBERS: Wires = VARINT | LENGTH;
/// An unknown field: varint, 64 bits, length, 32 bits; no groups, as pprof has it.
const ANY: Wires = VARINT | 1 << 1 | LENGTH | 1 << 5;

/// The ways of the fields 1, 2, … of a message, and of the fields within those.
type Field = (Wires, &'static [Wires]);
const VALUE_TYPE: &[Wires] = &[VARINT; 2];
const PROFILE: [Field; 15] = [
    (LENGTH, VALUE_TYPE),
    (LENGTH, &[NUMBERS, NUMBERS, LENGTH]), // sample
    (LENGTH, &[VARINT; 10]),               // mapping
    (LENGTH, &[VARINT, VARINT, VARINT, LENGTH, VARINT]), // location
    (LENGTH, &[VARINT; 5]),                // function
    (LENGTH, &[]),                         // a string
    (VARINT, &[]),
    (VARINT, &[]),
    (VARINT, &[]),
    (VARINT, &[]),
    (LENGTH, VALUE_TYPE), // period type
    (VARINT, &[]),
    (NUMBERS, &[]),
    (VARINT, &[]),
    (VARINT, &[]),
];

/// Follows the fields of `head`, the start of some data, for as long as they can be followed.
pub(super) fn outline(head: &[u8]) -> Outline {
    let mut walk = Walk {
        rest: head,
        known: 0,
        unknown: 0,
    };
    match walk.message() {
        Err(Stop::Broken) => Outline::Broken,
        // Two fields in their places are four bytes of the right values, and not by chance.
        _ if walk.known >= 2 && walk.known > walk.unknown => Outline::Likely,
        _ => Outline::Possible,
    }
}

/// Why following ended before the end of a message.
enum Stop {
    /// The head is used up; what is missing may be sound.
    Cut,
    Broken,
}

struct Walk<'a> {
    rest: &'a [u8],
    /// Fields met in a record that pprof knows there, and those that it does not.
    known: u32,
    unknown: u32,
}

impl Walk<'_> {
    fn message(&mut self) -> Result<(), Stop> {
        while !self.rest.is_empty() {
            let (number, wire) = self.tag()?;
            let (wires, inner) = field(&PROFILE, number).unwrap_or((ANY, &[]));
            let length = self.value(wire, wires)?;
            let (body, whole) = match self.rest.split_at_checked(length) {
                Some((body, after)) => {
                    self.rest = after;
                    (body, true)
                }
                None => (std::mem::take(&mut self.rest), false),
            };
            if !inner.is_empty() {
                self.record(body, whole, inner)?;
            }
        }
        Ok(())
    }

    /// Follows the fields of one record, of which `body` is there. Goes no deeper.
    fn record(&mut self, body: &[u8], whole: bool, fields: &[Wires]) -> Result<(), Stop> {
        let mut record = Walk {
            rest: body,
            known: 0,
            unknown: 0,
        };
        let end = record.fields(fields);
        self.known += record.known;
        self.unknown += record.unknown;
        match end {
            // Nothing is missing, so a field that goes on is longer than its record.
            Err(Stop::Cut) if whole => Err(Stop::Broken),
            end => end,
        }
    }

    fn fields(&mut self, fields: &[Wires]) -> Result<(), Stop> {
        while !self.rest.is_empty() {
            let (number, wire) = self.tag()?;
            let wires = field(fields, number);
            let length = self.value(wire, wires.unwrap_or(ANY))?;
            match wires {
                Some(_) => self.known += 1,
                None => self.unknown += 1,
            }
            self.rest = self.rest.get(length..).ok_or(Stop::Cut)?;
        }
        Ok(())
    }

    fn tag(&mut self) -> Result<(u64, u8), Stop> {
        let tag = self.varint()?;
        let wire = u8::try_from(tag & 7).map_err(|_| Stop::Broken)?;
        match tag >> 3 {
            0 => Err(Stop::Broken),
            number => Ok((number, wire)),
        }
    }

    /// Checks that a field may be written this way; how many bytes of it are still to skip.
    fn value(&mut self, wire: u8, allowed: Wires) -> Result<usize, Stop> {
        if allowed & 1 << wire == 0 {
            return Err(Stop::Broken);
        }
        match wire {
            0 => self.varint().map(|_| 0),
            1 => Ok(8),
            5 => Ok(4),
            _ => self
                .varint()
                .map(|length| usize::try_from(length).unwrap_or(usize::MAX)),
        }
    }

    fn varint(&mut self) -> Result<u64, Stop> {
        let mut value = 0;
        for shift in 0..10 {
            let (&byte, rest) = self.rest.split_first().ok_or(Stop::Cut)?;
            self.rest = rest;
            value |= u64::from(byte & 0x7f) << (7 * shift);
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Stop::Broken)
    }
}

/// The entry of field `number`, which counts from 1.
fn field<T: Copy>(fields: &[T], number: u64) -> Option<T> {
    let index = usize::try_from(number).ok()?.checked_sub(1)?;
    fields.get(index).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first fields of a profile as Go's runtime writes them.
    const GO: &[u8] = b"\x0a\x04\x08\x01\x10\x02\x0a\x04\x08\x03\x10\x04\x5a\x04\x08\x01\x10\x02";

    #[test]
    fn a_profile_is_likely_wherever_its_head_is_cut() {
        assert_eq!(outline(GO), Outline::Likely);
        for end in 0..GO.len() {
            assert_ne!(outline(&GO[..end]), Outline::Broken, "{end}");
        }
    }

    #[test]
    fn samples_first_packed_or_not_and_unknown_fields_are_sound() {
        assert_eq!(
            outline(b"\x12\x08\x0a\x02\x01\x02\x12\x02\x03\x04"),
            Outline::Likely
        );
        assert_eq!(
            outline(b"\x12\x08\x08\x01\x08\x02\x10\x03\x10\x04"),
            Outline::Likely
        );
        assert_eq!(outline(b"\xa2\x06\x03abc\x60\x05"), Outline::Possible);
        assert_eq!(outline(b"\x32\x00\x32\x05space"), Outline::Possible);
    }

    #[test]
    fn what_no_reader_of_pprof_takes_is_broken() {
        for head in [
            &b"\x00"[..],                // field 0
            b"\x08\x01",                 // a sample type as a number
            b"\x0b",                     // a group
            b"\x0a\x01\x08",             // a field that is longer than its record
            b"\x0a\x04\x0a\x00\x10\x02", // a type name that is no number
            b"\x0a\x02\x12\x7f",         // a length beyond its record
            &[0xff; 11],
        ] {
            assert_eq!(outline(head), Outline::Broken, "{head:02x?}");
        }
    }
}
