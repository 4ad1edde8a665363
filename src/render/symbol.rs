//! Long names made short, at places where Go programmers would make them short.
//!
//! Each function gives the forms of a name from the full one to the shortest, and the caller
//! takes the first that fits: a name is never cut in the middle. Forms are for reading only.

use std::borrow::Cow;

use super::label::is_separator;

/// How many forms a symbol has for each of those of its import path.
pub(super) const FORMS_OF_ONE_PATH: usize = 3;

/// The forms of a Go symbol or import path, of which the type arguments go first:
/// `example.com/a/lru.(*Cache[int,example.com/b.Key]).Put`, then
/// `example.com/a/lru.(*Cache[int,b.Key]).Put` and `example.com/a/lru.(*Cache[...]).Put`; the
/// same three of `e/a/lru` and of `lru`.
///
/// The linker's escapes (`yaml%2ev3`) stay, so that what is shown can be searched for.
pub(super) fn symbol_forms(name: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let (symbol, arguments) = name.split_at(name.find('[').unwrap_or(name.len()));
    let mut step = 0;
    std::iter::from_fn(move || {
        let form = match step / FORMS_OF_ONE_PATH {
            0 => symbol.to_owned(),
            1 => shorten_paths(symbol, initials),
            2 => shorten_paths(symbol, no_parents),
            _ => return None,
        };
        let form = match step % FORMS_OF_ONE_PATH {
            0 => form + arguments,
            1 => form + &shorten_paths(arguments, no_parents),
            _ => fold_type_arguments(&(form + arguments)),
        };
        step += 1;
        Some(Cow::Owned(form))
    })
}

/// The forms of a file's path: with ever fewer of the directories it is in.
pub(super) fn path_forms(path: &str) -> impl Iterator<Item = Cow<'_, str>> {
    // More than a few would not fit a line anyway, and a path may be made of nothing but slashes.
    let shorter = path
        .rmatch_indices(is_separator)
        .take(8)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .filter_map(|(slash, _)| path.get(slash..))
        .filter(|tail| tail.len() > 1 && tail.len() < path.len())
        .map(|tail| Cow::Owned(format!("…{tail}")));
    std::iter::once(Cow::Borrowed(path)).chain(shorter)
}

/// Every import path in `name`, its parents replaced by what `shorten` makes of them.
fn shorten_paths(name: &str, shorten: fn(&str) -> String) -> String {
    let mut short = String::with_capacity(name.len());
    for token in name.split_inclusive(ends_path) {
        let Some(last_slash) = token.rfind('/') else {
            short.push_str(token);
            continue;
        };
        let (parents, last) = token.split_at(last_slash + 1);
        // "bar/v2" is known by the name before its major version.
        let (parents, last) = match parents.trim_end_matches('/').rfind('/') {
            Some(slash) if is_major_version(last) => token.split_at(slash + 1),
            None if is_major_version(last) => ("", token),
            _ => (parents, last),
        };
        short.push_str(&shorten(parents));
        short.push_str(last);
    }
    short
}

/// What stands around paths in types: `map[a/b.K]*c/d.V`, `func(a/b.T, int)`, `chan<- a/b.T`.
fn ends_path(c: char) -> bool {
    matches!(
        c,
        '[' | ']' | '(' | ')' | '{' | '}' | '*' | ',' | ';' | ' ' | '<' | '>' | '"'
    )
}

