//! Reads all inputs and adds them up, several at a time.
//!
//! Each of several threads reads every so-manieth input with a share of the memory; what it has
//! read waits in a short queue of its own until the inputs before it are added. So sums, notes and
//! the error that is told are those of reading one input after the other, whoever is faster.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};

use memlens::aggregate::{self, Merge, Query, ReadError, Sites};
use memlens::decode::DecodeLimits;
use memlens::input::{Input, Limits, Progress, Source};

/// Memory that a thread should have for what it reads. Where shares would be smaller, fewer
/// threads read: the sums of most programs fit in half of it.
const SHARE: u64 = 32 << 20;
/// Inputs for which each thread needs its share: one is read while another waits to be added.
const HELD: u64 = 2;

/// How inputs are read.
#[derive(Clone)]
pub(super) struct Reading {
    pub(super) query: Query,
    pub(super) limits: Limits,
    pub(super) decode: DecodeLimits,
    /// How many threads may read; by default one for each core.
    pub(super) threads: Option<NonZeroUsize>,
    pub(super) progress: Arc<Progress>,
}

/// What one input came to, and how long it took to read.
struct Read {
    sites: Result<Sites, ReadError>,
    took: Duration,
}

/// What a thread has for an input; nothing where it should be read by who adds up.
type Answer = Option<Read>;

impl Reading {
    /// Reads every source and adds them up; `note` is told of each, in order.
    pub(super) fn sum(
        mut self,
        sources: &[Source],
        note: impl Fn(&Source, &Sites, Duration),
    ) -> anyhow::Result<Sites> {
        let queues = self.start(sources);
        if let Some(threads) = self.threads {
            self.decode.threads = threads.get();
        }
        let mut merge = Merge::new(self.decode.memory);
        for (index, source) in sources.iter().enumerate() {
            let queue = index.checked_rem(queues.len());
            let queue = queue.and_then(|queue| queues.get(queue));
            // A queue without a thread is one that the system had no thread for.
            let read = queue.and_then(|queue| queue.recv().ok().flatten());
            let Read { sites, took } = read.unwrap_or_else(|| self.read(source));
            let sites = sites?;
            note(source, &sites, took);
            merge
                .add(sites)
                .with_context(|| source.name().into_owned())?;
        }
        merge.finish().ok_or_else(|| anyhow!("no input"))
    }

    /// Starts threads that read, if there is work for several; gives what they read, each its part.
    ///
    /// Nobody waits for their ends: after an error there is no use in what they do, and one may be
    /// busy with a huge file.
    fn start(&self, sources: &[Source]) -> Vec<Receiver<Answer>> {
        let threads = self.threads.or(thread::available_parallelism().ok());
        let shares = usize::try_from(self.decode.memory / (HELD * SHARE)).unwrap_or(usize::MAX);
        let count = threads
            .map_or(1, NonZeroUsize::get)
            .min(sources.len())
            .min(shares);
        if count < 2 {
            return Vec::new();
        }
        let mut reading = self.clone();
        reading.decode.threads = 1;
        reading.decode.memory /= HELD * count as u64;
        let reading = Arc::new(reading);
        let sources: Arc<[Source]> = sources.into();
        let start = |first| {
            let (queue, read) = sync_channel(1);
            let (reading, sources) = (Arc::clone(&reading), Arc::clone(&sources));
            let part = move || reading.read_part(sources.iter().skip(first).step_by(count), &queue);
            // Without a thread the queue is closed at once.
            _ = thread::Builder::new().spawn(part);
            read
        };
        (0..count).map(start).collect()
    }

    fn read_part<'s>(&self, sources: impl Iterator<Item = &'s Source>, queue: &SyncSender<Answer>) {
        let mut share_is_enough = true;
        for source in sources {
            // What cannot be read twice is for who has all the memory.
            let mut answer = None;
            if share_is_enough && source.length().is_some() {
                let read = self.read(source);
                share_is_enough = !matches!(&read.sites, Err(error) if error.is_memory_limit());
                // Those that follow are probably of its kind.
                answer = share_is_enough.then_some(read);
            }
            if queue.send(answer).is_err() {
                // An input before it had an error.
                return;
            }
        }
    }

    fn read(&self, source: &Source) -> Read {
        let start = Instant::now();
        let sites = Input::open(source, &self.limits)
            .map_err(ReadError::from)
            .and_then(|mut input| {
                input.tell(Arc::clone(&self.progress));
                aggregate::read(&mut input, &self.query, &self.decode)
            });
        let took = start.elapsed();
        Read { sites, took }
    }
}
