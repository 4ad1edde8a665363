//! What is refused, in which words and with which exit code.

use std::ffi::OsStr;
use std::fs;

use serde_json::Value;

use crate::{INGEST, STORE, failure, memlens, output, run, stdout, stdout_of};

#[test]
fn usage_errors_end_with_2_and_name_what_is_wrong() {
    for (args, said) in [
        (&["top"][..], "<PROFILE>"),
        (&["analyze"], "<PROFILE>"),
        (&[], "Usage: memlens"),
        (
            &["top", INGEST, "--focus", "("],
            "'--focus <REGEX>': unclosed group",
        ),
        (&["top", INGEST, "--ignore", "["], "'--ignore <REGEX>'"),
        (&["top", INGEST, "--hide", "*"], "'--hide <REGEX>'"),
        (&["top", INGEST, "--show", "a{2,1}"], "'--show <REGEX>'"),
        (
            &["top", INGEST, "--format", "xml"],
            "[possible values: table, json, markdown, csv, sarif, github]",
        ),
        (&["top", INGEST, "--by", "goroutine"], "'--by <WHAT>'"),
        (&["top", INGEST, "-n", "-1"], "-1"),
        (
            &["top", INGEST, "--max-memory", "1MB"],
            "expected a size such as",
        ),
        (&["top", INGEST, "--threads", "0"], "'--threads <N>'"),
        (&["top", INGEST, "-q", "-v"], "cannot be used with"),
    ] {
        let out = run(args);
        let stderr = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(2), "{args:?}: {stderr}");
        assert_eq!(out.stdout, b"", "{args:?}");
        assert!(stderr.contains(said), "{args:?}: {stderr}");
    }
}

#[test]
fn inputs_that_cannot_be_read() {
    for (path, said) in [
        ("no/such.out", "memlens: no/such.out: no such file"),
        ("testdata/programs", "no profile in this directory"),
        ("Cargo.toml", "memlens: Cargo.toml: not a profile"),
        ("/dev/null", "memlens: /dev/null: file is empty"),
    ] {
        for command in ["top", "analyze"] {
            let message = failure(&run([command, path]));
            assert!(message.contains(said), "{message}");
        }
    }
}

#[test]
fn a_damaged_profile_is_named_with_the_byte_and_nothing_is_printed() {
    let bytes = fs::read(INGEST).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.out");
    fs::write(&path, &bytes[..bytes.len() - 4]).unwrap();
    let message = failure(&run([OsStr::new("top"), path.as_os_str()]));
    let byte = format!("byte {}", bytes.len() - 4);
    assert!(
        message.contains("cut.out: ") && message.contains(&byte),
        "{message}"
    );
}

#[test]
fn the_second_of_two_inputs_is_the_one_to_blame() {
    let message = failure(&run(["top", INGEST, "testdata/profiles/store/cpu.out"]));
    assert!(
        message.starts_with("memlens: testdata/profiles/store/cpu.out: "),
        "{message}"
    );
}

#[test]
fn a_damaged_profile_among_others_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(STORE, folder.path().join("a.out")).unwrap();
    fs::write(folder.path().join("notes.txt"), "notes").unwrap();
    let whole = run([OsStr::new("top"), folder.path().as_os_str()]);
    assert_eq!(whole.status.code(), Some(0));
    fs::write(folder.path().join("b.out"), &fs::read(STORE).unwrap()[..9]).unwrap();
    let message = failure(&run([OsStr::new("top"), folder.path().as_os_str()]));
    assert!(
        message.contains("b.out: byte 9 (compressed): file is cut short"),
        "{message}"
    );
}

#[test]
fn the_words_of_options_may_be_in_any_case() {
    let usual = [
        "top", STORE, "--format", "json", "--by", "line", "--sort", "cum",
    ];
    let loud = [
        "top", STORE, "--format", "JSON", "--by", "LINE", "--sort", "Cum",
    ];
    assert_eq!(stdout(usual), stdout(loud));
}

#[test]
fn an_unknown_sample_type_is_told_with_those_there_are() {
    assert_eq!(
        failure(&run(["top", STORE, "--sample-type", "cpu\x1b"])),
        r#"memlens: no sample type "cpu\u{1b}": the profile has alloc_objects, alloc_space, inuse_objects, inuse_space"#
    );
}

#[test]
fn a_limit_is_told_with_the_flag_that_raises_it() {
    for flag in ["--max-inflated", "--max-compressed", "--max-record"] {
        let message = failure(&run(["top", INGEST, flag, "7"]));
        assert!(message.contains(flag), "{message}");
    }
}

#[test]
fn standard_input_is_an_input() {
    let mut command = memlens(["top", "-", "--format", "csv"]);
    command.stdin(fs::File::open(INGEST).unwrap());
    assert_eq!(
        stdout_of(&mut command),
        stdout(["top", INGEST, "--format", "csv"])
    );
}

#[test]
fn analyze_and_top_see_the_same_sites() {
    for by in ["function", "line", "file", "package"] {
        let args = |command| [command, INGEST, "--format", "json", "--by", by];
        let report = |command| -> Value { serde_json::from_str(&stdout(args(command))).unwrap() };
        let (analyzed, ranked) = (report("analyze"), report("top"));
        for part in ["profile", "view", "sites"] {
            assert!(analyzed[part] == ranked[part], "{part} by {by}");
        }
    }
}

#[test]
fn verbose_says_on_standard_error_what_was_read() {
    let out = output(&mut memlens(["top", STORE, "-v"]));
    assert_eq!(out.status.code(), Some(0));
    let stderr = String::from_utf8(out.stderr).unwrap();
    assert!(
        stderr.starts_with("memlens: testdata/profiles/store/mem.out: 13 samples, "),
        "{stderr}"
    );
}

#[cfg(unix)]
#[test]
fn file_names_need_not_be_utf_8() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(OsStr::from_bytes(b"\xff\n\x1b[2J.out"));
    fs::copy(STORE, &path).unwrap();
    let report = folder.path().join(OsStr::from_bytes(b"\xfe.txt"));
    let out = run([
        OsStr::new("top"),
        path.as_os_str(),
        OsStr::new("-o"),
        report.as_os_str(),
    ]);
    assert_eq!(out.status.code(), Some(0));
    let text = fs::read_to_string(&report).unwrap();
    assert!(text.contains(r"\n\x1b[2J.out (heap)"), "{text}");
    assert!(!text.contains('\x1b'));

    fs::write(&path, "").unwrap();
    let message = failure(&run([OsStr::new("top"), path.as_os_str()]));
    assert!(
        message.ends_with(r"\n\x1b[2J.out: file is empty"),
        "{message}"
    );
}
