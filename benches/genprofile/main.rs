//! Writes a large, realistic Go heap profile to benchmark with.
//!
//! `cargo run --release --example genprofile -- --shape compiler --size 30MB --seed 1 -o out.pb.gz`

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;

use anyhow::Context;
use clap::Parser;

use generate::{Order, Shape, generate, generate_raw};
use size::Size;

#[cfg(test)]
mod checks;
mod generate;
mod size;

/// Writes a large, realistic Go heap profile to benchmark with.
#[derive(Parser)]
struct Arguments {
    /// compiler: deep stacks, neighbours share most frames; server: at most 32 frames, little
    /// shared; entropy: as little repetition as there can be; wide: that in a program of half a
    /// million functions.
    #[arg(long, default_value = "compiler")]
    shape: Shape,
    /// Who seems to have written it: runtime (samples and tables mixed), pprof (samples first).
    #[arg(long, default_value = "runtime")]
    order: Order,
    /// Size before compression, such as 5KB, 30MB or 1GB (powers of ten).
    #[arg(long, default_value = "30MB")]
    size: Size,
    /// Equal seeds give equal files.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Do not compress.
    #[arg(long)]
    raw: bool,
    /// The file to write.
    #[arg(short, long)]
    output: PathBuf,
}

#[expect(clippy::print_stderr, reason = "a program's own report")]
fn main() -> anyhow::Result<()> {
    let Arguments {
        shape,
        order,
        size,
        seed,
        raw,
        output,
    } = Arguments::parse();
    let file =
        File::create(&output).with_context(|| format!("cannot create {}", output.display()))?;
    let file = BufWriter::new(file);
    let made = if raw {
        generate_raw(shape, order, size.0, seed, file)
    } else {
        generate(shape, order, size.0, seed, file)
    }
    .with_context(|| format!("cannot write {}", output.display()))?;

    let written = output.metadata()?.len();
    let per_sample = |count: u64| count as f64 / made.samples as f64;
    eprintln!(
        "{shape} {order}: {written} bytes, inflated {} (ratio {:.1}); {} samples, {} stacks, \
         depth {:.1}, shared with the sample before {:.1}; {} locations, {} functions",
        made.inflated_bytes,
        made.inflated_bytes as f64 / written as f64,
        made.samples,
        made.stacks,
        per_sample(made.frames),
        per_sample(made.shared_frames),
        made.locations,
        made.functions,
    );
    Ok(())
}
