//! The `memlens` command as its users meet it: what it prints, how it ends.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod errors;
mod findings;
mod flamegraph;
mod forged;
mod inputs;
mod layout;
mod outputs;
mod snapshots;

use std::ffi::OsStr;
use std::process::{Command, Output, Stdio};

/// A heap profile at the default rate, with thousands of samples.
const INGEST: &str = "testdata/profiles/ingest/mem.out";
/// A small one, with a site of a single sample.
const STORE: &str = "testdata/profiles/store/mem.out";

/// `memlens`, to be run in the package's root, with nothing of this run's surroundings in sight.
fn memlens<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_memlens"));
    command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(args)
        .env_clear()
        // A few hours after the profiles of testdata were taken.
        .env("SOURCE_DATE_EPOCH", "1795392000")
        .env("COLUMNS", "80")
        .stdin(Stdio::null());
    command
}

/// Runs it to its end.
fn run<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Output {
    output(&mut memlens(args))
}

fn output(command: &mut Command) -> Output {
    command.output().expect("memlens starts")
}

/// Runs it and takes what it prints; it must end well and say nothing else.
fn stdout<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> String {
    stdout_of(&mut memlens(args))
}

fn stdout_of(command: &mut Command) -> String {
    let out = output(command);
    assert_eq!(String::from_utf8_lossy(&out.stderr), "");
    assert_eq!(out.status.code(), Some(0));
    String::from_utf8(out.stdout).expect("UTF-8")
}

/// Asserts that a run failed as promised: exit code 2, one line on standard error, nothing on
/// standard output. Gives the line.
fn failure(out: &Output) -> String {
    let stderr = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!(out.status.code(), Some(2), "{stderr}");
    assert_eq!(out.stdout, b"", "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.starts_with("memlens: "), "{stderr}");
    stderr.trim_end().to_owned()
}
