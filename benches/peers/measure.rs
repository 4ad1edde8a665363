//! Runs programs in turn and takes their time, processor time and peak memory.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;
use wait4::Wait4;

use super::inputs::Input;
use super::machine;

/// A program that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// On one core.
    MemlensAlone,
    /// On all cores.
    Memlens,
    Pprof,
    GoToolPprof,
    Prost,
    Decode,
    Inflate,
}

impl Program {
    /// In the order in which they take turns.
    const ALL: [Self; 7] = [
        Self::MemlensAlone,
        Self::Memlens,
        Self::Pprof,
        Self::GoToolPprof,
        Self::Prost,
        Self::Decode,
        Self::Inflate,
    ];

    /// What the report calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::MemlensAlone => "memlens top, one core",
            Self::Memlens => "memlens top, all cores",
            Self::Pprof => "pprof -top",
            Self::GoToolPprof => "go tool pprof -top",
            Self::Prost => "prost, decoding alone",
            Self::Decode => "decoding alone",
            Self::Inflate => "inflating alone",
        }
    }

    /// Whether it can do it, and its figure says anything.
    fn suits(self, input: &Input) -> bool {
        match self {
            Self::MemlensAlone | Self::Memlens | Self::Decode | Self::Inflate => true,
            // The go command in front of pprof is the same for every profile.
            Self::GoToolPprof => input.inflated < 100_000,
            // They need some 30 and 9 times as much memory.
            Self::Pprof | Self::Prost => input.inflated < 400_000_000 && input.paths.len() == 1,
        }
    }
}

/// The programs that were found.
pub struct Programs {
    found: Vec<Program>,
    /// What was not found, and what to do about it.
    pub missing: Vec<String>,
    /// What `go version` says.
    pub go_version: Option<String>,
    pub sample_type: String,
    memlens: PathBuf,
    pprof: PathBuf,
    runner: PathBuf,
    /// All cores, and the one for what runs on one; `None` where nothing can be pinned.
    cores: Option<(String, String)>,
    /// Takes what programs print to stderr, to quote it when they fail.
    errors: PathBuf,
}

/// What a program's runs on one input cost. Each list is sorted and has an entry for each run.
pub struct Run {
    pub program: Program,
    pub wall: Vec<Duration>,
    /// User and system time of all threads together.
    pub cpu: Vec<Duration>,
    /// Peak resident memory in bytes.
    pub memory: Vec<u64>,
    /// Why the program could not do it; the lists are empty then.
    pub failure: Option<String>,
}

struct Cost {
    wall: Duration,
    cpu: Duration,
    memory: u64,
}

impl Programs {
    /// Looks for every program.
    pub fn find(
        directory: &Path,
        memlens: Option<PathBuf>,
        sample_type: String,
    ) -> anyhow::Result<Self> {
        let runner = std::env::current_exe()?;
        let beside = runner
            .ancestors()
            .nth(2)
            .context("no release directory")?
            .join("memlens");
        let memlens = memlens.unwrap_or(beside);
        let go_version = machine::first_line_of(Command::new("go").arg("version"));
        // Since Go 1.24 this builds pprof if need be, and prints where it is.
        let pprof = machine::first_line_of(Command::new("go").args(["tool", "-n", "pprof"]));
        let pprof = PathBuf::from(pprof.unwrap_or_default());

        let errors = directory.join("stderr.txt");
        let mut found = Program::ALL.to_vec();
        let mut missing = Vec::new();
        if !memlens.is_file() {
            found.retain(|program| !matches!(program, Program::MemlensAlone | Program::Memlens));
            missing.push("memlens is missing: `cargo build --release` first".to_owned());
        }
        if !pprof.is_file() {
            found.retain(|program| !matches!(program, Program::Pprof | Program::GoToolPprof));
            missing.push("Go is missing, and pprof with it".to_owned());
        }
        let cores = machine::cores_allowed();
        let first = cores
            .as_deref()
            .and_then(|cores| cores.split([',', '-']).next());
        let first = first.map(str::to_owned);
        Ok(Self {
            found,
            missing,
            go_version,
            sample_type,
            memlens,
            pprof,
            runner,
            cores: cores.zip(first),
            errors,
        })
    }

