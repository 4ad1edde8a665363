//! The labels of the corpus: comments at the end of the lines that a profile names.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What a label asks of a finding of its rule at its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It must be there.
    Want,
    /// The same problem shows here, too.
    Alt,
    /// It may be there.
    Ok,
}

/// One label.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// Relative to the corpus.
    pub file: String,
    pub line: i64,
    pub kind: Kind,
    pub rule: String,
}

/// The folder of the corpus.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/corpus")
}

/// The packages that have a profile, in order, and whether each was kept from whoever wrote the rules.
pub fn packages() -> BTreeMap<String, bool> {
    let held_out = fs::read_to_string(root().join("heldout.txt")).expect("the list of packages");
    let held_out: Vec<&str> = held_out.split_whitespace().collect();
    let entries = fs::read_dir(root().join("data")).expect("the corpus");
    entries
        .map(|entry| entry.expect("a folder").file_name())
        .map(|name| name.into_string().expect("a package's name"))
        .map(|name| (name.clone(), held_out.contains(&name.as_str())))
        .collect()
}

/// The labels of a package.
pub fn labels(package: &str) -> Vec<Label> {
    let mut labels = Vec::new();
    let entries = fs::read_dir(root().join(package)).expect("a package");
    for entry in entries {
        let name = entry.expect("a file").file_name();
        let name = name.to_str().expect("a name");
        if !name.ends_with(".go") {
            continue;
        }
        let file = format!("{package}/{name}");
        let text = fs::read_to_string(root().join(&file)).expect("Go source");
        for (line, number) in text.lines().zip(1..) {
            let Some((_, comment)) = line.split_once("// ") else {
                continue;
            };
            // Labels stand alone in their comment: other comments begin with other words.
            let mut kind = None;
            for word in comment.split_whitespace() {
                match word {
                    "want" => kind = Some(Kind::Want),
                    "alt" => kind = Some(Kind::Alt),
                    "ok" => kind = Some(Kind::Ok),
                    rule if rule.len() == 4 && rule.starts_with("ML") => {
                        let Some(kind) = kind else { break };
                        labels.push(Label {
                            file: file.clone(),
                            line: number,
                            kind,
                            rule: rule.to_owned(),
                        });
                    }
                    _ => break,
                }
            }
        }
    }
    labels.sort();
    labels
}
