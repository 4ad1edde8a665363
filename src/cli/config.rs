//! `memlens.toml`: which findings are known and accepted.
//!
//! ```toml
//! [[ignore]]
//! rule = "ML03"
//! function = "(*Encoder).Encode"
//! reason = "called once an hour"
//! ```

use std::env;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail, ensure};
use serde::Deserialize;

use memlens::evidence::source::main_module;
use memlens::findings::{Accepted, RULES};

const NAME: &str = "memlens.toml";

/// No such file is longer; one that is, is something else.
const LONGEST: u64 = 1 << 20;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    #[serde(default)]
    ignore: Vec<toml::Spanned<Ignore>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ignore {
    rule: Option<String>,
    #[serde(default)]
    rules: Vec<String>,
    function: Option<String>,
    file: Option<String>,
    reason: String,
}

/// What the configuration accepts: of the file nearest to the working directory, not beyond the root
/// of its module, and of the one beside the sources that were named.
pub(super) fn accepted(sources: Option<&Path>) -> anyhow::Result<Vec<Accepted>> {
    let mut files: Vec<PathBuf> = env::current_dir()
        .ok()
        .and_then(|dir| nearest(&dir))
        .into_iter()
        .collect();
    if let Some(file) = sources
        .map(|dir| dir.join(NAME))
        .filter(|file| file.is_file())
    {
        let is_same = |other: &PathBuf| matches!((file.canonicalize(), other.canonicalize()), (Ok(a), Ok(b)) if a == b);
        if !files.iter().any(is_same) {
            files.push(file);
        }
    }
    let mut accepted = Vec::new();
    for file in files {
        let name = file.display().to_string();
        let text = read(&file).with_context(|| name.clone())?;
        accepted.extend(parse(&text).with_context(|| name)?);
    }
    Ok(accepted)
}

fn nearest(dir: &Path) -> Option<PathBuf> {
    let root = main_module(dir).map_or_else(|| dir.to_owned(), |(root, _)| root);
    let root = root.canonicalize().unwrap_or(root);
    let dir = dir.canonicalize().ok()?;
    dir.ancestors()
        .take_while(|folder| folder.starts_with(&root))
        .map(|folder| folder.join(NAME))
        .find(|file| file.is_file())
}

fn read(file: &Path) -> io::Result<String> {
    let mut text = String::new();
    fs::File::open(file)?
        .take(LONGEST)
        .read_to_string(&mut text)?;
    Ok(text)
}

fn parse(text: &str) -> anyhow::Result<Vec<Accepted>> {
    let config: Config = toml::from_str(text).map_err(|error| {
        let message = error.message().to_owned();
        match error.span() {
            Some(span) => anyhow!("line {}: {message}", line(text, span.start)),
            None => anyhow!(message),
        }
    })?;
    let entries = config.ignore.into_iter().map(|entry| {
        let at = line(text, entry.span().start);
        check(entry.into_inner()).with_context(|| format!("line {at}"))
    });
    entries.collect()
}

fn check(ignore: Ignore) -> anyhow::Result<Accepted> {
    let Ignore {
        rule,
        rules,
        function,
        file,
        reason,
    } = ignore;
    ensure!(!reason.trim().is_empty(), "the reason is empty");
    let mut ids = Vec::new();
    for name in rules.into_iter().chain(rule) {
        let known = RULES.iter().find(|rule| {
            rule.id().eq_ignore_ascii_case(&name) || rule.name().eq_ignore_ascii_case(&name)
        });
        match known {
            Some(rule) => ids.push(rule.id().to_owned()),
            None => bail!("no such rule: {name}"),
        }
    }
    ensure!(
        !ids.is_empty() || function.is_some() || file.is_some(),
        "this would hide every finding: name a rule, a function or a file"
    );
    Ok(Accepted {
        rules: ids,
        function,
        file,
    })
}

/// The line of a byte, from 1.
fn line(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at).unwrap_or(text.as_bytes());
    1 + before.iter().filter(|&&byte| byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries() {
        let accepted = parse(
            "# known\n[[ignore]]\nrule = \"ml12\"\nreason = \"a smoke test\"\n\n\
             [[ignore]]\nrules = [\"ML10\", \"profiling-workflow\"]\nfunction = \"(*T).M\"\n\
             file = \"a/b.go\"\nreason = \"once a day\"\n",
        )
        .unwrap();
        assert_eq!(accepted.len(), 2);
        assert_eq!(accepted[0].rules, ["ML12"]);
        assert_eq!(accepted[1].rules, ["ML10", "ML12"]);
        assert_eq!(accepted[1].function.as_deref(), Some("(*T).M"));
        assert_eq!(accepted[1].file.as_deref(), Some("a/b.go"));
        assert!(parse("").unwrap().is_empty());
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        for (text, said) in [
            (
                "[[ignore]]\nrule = \"ML12\"\n",
                "line 1: missing field `reason`",
            ),
            (
                "[[ignore]]\nrule = \"ML12\"\nreason = \" \"\n",
                "line 1: the reason is empty",
            ),
            (
                "\n[[ignore]]\nrule = \"ML99\"\nreason = \"x\"\n",
                "line 2: no such rule: ML99",
            ),
            (
                "[[ignore]]\nreason = \"x\"\n",
                "line 1: this would hide every finding: name a rule, a function or a file",
            ),
            (
                "[[ignore]]\nrule = \"ML12\"\nreason = \"x\"\nfunc = \"y\"\n",
                "line 4: unknown field `func`, expected one of `rule`, `rules`, `function`, `file`, `reason`",
            ),
            (
                "min = 3\n",
                "line 1: unknown field `min`, expected `ignore`",
            ),
            ("[[ignore]\n", "line 1: "),
        ] {
            let error = format!("{:#}", parse(text).unwrap_err());
            assert!(error.starts_with(said), "{error}");
            assert_eq!(error.lines().count(), 1, "{error}");
        }
    }
}
