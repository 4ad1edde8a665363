//! From what the user named to the bytes of a profile.
//!
//! [`expand`] turns arguments (paths, directories, `-`) into [`Source`]s; an [`Input`] opens one
//! and is a [`Read`](std::io::Read) over its bytes, inflated if they are gzip. The whole file is
//! never held: an input takes the same small memory whatever its length, and [`Limits`] bound the
//! time. What is certainly no profile is refused on opening, under its own name ([`Kind`]).
//!
//! A gzip's trailer comes after its data, so bytes that were read are not yet verified: show
//! nothing made from them until `read` has returned `Ok(0)`.
//!
//! Of pprof this module knows one thing, the outline by which a profile is told from other files
//! (`outline.rs`).
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::cast_possible_truncation
    )
)]

mod buffer;
mod error;
mod gzip;
mod inflate;
mod outline;
mod progress;
mod sniff;
mod source;
#[cfg(test)]
mod tests;

pub use error::{InputError, Part, Problem};
pub use inflate::{Digest, Input, Limits};
pub use progress::Progress;
pub use sniff::{Kind, describe, sniff};
pub use source::{Expanded, Skipped, Source, expand};
