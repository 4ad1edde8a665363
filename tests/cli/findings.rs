//! What is found, suppressed, explained and refused.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::{STORE, failure, memlens, output, run, stdout, stdout_of};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn store() -> String {
    root().join(STORE).display().to_string()
}

/// All that is said of the store's profile from a folder with this configuration.
fn with_config(text: &str) -> std::process::Output {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("memlens.toml"), text).unwrap();
    let profile = store();
    let args = [
        "analyze",
        &profile,
        "--rules",
        "ML12",
        "--min-confidence",
        "low",
    ];
    let args = args.into_iter().chain(["--format", "json"]);
    output(memlens(args).current_dir(folder.path()))
}

#[test]
fn the_profile_as_a_whole_is_spoken_of_on_request() {
    let text = stdout([
        "analyze",
        STORE,
        "--rules",
        "ML12",
        "--min-confidence",
        "low",
        "-n1",
    ]);
    insta::assert_snapshot!("findings_of_the_whole", text);
    assert!(!stdout(["analyze", STORE, "-q"]).contains("Findings"));
    assert!(!stdout(["top", STORE]).contains("Findings"));
}

#[test]
fn the_collectors_figures() {
    let cycle = |number: u32| {
        format!(
            "gc {number} @{}.0s 18%: 0.05+40+0.02 ms clock, 0.1+12/40/3+0.04 ms cpu, \
             98->104->98 MB, 198 MB goal, 0 MB stacks, 0 MB globals, 2 P\n",
            number / 5
        )
    };
    let folder = tempfile::tempdir().unwrap();
    let facts = folder.path().join("gctrace.txt");
    fs::write(&facts, (1..=60).map(cycle).collect::<String>()).unwrap();
    let facts = facts.to_str().unwrap();
    let args = ["analyze", STORE, "-n1", "--rules", "ML10", "--bench", facts];
    let text = stdout(args);
    assert!(text.contains("ML10 gc-tuning"), "{text}");
    assert!(text.contains("GOGC=400"), "{text}");
    // It is about no line, so it stops no build.
    let gated = run(args.into_iter().chain(["--fail-on", "medium"]));
    assert_eq!(gated.status.code(), Some(0));
}

#[test]
fn what_the_configuration_accepts_is_counted() {
    let out = with_config("[[ignore]]\nrule = \"profiling-workflow\"\nreason = \"known\"\n");
    let report: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(report["findings"], json!([]));
    assert!(report["suppressed"].as_u64().unwrap() > 0);
    // Only at another place.
    let out = with_config("[[ignore]]\nrule = \"ML12\"\nfile = \"other.go\"\nreason = \"known\"\n");
    let report: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(report["suppressed"], 0);
    assert!(!report["findings"].as_array().unwrap().is_empty());
}

#[test]
fn mistakes_in_the_configuration_are_errors_with_their_line() {
    let message = failure(&with_config("[[ignore]]\nrule = \"ML12\"\nwhy = \"x\"\n"));
    assert!(
        message.contains("memlens.toml: line 3: unknown field `why`"),
        "{message}"
    );
}

#[test]
fn a_configuration_above_the_module_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("memlens.toml"), "nonsense").unwrap();
    let module = folder.path().join("module");
    let inner = module.join("inner");
    fs::create_dir_all(&inner).unwrap();
    fs::write(module.join("go.mod"), "module example.com/m\n").unwrap();
    let profile = store();
    stdout_of(memlens(["analyze", &profile, "-q"]).current_dir(&inner));
    fs::write(module.join("memlens.toml"), "more = 1\n").unwrap();
    let out = output(memlens(["analyze", &profile, "-q"]).current_dir(&inner));
    assert!(failure(&out).contains("line 1: unknown field `more`"));
}

#[test]
fn rules_and_their_pages() {
    let list = stdout(["rules"]);
    let ids: Vec<&str> = list
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(id, _)| id)
        .collect();
    assert!(ids.is_sorted() && ids.contains(&"ML12"), "{list}");
    for line in list.lines() {
        let mut words = line.split_whitespace();
        let (id, name) = (words.next().unwrap(), words.next().unwrap());
        let page = stdout(["explain", id]);
        assert!(page.starts_with(&format!("# {id} {name}")), "{page}");
        assert_eq!(page, stdout(["explain", name, "--format", "markdown"]));
        for heading in [
            "What it finds",
            "Why it costs",
            "Evidence",
            "Before",
            "When it is wrong",
            "Thresholds",
        ] {
            assert!(page.contains(&format!("\n## {heading}")), "{id}: {heading}");
        }
        let text = stdout(["explain", id, "--format", "text"]);
        assert!(!text.contains("##") && !text.contains("```"), "{text}");
    }
}

#[test]
fn formats_of_findings_need_findings() {
    for format in ["sarif", "github"] {
        let message = failure(&run(["top", STORE, "--format", format]));
        assert!(message.contains("memlens analyze"), "{message}");
    }
    let args = [
        "analyze",
        STORE,
        "--fail-on",
        "medium",
        "--min-confidence",
        "high",
    ];
    assert!(failure(&run(args)).contains("--min-confidence medium"));
}

#[test]
fn sarif_has_what_its_schema_requires() {
    let args = [
        "analyze",
        STORE,
        "--format",
        "sarif",
        "--min-confidence",
        "low",
    ];
    let log: Value = serde_json::from_str(&stdout(args)).unwrap();
    let schema = fs::read_to_string(root().join("tests/cli/sarif-2.1.0-parts.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    if let Err(error) = validator.validate(&log) {
        panic!("{error} at {}", error.instance_path());
    }
    let run = &log["runs"][0];
    let told = run["invocations"][0]["toolExecutionNotifications"]
        .as_array()
        .unwrap();
    assert!(told.iter().all(|told| told["descriptor"]["id"] == "ML12"));
    assert!(!told.is_empty());
}
