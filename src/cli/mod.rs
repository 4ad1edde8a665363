//! The command line: the only part that reads the environment, prints and exits.

mod analyze;
mod args;
mod exit;
mod output;
mod page;
mod ranking;
mod top;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};

/// Runs what the arguments ask for. Usage errors end the process right here, as clap does it.
pub(crate) fn run() -> ExitCode {
    let Cli { command, color } = Cli::parse();
    color.write_global();
    let done = match command {
        Command::Analyze(args) => analyze::run(&args),
        Command::Top(args) => top::run(&args),
    };
    exit::code(done)
}
