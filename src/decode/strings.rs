//! The string table: one arena instead of an object per string.

/// The index of a string in its profile's table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StringId(pub(crate) u32);

impl StringId {
    /// Entry 0, which is always the empty string.
    pub const EMPTY: Self = Self(0);
    /// Stands for an index that no table can hold; never resolves.
    pub(crate) const INVALID: Self = Self(u32::MAX);

    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// All strings of a profile, as bytes: names need not be UTF-8.
#[derive(Debug, Default)]
pub struct Strings {
    bytes: Vec<u8>,
    /// Where each string ends in `bytes`; it begins where the one before ends.
    ends: Vec<usize>,
}

impl Strings {
    /// The bytes of a string; empty for an id of another table.
    pub fn get(&self, id: StringId) -> &[u8] {
        let index = id.index();
        let start = match index.checked_sub(1) {
            None => 0,
            Some(before) => self.ends.get(before).copied().unwrap_or(0),
        };
        let end = self.ends.get(index).copied().unwrap_or(start);
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// How many strings there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no string at all, not even the empty one.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Every id with its bytes, in table order.
    pub fn iter(&self) -> impl Iterator<Item = (StringId, &[u8])> {
        (0..self.ends.len())
            .map_while(|index| u32::try_from(index).ok())
            .map(|index| {
                let id = StringId(index);
                (id, self.get(id))
            })
    }

    pub(crate) fn push(&mut self, string: &[u8]) {
        self.bytes.extend_from_slice(string);
        self.ends.push(self.bytes.len());
    }

    /// Bytes of memory held.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * size_of::<usize>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_come_back_as_they_went_in() {
        let mut strings = Strings::default();
        for text in [&b""[..], b"main.f", b"", b"\xff\xfe"] {
            strings.push(text);
        }
        let back: Vec<&[u8]> = strings.iter().map(|(_, bytes)| bytes).collect();
        assert_eq!(back, [&b""[..], b"main.f", b"", b"\xff\xfe"]);
        assert_eq!(strings.get(StringId(99)), b"");
        assert_eq!(strings.get(StringId::INVALID), b"");
    }
}
