//! Runs memlens and its peers in turn on the same profiles, and prints what each costs as a
//! Markdown table: `cargo build --release && cargo run --release --example peers`.
//!
//! The runner stays small and lets children of itself generate, inflate and decode: Linux counts
//! the memory that a parent holds when it starts a child as the child's own peak.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::Context;
use clap::{Args, Parser, Subcommand};

use generate::{Order, Shape};
use inputs::Input;
use measure::{Programs, Run};
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

/// Compares memlens with go tool pprof, a prost decoder, and inflating alone.
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
    /// Inflates a profile and throws it away.
    Inflate { file: PathBuf },
    /// Inflates a profile into memory and decodes all of it with prost.
    Prost { file: PathBuf },
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
    /// Profiles to measure after the generated ones.
    files: Vec<PathBuf>,
    /// Sizes to generate, before compression; `0` for none. The first is about 5 KB on disk.
    #[arg(long, value_delimiter = ',', default_value = "8KB,3MB,30MB,100MB")]
    sizes: Vec<Size>,
    /// Also generate 1 GB. Runs only memlens and inflating on it.
    #[arg(long)]
    huge: bool,
    /// Kinds of programs to generate: compiler, server, entropy, wide.
    #[arg(long, value_delimiter = ',', default_value = "compiler")]
    shapes: Vec<Shape>,
    /// Field orders to generate: runtime, pprof.
    #[arg(long, value_delimiter = ',', default_value = "runtime")]
    orders: Vec<Order>,
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
    /// Also measure `go tool pprof`, which starts pprof through the go command.
    #[arg(long)]
    go_tool: bool,
    /// Leave pprof and prost out above this size before compression: they need some 30 and 9 times
    /// as much memory.
    #[arg(long, default_value = "400MB")]
    peers_up_to: Size,
    /// Let every program use only this many cores, by taskset; 1 is what makes sense.
    #[arg(long)]
    cores: Option<usize>,
}

fn main() -> anyhow::Result<()> {
    let CommandLine {
        baseline,
        comparison,
    } = CommandLine::parse();
    match baseline {
        Some(Baseline::Inflate { file }) => baselines::inflate(&file),
        Some(Baseline::Prost { file }) => baselines::prost(&file),
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
    if let Some(cores) = wanted.cores {
        pin(cores)?;
    }
    let mut sizes = wanted.sizes;
    sizes.retain(|size| size.0 > 0);
    sizes.extend(wanted.huge.then_some(Size(1_000_000_000)));
    let directory = match wanted.dir {
        Some(directory) => directory,
        None => inputs::default_directory()?,
    };
    fs::create_dir_all(&directory)
        .with_context(|| format!("cannot create {}", directory.display()))?;
    let inputs = Input::all(
        &wanted.shapes,
        &wanted.orders,
        &sizes,
        &directory,
        &wanted.files,
    )?;
    let programs = Programs::find(
        &directory,
        wanted.memlens,
        wanted.go_tool,
        wanted.sample_type,
    )?;

    report::introduction(&programs, wanted.cores)?;
    let mut results = Vec::new();
    for input in inputs {
        let rounds = if input.inflated < 1_000_000 {
            5 * wanted.rounds
        } else {
            wanted.rounds
        };
        let with_peers = input.inflated <= wanted.peers_up_to.0;
        let runs: Vec<Run> = programs.run_in_turn(&input, rounds, with_peers)?;
        results.push((input, runs));
    }
    report::comparison(&programs, &results);
    report::details(&results);
    Ok(())
}

/// Pins this process, and so every child, rather than each child: taskset before each would
/// be part of what is measured.
fn pin(cores: usize) -> anyhow::Result<()> {
    let list = format!("0-{}", cores.saturating_sub(1));
    let status = Command::new("taskset")
        .args([
            "--cpu-list",
            "--pid",
            &list,
            &std::process::id().to_string(),
        ])
        .stdout(Stdio::null())
        .status()
        .context("--cores needs taskset (util-linux)")?;
    anyhow::ensure!(status.success(), "taskset could not pin to cores {list}");
    Ok(())
}
