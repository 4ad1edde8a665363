//! Counts the instructions that memlens executes on generated profiles, and compares them with
//! those in `benches/instructions.txt`:
//! `cargo build --release && cargo run --release --example instructions`.
//!
//! Times depend on the machine and on what else it does; these counts are the same in every run
//! (under valgrind, hash seeds are too), so a change of a few per cent can be told from noise.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, ensure};
use clap::Parser;

use generate::{Order, Shape, generate};

#[path = "../genprofile/generate.rs"]
mod generate;

/// Counts the instructions of memlens on fixed profiles, and fails when they have grown.
#[derive(Parser)]
struct Arguments {
    /// Write the counts down as those to compare with.
    #[arg(long)]
    update: bool,
    /// Fail where valgrind is missing, instead of skipping.
    #[arg(long)]
    required: bool,
    /// The memlens to measure [default: the release build beside this example].
    #[arg(long)]
    memlens: Option<PathBuf>,
}

/// Something that memlens does.
struct Case {
    name: &'static str,
    shape: Shape,
    order: Order,
    /// Size of the profile before compression.
    bytes: u64,
    /// How many such profiles, of different seeds, are added up.
    profiles: u64,
    arguments: &'static [&'static str],
}

/// One profile of a compiler, as Go writes it; what the cases differ from.
const USUAL: Case = Case {
    name: "top",
    shape: Shape::Compiler,
    order: Order::Runtime,
    bytes: 3_000_000,
    profiles: 1,
    arguments: &[],
};

const CASES: [Case; 9] = [
    Case {
        name: "start-up",
        bytes: 8_000,
        ..USUAL
    },
    USUAL,
    Case {
        name: "top-by-line",
        arguments: &["--by", "line"],
        ..USUAL
    },
    Case {
        name: "top-server",
        shape: Shape::Server,
        ..USUAL
    },
    Case {
        name: "top-samples-first",
        order: Order::Pprof,
        ..USUAL
    },
    Case {
        name: "merge-ten",
        bytes: 300_000,
        profiles: 10,
        ..USUAL
    },
    Case {
        name: "stacks-counted",
        arguments: &["--format", "json", "-n", "1"],
        ..USUAL
    },
    Case {
        name: "all-rows-as-table",
        shape: Shape::Wide,
        arguments: &["-n", "0"],
        ..USUAL
    },
    Case {
        name: "all-rows-as-json",
        shape: Shape::Wide,
        arguments: &["-n", "0", "--format", "json"],
        ..USUAL
    },
];

/// By how much of what is written down a count may be more, in per cent.
const TOLERANCE: f64 = 5.0;

/// What the counts are compared with.
const WRITTEN_DOWN: &str = "benches/instructions.txt";
const HEAD: &str = "\
# Instructions that memlens executes, counted by valgrind's callgrind; benches/README.md says more.
# Written by: cargo run --release --example instructions -- --update
";

#[expect(clippy::print_stdout, reason = "a program's own report")]
fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let has_valgrind = Command::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !has_valgrind {
        ensure!(!arguments.required, "valgrind is missing: install it");
        println!("skipped: valgrind, which counts the instructions, is missing");
        return Ok(ExitCode::SUCCESS);
    }
    let runner = std::env::current_exe()?;
    let release = runner.ancestors().nth(2).context("no release directory")?;
    let memlens = arguments.memlens.unwrap_or_else(|| release.join("memlens"));
    ensure!(
        memlens.is_file(),
        "{} is missing: `cargo build --release` first",
        memlens.display()
    );

    let written_down = Path::new(env!("CARGO_MANIFEST_DIR")).join(WRITTEN_DOWN);
    let expected = fs::read_to_string(&written_down).unwrap_or_default();
    let directory = tempfile::tempdir()?;
    let mut text = HEAD.to_owned();
    let mut has_grown = false;
    for case in &CASES {
        let count = case.count(&memlens, directory.path())?;
        text += &format!("{count:>12} {}\n", case.name);
        let Some(before) = find(&expected, case.name) else {
            println!("{:20} {count:>12}  new", case.name);
            has_grown = true;
            continue;
        };
        let change = 100.0 * (count as f64 / before as f64 - 1.0);
        let verdict = if change > TOLERANCE {
            has_grown = true;
            "  more than there may be"
        } else if change < -TOLERANCE {
            "  write it down: --update"
        } else {
            ""
        };
        println!("{:20} {count:>12} {change:>+7.2} %{verdict}", case.name);
    }
    if arguments.update {
        fs::write(&written_down, text).with_context(|| WRITTEN_DOWN)?;
        return Ok(ExitCode::SUCCESS);
    }
    if has_grown {
        println!("Should it be so, write it down with --update and say why in the commit.");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// The count that is written down under a name.
fn find(text: &str, name: &str) -> Option<u64> {
    let mut lines = text.lines().filter_map(|line| line.trim().split_once(' '));
    let (count, _) = lines.find(|&(_, other)| other == name)?;
    count.parse().ok()
}

impl Case {
    /// How many instructions it takes, of all threads together.
    fn count(&self, memlens: &Path, directory: &Path) -> anyhow::Result<u64> {
        let counts = directory.join("callgrind");
        let mut option = std::ffi::OsString::from("--callgrind-out-file=");
        option.push(&counts);
        let mut command = Command::new("valgrind");
        command
            .args(["--tool=callgrind", "--quiet"])
            .arg(option)
            .arg(memlens)
            .args(["top", "--threads", "1", "--color", "never"])
            .args(self.arguments)
            .env("SOURCE_DATE_EPOCH", "1800000000")
            .env("COLUMNS", "100")
            .stdout(Stdio::null());
        for seed in 1..=self.profiles {
            let profile = directory.join(format!("{seed}.pb.gz"));
            let file = BufWriter::new(File::create(&profile)?);
            generate(self.shape, self.order, self.bytes, seed, file)?;
            command.arg(profile);
        }
        let status = command.status()?;
        ensure!(status.success(), "{}: {status}", self.name);
        let text = fs::read_to_string(counts)?;
        let total = text.lines().find_map(|line| line.strip_prefix("totals: "));
        let total = total.and_then(|total| total.trim().parse().ok());
        total.with_context(|| format!("{}: callgrind gave no count", self.name))
    }
}
