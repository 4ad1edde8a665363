//! What can go wrong before the first byte of a profile is understood.

use std::fmt;
use std::io;

use super::sniff::Kind;
use crate::escape;

/// Why an input could not be read: which one, and the [`Problem`].
///
/// Shown as `FILE: byte N (compressed): what is wrong`, on one line whatever the file is called.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", escape::line(.file))]
#[non_exhaustive]
pub struct InputError {
    /// The name of the source, as [`Source::name`](super::Source::name) gives it, not escaped.
    pub file: String,
    /// What is wrong with it.
    pub problem: Problem,
}

impl InputError {
    /// The `problem` of the source called `file`.
    #[must_use]
    pub fn new(file: impl Into<String>, problem: impl Into<Problem>) -> Self {
        InputError {
            file: file.into(),
            problem: problem.into(),
        }
    }

    /// Gets back the error that [`Input`](super::Input)'s `Read` had to wrap in an [`io::Error`];
    /// any other error is one of the system, met on the source called `name`.
    #[must_use]
    pub fn from_io(error: io::Error, name: &str) -> Self {
        error
            .downcast::<InputError>()
            .unwrap_or_else(|error| InputError::new(name, error))
    }
}

impl From<InputError> for io::Error {
    fn from(error: InputError) -> Self {
        io::Error::other(error)
    }
}

/// What is wrong with an input. Offsets count bytes of the file as it lies on disk, from 0.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The system's own reason.
    #[error("{0}")]
    Io(io::Error),
    /// There is nothing of that name.
    #[error("no such file")]
    NotFound,
    /// Nothing of that name, and the name is a pattern.
    #[error("no such file: the shell did not expand the pattern")]
    Unexpanded,
    /// The system does not let us read it.
    #[error("permission denied")]
    PermissionDenied,
    /// A directory where one file is needed.
    #[error("is a directory")]
    IsDirectory,
    /// A directory without a profile.
    #[error(
        "no profile in this directory ({}, {} not searched)",
        number(*.skipped, "other file"), number(*.folders, "folder")
    )]
    NoProfiles {
        /// How many files were looked at.
        skipped: usize,
        /// How many directories in it were not entered.
        folders: usize,
    },
    /// `-` twice among the arguments.
    #[error("standard input can be named only once")]
    StdinTwice,
    /// No bytes at all.
    #[error("file is empty")]
    Empty,
    /// A sound gzip of no bytes at all.
    #[error("file is empty (a gzip of nothing)")]
    EmptyGzip,
    /// The file ends too early.
    #[error("byte {offset} (compressed): file is cut short, in the gzip {part}")]
    CutShort {
        /// The length of the file.
        offset: u64,
        /// The part of the gzip it ends in.
        part: Part,
    },
    /// A gzip header that is not to be understood.
    #[error("byte {offset} (compressed): gzip header: {reason}")]
    Header {
        /// Where the wrong byte is.
        offset: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// Deflate data that cannot be inflated.
    #[error("byte {offset} (compressed): deflate data is corrupt: {reason}{}", text_mode_hint(*.text_mode))]
    Corrupt {
        /// Where the inflater stopped: at the fault, or soon after it.
        offset: u64,
        /// The inflater's words.
        reason: String,
        /// Whether the file looks like one that was copied as text.
        text_mode: bool,
    },
    /// The data is not the data that was compressed.
    #[error(
        "byte {offset} (compressed): gzip checksum is wrong: {actual:08x}, \
         the trailer says {stated:08x}{}", text_mode_hint(*.text_mode)
    )]
    Checksum {
        /// Where the trailer's CRC-32 is.
        offset: u64,
        /// The CRC-32 of the trailer.
        stated: u32,
        /// The CRC-32 of the inflated data.
        actual: u32,
        /// Whether the file looks like one that was copied as text.
        text_mode: bool,
    },
    /// The checksum is right and the length is not.
    #[error(
        "byte {offset} (compressed): gzip size is wrong: {actual} bytes, the trailer says {stated}"
    )]
    Size {
        /// Where the trailer's size is.
        offset: u64,
        /// The size in the trailer, which is the length modulo 2^32.
        stated: u32,
        /// The length of the inflated data.
        actual: u64,
    },
    /// Something follows the last gzip member that is not another one.
    #[error("byte {offset} (compressed): data after the end of the gzip")]
    Trailing {
        /// Where the first byte of it is.
        offset: u64,
    },
    /// The file is longer than [`Limits::compressed`](super::Limits::compressed).
    #[error("more than {limit} compressed bytes (--max-compressed raises the limit)")]
    CompressedLimit {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The data is longer than [`Limits::inflated`](super::Limits::inflated).
    #[error("more than {limit} inflated bytes (--max-inflated raises the limit)")]
    InflatedLimit {
        /// The limit, in bytes.
        limit: u64,
    },
    /// A second reading gave other bytes than the first.
    #[error("changed while being read")]
    Changed,
    /// Something else than a profile.
    #[error("not a profile: {}{kind}", if *.inside_gzip { "inside the gzip: " } else { "" })]
    NotAProfile {
        /// What it is.
        kind: Kind,
        /// Whether that is said of the inflated bytes.
        inside_gzip: bool,
    },
    /// A pipe was to be read twice.
    #[error("cannot be read a second time")]
    NotRewindable,
    /// A read after one that failed.
    #[error("reading has failed before")]
    Failed,
}

