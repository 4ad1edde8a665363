//! Samples by the buffer: what is handed from the thread that reads to one that sums up.

use super::error::Malformed;
use super::sample::{Sample, SampleParser};
use super::stream::{Buffer, Span};
use super::tally::Tally;

/// A buffer of the stream and where the samples in it stand.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(super) buffer: Buffer,
    pub(super) spans: Vec<Span>,
    /// How many samples came before.
    pub(super) samples_before: u64,
}

impl Batch {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer.bytes
    }

    pub(super) fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }
}

/// The samples of one buffer, in the order of the wire.
#[derive(Debug)]
pub struct Samples<'b> {
    batch: &'b Batch,
    /// One holds the sample at hand, the other that behind it.
    parsers: &'b mut [SampleParser; 2],
    tally: &'b mut Tally,
    /// How many were parsed.
    parsed: usize,
    /// What is wrong with the sample parsed last.
    failure: Option<Box<Malformed>>,
}

impl<'b> Samples<'b> {
    pub(super) fn new(
        batch: &'b Batch,
        parsers: &'b mut [SampleParser; 2],
        tally: &'b mut Tally,
    ) -> Self {
        let mut samples = Self {
            batch,
            parsers,
            tally,
            parsed: 0,
            failure: None,
        };
        samples.parse();
        samples
    }

    /// How many values each has.
    pub(crate) fn types(&self) -> usize {
        let [first, _] = &*self.parsers;
        first.values()
    }

    /// The next sample, or `None` at the end of the buffer.
    ///
    /// # Errors
    /// When the sample is malformed.
    #[expect(
        clippy::should_implement_trait,
        reason = "what it gives is borrowed from itself"
    )]
    #[inline]
    pub fn next(&mut self) -> Result<Option<Sample<'_>>, Box<Malformed>> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        let at_hand = self.parsed;
        if at_hand > self.batch.spans.len() {
            return Ok(None);
        }
        self.parse();
        let [even, odd] = &*self.parsers;
        let (at_hand, behind) = if at_hand.is_multiple_of(2) {
            (odd, even)
        } else {
            (even, odd)
        };
        let is_last = self.parsed > self.batch.spans.len() || self.failure.is_some();
        let bytes = self.batch.bytes();
        Ok(Some(at_hand.sample(bytes, (!is_last).then_some(behind))))
    }

    /// Parses the next sample, if there is one, over the one before that at hand.
    #[inline]
    fn parse(&mut self) {
        let Batch {
            buffer,
            spans,
            samples_before,
        } = self.batch;
        let index = self.parsed;
        self.parsed += 1;
        let Some(&span) = spans.get(index) else {
            return;
        };
        let [even, odd] = &mut *self.parsers;
        let parser = if index.is_multiple_of(2) { even } else { odd };
        let ordinal = samples_before + index as u64 + 1;
        let parsed = parser.parse(buffer, span, ordinal, self.tally);
        self.failure = parsed.err();
    }
}
