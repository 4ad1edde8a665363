//! Where the report goes, and what happens when it cannot go there.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use wait4::Wait4;

use crate::{INGEST, STORE, failure, inputs, memlens, output, run, stdout, stdout_of};

fn path(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// The names of what is in a folder.
fn names(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_file_gets_what_standard_output_would_get() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.md");
    for format in ["table", "json", "markdown", "csv"] {
        let args = ["top", STORE, "--format", format];
        assert_eq!(stdout(args.into_iter().chain(["-o", path(&file)])), "");
        assert_eq!(fs::read_to_string(&file).unwrap(), stdout(args));
        assert_eq!(stdout(args.into_iter().chain(["-o", "-"])), stdout(args));
    }
    assert_eq!(names(folder.path()), ["report.md"]);
}

#[cfg(unix)]
#[test]
fn a_new_file_gets_the_usual_mode_and_an_old_one_keeps_its_own() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let mode = |file: &Path| fs::metadata(file).unwrap().permissions().mode() & 0o777;

    let usual = folder.path().join("usual");
    fs::write(&usual, "").unwrap();
    let new = folder.path().join("new");
    stdout(["top", STORE, "-o", path(&new)]);
    assert_eq!(mode(&new), mode(&usual));

    let old = folder.path().join("old");
    fs::write(&old, "before").unwrap();
    fs::set_permissions(&old, fs::Permissions::from_mode(0o604)).unwrap();
    stdout(["top", STORE, "-o", path(&old)]);
    assert_eq!(mode(&old), 0o604);
    assert!(fs::read_to_string(&old).unwrap().starts_with("Profile"));
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("file"), folder.path().join("link"));
    fs::write(&file, "before").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    stdout(["top", STORE, "-o", path(&link)]);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read_to_string(&file).unwrap().starts_with("Profile"));
}

#[test]
fn a_failed_run_leaves_the_old_file_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report");
    fs::write(&file, "before").unwrap();
    failure(&run(["top", "Cargo.toml", "-o", path(&file)]));
    failure(&run([
        "top",
        STORE,
        "--sample-type",
        "cpu",
        "-o",
        path(&file),
    ]));
    assert_eq!(fs::read_to_string(&file).unwrap(), "before");
    assert_eq!(names(folder.path()), ["report"]);
}

