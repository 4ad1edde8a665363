//! SARIF 2.1.0, which GitHub's code scanning and editors read.
//!
//! Services want a place for each result, so what is said of the profile as a whole goes where the
//! standard has what a tool tells about its run: the notifications of the invocation.

use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;

use super::findings::{also, file, saving};
use super::{Format, Page, json};
use crate::findings::{Confidence, RULES, Rule};
use crate::report::{Finding, Report};

/// What `--format sarif` means.
pub(super) struct Sarif;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// What relative paths are relative to: the root of the repository, by the name that GitHub and
/// editors know.
const ROOT: &str = "%SRCROOT%";

impl Format for Sarif {
    fn name(&self) -> &'static str {
        "sarif"
    }

    fn about(&self) -> &'static str {
        "For code scanning and editors: findings as SARIF 2.1.0"
    }

    fn is_of_findings(&self) -> bool {
        true
    }

    fn render(&self, report: &Report, _: &Page, out: &mut dyn Write) -> io::Result<()> {
        json::write(&log(report), out)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    invocations: [Invocation; 1],
    column_kind: &'static str,
    results: Vec<SarifResult>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    information_uri: &'static str,
    rules: Vec<Descriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: &'static str,
    name: String,
    short_description: Message,
    help: Help,
    properties: Tags,
}

#[derive(Serialize)]
struct Tags {
    tags: [&'static str; 2],
}

#[derive(Serialize)]
struct Help {
    text: &'static str,
    markdown: &'static str,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    descriptor: Reference,
    level: &'static str,
    message: Message,
}

#[derive(Serialize)]
struct Reference {
    id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    rule_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: Fingerprints,
    /// From 0 to 100.
    rank: f64,
    properties: Properties,
}

#[derive(Serialize)]
struct Fingerprints {
    #[serde(rename = "memlensFinding/v1")]
    finding: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    confidence: &'static str,
    saved_bytes: i64,
    saved_objects: i64,
    saved_bytes_in_use: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Physical,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<Logical>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Logical {
    fully_qualified_name: String,
    kind: &'static str,
}

fn log(report: &Report) -> Log {
    let mut results = Vec::new();
    let mut notifications = Vec::new();
    let mut seen: HashMap<String, usize> = HashMap::new();
    for finding in &report.findings {
        match file(finding) {
            Some(file) => {
                let identity = identity(finding);
                // The same again in one function: told apart by order.
                let number = seen.entry(identity.clone()).or_default();
                *number += 1;
                let print = format!("{:016x}:{number}", fnv1a(identity.as_bytes()));
                results.push(result(finding, file, print, report));
            }
            None => notifications.push(Notification {
                descriptor: Reference { id: finding.rule },
                level: level(finding.confidence),
                message: message(finding, report),
            }),
        }
    }
    Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "memlens",
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    information_uri: env!("CARGO_PKG_REPOSITORY"),
                    rules: RULES.iter().map(|&rule| descriptor(rule)).collect(),
                },
            },
            invocations: [Invocation {
                execution_successful: true,
                tool_execution_notifications: notifications,
            }],
            column_kind: "utf16CodeUnits",
            results,
        }],
    }
}

fn descriptor(rule: &dyn Rule) -> Descriptor {
    Descriptor {
        id: rule.id(),
        name: rule.name().to_owned(),
        short_description: Message {
            text: rule.technique().to_owned(),
        },
        help: Help {
            text: rule.page(),
            markdown: rule.page(),
        },
        properties: Tags {
            tags: ["performance", "memory"],
        },
    }
}

/// Advice never is an error.
fn level(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "warning",
        Confidence::Medium | Confidence::Low => "note",
    }
}

fn message(finding: &Finding, report: &Report) -> Message {
    let mut lines = vec![finding.title.clone()];
    if let Some(saving) = saving(finding, report) {
        lines.push(match finding.saving_basis.as_str() {
            "" => format!("Saves {saving}."),
            basis => format!("Saves {saving}: {basis}."),
        });
    }
    lines.push(finding.suggestion.clone());
    lines.extend(finding.code.clone());
    let evidence = finding.evidence.iter();
    lines.extend(evidence.map(|it| format!("{}: {}", it.channel.name(), it.text)));
    lines.extend(also(finding).into_iter().map(|said| format!("also {said}")));
    Message {
        text: lines.join("\n"),
    }
}

