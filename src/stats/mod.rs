//! How sure a number in a Go heap profile is.
//!
//! Go does not record every allocation. An object of size `S` is sampled with the probability
//! `p = 1 - exp(-S/period)`, and the profile's writer divides what was sampled by `p`. So every value is an
//! estimate, and the raw counts behind it can be recovered:
//!
//! - [`sampling_probability`] is `p`;
//! - [`raw_count`] takes a scaled value back to the number of sampled objects;
//! - [`interval()`] takes the sampled objects of a row to the 95 % interval of its true total.
//!
//! A period is a [`NonZeroU64`](std::num::NonZeroU64): a profile that does not state one (or states 0) says
//! nothing about its own precision, and the caller must decide what to show then.
//!
//! ```
//! use std::num::NonZeroU64;
//! use memlens::stats::{Measure, SizeGroup, interval, raw_count};
//!
//! // A row with 5,244,960 bytes of 64-byte objects, at Go's default period of 512 KiB.
//! let period = NonZeroU64::new(512 * 1024).ok_or("unknown period")?;
//! let sampled = raw_count(5_244_960, 64, period);
//! assert_eq!(sampled, 10);
//!
//! // Ten samples are few: the truth is somewhere between 2.5 and 9.6 MB.
//! let row = [SizeGroup { size: 64, period, sampled: 10 }];
//! let truth = interval(row, Measure::Space);
//! assert_eq!((truth.low / 1e5).round(), 25.0);
//! assert_eq!((truth.high / 1e5).round(), 96.0);
//! # Ok::<(), &str>(())
//! ```

mod gamma;
mod interval;
mod sampling;

pub use interval::{Interval, Measure, SizeGroup, interval};
pub use sampling::{raw_count, sampling_probability};
