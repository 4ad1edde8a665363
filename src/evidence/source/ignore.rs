//! Comments by which people switch a rule off: `//memlens:ignore ML03 the cache owns it`.

/// What opens such a comment; as with Go's own directives, no blank behind the slashes.
const DIRECTIVE: &str = "//memlens:ignore";

/// One suppression comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignore {
    /// The line of the comment.
    pub line: u32,
    /// The line of code it speaks of: its own, or the next where it stands alone.
    pub about: u32,
    /// The rules, upper case; empty for all of them.
    pub rules: Vec<String>,
    /// What was written behind the rules, maybe nothing.
    pub reason: String,
}

impl Ignore {
    /// Whether it switches `rule` off.
    pub fn covers(&self, rule: &str) -> bool {
        self.rules.is_empty() || self.rules.iter().any(|found| found == rule)
    }
}

/// The rules and the reason in a comment, if it is such a comment. `all` gives no rules; a
/// comment that names neither rules nor `all` is none: it would hide more than its author sees.
pub(super) fn parse(comment: &str) -> Option<(Vec<String>, String)> {
    let rest = comment.trim_end().strip_prefix(DIRECTIVE)?;
    if !rest.starts_with([' ', '\t']) {
        return None;
    }
    let mut rules = Vec::new();
    let mut all = false;
    let mut rest = rest.trim_start();
    while !rest.is_empty() {
        let end = rest
            .find(|character: char| character.is_whitespace() || character == ',')
            .unwrap_or(rest.len());
        let (word, tail) = rest.split_at(end);
        if word.eq_ignore_ascii_case("all") && rules.is_empty() {
            all = true;
        } else if is_rule(word) {
            rules.push(word.to_ascii_uppercase());
        } else {
            break;
        }
        rest = tail
            .trim_start_matches(|character: char| character.is_whitespace() || character == ',');
        if all {
            break;
        }
    }
    let reason = rest
        .trim_start_matches("//")
        .trim_start_matches([':', '-'])
        .trim()
        .to_owned();
    (all || !rules.is_empty()).then_some((rules, reason))
}

fn is_rule(word: &str) -> bool {
    word.get(..2)
        .is_some_and(|letters| letters.eq_ignore_ascii_case("ml"))
        && word.len() > 2
        && word.bytes().skip(2).all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments() {
        for (comment, rules, reason) in [
            (
                "//memlens:ignore ML03 the cache owns it",
                &["ML03"][..],
                "the cache owns it",
            ),
            (
                "//memlens:ignore ML03,ml07 twice",
                &["ML03", "ML07"],
                "twice",
            ),
            ("//memlens:ignore ML03, ML07", &["ML03", "ML07"], ""),
            (
                "//memlens:ignore ML01 ML02 two words",
                &["ML01", "ML02"],
                "two words",
            ),
            (
                "//memlens:ignore all generated table",
                &[],
                "generated table",
            ),
            (
                "//memlens:ignore ML05 // boxed on purpose",
                &["ML05"],
                "boxed on purpose",
            ),
        ] {
            let (found, why) = parse(comment).expect(comment);
            assert_eq!(found, rules, "{comment}");
            assert_eq!(why, reason, "{comment}");
        }
    }

    #[test]
    fn no_such_comments() {
        for comment in [
            "// memlens:ignore ML03",
            "//memlens:ignore",
            "//memlens:ignore because",
            "//memlens:ignored ML03",
            "//nolint:prealloc",
        ] {
            assert_eq!(parse(comment), None, "{comment}");
        }
    }
}