#[test]
fn an_output_that_cannot_be_written_is_told_before_the_input_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let within = |name: &str| path(folder.path()).to_owned() + name;
    for (target, said) in [
        (within("/missing/report"), "no such folder"),
        (within("/file/report"), "its folder is a file"),
        (within(""), "is a directory"),
    ] {
        // The input is no profile either, but that would be found out later.
        let message = failure(&run(["top", "Cargo.toml", "-o", &target]));
        assert_eq!(message, format!("memlens: {target}: {said}"));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_takes_no_files_is_told() {
    // Not even root can make a file there.
    let message = failure(&run(["top", "Cargo.toml", "-o", "/proc/report"]));
    assert!(message.starts_with("memlens: /proc/report: "), "{message}");
}

#[test]
fn an_input_is_no_output() {
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("mem.out");
    fs::copy(STORE, &profile).unwrap();
    let before = fs::read(&profile).unwrap();
    let hard_link = folder.path().join("other.out");
    fs::hard_link(&profile, &hard_link).unwrap();
    for output in [&profile, &hard_link, &folder.path().join("./mem.out")] {
        let message = failure(&run(["top", INGEST, path(&profile), "-o", path(output)]));
        assert!(message.ends_with(": is one of the inputs"), "{message}");
    }
    // Also when the profile is one of a folder.
    failure(&run(["top", path(folder.path()), "-o", path(&profile)]));
    assert_eq!(fs::read(&profile).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn nor_is_what_standard_input_comes_from() {
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("mem.out");
    fs::copy(STORE, &profile).unwrap();
    let mut command = memlens(["top", "-", "-o", path(&profile)]);
    let out = output(command.stdin(fs::File::open(&profile).unwrap()));
    assert!(failure(&out).ends_with("mem.out: is one of the inputs"));
    assert_eq!(fs::read(&profile).unwrap(), fs::read(STORE).unwrap());
    // Any other file will do.
    let mut command = memlens(["top", "-", "-o", path(&profile)]);
    stdout_of(command.stdin(fs::File::open(INGEST).unwrap()));
    assert!(fs::read_to_string(&profile).unwrap().starts_with("Profile"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    for format in ["table", "json", "markdown", "csv"] {
        let full = || {
            fs::OpenOptions::new()
                .write(true)
                .open("/dev/full")
                .unwrap()
        };
        let args = ["top", INGEST, "--format", format];
        let mut command = memlens(args);
        let message = failure(&output(command.stdout(full())));
        assert_eq!(
            message,
            "memlens: standard output: no space left on the device"
        );
        // A device that the user names is written through.
        let message = failure(&run(args.into_iter().chain(["-o", "/dev/full"])));
        assert_eq!(message, "memlens: /dev/full: no space left on the device");
    }
    assert!(!fs::symlink_metadata("/dev/full").unwrap().is_file());
}

#[cfg(target_os = "linux")]
#[test]
fn devices_are_written_through() {
    assert_eq!(
        stdout(["top", STORE, "-o", "/dev/stdout"]),
        stdout(["top", STORE])
    );
    assert_eq!(stdout(["top", STORE, "-o", "/dev/null"]), "");
    assert!(!fs::symlink_metadata("/dev/null").unwrap().is_file());
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let args = ["top", "--by", "line", "--format", "json", INGEST, STORE];
    // More than a pipe holds, so that the writer must notice.
    assert!(stdout(args).len() > 128 << 10);
    let mut child = memlens(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut reader = BufReader::with_capacity(1, child.stdout.take().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    assert_eq!(line, "{\n");
    drop(reader);
    let out = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&out.stderr), "");
    assert_eq!(out.status.code(), Some(0));
}

#[test]
fn a_pipe_that_nobody_reads_is_no_error() {
    for format in ["table", "json", "markdown", "csv"] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = memlens(["top", INGEST, "--format", format]);
        let out = output(command.stdout(writer));
        assert_eq!(String::from_utf8_lossy(&out.stderr), "");
        assert_eq!(out.status.code(), Some(0));
    }
}

#[test]
fn colours_are_there_only_when_wanted() {
    let show = |args: &[&str], variables: &[&str]| {
        let mut command = memlens(["top", STORE].iter().chain(args));
        stdout_of(command.envs(variables.iter().map(|name| (name, "1"))))
    };
    let plain = show(&[], &[]);
    assert!(!plain.contains('\x1b'), "not a terminal");
    let colored = show(&["--color", "always"], &[]);
    assert!(colored.contains("\x1b[1m"));
    assert_eq!(anstream::adapter::strip_str(&colored).to_string(), plain);

    assert_eq!(show(&[], &["CLICOLOR_FORCE"]), colored);
    assert_eq!(show(&[], &["CLICOLOR_FORCE", "NO_COLOR"]), plain);
    assert_eq!(show(&["--color", "always"], &["NO_COLOR"]), colored);
    assert_eq!(show(&["--color", "never"], &["CLICOLOR_FORCE"]), plain);
    // Formats for programs have none whatever is asked for.
    let json = ["--format", "json"];
    assert_eq!(
        show(&[&json[..], &["--color", "always"]].concat(), &[]),
        show(&json, &[])
    );
}

#[test]
fn quiet_leaves_the_table() {
    let whole = stdout(["top", INGEST, "-n5"]);
    let table = stdout(["top", INGEST, "-n5", "--quiet"]);
    assert!(whole.contains(&table) && whole.len() > table.len());
    assert!(table.trim_start().starts_with("% of"));
}

#[test]
fn a_mark_is_there_only_with_what_it_means() {
    for format in ["table", "markdown"] {
        let args = ["top", STORE, "--format", format];
        assert!(stdout(args).matches('¹').count() > 1);
        assert!(!stdout(args.into_iter().chain(["-q"])).contains('¹'));
    }
}

/// Peak memory in bytes of a run whose output nobody keeps.
#[cfg(target_os = "linux")]
fn peak_memory(args: &[&str]) -> u64 {
    let mut child = memlens(args).stdout(Stdio::null()).spawn().unwrap();
    let usage = child.wait4().unwrap();
    assert!(usage.status.success());
    usage.rusage.maxrss
}

#[cfg(target_os = "linux")]
#[test]
fn no_format_holds_all_that_it_writes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wide.pb");
    inputs::wide(50_000, &file);
    // What the report takes, and 20 rows of it.
    let least = peak_memory(&["top", path(&file)]);
    for format in ["table", "json", "markdown", "csv"] {
        let all = peak_memory(&["top", path(&file), "-n0", "--format", format]);
        assert!(all < least + least / 4, "{format}: {all}, 20 rows {least}");
    }
}
