//! The table at every width, of every profile there is.

use std::fs;
use std::path::PathBuf;

use unicode_width::UnicodeWidthStr;

use crate::{INGEST, memlens, stdout, stdout_of};

fn profiles() -> Vec<PathBuf> {
    let mut profiles = Vec::new();
    for folder in fs::read_dir("testdata/profiles").unwrap() {
        let folder = folder.unwrap().path();
        if folder.is_dir() {
            let files = fs::read_dir(folder)
                .unwrap()
                .map(|file| file.unwrap().path());
            profiles.extend(files.filter(|file| file.is_file()));
        }
    }
    assert!(profiles.len() >= 20);
    profiles
}

fn table(width: usize, args: &[&str]) -> String {
    let mut command = memlens(["top"]);
    stdout_of(command.args(args).env("COLUMNS", width.to_string()))
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for profile in profiles() {
        let profile = profile.to_str().unwrap();
        for width in [20, 40, 60, 80, 100, 160] {
            for by in ["function", "file"] {
                for line in table(width, &[profile, "--by", by]).lines() {
                    assert!(line.width() <= width, "{profile} at {width}: {line}");
                    assert_eq!(line, line.trim_end(), "{profile} at {width}");
                }
            }
        }
    }
}

#[test]
fn no_width_at_all_is_too_much() {
    for width in ["0", "1", "2", "65535", "18446744073709551615", "x", ""] {
        let mut command = memlens(["top", INGEST]);
        let text = stdout_of(command.env("COLUMNS", width));
        assert!(text.contains("flat"), "{width}");
    }
}

#[test]
fn a_width_of_0_is_none() {
    let unknown = stdout_of(memlens(["top", INGEST]).env_remove("COLUMNS"));
    assert_eq!(table(0, &[INGEST]), unknown);
    assert_ne!(table(1, &[INGEST]), unknown);
}

#[test]
fn inputs_of_different_rates_have_no_single_one() {
    let text = table(100, &[INGEST, "testdata/profiles/lru-rate4096/mem.out"]);
    let line = text.lines().find(|line| line.starts_with("Sampling"));
    // 4557 and 1784.
    assert_eq!(
        line.unwrap_or_default(),
        "Sampling  at different rates, 6341 allocations sampled, 114 still in use"
    );
}

#[test]
fn one_sample_of_a_large_object_is_no_guess() {
    let profile = "testdata/profiles/deterministic/mem.out";
    let args = ["top", profile, "--sample-type", "inuse_space"];
    let text = stdout(args.iter().chain(&["--format", "markdown"]));
    // 3 MiB in one piece, sampled once.
    let row = text.lines().find(|line| line.contains("`main.main`"));
    let row = row.unwrap_or_default();
    assert!(row.contains(" | 1 | `main.main`"), "{text}");
}

/// The part of a name that no shortening may touch: behind the last slash, without type arguments.
fn core(name: &str) -> String {
    let mut core = String::new();
    let mut depth = 0;
    for c in name.chars() {
        depth += i32::from(c == '[');
        if depth == 0 {
            core.push(c);
        }
        depth -= i32::from(c == ']');
    }
    core.rsplit('/').next().unwrap_or_default().to_owned()
}

#[test]
fn names_are_shortened_but_never_cut() {
    for profile in profiles() {
        let profile = profile.to_str().unwrap();
        let json = stdout(["top", profile, "-n20", "--format", "json"]);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        for width in [60, 80, 100, 160] {
            let text = table(width, &[profile, "-n20"]);
            let shown: Vec<String> = text.lines().map(core).collect();
            for site in json["sites"].as_array().unwrap() {
                let name = core(site["function"].as_str().unwrap());
                assert!(
                    shown.iter().any(|line| line.contains(&name)),
                    "{profile} at {width}: {name}\n{text}"
                );
            }
        }
    }
}

#[test]
fn all_four_heap_values_are_there_from_80_columns_on() {
    for width in [80, 100, 160] {
        let text = table(width, &["testdata/profiles/store/mem.out"]);
        let is_title = |line: &&str| line.matches("% of").count() == 2;
        let title: Vec<&str> = text.lines().skip_while(|line| !is_title(line)).collect();
        assert_eq!(title[0].matches("alloc").count(), 1, "{text}");
        assert_eq!(title[0].matches("inuse").count(), 2, "{text}");
        assert!(
            title[1].contains("flat") && title[1].contains("samples"),
            "{text}"
        );
    }
}

#[test]
fn the_limit_is_20_for_people_and_none_for_programs() {
    let rows = |args: &[&str]| {
        let args = ["top", INGEST, "--format", "csv"].iter().chain(args);
        stdout(args).lines().count() - 1
    };
    assert_eq!(rows(&[]), 80);
    assert_eq!(rows(&["-n", "0"]), 80);
    assert_eq!(rows(&["--limit", "7"]), 7);
    let names = |args: &[&str]| {
        let args = ["top", INGEST, "--format", "markdown"].iter().chain(args);
        stdout(args)
            .lines()
            .filter(|line| line.starts_with("| "))
            .count()
            - 1
    };
    assert_eq!(names(&[]), 20);
    assert_eq!(names(&["-n0"]), 80);
}