fn result(finding: &Finding, file: &str, print: String, report: &Report) -> SarifResult {
    let place = |line: i64| Physical {
        artifact_location: artifact(file),
        region: (line > 0).then_some(Region {
            start_line: line,
            start_column: None,
            end_column: None,
            snippet: None,
        }),
    };
    let mut here = place(finding.line.unwrap_or(0));
    if let (Some(region), Some(line)) = (&mut here.region, &finding.source_line) {
        if let Some([first, behind]) = finding.columns {
            region.start_column = column(line, first);
            region.end_column = column(line, behind);
        }
        region.snippet = Some(Message { text: line.clone() });
    }
    let function = finding.function.iter().map(|name| Logical {
        fully_qualified_name: name.clone(),
        kind: "function",
    });
    let related = finding.also_at.iter().map(|&line| Location {
        physical_location: place(line),
        logical_locations: Vec::new(),
        message: Some(Message {
            text: "the same cause".to_owned(),
        }),
    });
    SarifResult {
        rule_id: finding.rule,
        rule_index: RULES.iter().position(|rule| rule.id() == finding.rule),
        level: level(finding.confidence),
        message: message(finding, report),
        locations: [Location {
            physical_location: here,
            logical_locations: function.collect(),
            message: None,
        }],
        related_locations: related.collect(),
        partial_fingerprints: Fingerprints { finding: print },
        rank: (finding.impact.share * 100.0).clamp(0.0, 100.0),
        properties: Properties {
            confidence: finding.confidence.name(),
            saved_bytes: finding.saving.alloc_space,
            saved_objects: finding.saving.alloc_objects,
            saved_bytes_in_use: finding.saving.inuse_space,
        },
    }
}

/// A column in bytes as one in UTF-16 units, both from 1.
fn column(line: &str, byte: u32) -> Option<usize> {
    let before = usize::try_from(byte.checked_sub(1)?).ok()?;
    Some(1 + line.get(..before)?.encode_utf16().count())
}

/// What makes a finding the same one in the next build, where its line has moved.
fn identity(finding: &Finding) -> String {
    let function = finding.function.as_deref().unwrap_or_default();
    // Type arguments come and go with the callers.
    let function = function.split('[').next().unwrap_or_default();
    let file = finding.file.as_deref().unwrap_or_default();
    let base = file.rsplit(['/', '\\']).next().unwrap_or_default();
    let subject = finding.subject.as_deref().unwrap_or_default();
    [finding.rule, function, base, subject].join("\n")
}

/// FNV-1a: fingerprints need to be stable, not secret.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// A path as a URI: of the root of the repository, or of the machine that built the program.
fn artifact(path: &str) -> Artifact {
    let path = path.replace('\\', "/");
    let has_drive =
        matches!(path.as_bytes(), [letter, b':', b'/', ..] if letter.is_ascii_alphabetic());
    let parts: Vec<&str> = path
        .split('/')
        // A URI has no place for steps that lead elsewhere.
        .filter(|part| !matches!(*part, "" | "." | ".."))
        .collect();
    let uri = parts
        .iter()
        .map(|part| percent_encoded(part))
        .collect::<Vec<_>>()
        .join("/");
    if path.starts_with('/') || has_drive {
        // The colon of a drive is the one that stays.
        let uri = if has_drive {
            uri.replacen("%3A", ":", 1)
        } else {
            uri
        };
        return Artifact {
            uri: format!("file:///{uri}"),
            uri_base_id: None,
        };
    }
    Artifact {
        uri,
        uri_base_id: Some(ROOT),
    }
}

