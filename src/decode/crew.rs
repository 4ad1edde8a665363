//! Who works on the samples: the thread that reads or, once an input has proved large, several more.
//!
//! The thread that reads inflates, keeps the tables and notes where samples stand. A whole buffer
//! of them goes to a worker that has room; when none has, the thread that reads works on it itself,
//! so that no core waits for another. Each sums up for itself; their sums are added in the end. All share is the tables, which are locked only when a worker looks something up,
//! and that it does once for each location.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{
    Receiver, SendError, Sender, SyncSender, TrySendError, channel, sync_channel,
};
use std::sync::{Arc, RwLock};
use std::thread::{self, Scope, ScopedJoinHandle};

use super::Sink;
use super::batch::{Batch, Samples};
use super::builder::TablesBuilder;
use super::error::{Malformed, Record};
use super::sample::SampleParser;
use super::tables::Tables;
use super::tally::Tally;

/// Bytes of a profile from which more threads are worth starting.
const WORTHWHILE: u64 = 2 << 20;
/// Buffers that wait for a worker while it is busy with another.
const QUEUE: usize = 2;
/// A buffer of this size holds a huge record; there are never two of them on the way.
const HUGE: usize = 1 << 20;

/// The tables as far as they have been read.
#[derive(Clone, Copy, Debug)]
pub struct TablesSoFar<'t>(Known<'t>);

#[derive(Clone, Copy, Debug)]
enum Known<'t> {
    Growing(&'t RwLock<TablesBuilder>),
    Complete(&'t Tables),
}

impl<'t> TablesSoFar<'t> {
    pub(super) fn growing(builder: &'t RwLock<TablesBuilder>) -> Self {
        Self(Known::Growing(builder))
    }

    /// Tables that hold everything.
    pub fn complete(tables: &'t Tables) -> Self {
        Self(Known::Complete(tables))
    }

    /// Looks something up. Reading goes no further meanwhile, so this is not for every sample.
    pub fn look<T>(&self, up: impl FnOnce(&Tables) -> T) -> T {
        match self.0 {
            Known::Complete(tables) => up(tables),
            // Whoever panicked with the lock held takes the whole program down.
            Known::Growing(builder) => match builder.read() {
                Ok(builder) => up(builder.tables()),
                Err(poisoned) => up(poisoned.into_inner().tables()),
            },
        }
    }
}

/// One worker's share.
#[derive(Debug)]
struct Lane<'t, S> {
    sink: S,
    parsers: [SampleParser; 2],
    tally: Tally,
    tables: TablesSoFar<'t>,
    failure: Option<Box<Malformed>>,
    shared: Arc<Shared>,
}

/// What workers tell the thread that reads.
#[derive(Debug, Default)]
struct Shared {
    /// A sample was found to be wrong.
    failed: AtomicBool,
    /// No more samples are wanted.
    done: AtomicBool,
}

impl<'t, S: Sink> Lane<'t, S> {
    fn new(sink: S, tables: TablesSoFar<'t>, tally: Tally, shared: &Arc<Shared>) -> Self {
        Self {
            sink,
            parsers: Default::default(),
            tally,
            tables,
            failure: None,
            shared: Arc::clone(shared),
        }
    }

    fn work(&mut self, batch: &Batch) {
        if self.failure.is_some() || self.shared.done.load(Ordering::Relaxed) {
            return;
        }
        let mut samples = Samples::new(batch, &mut self.parsers, &mut self.tally);
        match self.sink.samples(self.tables, &mut samples) {
            Ok(()) if self.sink.is_done() => self.shared.done.store(true, Ordering::Relaxed),
            Ok(()) => {}
            Err(failure) => {
                self.failure = Some(failure);
                self.shared.failed.store(true, Ordering::Relaxed);
            }
        }
    }
}

/// A worker on a thread of its own.
struct Hand<'scope, 'env, S> {
    queue: SyncSender<Batch>,
    thread: ScopedJoinHandle<'scope, Option<Lane<'env, S>>>,
    /// Bytes of memory that it holds.
    held: Arc<AtomicUsize>,
}

/// All workers.
pub(super) struct Crew<'scope, 'env, S> {
    scope: &'scope Scope<'scope, 'env>,
    /// How many threads may work besides the one that reads.
    hands_wanted: usize,
    tables: TablesSoFar<'env>,
    /// Who works on the thread that reads.
    alone: Option<Lane<'env, S>>,
    hands: Vec<Hand<'scope, 'env, S>>,
    next: usize,
    /// Where batches come back from the workers.
    back: (Sender<Batch>, Receiver<Batch>),
    shared: Arc<Shared>,
    read: u64,
}

