//! How far reading has come, for whoever looks on from another thread.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::source::Source;

/// Bytes, as they are stored, that were read of all inputs that tell it
/// ([`Input::tell`](super::Input::tell)), and how many there are.
#[derive(Debug, Default)]
pub struct Progress {
    read: AtomicU64,
    length: AtomicU64,
    /// Some input is a pipe or a device.
    is_open_ended: AtomicBool,
}

impl Progress {
    /// Nothing read yet of all these.
    #[must_use]
    pub fn of(sources: &[Source]) -> Self {
        let progress = Progress::default();
        for source in sources {
            progress.expect(source.length());
        }
        progress
    }

    /// Bytes read so far. What is read a second time counts again.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Bytes that there are to read, as far as is known now: more when an input turns out to need
    /// a second reading. `None` if one of the inputs does not tell its length.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        let length = self.length.load(Ordering::Relaxed).max(self.read());
        (!self.is_open_ended.load(Ordering::Relaxed)).then_some(length)
    }

    /// So many bytes more will be read.
    pub(super) fn expect(&self, length: Option<u64>) {
        match length {
            Some(length) => _ = self.length.fetch_add(length, Ordering::Relaxed),
            None => self.is_open_ended.store(true, Ordering::Relaxed),
        }
    }

    pub(super) fn add(&self, bytes: u64) {
        self.read.fetch_add(bytes, Ordering::Relaxed);
    }
}
