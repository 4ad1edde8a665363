//! One input: the bytes of a profile, whatever they are wrapped in.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;

use flate2::Crc;

use super::buffer::{Buffer, Raw};
use super::error::{InputError, Problem};
use super::gzip::{self, Gzip};
use super::progress::Progress;
use super::sniff::certainly_not_a_profile;
use super::source::Source;

/// How much of the start is kept, to tell what the data is.
const HEAD: usize = 512;
/// How much of a gzip's start is searched for the traces of a copy in text mode.
const COMPRESSED_HEAD: usize = 4096;

/// How much of one input is read.
///
/// Memory does not grow with the input, so these bound time only: a heap profile of a large
/// server is some MB, one of 16 GiB would keep a core busy for a minute or so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a compressed file (`--max-compressed`); 4 GiB by default.
    pub compressed: u64,
    /// Bytes of a profile when inflated, or of a raw one (`--max-inflated`); 16 GiB by default.
    pub inflated: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            compressed: 4 << 30,
            inflated: 16 << 30,
        }
    }
}

/// The length and the CRC-32 of all inflated bytes: what tells one content from another.
///
/// Enough to notice a file that was rewritten between two readings; no proof against forgery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest {
    /// Inflated bytes.
    pub length: u64,
    /// The CRC-32 of them, in the manner of gzip.
    pub crc: u32,
}

/// The inflated bytes of one source, as a stream.
///
/// A gzip of any number of members is inflated, anything else passes as it is. `read` gives the
/// bytes before the checksum that vouches for them is seen; it returns `Ok(0)` only after all of
/// them are verified. Its errors are [`InputError`]s, which [`InputError::from_io`] gets back.
/// After an error every `read` fails. Inflating goes straight into the caller's buffer, which had
/// best be 64 to 256 KiB.
pub struct Input {
    name: String,
    limits: Limits,
    source: Buffer,
    format: Format,
    /// The first inflated bytes; `read` gives those after `served` before all others.
    head: Vec<u8>,
    served: usize,
    inflated: u64,
    state: State,
    /// What an earlier, complete reading came to.
    before: Option<Digest>,
}

enum Format {
    Raw(Crc),
    Gzip(Box<Gzip>),
}

enum State {
    Reading,
    Ended(Digest),
    Failed,
}

impl Input {
    /// Opens a source and looks at its start.
    ///
    /// # Errors
    /// When it cannot be opened, is empty, is damaged within its first bytes, or is certainly
    /// something else than a profile. Waits for a pipe to give its first bytes.
    pub fn open(source: &Source, limits: &Limits) -> Result<Self, InputError> {
        let name = source.name().into_owned();
        match source.raw() {
            Ok(raw) => Input::new(name, raw, limits),
            Err(problem) => Err(InputError::new(name, problem)),
        }
    }

    /// An input that is read from `reader`, which cannot be rewound.
    ///
    /// # Errors
    /// As [`Input::open`].
    pub fn from_reader(
        name: impl Into<String>,
        reader: impl Read + Send + 'static,
        limits: &Limits,
    ) -> Result<Self, InputError> {
        Input::new(name.into(), Raw::Stream(Box::new(reader)), limits)
    }

    /// An input over bytes at hand.
    ///
    /// # Errors
    /// As [`Input::open`].
    pub fn from_bytes(
        name: impl Into<String>,
        bytes: impl Into<Vec<u8>>,
        limits: &Limits,
    ) -> Result<Self, InputError> {
        Input::new(
            name.into(),
            Raw::Bytes(io::Cursor::new(bytes.into())),
            limits,
        )
    }

    fn new(name: String, raw: Raw, limits: &Limits) -> Result<Self, InputError> {
        let mut input = Input {
            name,
            limits: *limits,
            source: Buffer::new(raw),
            format: Format::Raw(Crc::new()),
            head: Vec::with_capacity(HEAD),
            served: 0,
            inflated: 0,
            state: State::Reading,
            before: None,
        };
        match input.start() {
            Ok(()) => Ok(input),
            Err(problem) => Err(InputError::new(input.name, problem)),
        }
    }

    /// The name of the source, as it is, not escaped.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the source is gzip.
    #[must_use]
    pub fn is_compressed(&self) -> bool {
        matches!(self.format, Format::Gzip(_))
    }

    /// How many bytes of the source, as it is stored, have been used so far.
    #[must_use]
    pub fn compressed_offset(&self) -> u64 {
        self.source.offset()
    }

