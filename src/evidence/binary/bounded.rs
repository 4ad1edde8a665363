//! A reader that reads only so much.

use std::io::{self, Read, Seek, SeekFrom};

/// Reads no more bytes in sum than it was made for, wherever they stand.
///
/// The headers of a forged executable can claim the same bytes many times over; each claim would
/// be read, and kept, again.
pub(super) struct Bounded<R> {
    reader: R,
    left: u64,
}

impl<R> Bounded<R> {
    pub(super) fn new(reader: R, bytes: u64) -> Self {
        Self {
            reader,
            left: bytes,
        }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 && !buffer.is_empty() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "headers claim more bytes than the file has",
            ));
        }
        let wanted = usize::try_from(self.left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let read = self
            .reader
            .read(buffer.get_mut(..wanted).unwrap_or_default())?;
        self.left = self.left.saturating_sub(read as u64);
        Ok(read)
    }
}

impl<R: Seek> Seek for Bounded<R> {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.reader.seek(position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_no_more_than_allowed() {
        let mut reader = Bounded::new(io::Cursor::new([7; 8]), 12);
        let mut buffer = [0; 8];
        reader.read_exact(&mut buffer).unwrap();
        reader.rewind().unwrap();
        reader.read_exact(&mut buffer[..4]).unwrap();
        assert!(reader.read_exact(&mut buffer[..1]).is_err());
    }
}
