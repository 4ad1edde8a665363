//! The command line: the only part that reads the environment, prints and exits.

mod args;
mod evidence;
mod exit;
mod flamegraph;
mod output;
mod page;
mod progress;
mod ranking;
mod reading;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};

/// Runs what the arguments ask for. Usage errors end the process right here, as clap does it.
pub(crate) fn run() -> ExitCode {
    let Cli { command, color } = Cli::parse();
    color.write_global();
    let done = match command {
        Command::Analyze(args) => ranking::analyze(&args),
        Command::Top(args) => ranking::top(&args),
        Command::Flamegraph(args) => flamegraph::run(&args),
    };
    exit::code(done)
}
