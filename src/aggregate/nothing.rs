//! Sinks that sum up nothing.

use crate::decode::{Malformed, Samples, Sink, TablesSoFar};

/// For a first pass that only gathers the tables.
#[derive(Debug)]
pub(crate) struct TablesOnly;

impl Sink for TablesOnly {
    fn samples(&mut self, _: TablesSoFar<'_>, _: &mut Samples<'_>) -> Result<(), Box<Malformed>> {
        Ok(())
    }

    fn heap_bytes(&self) -> usize {
        0
    }

    fn is_done(&self) -> bool {
        true
    }
}

/// For a pass that checks every sample.
#[derive(Debug)]
pub(crate) struct ChecksOnly;

impl Sink for ChecksOnly {
    fn samples(
        &mut self,
        _: TablesSoFar<'_>,
        samples: &mut Samples<'_>,
    ) -> Result<(), Box<Malformed>> {
        while samples.next()?.is_some() {}
        Ok(())
    }

    fn heap_bytes(&self) -> usize {
        0
    }
}