/// All but what a segment of a path may hold without any doubt.
fn percent_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'@' | b'+') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::findings::testing::{every_kind, finding, report};
    use super::*;

    fn rendered(findings: Vec<Finding>) -> Value {
        let page = Page {
            width: 80,
            now: None,
            bare: false,
        };
        let mut out = Vec::new();
        Sarif.render(&report(findings), &page, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn results_and_notifications() {
        let log = rendered(every_kind());
        let run = &log["runs"][0];
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), 2);
        assert_eq!(results[0]["ruleId"], "ML01");
        assert_eq!(results[0]["level"], "warning");
        assert_eq!(
            results[0]["locations"][0]["physicalLocation"],
            json!({
                "artifactLocation": { "uri": "ingest/parse.go", "uriBaseId": "%SRCROOT%" },
                "region": {
                    "startLine": 41, "startColumn": 12, "endColumn": 40,
                    "snippet": { "text": "\t\tfields = append(fields, line[start:i])" }
                }
            })
        );
        assert_eq!(results[0]["relatedLocations"].as_array().unwrap().len(), 2);
        assert_eq!(results[1]["level"], "note");
        let told = &run["invocations"][0]["toolExecutionNotifications"];
        assert_eq!(told[0]["descriptor"]["id"], "ML10");
        assert_eq!(rendered(Vec::new())["runs"][0]["results"], json!([]));
    }

    #[test]
    fn everything_that_is_written_is_known_to_the_standard() {
        let schema = include_str!("../../tests/cli/sarif-2.1.0-parts.json");
        let schema: Value = serde_json::from_str(schema).unwrap();
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .build(&schema)
            .unwrap();
        let log = rendered(every_kind());
        if let Err(error) = validator.validate(&log) {
            panic!("{error} at {}", error.instance_path());
        }
        let mut wrong = log;
        wrong["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] =
            json!("a b");
        assert!(!validator.is_valid(&wrong));
    }

    #[test]
    fn rules_have_their_pages() {
        let log = rendered(Vec::new());
        let rules = log["runs"][0]["tool"]["driver"]["rules"]
            .as_array()
            .unwrap();
        assert_eq!(rules.len(), RULES.len());
        for (rule, known) in rules.iter().zip(RULES) {
            assert_eq!(rule["id"], known.id());
            assert_eq!(rule["help"]["markdown"], known.page());
        }
    }

    #[test]
    fn fingerprints_outlive_a_move_and_are_distinct() {
        let print = |findings: Vec<Finding>, at: usize| {
            rendered(findings)["runs"][0]["results"][at]["partialFingerprints"]["memlensFinding/v1"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        let moved = Finding {
            line: Some(99),
            source_line: None,
            file: Some("/elsewhere/parse.go".into()),
            ..finding()
        };
        assert_eq!(print(vec![finding()], 0), print(vec![moved.clone()], 0));
        let both = vec![finding(), moved];
        assert_ne!(print(both.clone(), 0), print(both, 1));
        let other = Finding {
            rule: "ML07",
            ..finding()
        };
        assert_ne!(print(vec![finding()], 0), print(vec![other], 0));
    }

    #[test]
    fn uris() {
        for (path, uri, is_relative) in [
            ("a/b.go", "a/b.go", true),
            ("./a/../b.go", "a/b.go", true),
            (
                "a b/größe%:#?.go",
                "a%20b/gr%C3%B6%C3%9Fe%25%3A%23%3F.go",
                true,
            ),
            ("javascript:alert(1)", "javascript%3Aalert%281%29", true),
            ("/src/m@v1.2.3/b.go", "file:///src/m@v1.2.3/b.go", false),
            (r"C:\go\b.go", "file:///C:/go/b.go", false),
            ("<autogenerated>", "%3Cautogenerated%3E", true),
        ] {
            let artifact = artifact(path);
            assert_eq!(artifact.uri, uri);
            assert_eq!(artifact.uri_base_id.is_some(), is_relative, "{path}");
        }
    }

    #[test]
    fn columns_in_utf16() {
        assert_eq!(column("ab", 2), Some(2));
        assert_eq!(column("ö😀x", 7), Some(4));
        assert_eq!(column("ö", 2), None, "within a character");
        assert_eq!(column("", 0), None);
        assert_eq!(column("ab", 9), None);
    }
}
