//! What memlens is measured against besides pprof: the least that any reader must do, and what a
//! reader on generated types does.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::Context;
use flate2::bufread::MultiGzDecoder;
use memlens::schema::Profile;
use prost::Message;

/// Bytes inflated at a time. It stays in a core's own cache; larger ones gain nothing.
const BUFFER: usize = 256 * 1024;

/// Inflates a profile and throws it away, a buffer at a time; prints its length.
pub fn inflate(path: &Path) -> anyhow::Result<()> {
    let mut inflater = open(path)?;
    let mut buffer = vec![0; BUFFER];
    let mut length = 0;
    loop {
        match inflater
            .read(&mut buffer)
            .with_context(|| path.display().to_string())?
        {
            0 => break,
            read => length += read as u64,
        }
    }
    print(length);
    Ok(())
}

/// Inflates a profile into memory and decodes all of it; prints how many samples it has.
pub fn prost(path: &Path) -> anyhow::Result<()> {
    let mut bytes = Vec::new();
    open(path)?
        .read_to_end(&mut bytes)
        .with_context(|| path.display().to_string())?;
    let profile = Profile::decode(bytes.as_slice())?;
    print(profile.sample.len() as u64);
    Ok(())
}

/// The inflated bytes of a profile, or its bytes if it is not compressed.
fn open(path: &Path) -> anyhow::Result<Box<dyn Read>> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    let mut file = BufReader::with_capacity(BUFFER, file);
    let is_gzip = file.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    Ok(if is_gzip {
        Box::new(MultiGzDecoder::new(file))
    } else {
        Box::new(file)
    })
}

#[expect(
    clippy::print_stdout,
    reason = "the result of a program, and proof that it did its work"
)]
fn print(number: u64) {
    println!("{number}");
}
