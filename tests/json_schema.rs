//! The JSON of real profiles against `schema/analyze.schema.json`, and the schema against the JSON.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

fn schema() -> Value {
    serde_json::from_str(&fs::read_to_string("schema/analyze.schema.json").unwrap()).unwrap()
}

/// Validates against the whole schema.
fn validator() -> jsonschema::Validator {
    jsonschema::validator_for(&schema()).unwrap()
}

fn report(args: &[&str]) -> Value {
    let out = Command::new(env!("CARGO_BIN_EXE_memlens"))
        .args(["analyze", "--format", "json"])
        .args(args)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&out.stderr), "");
    serde_json::from_slice(&out.stdout).unwrap()
}

fn profiles() -> Vec<PathBuf> {
    let folders = fs::read_dir("testdata/profiles").unwrap();
    let files = folders
        .map(|folder| folder.unwrap().path())
        .filter(|folder| folder.is_dir())
        .flat_map(|folder| fs::read_dir(folder).unwrap())
        .map(|file| file.unwrap().path())
        .filter(|file| file.is_file());
    let files: Vec<_> = files.collect();
    assert!(files.len() >= 20);
    files
}

#[test]
fn every_report_keeps_to_the_schema() {
    let validator = validator();
    for profile in profiles() {
        for by in ["function", "line", "file", "package"] {
            let report = report(&[profile.to_str().unwrap(), "--by", by]);
            if let Err(error) = validator.validate(&report) {
                panic!(
                    "{} by {by}: {error} at {}",
                    profile.display(),
                    error.instance_path()
                );
            }
        }
    }
}

/// Walks a value along its schema: each field must be described, and each that is described by name
/// must be required, which is tried out by leaving it out.
fn walk(at: &str, value: &Value, part: &Value, whole: &Value, report: &Value, fields: &mut usize) {
    let part = match part["$ref"].as_str() {
        Some(reference) => whole.pointer(reference.trim_start_matches('#')).unwrap(),
        None => part,
    };
    if let Some(choices) = part["oneOf"].as_array() {
        if !value.is_null() {
            let other = choices
                .iter()
                .find(|choice| choice["type"] != "null")
                .unwrap();
            walk(at, value, other, whole, report, fields);
        }
        return;
    }
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let at = format!("{at}/{name}");
                let described = &part["properties"][name];
                if described.is_null() {
                    let others = &part["additionalProperties"];
                    assert!(others.is_object(), "{at} is not described");
                    walk(&at, value, others, whole, report, fields);
                    continue;
                }
                walk(&at, value, described, whole, report, fields);
                let mut less = report.clone();
                let (parent, _) = at.rsplit_once('/').unwrap();
                let parent = less.pointer_mut(parent).unwrap().as_object_mut().unwrap();
                assert!(parent.remove(name).is_some());
                assert!(!validator().is_valid(&less), "{at} may be missing");
                *fields += 1;
            }
        }
        Value::Array(items) => {
            if let Some(first) = items.first() {
                walk(
                    &format!("{at}/0"),
                    first,
                    &part["items"],
                    whole,
                    report,
                    fields,
                );
            }
        }
        _ => {}
    }
}

#[test]
fn every_field_is_described_and_required() {
    let schema = schema();
    let report = report(&["testdata/profiles/store/mem.out", "-n1"]);
    let mut fields = 0;
    walk("", &report, &schema, &schema, &report, &mut fields);
    assert!(fields > 35, "{fields} fields looked at");
}

#[test]
fn wrong_values_are_refused() {
    let validator = validator();
    let report = report(&["testdata/profiles/store/mem.out", "-n1"]);
    for (pointer, wrong) in [
        ("/schema", json!("memlens.analyze/2")),
        ("/profile/samples", json!(-1)),
        ("/profile/totals/alloc_space", json!("66070390")),
        ("/sites/0/interval/alloc_space", json!([1, 2, 3])),
        ("/sites/0/flat/alloc_space", json!(1.5)),
        ("/view/by", json!("address")),
        ("/sites/0/rank", json!(0)),
    ] {
        let mut other = report.clone();
        *other.pointer_mut(pointer).unwrap() = wrong;
        assert!(!validator.is_valid(&other), "{pointer}");
    }
}

#[test]
fn findings_keep_to_the_schema() {
    let (schema, validator) = (schema(), validator());
    let report = report(&[
        "testdata/profiles/store/mem.out",
        "-n1",
        "--min-confidence",
        "low",
    ]);
    assert_eq!(report["channels"], json!(["profile"]));
    let findings = report["findings"].as_array().unwrap();
    assert!(!findings.is_empty());
    assert!(validator.is_valid(&report));
    let mut fields = 0;
    walk("", &report, &schema, &schema, &report, &mut fields);
    assert!(fields > 55, "{fields} fields looked at");
}

#[test]
fn a_finding_has_the_promised_shape() {
    let validator = validator();
    let mut report = report(&["testdata/profiles/store/mem.out", "-n1"]);
    let finding = json!({
        "rule": "ML01", "name": "preallocate", "title": "a slice grows", "confidence": "high",
        "function": "main.f", "file": "main.go", "line": 7, "path": null,
        "source_line": "s = append(s, x)", "columns": [5, 17], "also_at": [9],
        "evidence": [{"channel": "profile", "text": "sizes double"}],
        "impact": {"alloc_space": 100, "alloc_objects": 2, "inuse_space": 0, "share": 0.25},
        "saving": {"alloc_space": 50, "alloc_objects": 1, "inuse_space": 0},
        "saving_basis": "all but the last", "suggestion": "give it a capacity", "code": null,
        "others": [{"rule": "ML07", "title": "made anew"}]
    });
    report["findings"] = json!([finding]);
    assert!(validator.is_valid(&report));
    for field in finding.as_object().unwrap().keys() {
        let mut less = report.clone();
        less["findings"][0].as_object_mut().unwrap().remove(field);
        assert!(!validator.is_valid(&less), "{field}");
    }
}
