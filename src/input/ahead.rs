//! Inflating on a thread of its own, while what was inflated is being read.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::error::InputError;
use super::inflate::Input;

/// What goes from thread to thread at a time: small enough for a core's second-level cache.
const CHUNK: usize = 256 << 10;
/// One chunk being read, one being filled, one waiting.
const CHUNKS: usize = 3;
/// Stored bytes from which a second thread is worth starting: some 4 MiB inflated.
const WORTHWHILE: u64 = 1 << 20;

impl Input {
    /// Hands all bytes to `consume`, inflated ahead on another thread if the input is a large gzip
    /// and there is a second core.
    ///
    /// What `consume` leaves unread may be lost: rewind before reading again.
    pub fn read_ahead<T>(&mut self, consume: impl FnOnce(&mut dyn Read) -> T) -> T {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        if cores < 2 || !self.is_compressed() || self.stored_length() < Some(WORTHWHILE) {
            return consume(self);
        }
        let (result, unread) = thread::scope(|scope| {
            let (lend, borrowed) = sync_channel::<&mut Input>(1);
            let (send_full, full) = sync_channel(CHUNKS);
            let (send_empty, empty) = sync_channel(CHUNKS);
            let inflater = thread::Builder::new().spawn_scoped(scope, move || {
                if let Ok(input) = borrowed.recv() {
                    inflate(input, empty, send_full);
                }
            });
            if inflater.is_err() {
                // The system has no thread to spare.
                return (consume(self), None);
            }
            for _ in 0..CHUNKS {
                // There is room for all of them.
                _ = send_empty.send(vec![0; CHUNK]);
            }
            _ = lend.send(self);
            let mut ahead = Ahead {
                full,
                empty: send_empty,
                chunk: Vec::new(),
                read: 0,
            };
            let result = consume(&mut ahead);
            // Without empty chunks the thread ends, which `scope` waits for. It may have met an
            // error that `consume` did not come to.
            drop(ahead.empty);
            (result, ahead.full.into_iter().find_map(Result::err))
        });
        self.unread_error = unread.map(|error| InputError::from_io(error, self.name()));
        result
    }
}

/// Fills empty chunks until the input ends, fails, or nobody listens any more.
fn inflate(input: &mut Input, empty: Receiver<Vec<u8>>, full: SyncSender<io::Result<Vec<u8>>>) {
    for mut chunk in empty {
        chunk.resize(CHUNK, 0);
        let filled = fill(input, &mut chunk);
        let is_last = !matches!(filled, Ok(CHUNK));
        let sent = full.send(filled.map(|filled| {
            chunk.truncate(filled);
            chunk
        }));
        if is_last || sent.is_err() {
            return;
        }
    }
}

/// Reads until the chunk is full or the input ends.
fn fill(input: &mut Input, chunk: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(room) = chunk.get_mut(filled..)
        && !room.is_empty()
    {
        match input.read(room)? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

/// The reading end.
struct Ahead {
    full: Receiver<io::Result<Vec<u8>>>,
    empty: SyncSender<Vec<u8>>,
    chunk: Vec<u8>,
    read: usize,
}

impl Read for Ahead {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.read == self.chunk.len() {
            let Ok(next) = self.full.recv() else {
                return Ok(0);
            };
            let done = std::mem::replace(&mut self.chunk, next?);
            self.read = 0;
            // The first one was never filled. Once the input has ended nobody takes chunks back.
            if !done.is_empty() {
                _ = self.empty.send(done);
            }
        }
        let mut rest = self.chunk.get(self.read..).unwrap_or_default();
        let read = rest.read(out)?;
        self.read += read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{Limits, Source};
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    /// More than [`WORTHWHILE`] when stored, and no multiple of a chunk.
    fn noise() -> Vec<u8> {
        let mut state = 1u64;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            state.to_be_bytes()[0]
        };
        // A legal start: field 2 of a profile, an empty sample.
        let mut bytes = vec![0x12, 0];
        bytes.extend((0..3 * (1 << 20) + 12_345).map(|_| next()));
        bytes
    }

    fn stored(bytes: &[u8], cut: usize) -> (tempfile::NamedTempFile, Input) {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(bytes).unwrap();
        let gzip = gzip.finish().unwrap();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&gzip[..gzip.len() - cut]).unwrap();
        let source = Source::File(file.path().to_owned());
        let input = Input::open(&source, &Limits::default()).unwrap();
        (file, input)
    }

    #[test]
    fn the_same_bytes_come_through() {
        let bytes = noise();
        let (_file, mut input) = stored(&bytes, 0);
        let mut read = Vec::new();
        input
            .read_ahead(|ahead| ahead.read_to_end(&mut read))
            .unwrap();
        assert!(read == bytes);
        assert!(input.digest().is_some());
        input.rewind().unwrap();
        read.clear();
        input
            .read_ahead(|ahead| ahead.read_to_end(&mut read))
            .unwrap();
        assert!(read == bytes);
    }

    #[test]
    fn an_error_comes_through_behind_the_bytes() {
        let (_file, mut input) = stored(&noise(), 3);
        let error = input
            .read_ahead(|ahead| io::copy(ahead, &mut io::sink()))
            .unwrap_err();
        assert!(error.to_string().contains("cut short"), "{error}");
    }

    #[test]
    fn an_error_that_nobody_came_to_is_kept() {
        let (_file, mut input) = stored(&noise(), 3);
        // What is left fits the two chunks that the reader does not hold, so the thread meets the end.
        let most = noise().len() as u64 - 300_000;
        let copied = input.read_ahead(|ahead| io::copy(&mut ahead.take(most), &mut io::sink()));
        assert_eq!(copied.unwrap(), most);
        let error = input.take_unread_error().unwrap().to_string();
        assert!(error.contains("cut short"), "{error}");
    }

    #[test]
    fn a_reader_that_stops_early_ends_the_thread() {
        let (_file, mut input) = stored(&noise(), 0);
        input
            .read_ahead(|ahead| ahead.read_exact(&mut [0; 10]))
            .unwrap();
        assert!(input.digest().is_none());
    }
}
