//! The whole output, to the letter.

use crate::{INGEST, STORE, memlens, stdout, stdout_of};

fn at(width: &str, args: &[&str]) -> String {
    let mut command = memlens(args);
    stdout_of(command.env("COLUMNS", width))
}

#[test]
fn the_table() {
    for width in ["60", "80", "160"] {
        let name = format!("table_{width}");
        insta::assert_snapshot!(name, at(width, &["analyze", INGEST, "-n", "12"]));
    }
    insta::assert_snapshot!("one_sample", at("80", &["analyze", STORE]));
    insta::assert_snapshot!(
        "generics",
        at(
            "80",
            &["top", "testdata/profiles/lru-rate4096/mem.out", "-n8"]
        )
    );
}

#[test]
fn the_table_of_other_profiles() {
    for (name, args) in [
        ("cpu", &["testdata/profiles/store/cpu.out", "-n3"][..]),
        (
            "mutex",
            &["testdata/profiles/store/mutex.out", "-n3", "--by", "line"],
        ),
        (
            "goroutine",
            &["testdata/profiles/served-goroutine/goroutine.pb.gz", "-n3"],
        ),
        (
            "delta",
            &["testdata/profiles/served-delta/allocs-delta.pb.gz"],
        ),
        (
            "every_allocation",
            &["testdata/profiles/csvload-rate1/mem.out", "-n3"],
        ),
        ("empty", &["testdata/profiles/empty/mem.out"]),
        ("merged", &[INGEST, STORE, "-n3", "--by", "package"]),
        (
            "filtered",
            &[
                INGEST,
                "-n3",
                "--focus",
                "encoding/json",
                "--hide",
                "^runtime",
                "--sort",
                "cum",
            ],
        ),
        ("nothing_selected", &[INGEST, "--focus", "no such function"]),
    ] {
        insta::assert_snapshot!(name, at("80", &[&["top"], args].concat()));
    }
}

#[test]
fn the_other_formats() {
    for format in ["markdown", "csv"] {
        let args = ["analyze", STORE, "-n", "5", "--format", format];
        // insta takes no carriage returns.
        insta::assert_snapshot!(format, stdout(args).replace('\r', "␍"));
    }
    insta::assert_snapshot!(
        "json",
        stdout(["analyze", STORE, "-n1", "--format", "json"])
    );
}

#[test]
fn the_help() {
    for (name, args) in [
        ("help", &["--help"][..]),
        ("help_top", &["top", "--help"]),
        ("help_top_short", &["top", "-h"]),
    ] {
        insta::assert_snapshot!(name, at("80", args));
    }
}
