//! Watching over string indexes until the string table is known.

use super::error::{Malformed, Problem, Record};
use super::message::{Message, without_ordinal};
use super::strings::StringId;
use super::wire::Field;

/// Remembers the highest string index in use and who used it.
///
/// Whether an index is valid is known only when the table is complete, and Go writes the table
/// last. The highest one being valid means that all are; a negative one counts as the highest.
#[derive(Debug, Default)]
pub(crate) struct IndexWatch {
    highest: u64,
    user: Option<Box<Malformed>>,
}

impl IndexWatch {
    /// The string with this index, if an index as high was seen before.
    #[inline]
    pub(crate) fn known(&self, index: u64) -> Option<StringId> {
        let is_seen = index <= self.highest;
        u32::try_from(index).ok().filter(|_| is_seen).map(StringId)
    }

    /// Takes in what another one has seen of the same profile.
    pub(crate) fn join(&mut self, other: Self) {
        let place = |watch: &Self| watch.user.as_ref().map_or(u64::MAX, |user| user.offset);
        let is_earlier = other.highest == self.highest && place(&other) < place(self);
        if other.highest > self.highest || is_earlier {
            *self = other;
        }
    }

    /// Reads a field that holds a string index.
    #[inline]
    pub(crate) fn string(
        &mut self,
        message: &Message<'_>,
        field: &Field<'_>,
        name: &'static str,
    ) -> Result<StringId, Box<Malformed>> {
        let index = message.number(field, name)?;
        Ok(self.index(index, message, field.at, name))
    }

    #[inline]
    pub(crate) fn index(
        &mut self,
        index: u64,
        message: &Message<'_>,
        at: usize,
        name: &'static str,
    ) -> StringId {
        if index > self.highest {
            self.highest = index;
            // The table's size is filled in when it is known.
            let problem = Problem::StringIndex {
                index: index.cast_signed(),
                len: 0,
            };
            let error = message.error(at, name, problem);
            self.user = Some(match message.record {
                Record::Profile => without_ordinal(error),
                _ => error,
            });
        }
        u32::try_from(index).map_or(StringId::INVALID, StringId)
    }

    pub(crate) fn check(self, table_size: usize) -> Result<(), Box<Malformed>> {
        match self.user {
            Some(mut user)
                if usize::try_from(self.highest).map_or(true, |index| index >= table_size) =>
            {
                user.problem = Problem::StringIndex {
                    index: self.highest.cast_signed(),
                    len: table_size,
                };
                Err(user)
            }
            _ => Ok(()),
        }
    }
}
