//! A line on the terminal that says how far reading has come.

use std::env;
use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use memlens::input::{Progress, Source};

/// What is done sooner needs no line that says so.
const PATIENCE: Duration = Duration::from_millis(500);
/// Between one look at how far it has come and the next.
const GLANCE: Duration = Duration::from_millis(100);

const KNOWN: &str =
    "{bar:30} {binary_bytes} of {binary_total_bytes}, {binary_bytes_per_sec}, {eta} left";
const OPEN_ENDED: &str = "{spinner} {binary_bytes}, {binary_bytes_per_sec}";

/// The line, on standard error if that is a terminal; gone when this is dropped.
pub(super) struct Bar {
    progress: Arc<Progress>,
    bar: ProgressBar,
    watch: Option<Watch>,
}

/// The thread that looks; it ends when `end` is dropped.
struct Watch {
    end: Sender<()>,
    thread: JoinHandle<()>,
}

impl Bar {
    /// Nothing is shown yet, and never if `quiet`.
    pub(super) fn new(sources: &[Source], quiet: bool) -> Self {
        let progress = Arc::new(Progress::of(sources));
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let watch = (!quiet && can_redraw()).then(|| {
            let (end, ended) = channel();
            let (progress, bar) = (Arc::clone(&progress), bar.clone());
            let watch = move || watch(&progress, &bar, &ended);
            let thread = thread::Builder::new().spawn(watch).ok()?;
            Some(Watch { end, thread })
        });
        Self {
            progress,
            bar,
            watch: watch.flatten(),
        }
    }

    /// What the line is about: inputs are to tell it.
    pub(super) fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }

    /// Says something that stays, above the line.
    pub(super) fn above(&self, say: impl FnOnce()) {
        self.bar.suspend(say);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(Watch { end, thread }) = self.watch.take() {
            drop(end);
            // What is printed next must not meet the line. It wakes at once.
            _ = thread.join();
        }
    }
}

/// Whether a line on standard error can be taken back.
fn can_redraw() -> bool {
    io::stderr().is_terminal() && env::var_os("TERM").is_none_or(|terminal| terminal != "dumb")
}

fn watch(progress: &Progress, bar: &ProgressBar, ended: &Receiver<()>) {
    let start = Instant::now();
    while ended.recv_timeout(GLANCE) == Err(RecvTimeoutError::Timeout) {
        if let Some(length) = progress.length() {
            bar.set_length(length);
        }
        bar.set_position(progress.read());
        if bar.is_hidden() && start.elapsed() >= PATIENCE {
            show(progress, bar);
        }
        bar.tick();
    }
    bar.finish_and_clear();
}

/// Shows the line, in the style that goes with what is known.
fn show(progress: &Progress, bar: &ProgressBar) {
    let style = match progress.length() {
        Some(_) => ProgressStyle::with_template(KNOWN),
        None => ProgressStyle::with_template(OPEN_ENDED),
    };
    // Both are templates: there is nothing in them to go wrong.
    if let Ok(style) = style {
        bar.set_style(style);
        bar.set_draw_target(ProgressDrawTarget::stderr());
    }
}
