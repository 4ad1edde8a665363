//! Why a binary cannot be read.

use std::io;

/// Why a binary cannot be read. The caller knows its path and says it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BinaryError {
    /// The file cannot be opened or read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A directory, a pipe or a device: reading those may never end.
    #[error("not a regular file")]
    NotRegular,
    /// More bytes than [`Limits`](super::Limits) allow.
    #[error("{size} bytes, more than the limit of {limit}")]
    TooLarge {
        /// What the file has.
        size: u64,
        /// What is allowed.
        limit: u64,
    },
    /// Neither ELF, Mach-O nor PE, or headers that make no sense.
    #[error("not an executable that can be read: {0}")]
    Format(#[from] object::Error),
}