    /// Counts the bytes of the source in `progress`, those that were read before too.
    pub fn tell(&mut self, progress: Arc<Progress>) {
        self.source.tell(progress);
    }

    /// The first inflated bytes, up to 512, for [`describe`](super::describe).
    #[must_use]
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// The digest of all inflated bytes, once `read` has come to their verified end.
    #[must_use]
    pub fn digest(&self) -> Option<Digest> {
        match self.state {
            State::Ended(digest) if self.served == self.head.len() => Some(digest),
            _ => None,
        }
    }

    /// Whether [`Input::rewind`] works: for regular files and bytes, not for pipes.
    #[must_use]
    pub fn can_rewind(&self) -> bool {
        self.source.can_rewind()
    }

    /// Starts again at the first byte, of the same open file.
    ///
    /// When an earlier reading has come to the end, this one fails with [`Problem::Changed`] at
    /// its own end if it was not given the same bytes.
    ///
    /// # Errors
    /// [`Problem::NotRewindable`], and all that [`Input::open`] may find.
    pub fn rewind(&mut self) -> Result<(), InputError> {
        if let Some(digest) = self.digest() {
            self.before = Some(digest);
        }
        let result = self.source.rewind().and_then(|()| self.start());
        result.map_err(|problem| self.fail(problem))
    }

    /// Reads the head of a source that stands at its first byte.
    fn start(&mut self) -> Result<(), Problem> {
        let compressed = self.source.peek(COMPRESSED_HEAD)?;
        self.format = if compressed.starts_with(&gzip::MAGIC) {
            Format::Gzip(Box::new(Gzip::new(compressed)))
        } else {
            Format::Raw(Crc::new())
        };
        if self.is_compressed() {
            self.source.limit(self.limits.compressed)?;
        }
        (self.inflated, self.served, self.state) = (0, 0, State::Reading);
        let mut head = [0; HEAD];
        let mut length = 0;
        while let Some(room) = head.get_mut(length..).filter(|room| !room.is_empty()) {
            match self.pull(room)? {
                0 => break,
                got => length += got,
            }
        }
        self.head.clear();
        self.head.extend(head.iter().take(length));
        let inside_gzip = self.is_compressed();
        if self.head.is_empty() {
            return Err(if inside_gzip {
                Problem::EmptyGzip
            } else {
                Problem::Empty
            });
        }
        match certainly_not_a_profile(&self.head) {
            Some(kind) => Err(Problem::NotAProfile { kind, inside_gzip }),
            None => Ok(()),
        }
    }

    /// The next bytes of the source, inflated.
    fn pull(&mut self, out: &mut [u8]) -> Result<usize, Problem> {
        let got = match &mut self.format {
            Format::Gzip(gzip) => gzip.read(&mut self.source, out)?,
            Format::Raw(crc) => {
                let got = self.source.read(out)?;
                crc.update(out.get(..got).unwrap_or_default());
                got
            }
        };
        self.inflated += got as u64;
        if self.inflated > self.limits.inflated {
            return Err(Problem::InflatedLimit {
                limit: self.limits.inflated,
            });
        }
        if got == 0 {
            self.end()?;
        }
        Ok(got)
    }

    fn end(&mut self) -> Result<(), Problem> {
        let digest = match &self.format {
            Format::Gzip(gzip) => gzip.verified(),
            Format::Raw(crc) => (self.inflated, crc.sum()),
        };
        let digest = Digest {
            length: digest.0,
            crc: digest.1,
        };
        if self.before.is_some_and(|before| before != digest) {
            return Err(Problem::Changed);
        }
        self.state = State::Ended(digest);
        Ok(())
    }

    fn next(&mut self, out: &mut [u8]) -> Result<usize, Problem> {
        if out.is_empty() {
            return Ok(0);
        }
        if matches!(self.state, State::Failed) {
            return Err(Problem::Failed);
        }
        let mut head = self.head.get(self.served..).unwrap_or_default();
        if !head.is_empty() {
            // Reading from a slice cannot fail.
            let got = head.read(out)?;
            self.served += got;
            return Ok(got);
        }
        match self.state {
            State::Ended(_) => Ok(0),
            _ => self.pull(out),
        }
    }

    fn fail(&mut self, problem: Problem) -> InputError {
        self.state = State::Failed;
        InputError::new(self.name.as_str(), problem)
    }
}

impl Read for Input {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.next(out).map_err(|problem| self.fail(problem).into())
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input")
            .field("name", &self.name)
            .field("compressed", &self.is_compressed())
            .field("offset", &self.compressed_offset())
            .finish_non_exhaustive()
    }
}
