//! Facts about the machine that figures depend on.

use std::fs;
use std::process::{Command, Stdio};

/// What the first line printed by a command says, if it can be run.
pub fn first_line_of(command: &mut Command) -> Option<String> {
    let output = command
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    Some(
        String::from_utf8_lossy(&output.stdout)
            .lines()
            .next()?
            .trim()
            .to_owned(),
    )
}

/// Cores that a program may use here.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The processor's name, where Linux tells it.
pub fn processor() -> Option<String> {
    let facts = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = facts.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// Processes that wanted to run, on average over the last minute, where Linux tells it.
pub fn load() -> Option<String> {
    Some(
        fs::read_to_string("/proc/loadavg")
            .ok()?
            .split(' ')
            .next()?
            .to_owned(),
    )
}

/// The cores that this process may use, as taskset lists them; `None` where there is no taskset.
pub fn cores_allowed() -> Option<String> {
    let own = std::process::id().to_string();
    let said = first_line_of(Command::new("taskset").args(["--cpu-list", "--pid", &own]))?;
    Some(said.rsplit_once(": ")?.1.to_owned())
}

/// Has this process, and what it starts from here on, use only these cores. Whether it could.
///
/// Pinning each child by a taskset in front of it would be part of what is measured.
pub fn use_only(cores: &str) -> bool {
    let own = std::process::id().to_string();
    let status = Command::new("taskset")
        .args(["--cpu-list", "--pid", cores, &own])
        .stdout(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}
