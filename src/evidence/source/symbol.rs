//! What a Go symbol says about the place of its code: the declared function, and how many
//! function literals deep within it.

use crate::gosym;

/// A symbol such as `a/b.(*T[go.shape.int]).Method.func1.2`, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Symbol {
    /// The names between the dots, without type arguments, stars and generated parts:
    /// `T`, `Method`. More than these where literals of inlined functions are named.
    names: Vec<String>,
    /// Function literals around the code.
    pub literals: u32,
    /// A method value's wrapper, an equality function or the like: no code of the file's own.
    pub generated: bool,
}

impl Symbol {
    pub(super) fn parse(symbol: &str) -> Self {
        let package = gosym::package(symbol.as_bytes()).len();
        let rest = symbol.get(package..).unwrap_or_default();
        let plain = without_type_arguments(rest);
        let mut found = Self {
            names: Vec::new(),
            literals: 0,
            generated: symbol.starts_with("type:") || symbol.starts_with("go:"),
        };
        for part in plain.split('.') {
            // The body of a loop over a function is code of the function that has the loop.
            let part = part.split("-range").next().unwrap_or_default();
            let (part, wrapper) = match part.strip_suffix("-fm") {
                Some(method) => (method, true),
                None => (part, false),
            };
            found.generated |= wrapper;
            let name = part.trim_start_matches(['(', '*']).trim_end_matches(')');
            if name.is_empty() {
                continue;
            }
            let numbered = |prefix: &str| {
                name.strip_prefix(prefix).is_some_and(|number| {
                    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
                })
            };
            if found.names.is_empty() {
                // A declared function may well be called `func1`.
                found.names.push(name.to_owned());
            } else if numbered("func") || (numbered("") && found.literals > 0) {
                found.literals += 1;
            } else if numbered("") || numbered("gowrap") || numbered("deferwrap") {
                // `init.0`, or a wrapper that the compiler makes for `go f(x)`.
            } else {
                // What follows is within this function; literals counted so far were around it.
                found.names.push(name.to_owned());
                found.literals = 0;
            }
        }
        found
    }

    /// Whether the symbol can stand for code of this declaration.
    pub(super) fn names(&self, receiver: Option<&str>, name: &str) -> bool {
        match receiver {
            None => self.names.iter().any(|found| found == name),
            Some(receiver) => self
                .names
                .windows(2)
                .any(|pair| matches!(pair, [a, b] if a == receiver && b == name)),
        }
    }

    /// Whether it is a literal outside of all functions: the value of a package variable.
    pub(super) fn package_level(&self) -> bool {
        self.literals > 0
            && self
                .names
                .first()
                .is_some_and(|name| name == "glob" || name == "init")
    }

    /// Whether the symbol names nothing; then nothing can be said against a line.
    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

fn without_type_arguments(text: &str) -> String {
    let mut depth = 0_u32;
    text.chars()
        .filter(|&character| {
            match character {
                '[' => depth = depth.saturating_add(1),
                ']' => {
                    depth = depth.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            depth == 0
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        for (symbol, names, literals) in [
            ("main.main", &["main"][..], 0),
            ("a/b.(*T[go.shape.int]).Method.func1", &["T", "Method"], 1),
            ("a/b.T.M.func2.1", &["T", "M"], 2),
            ("m.F.func1.2.3", &["F"], 3),
            (
                "m.Walk[go.shape.struct { A a/b.C; D [4]int }].func1",
                &["Walk"],
                1,
            ),
            ("m.F-range1", &["F"], 0),
            ("m.F.func1-range2", &["F"], 1),
            ("m.F.gowrap1", &["F"], 0),
            ("m.F.deferwrap2", &["F"], 0),
            ("m.glob..func1", &["glob"], 1),
            ("m.init.0", &["init"], 0),
            ("m.init.0.func1", &["init"], 1),
            ("m.init.func3", &["init"], 1),
            ("m.Outer.Inner.func1", &["Outer", "Inner"], 1),
            ("m.Outer.func2.Inner", &["Outer", "Inner"], 0),
            (
                "gopkg.in/yaml%2ev3.(*parser).parse",
                &["parser", "parse"],
                0,
            ),
            ("m.func1", &["func1"], 0),
        ] {
            let parsed = Symbol::parse(symbol);
            assert_eq!(parsed.names, names, "{symbol}");
            assert_eq!(parsed.literals, literals, "{symbol}");
        }
    }

    #[test]
    fn declarations() {
        let method = Symbol::parse("a/b.(*T[...]).Method.func1");
        assert!(method.names(Some("T"), "Method"));
        assert!(!method.names(Some("U"), "Method"));
        assert!(!method.names(Some("T"), "Other"));
        assert!(Symbol::parse("m.glob..func2").package_level());
        assert!(!Symbol::parse("m.init.0").package_level());
        assert!(Symbol::parse("m.T.String-fm").generated);
    }
}
