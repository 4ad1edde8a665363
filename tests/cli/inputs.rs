//! Several inputs: read by several threads, told as if by one.

use std::fs;
use std::path::Path;

use crate::{INGEST, STORE, failure, forged, memlens, output, run, stdout, stdout_of};

const RATE_4096: &str = "testdata/profiles/lru-rate4096/mem.out";
const CPU: &str = "testdata/profiles/store/cpu.out";

const THREADS: [&str; 3] = ["2", "3", "64"];

#[test]
fn the_sum_does_not_depend_on_who_reads() {
    let inputs = [INGEST, STORE, RATE_4096, STORE, INGEST, RATE_4096, STORE];
    for format in ["table", "json"] {
        let with = |threads| {
            let args = ["top", "-n0", "--format", format, "--threads", threads];
            stdout(args.into_iter().chain(inputs))
        };
        let one = with("1");
        for threads in THREADS {
            assert_eq!(with(threads), one, "{threads} threads");
        }
    }
}

#[test]
fn the_first_error_in_order_is_the_one_that_is_told() {
    for inputs in [
        [INGEST, "Cargo.toml", STORE, "README.md", CPU],
        [INGEST, CPU, "Cargo.toml", "README.md", STORE],
        [STORE, INGEST, "no/such.out", CPU, "README.md"],
    ] {
        let with = |threads| {
            failure(&run(["top", "--threads", threads]
                .into_iter()
                .chain(inputs)))
        };
        let one = with("1");
        for threads in THREADS {
            assert_eq!(with(threads), one, "{threads} threads");
        }
    }
}

#[test]
fn notes_are_in_the_order_of_the_inputs() {
    let inputs = [INGEST, STORE, STORE, RATE_4096, STORE];
    for threads in THREADS {
        let args = ["top", "-v", "--threads", threads].into_iter();
        let out = output(&mut memlens(args.chain(inputs)));
        let stderr = String::from_utf8(out.stderr).unwrap();
        let names: Vec<&str> = stderr
            .lines()
            .map(|line| line.split(": ").nth(1).unwrap_or_default())
            .collect();
        assert_eq!(names, inputs);
    }
}

#[test]
fn standard_input_may_be_one_of_them() {
    let args = |stdin| ["top", "--format", "csv", STORE, stdin, RATE_4096, STORE];
    let expected = stdout(args(INGEST));
    for threads in THREADS {
        let mut command = memlens(args("-"));
        command.args(["--threads", threads]);
        command.stdin(fs::File::open(INGEST).unwrap());
        assert_eq!(stdout_of(&mut command), expected);
    }
}

/// A profile of so many functions, in a file.
pub fn wide(functions: usize, file: &Path) {
    let names: Vec<Vec<u8>> = (0..functions)
        .map(|number| format!("example.com/wide.f{number}").into_bytes())
        .collect();
    let names: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
    fs::write(file, forged::profile(&names)).unwrap();
}

#[test]
fn what_needs_more_than_a_share_of_the_memory_gets_all_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wide.pb");
    wide(60_000, &file);
    let file = file.to_str().unwrap();
    let top = ["top", "-n1", "--format", "csv", "--by", "line"];
    // Two threads have a quarter of it each.
    let memory = ["--max-memory", "128MiB", "--threads", "2"];
    let share = top.into_iter().chain(["--max-memory", "32MiB", file]);
    assert!(failure(&run(share)).contains("raise --max-memory"));

    let several = |inputs: &[&str], memory: &[&str]| stdout([&top, memory, inputs].concat());
    let inputs = [file, file, file];
    assert_eq!(several(&inputs, &memory), several(&inputs, &[]));
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_sees_how_far_reading_has_come_and_then_the_report_alone() {
    let show = |flags: &str| {
        // The pipe gives half of the profile, then nothing for some time.
        let command = format!(
            "(head -c 4096 {INGEST}; sleep 1.5; tail -c +4097 {INGEST}) | \
             {} top - -n1 {flags} >/dev/null",
            env!("CARGO_BIN_EXE_memlens")
        );
        let mut script = std::process::Command::new("script");
        script.args(["--quiet", "--return", "--command", &command, "/dev/null"]);
        let out = script
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("TERM", "xterm")
            .output()
            .expect("script is part of util-linux");
        assert_eq!(out.status.code(), Some(0));
        String::from_utf8(out.stdout).unwrap()
    };
    let seen = show("");
    assert!(seen.contains("4.00 KiB, "), "{seen:?}");
    assert!(seen.ends_with("\r\x1b[2K"), "{seen:?}");
    assert_eq!(show("--quiet"), "");
}
