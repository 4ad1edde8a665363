//! `memlens flamegraph`: what is in the picture.

use std::fs;

use crate::{INGEST, failure, forged, run, stdout};

/// The tips of all frames.
fn tips(svg: &str) -> Vec<&str> {
    let starts = svg.split("<title>").skip(1);
    starts
        .map(|rest| rest.split("</title>").next().unwrap())
        .collect()
}

#[test]
fn the_whole_is_the_total_and_the_same_every_time() {
    let args = ["flamegraph", INGEST, "--sample-type", "alloc_objects"];
    let svg = stdout(args);
    assert!(svg.starts_with("<?xml"));
    let top = stdout([
        "top",
        INGEST,
        "--sample-type",
        "alloc_objects",
        "--format",
        "json",
        "-n1",
    ]);
    let json: serde_json::Value = serde_json::from_str(&top).unwrap();
    let total = json["profile"]["totals"]["alloc_objects"].as_i64().unwrap();
    assert!(svg.contains(&format!("total_samples=\"{total}\"")));
    assert!(
        tips(&svg)
            .iter()
            .any(|tip| tip.starts_with("all (") && tip.ends_with(", 100%)"))
    );
    assert_eq!(svg, stdout(args));
}

#[test]
fn what_is_too_narrow_is_left_out_and_nothing_is_lost() {
    let frames = |width: &str| {
        let svg = stdout(["flamegraph", INGEST, "--min-width", width]);
        let total = svg.split("total_samples=\"").nth(1).unwrap();
        let total = total.split('"').next().unwrap().to_owned();
        (tips(&svg).len(), total)
    };
    let (all, total) = frames("0");
    let (few, same) = frames("2");
    assert!(few < all / 2, "{few} of {all}");
    assert_eq!(total, same);
}

#[test]
fn a_reversed_one_begins_with_what_allocates() {
    let svg = stdout([
        "flamegraph",
        INGEST,
        "--reverse",
        "--sample-type",
        "alloc_space",
    ]);
    let share = |tip: &&str| -> f64 {
        let percent = tip.rsplit(", ").next().unwrap();
        percent.trim_end_matches("%)").parse().unwrap()
    };
    let top = stdout([
        "top",
        INGEST,
        "--sample-type",
        "alloc_space",
        "--format",
        "json",
        "-n1",
    ]);
    let json: serde_json::Value = serde_json::from_str(&top).unwrap();
    let first = &json["sites"][0];
    let name = first["function"].as_str().unwrap();
    let flat = first["flat"]["alloc_space"].as_f64().unwrap();
    let total = json["profile"]["totals"]["alloc_space"].as_f64().unwrap();
    let tips = tips(&svg);
    // The widest is the leaf itself, which may be inlined here and not there.
    let widest = |name: String| {
        let of_it = tips.iter().filter(|tip| tip.starts_with(&name));
        of_it.map(share).fold(0.0, f64::max)
    };
    let widest = widest(format!("{name} (")) + widest(format!("{name}\u{a0}(inlined) ("));
    assert!((widest - 100.0 * flat / total).abs() < 0.03, "{widest}");
}

#[test]
fn names_do_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("forged.pb");
    fs::write(&path, forged::profile(&forged::NAMES)).unwrap();
    let svg = stdout(["flamegraph", path.to_str().unwrap(), "--min-width", "0"]);
    assert_eq!(svg.matches("<script").count(), 1, "inferno's own");
    // Every name is a frame: none was taken for the end of a stack or for a value.
    assert_eq!(tips(&svg).len(), forged::NAMES.len() + 1);
    let mut reader = quick_xml::Reader::from_str(&svg);
    loop {
        let event = reader.read_event().expect("well-formed XML");
        if event == quick_xml::events::Event::Eof {
            break;
        }
    }
}

#[test]
fn a_profile_without_values_makes_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.svg");
    let out = run([
        "flamegraph",
        "testdata/profiles/empty/mem.out",
        "-o",
        path.to_str().unwrap(),
    ]);
    assert!(failure(&out).contains("nothing to draw"));
    assert!(!path.exists());
}