impl Problem {
    /// The byte of the file where the problem is, where that can be said.
    #[must_use]
    pub fn offset(&self) -> Option<u64> {
        match self {
            Problem::CutShort { offset, .. }
            | Problem::Header { offset, .. }
            | Problem::Corrupt { offset, .. }
            | Problem::Checksum { offset, .. }
            | Problem::Size { offset, .. }
            | Problem::Trailing { offset } => Some(*offset),
            _ => None,
        }
    }
}

impl From<io::Error> for Problem {
    /// The commonest reasons in the same words on every system.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Problem::NotFound,
            io::ErrorKind::PermissionDenied => Problem::PermissionDenied,
            io::ErrorKind::IsADirectory => Problem::IsDirectory,
            _ => Problem::Io(error),
        }
    }
}

/// A part of a gzip member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The 10 bytes at the start, and the fields that may follow them.
    Header,
    /// The deflate stream.
    Data,
    /// CRC-32 and size, the last 8 bytes.
    Trailer,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Part::Header => "header",
            Part::Data => "data",
            Part::Trailer => "trailer",
        })
    }
}

/// `1 folder`, `2 folders`.
fn number(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn text_mode_hint(text_mode: bool) -> &'static str {
    if text_mode {
        "; every line feed follows a carriage return: was it copied in text mode?"
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_line_whatever_the_file_is_called() {
        let error = InputError::new("a\n\x1b[2Jb", Problem::Trailing { offset: 7 });
        assert_eq!(
            error.to_string(),
            r"a\n\x1b[2Jb: byte 7 (compressed): data after the end of the gzip"
        );
    }

    #[test]
    fn an_input_error_survives_the_way_through_io() {
        let wrapped = io::Error::from(InputError::new("a", Problem::Changed));
        let back = InputError::from_io(wrapped, "not this name");
        assert_eq!(back.to_string(), "a: changed while being read");
        let system = InputError::from_io(io::ErrorKind::PermissionDenied.into(), "b");
        assert_eq!(system.to_string(), "b: permission denied");
    }

    #[test]
    fn offsets_are_those_of_the_message() {
        let problem = Problem::CutShort {
            offset: 12,
            part: Part::Trailer,
        };
        assert_eq!(problem.offset(), Some(12));
        assert!(
            problem
                .to_string()
                .starts_with("byte 12 (compressed): file is cut short")
        );
        assert_eq!(Problem::Empty.offset(), None);
    }
}
