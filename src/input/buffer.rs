//! The bytes of a source as they are stored, and how many of them have been taken.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek};
use std::sync::Arc;

use super::error::Problem;
use super::progress::Progress;

/// Bytes asked of the system at a time. Inflating gains nothing above 64 KiB, and 128 KiB still
/// stays in a core's cache beside the inflater's window.
const CAPACITY: usize = 128 << 10;

/// Where bytes come from.
pub(super) enum Raw {
    /// A regular file, which can be read again.
    File(File),
    /// Bytes at hand.
    Bytes(Cursor<Vec<u8>>),
    /// A pipe, a device: what is read is gone.
    Stream(Box<dyn Read + Send>),
}

impl Raw {
    /// How many bytes there are; `None` where only reading tells.
    fn length(&self) -> Option<u64> {
        match self {
            Raw::File(file) => file.metadata().ok().map(|metadata| metadata.len()),
            Raw::Bytes(bytes) => Some(bytes.get_ref().len() as u64),
            Raw::Stream(_) => None,
        }
    }

    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let result = match self {
                Raw::File(file) => file.read(out),
                Raw::Bytes(bytes) => bytes.read(out),
                Raw::Stream(stream) => stream.read(out),
            };
            match result {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }
}

/// A buffered reader that counts, looks ahead, and can begin again.
///
/// `std::io::BufReader` does none of the three over a source of which only some can seek.
pub(super) struct Buffer {
    raw: Raw,
    bytes: Box<[u8]>,
    /// The part of `bytes` that is read and not yet taken.
    start: usize,
    end: usize,
    /// All bytes that the source has given.
    fetched: u64,
    limit: u64,
    /// Who wants to know what the source has given.
    progress: Option<Arc<Progress>>,
}

impl Buffer {
    pub(super) fn new(raw: Raw) -> Self {
        Buffer {
            raw,
            bytes: vec![0; CAPACITY].into_boxed_slice(),
            start: 0,
            end: 0,
            fetched: 0,
            limit: u64::MAX,
            progress: None,
        }
    }

    /// Lets the source give at most `bytes`; one more is [`Problem::CompressedLimit`].
    pub(super) fn limit(&mut self, bytes: u64) -> Result<(), Problem> {
        self.limit = bytes;
        self.count(0)
    }

    /// How many bytes have been taken: the offset of the next one.
    pub(super) fn offset(&self) -> u64 {
        self.fetched - (self.end - self.start) as u64
    }

    /// The next bytes, as many as are there; none at the end only.
    pub(super) fn fill(&mut self) -> Result<&[u8], Problem> {
        self.peek(1)?;
        Ok(self.ready())
    }

    /// The next `count` bytes, at most [`CAPACITY`]; fewer at the end only.
    pub(super) fn peek(&mut self, count: usize) -> Result<&[u8], Problem> {
        while self.end - self.start < count {
            if self.start > 0 {
                self.bytes.copy_within(self.start..self.end, 0);
                self.end -= self.start;
                self.start = 0;
            }
            let room = self.bytes.get_mut(self.end..).unwrap_or_default();
            let got = self.raw.read(room)?;
            if got == 0 {
                break;
            }
            self.end += got;
            self.count(got)?;
        }
        let ready = self.ready();
        Ok(ready.get(..count).unwrap_or(ready))
    }

    /// Takes `count` of the bytes that were last seen.
    pub(super) fn consume(&mut self, count: usize) {
        self.start = self.end.min(self.start.saturating_add(count));
    }

    /// Takes bytes into `out`, past the buffer when that is empty and `out` is large.
    pub(super) fn read(&mut self, out: &mut [u8]) -> Result<usize, Problem> {
        if self.start == self.end && out.len() >= self.bytes.len() {
            let got = self.raw.read(out)?;
            self.count(got)?;
            return Ok(got);
        }
        let mut ready = self.fill()?;
        // Reading from a slice cannot fail.
        let got = ready.read(out)?;
        self.consume(got);
        Ok(got)
    }

    /// Counts what the source has given, and will give, in `progress`.
    pub(super) fn tell(&mut self, progress: Arc<Progress>) {
        progress.add(self.fetched);
        self.progress = Some(progress);
    }

    pub(super) fn can_rewind(&self) -> bool {
        !matches!(self.raw, Raw::Stream(_))
    }

    /// Goes back to the first byte.
    pub(super) fn rewind(&mut self) -> Result<(), Problem> {
        match &mut self.raw {
            Raw::File(file) => file.rewind()?,
            Raw::Bytes(bytes) => bytes.rewind()?,
            Raw::Stream(_) => return Err(Problem::NotRewindable),
        }
        if let Some(progress) = &self.progress {
            progress.expect(self.raw.length());
        }
        (self.start, self.end, self.fetched, self.limit) = (0, 0, 0, u64::MAX);
        Ok(())
    }

    fn ready(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or_default()
    }

    fn count(&mut self, got: usize) -> Result<(), Problem> {
        self.fetched += got as u64;
        if let Some(progress) = &self.progress {
            progress.add(got as u64);
        }
        if self.fetched > self.limit {
            return Err(Problem::CompressedLimit { limit: self.limit });
        }
        Ok(())
    }
}
