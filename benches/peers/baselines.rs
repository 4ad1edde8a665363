//! What memlens is measured against besides pprof: the least that any reader must do, and what a
//! reader on generated types does.

use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::Context;
use flate2::bufread::MultiGzDecoder;
use memlens::decode::{self, DecodeLimits, Malformed, Samples, Sink, TablesSoFar};
use memlens::schema::Profile;
use prost::Message;

/// Bytes inflated at a time. It stays in a core's own cache; larger ones gain nothing.
const BUFFER: usize = 256 * 1024;

/// Does the work on every file and prints the sum of what it gives.
#[expect(
    clippy::print_stdout,
    reason = "the result of a program, and proof that it did its work"
)]
pub fn of_all(
    files: &[PathBuf],
    work: impl Fn(Box<dyn Read>) -> anyhow::Result<u64>,
) -> anyhow::Result<()> {
    let mut sum = 0;
    for file in files {
        let done = open(file).and_then(&work);
        sum += done.with_context(|| file.display().to_string())?;
    }
    println!("{sum}");
    Ok(())
}

/// Inflates a profile and throws it away, a buffer at a time; gives its length.
pub fn inflate(mut inflater: Box<dyn Read>) -> anyhow::Result<u64> {
    let mut buffer = vec![0; BUFFER];
    let mut length = 0;
    loop {
        match inflater.read(&mut buffer)? {
            0 => return Ok(length),
            read => length += read as u64,
        }
    }
}

/// Decodes a profile on one thread with a sink that keeps nothing; gives its number of samples.
pub fn decode(inflater: Box<dyn Read>) -> anyhow::Result<u64> {
    let mut limits = DecodeLimits::default();
    limits.threads = 1;
    Ok(decode::decode(inflater, &limits, Nothing)?.0.samples)
}

struct Nothing;

impl Sink for Nothing {
    fn samples(
        &mut self,
        _: TablesSoFar<'_>,
        samples: &mut Samples<'_>,
    ) -> Result<(), Box<Malformed>> {
        while let Some(sample) = samples.next()? {
            black_box(sample.stack);
        }
        Ok(())
    }

    fn heap_bytes(&self) -> usize {
        0
    }
}

/// Inflates a profile into memory and decodes all of it; gives how many samples it has.
pub fn prost(mut inflater: Box<dyn Read>) -> anyhow::Result<u64> {
    let mut bytes = Vec::new();
    inflater.read_to_end(&mut bytes)?;
    let profile = Profile::decode(bytes.as_slice())?;
    Ok(profile.sample.len() as u64)
}

/// The inflated bytes of a profile, or its bytes if it is not compressed.
fn open(path: &Path) -> anyhow::Result<Box<dyn Read>> {
    let mut file = BufReader::with_capacity(BUFFER, File::open(path)?);
    let is_gzip = file.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    Ok(if is_gzip {
        Box::new(MultiGzDecoder::new(file))
    } else {
        Box::new(file)
    })
}
