//! Do the 95 % intervals hold the truth 95 % of the time?
//!
//! Builds the Go program in `testdata/programs/deterministic`, which allocates the same in every run, and profiles it
//! once at rate 1 (every allocation: the truth) and many times at Go's default rate. Every site of every
//! sampled profile is a trial: does its interval hold what the truth says? Prints the share that
//! does, by value and by number of samples. Exit status: 0 when that of `alloc_space` is 93-98 %, 1 when it is
//! not, 2 when it cannot be known.
//!
//! ```text
//! cargo build --release
//! cargo run --release --example coverage [-- [--runs N] [MEMLENS]]
//! ```
//!
//! MEMLENS is the binary to check (default: the `memlens` built beside this program). It is run as a user
//! would and only its JSON is read, so that the whole way from the file to the reported interval is checked.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the figures are what this program is for"
)]

mod join;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use join::{MEASURES, Report, Tally, Trial, trials};

/// Fewer profiles cannot judge a share to the percent.
const LEAST_RUNS: u32 = 20;

/// Exact intervals hold a little more than 95 % (they may not hold less, and counts are whole), about 97 % here.
/// With 60 profiles of some 43 sites the share's standard error is 0.3 %, so that 98 % is not met by chance.
const DEFAULT_RUNS: u32 = 60;

/// What the share of `alloc_space` intervals that hold the truth must lie in.
const WANTED: std::ops::RangeInclusive<f64> = 0.93..=0.98;

fn main() -> ExitCode {
    match check() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("coverage: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Makes the profiles, prints the figures and judges them.
fn check() -> Result<ExitCode> {
    let (runs, memlens) = arguments()?;
    let directory = tempfile::tempdir().context("no temporary directory")?;
    let program = build(directory.path())?;

    let truth = profile(
        &program,
        &memlens,
        &directory.path().join("truth.out"),
        &["-rate", "1"],
    )?;
    let mut all = Vec::new();
    for run in 1..=runs {
        let path = directory.path().join(format!("sampled-{run}.out"));
        let sampled = profile(&program, &memlens, &path, &[])?;
        all.extend(trials(&truth, &sampled)?);
    }
    println!(
        "{} sites, {runs} profiles at the default rate",
        truth.sites.len()
    );
    Ok(verdict(&all))
}

/// The number of profiles and the binary to check, from the command line.
fn arguments() -> Result<(u32, PathBuf)> {
    let mut runs = DEFAULT_RUNS;
    let mut memlens = None;
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--runs" {
            let number = arguments.next().context("--runs needs a number")?;
            runs = number
                .to_str()
                .and_then(|text| text.parse().ok())
                .filter(|&number| number >= LEAST_RUNS)
                .with_context(|| format!("--runs needs a number from {LEAST_RUNS} up"))?;
        } else if memlens.replace(PathBuf::from(argument)).is_some() {
            bail!("one binary is enough");
        }
    }
    let memlens = match memlens {
        Some(path) => path,
        // Examples lie one directory below the binaries of the same build.
        None => std::env::current_exe()?
            .parent()
            .and_then(Path::parent)
            .context("this program is in no directory")?
            .join("memlens")
            .with_extension(std::env::consts::EXE_EXTENSION),
    };
    if !memlens.is_file() {
        bail!(
            "{} is missing: build it first, or name one",
            memlens.display()
        );
    }
    Ok((runs, memlens))
}

/// Builds the deterministic Go program into `directory`.
fn build(directory: &Path) -> Result<PathBuf> {
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/programs");
    let program = directory
        .join("deterministic")
        .with_extension(std::env::consts::EXE_EXTENSION);
    let mut go = Command::new("go");
    go.args(["build", "-trimpath", "-o"])
        .arg(&program)
        .arg("./deterministic")
        .current_dir(programs);
    output(&mut go)?;
    Ok(program)
}

/// Runs the Go program and has memlens read the profile it writes to `path`.
fn profile(program: &Path, memlens: &Path, path: &Path, flags: &[&str]) -> Result<Report> {
    output(Command::new(program).args(flags).arg("-o").arg(path))?;
    let json = output(
        Command::new(memlens)
            .args(["top", "--format", "json", "--by", "line", "-n", "0"])
            .arg(path),
    )?;
    serde_json::from_slice(&json).context("memlens printed other JSON than promised")
}

/// What a command printed, once it has succeeded.
fn output(command: &mut Command) -> Result<Vec<u8>> {
    let done = command
        .output()
        .with_context(|| format!("cannot run {}", command.get_program().display()))?;
    if !done.status.success() {
        bail!(
            "{} failed ({}): {}",
            command.get_program().display(),
            done.status,
            String::from_utf8_lossy(&done.stderr).trim()
        );
    }
    Ok(done.stdout)
}

/// Prints the shares and says whether the one that counts is as it must be.
fn verdict(all: &[Trial]) -> ExitCode {
    println!(
        "{:<14} {:>16} {:>16} {:>16} {:>16}",
        "held (trials)", "3 and more", "3-9 samples", "10-99", "100 and more"
    );
    for measure in MEASURES {
        print!("{measure:<14}");
        for band in [3..=u64::MAX, 3..=9, 10..=99, 100..=u64::MAX] {
            print!(" {:>16}", Tally::of(all, measure, &band).to_string());
        }
        println!();
    }
    match Tally::of(all, "alloc_space", &(3..=u64::MAX)).share() {
        Some(share) if WANTED.contains(&share) => ExitCode::SUCCESS,
        Some(_) => {
            eprintln!("alloc_space: the share is outside 93-98 %");
            ExitCode::FAILURE
        }
        None => {
            eprintln!("alloc_space: no site has 3 samples");
            ExitCode::FAILURE
        }
    }
}
