//! How wide the paper is, and what day it is.

use std::env;
use std::io;
use std::time::SystemTime;

use memlens::render::Page;

/// Width where there is no terminal to ask: a common setting of editors and reviews.
const UNKNOWN_WIDTH: usize = 100;

/// The page that this run writes on.
pub(super) fn page(bare: bool) -> Page {
    Page {
        width: width(),
        now: now(),
        bare,
    }
}

/// The terminal's own width, else `COLUMNS`, else [`UNKNOWN_WIDTH`]. A width of 0 is none: serial
/// lines and some containers report it.
fn width() -> usize {
    let terminal = terminal_size::terminal_size_of(io::stdout());
    terminal
        .map(|(terminal_size::Width(columns), _)| usize::from(columns))
        .or_else(|| env::var("COLUMNS").ok()?.parse().ok())
        .filter(|&columns| columns > 0)
        .map_or(UNKNOWN_WIDTH, |columns: usize| columns.min(u16::MAX.into()))
}

/// The clock, unless `SOURCE_DATE_EPOCH` (seconds since 1970) stands in for it.
fn now() -> Option<jiff::Timestamp> {
    match env::var("SOURCE_DATE_EPOCH") {
        Ok(seconds) => jiff::Timestamp::from_second(seconds.parse().ok()?).ok(),
        // Clocks can be set to years that no calendar has.
        Err(_) => jiff::Timestamp::try_from(SystemTime::now()).ok(),
    }
}