impl<'scope, 'env, S: Sink + Send + 'env> Crew<'scope, 'env, S> {
    pub(super) fn new(
        scope: &'scope Scope<'scope, 'env>,
        sink: S,
        tables: TablesSoFar<'env>,
        threads: usize,
    ) -> Self {
        let shared = Arc::default();
        let is_done = sink.is_done();
        let lane = Lane::new(sink, tables, Tally::default(), &shared);
        shared.done.store(is_done, Ordering::Relaxed);
        Self {
            scope,
            hands_wanted: threads.saturating_sub(1),
            tables,
            alone: Some(lane),
            hands: Vec::new(),
            next: 0,
            back: channel(),
            shared,
            read: 0,
        }
    }

    /// Whether there is use in reading on for samples.
    pub(super) fn has_failed(&self) -> bool {
        self.shared.failed.load(Ordering::Relaxed)
    }

    /// Bytes of memory that the sinks hold.
    pub(super) fn heap_bytes(&self) -> usize {
        let alone = self.alone.as_ref().map_or(0, |lane| lane.sink.heap_bytes());
        let hands = self.hands.iter();
        alone
            + hands
                .map(|hand| hand.held.load(Ordering::Relaxed))
                .sum::<usize>()
    }

    /// Has a batch worked on, now or soon; gives back one to fill.
    pub(super) fn hand_over(&mut self, batch: Batch) -> Batch {
        self.read += batch.bytes().len() as u64;
        if batch.is_empty() || self.shared.done.load(Ordering::Relaxed) {
            return batch;
        }
        if self.hands_wanted > 0 && self.read >= WORTHWHILE {
            self.start_hands();
        }
        let is_huge = batch.bytes().len() >= HUGE;
        if let Some(batch) = self.give_away(batch, is_huge) {
            if let Some(lane) = &mut self.alone {
                lane.work(&batch);
            }
            return batch;
        }
        let (_, back) = &self.back;
        if !is_huge {
            return back.try_recv().unwrap_or_default();
        }
        while let Ok(batch) = back.recv()
            && batch.bytes().len() < HUGE
        {}
        Batch::default()
    }

    /// Gives a batch to a worker; gives it back when the thread that reads is to work on it.
    fn give_away(&mut self, mut batch: Batch, is_huge: bool) -> Option<Batch> {
        if is_huge && self.alone.is_some() {
            return Some(batch);
        }
        for _ in 0..self.hands.len() {
            self.next = (self.next + 1) % self.hands.len();
            match self.hands.get(self.next)?.queue.try_send(batch) {
                Ok(()) => return None,
                // A worker ends only after its queue, so none is gone.
                Err(TrySendError::Full(back) | TrySendError::Disconnected(back)) => batch = back,
            }
        }
        if self.alone.is_some() {
            return Some(batch);
        }
        match self.hands.get(self.next)?.queue.send(batch) {
            Ok(()) => None,
            Err(SendError(batch)) => Some(batch),
        }
    }

    fn start_hands(&mut self) {
        let wanted = std::mem::take(&mut self.hands_wanted);
        let Some(first) = &self.alone else { return };
        let forks = (0..wanted).map_while(|_| first.sink.fork());
        let lanes: Vec<_> = forks
            .map(|fork| Lane::new(fork, self.tables, first.tally.fresh(), &self.shared))
            .collect();
        for lane in lanes {
            match self.start(lane) {
                Ok(hand) => self.hands.push(hand),
                // The system has no thread to spare, and this one has not counted anything yet.
                Err(_) => return,
            }
        }
        // With one worker only, reading and working still go on side by side.
        if self.hands.is_empty()
            && let Some(first) = self.alone.take()
        {
            match self.start(first) {
                Ok(hand) => self.hands.push(hand),
                Err(lane) => self.alone = Some(*lane),
            }
        }
    }

    fn start(&self, lane: Lane<'env, S>) -> Result<Hand<'scope, 'env, S>, Box<Lane<'env, S>>> {
        let (give, given) = sync_channel::<Lane<'env, S>>(1);
        let (queue, batches) = sync_channel::<Batch>(QUEUE);
        let back = self.back.0.clone();
        let held = Arc::new(AtomicUsize::new(lane.sink.heap_bytes()));
        let tell_held = Arc::clone(&held);
        let thread = thread::Builder::new().spawn_scoped(self.scope, move || {
            let mut lane = given.recv().ok()?;
            for batch in batches {
                lane.work(&batch);
                tell_held.store(lane.sink.heap_bytes(), Ordering::Relaxed);
                // Nobody takes it once all is read.
                _ = back.send(batch);
            }
            Some(lane)
        });
        match thread {
            Ok(thread) => {
                _ = give.send(lane);
                Ok(Hand {
                    queue,
                    thread,
                    held,
                })
            }
            Err(_) => Err(Box::new(lane)),
        }
    }

    /// Waits for all workers and adds up what they have. The tally is `None` when samples were
    /// left out.
    pub(super) fn join(self) -> Result<(S, Option<Tally>), Box<Malformed>> {
        let is_done = self.shared.done.load(Ordering::Relaxed);
        let mut lanes: Vec<Lane<'env, S>> = self.alone.into_iter().collect();
        for hand in self.hands {
            drop(hand.queue);
            match hand.thread.join() {
                Ok(lane) => lanes.extend(lane),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        // A sink that is done has its reason to start again, and will meet the failure then.
        let failures = lanes.iter_mut().filter_map(|lane| lane.failure.take());
        if let Some(failure) = failures.min_by_key(|failure| failure.offset)
            && !is_done
        {
            return Err(failure);
        }
        let mut lanes = lanes.into_iter();
        let Some(mut first) = lanes.next() else {
            // The first worker is here or has returned from its thread.
            return Err(super::changed(self.read));
        };
        for lane in lanes {
            let offset = self.read;
            first.tally.join(lane.tally).map_err(|problem| {
                Box::new(Malformed {
                    offset,
                    record: Record::Profile,
                    ordinal: None,
                    field: "sample",
                    problem,
                })
            })?;
            self.tables
                .look(|tables| first.sink.join(lane.sink, tables));
        }
        let is_done = self.shared.done.load(Ordering::Relaxed);
        Ok((first.sink, (!is_done).then_some(first.tally)))
    }
}
