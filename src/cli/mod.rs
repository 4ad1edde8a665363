//! The command line: the only part that reads the environment, prints and exits.

mod args;
mod config;
mod evidence;
mod exit;
mod explain;
mod flamegraph;
mod gate;
mod output;
mod page;
mod progress;
mod ranking;
mod reading;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};
use exit::Outcome;

/// Runs what the arguments ask for. Usage errors end the process right here, as clap does it.
pub(crate) fn run() -> ExitCode {
    let Cli { command, color } = Cli::parse();
    color.write_global();
    let done = match command {
        Command::Analyze(args) => ranking::analyze(&args),
        Command::Top(args) => ranking::top(&args),
        Command::Rules => explain::rules(),
        Command::Explain(args) => explain::explain(&args),
        Command::Flamegraph(args) => flamegraph::run(&args).map(|()| Outcome::Done),
    };
    exit::code(done)
}