    /// Runs every program once, then every program again, `rounds` times: what disturbs the
    /// machine for a while disturbs all of them.
    pub fn run_in_turn(&self, input: &Input, rounds: usize) -> anyhow::Result<Vec<Run>> {
        let programs = self.found.iter().filter(|program| program.suits(input));
        let mut runs: Vec<Run> = programs.map(|&program| Run::of(program)).collect();

        for _ in 0..rounds {
            for run in runs.iter_mut().filter(|run| run.failure.is_none()) {
                match self.run(run.program, input) {
                    Ok(cost) => run.add(&cost),
                    Err(error) => *run = Run::failed(run.program, &error),
                }
            }
        }

        for run in &mut runs {
            run.wall.sort_unstable();
            run.cpu.sort_unstable();
            run.memory.sort_unstable();
        }
        Ok(runs)
    }

    /// Peak memory in bytes that is charged to a program that does next to nothing. Linux counts
    /// what the parent held when it started the child, so no figure can be lower.
    pub fn least_memory(&self) -> anyhow::Result<u64> {
        let mut command = Command::new("echo");
        command.arg("nothing");
        Ok(cost(command, &self.errors)?.memory)
    }

    fn run(&self, program: Program, input: &Input) -> anyhow::Result<Cost> {
        let command = self.command(program, input);
        match &self.cores {
            Some((all, one)) if program == Program::MemlensAlone => {
                let is_pinned = machine::use_only(one);
                let cost = cost(command, &self.errors);
                anyhow::ensure!(is_pinned && machine::use_only(all), "taskset failed");
                cost
            }
            _ => cost(command, &self.errors),
        }
    }

    fn command(&self, program: Program, input: &Input) -> Command {
        let sample_index = format!("-sample_index={}", self.sample_type);
        let mut command;
        match program {
            Program::MemlensAlone | Program::Memlens => {
                command = Command::new(&self.memlens);
                command.args(["top", "--sample-type", &self.sample_type]);
                if program == Program::MemlensAlone {
                    command.args(["--threads", "1"]);
                }
            }
            Program::Pprof => {
                command = Command::new(&self.pprof);
                command.args(["-top", &sample_index]);
            }
            Program::GoToolPprof => {
                command = Command::new("go");
                command.args(["tool", "pprof", "-top", &sample_index]);
            }
            Program::Prost => {
                command = Command::new(&self.runner);
                command.arg("prost");
            }
            Program::Decode => {
                command = Command::new(&self.runner);
                command.arg("decode");
            }
            Program::Inflate => {
                command = Command::new(&self.runner);
                command.arg("inflate");
            }
        }
        command.args(&input.paths);
        command
    }
}

impl Run {
    fn of(program: Program) -> Self {
        Self {
            program,
            wall: vec![],
            cpu: vec![],
            memory: vec![],
            failure: None,
        }
    }

    fn failed(program: Program, error: &anyhow::Error) -> Self {
        Self {
            failure: Some(format!("{error:#}")),
            ..Self::of(program)
        }
    }

    fn add(&mut self, cost: &Cost) {
        self.wall.push(cost.wall);
        self.cpu.push(cost.cpu);
        self.memory.push(cost.memory);
    }
}

/// Runs a command to its end. A program that fails, or prints nothing, has no cost: it did not
/// do the work.
fn cost(mut command: Command, errors: &Path) -> anyhow::Result<Cost> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(File::create(errors)?);
    let start = Instant::now();
    let mut child = command.spawn().context("cannot be started")?;
    let mut output = child.stdout.take().context("no pipe")?;
    let mut buffer = [0; 16 * 1024];
    let mut printed = 0;
    loop {
        match output.read(&mut buffer)? {
            0 => break,
            read => printed += read,
        }
    }
    let usage = child.wait4()?;
    let wall = start.elapsed();
    if !usage.status.success() {
        let errors = std::fs::read_to_string(errors).unwrap_or_default();
        let first = errors.lines().next().unwrap_or_default();
        anyhow::bail!("{}: {first}", usage.status);
    }
    anyhow::ensure!(printed > 0, "printed nothing");
    let cpu = usage.rusage.utime + usage.rusage.stime;
    Ok(Cost {
        wall,
        cpu,
        memory: usage.rusage.maxrss,
    })
}