/// Whether a path's last element, which the rest of the symbol follows, is `v2`, `v3`, ….
fn is_major_version(last: &str) -> bool {
    let element = last.split('.').next().unwrap_or_default();
    let number = element.trim_end_matches(ends_path).strip_prefix('v');
    number.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// `github.com/foo/` as `g/f/`.
fn initials(parents: &str) -> String {
    let initial = |element: &str| element.chars().find(|c| c.is_alphanumeric());
    parents
        .split_terminator('/')
        .flat_map(|element| initial(element).into_iter().chain(['/']))
        .collect()
}

fn no_parents(_: &str) -> String {
    String::new()
}

/// The outermost `[…]` lists, of any nesting, as `[...]`, Go's own short form.
fn fold_type_arguments(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    let mut depth = 0u32;
    for c in name.chars() {
        match c {
            '[' => {
                if depth == 0 {
                    folded.push_str("[...]");
                }
                depth = depth.saturating_add(1);
            }
            ']' => depth = depth.saturating_sub(1),
            c if depth == 0 => folded.push(c),
            _ => {}
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(name: &str) -> Vec<String> {
        let mut forms: Vec<String> = symbol_forms(name).map(Cow::into_owned).collect();
        forms.dedup();
        forms
    }

    #[test]
    fn the_type_arguments_go_first_then_the_path() {
        for (name, expected) in [
            (
                "github.com/foo/bar/pkg.(*T).M",
                &[
                    "github.com/foo/bar/pkg.(*T).M",
                    "g/f/b/pkg.(*T).M",
                    "pkg.(*T).M",
                ][..],
            ),
            (
                "example.com/m/lru.(*Cache[go.shape.string,example.com/m/event.Event]).Put.func1",
                &[
                    "example.com/m/lru.(*Cache[go.shape.string,example.com/m/event.Event]).Put.func1",
                    "example.com/m/lru.(*Cache[go.shape.string,event.Event]).Put.func1",
                    "example.com/m/lru.(*Cache[...]).Put.func1",
                    "e/m/lru.(*Cache[go.shape.string,example.com/m/event.Event]).Put.func1",
                    "e/m/lru.(*Cache[go.shape.string,event.Event]).Put.func1",
                    "e/m/lru.(*Cache[...]).Put.func1",
                    "lru.(*Cache[go.shape.string,example.com/m/event.Event]).Put.func1",
                    "lru.(*Cache[go.shape.string,event.Event]).Put.func1",
                    "lru.(*Cache[...]).Put.func1",
                ],
            ),
            ("main.main", &["main.main"]),
            (
                "encoding/json.Marshal",
                &["encoding/json.Marshal", "e/json.Marshal", "json.Marshal"],
            ),
            ("", &[""]),
        ] {
            assert_eq!(forms(name), expected);
        }
    }

    #[test]
    fn a_major_version_keeps_the_name_before_it() {
        for (name, shortest) in [
            ("github.com/foo/bar/v2.(*T).M", "bar/v2.(*T).M"),
            ("github.com/foo/bar/v2/sub.F", "sub.F"),
            ("github.com/foo/bar/v2", "bar/v2"),
            ("github.com/foo/bar/vnet.F", "vnet.F"),
            ("foo/v2.F", "foo/v2.F"),
            ("m.F[github.com/foo/bar/v2.T]", "m.F[...]"),
            ("gopkg.in/yaml%2ev3.Unmarshal", "yaml%2ev3.Unmarshal"),
        ] {
            assert_eq!(forms(name).pop().as_deref(), Some(shortest), "{name}");
        }
    }

    #[test]
    fn paths_within_types() {
        let name = "m.F[map[a.b/c.K]*d.e/f.V,func(g/h.T, ...i/j.U) chan<- k/l.W]";
        assert_eq!(
            forms(name)[1],
            "m.F[map[c.K]*f.V,func(h.T, j.U) chan<- l.W]"
        );
        // Brackets that never close, or were never opened.
        assert_eq!(forms("a/b.F[c[d").pop().as_deref(), Some("b.F[...]"));
        assert_eq!(forms("a/b.F]c").pop().as_deref(), Some("b.Fc"));
        assert_eq!(forms("////").pop().as_deref(), Some(""));
    }

    #[test]
    fn paths_of_files() {
        let forms: Vec<_> = path_forms("/src/json/decode.go").collect();
        assert_eq!(
            forms,
            ["/src/json/decode.go", "…/json/decode.go", "…/decode.go"]
        );
        assert_eq!(path_forms("a.go").collect::<Vec<_>>(), ["a.go"]);
        assert!(path_forms(&"/".repeat(100_000)).count() <= 9);
    }
}
