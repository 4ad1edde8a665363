//! Runs memlens and its peers in turn on the same profiles, and prints what each costs as a
//! Markdown table: `cargo build --release && cargo run --release --example peers`.
//!
//! The runner stays small and lets children of itself generate, inflate and decode: Linux counts
//! the memory that a parent holds when it starts a child as the child's own peak.

use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};

use generate::{Order, Shape};
use inputs::Input;
use measure::Programs;
use size::Size;

mod baselines;
#[path = "../genprofile/generate.rs"]
mod generate;
mod inputs;
mod machine;
mod measure;
mod report;
#[path = "../genprofile/size.rs"]
mod size;
mod targets;

/// Compares memlens with go tool pprof, a prost decoder, decoding alone and inflating alone.
#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct CommandLine {
    #[command(subcommand)]
    baseline: Option<Baseline>,
    #[command(flatten)]
    comparison: Comparison,
}

/// What the runner has its own children do.
#[derive(Subcommand)]
enum Baseline {
    /// Inflates profiles and throws them away.
    Inflate { files: Vec<PathBuf> },
    /// Decodes profiles as memlens does, and throws the samples away.
    Decode { files: Vec<PathBuf> },
    /// Inflates profiles into memory and decodes all of them with prost.
    Prost { files: Vec<PathBuf> },
    /// Writes a generated profile.
    Generate {
        shape: Shape,
        order: Order,
        size: Size,
        file: PathBuf,
    },
}

#[derive(Args)]
struct Comparison {
    /// Profiles to measure besides the generated ones; real ones say most.
    files: Vec<PathBuf>,
    /// Of the generated profiles only those with this in their name, such as 100MB.
    #[arg(long)]
    only: Option<String>,
    /// Also generate 1 GB, which takes minutes. Runs only memlens and inflating on it.
    #[arg(long)]
    huge: bool,
    /// Where generated profiles are kept [default: peers/ in cargo's target directory].
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Runs of each program on each profile; five times as many on those under 1 MB.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// The sample type that memlens and pprof rank by. pprof skips samples whose value is 0, so
    /// its time depends on it.
    #[arg(long, default_value = "inuse_space")]
    sample_type: String,
    /// The memlens to measure [default: the release build beside this example].
    #[arg(long)]
    memlens: Option<PathBuf>,
}

fn main() -> anyhow::Result<()> {
    let CommandLine {
        baseline,
        comparison,
    } = CommandLine::parse();
    match baseline {
        Some(Baseline::Inflate { files }) => baselines::of_all(&files, baselines::inflate),
        Some(Baseline::Decode { files }) => baselines::of_all(&files, baselines::decode),
        Some(Baseline::Prost { files }) => baselines::of_all(&files, baselines::prost),
        Some(Baseline::Generate {
            shape,
            order,
            size,
            file,
        }) => inputs::generate(shape, order, size, &file),
        None => compare(comparison),
    }
}

fn compare(wanted: Comparison) -> anyhow::Result<()> {
    let directory = match wanted.dir {
        Some(directory) => directory,
        None => inputs::default_directory()?,
    };
    fs::create_dir_all(&directory)
        .with_context(|| format!("cannot create {}", directory.display()))?;
    let only = wanted.only.unwrap_or_default();
    let mut inputs = inputs::generated(&directory, &only, wanted.huge)?;
    for file in &wanted.files {
        inputs.push(Input::given(file)?);
    }
    let programs = Programs::find(&directory, wanted.memlens, wanted.sample_type)?;

    report::introduction(&programs)?;
    let mut results = Vec::new();
    for input in inputs {
        let rounds = if input.inflated < 1_000_000 {
            5 * wanted.rounds
        } else {
            wanted.rounds
        };
        let runs = programs.run_in_turn(&input, rounds)?;
        results.push((input, runs));
    }
    report::comparison(&results);
    report::against_targets(&results);
    report::details(&results);
    Ok(())
}
