//! Names as Go's linker writes them: `encoding/json.(*Decoder).Decode`,
//! `example.com/m/yaml%2ev3.Make[go.shape.int].func1`.

use std::borrow::Cow;

/// The import path in a symbol name, empty when it has none.
///
/// The path ends at the first dot behind its last slash. Slashes and dots within type arguments
/// or receivers, which begin at the first `[` or `(`, belong to other paths.
pub fn package(symbol: &[u8]) -> &[u8] {
    let head = symbol
        .split(|byte| matches!(byte, b'[' | b'('))
        .next()
        .unwrap_or_default();
    let last_element = head
        .iter()
        .rposition(|&byte| byte == b'/')
        .map_or(0, |slash| slash + 1);
    let tail = head.get(last_element..).unwrap_or_default();
    match tail.iter().position(|&byte| byte == b'.') {
        Some(dot) => symbol.get(..last_element + dot).unwrap_or_default(),
        None => &[],
    }
}

/// Undoes the linker's escapes in a path: `yaml%2ev3` is `yaml.v3`.
pub fn unescape(path: &str) -> Cow<'_, str> {
    if !path.contains('%') {
        return Cow::Borrowed(path);
    }
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        match (first, tail) {
            (b'%', [high, low, after @ ..]) => match (hex_digit(*high), hex_digit(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push(high << 4 | low);
                    rest = after;
                }
                _ => {
                    bytes.push(b'%');
                    rest = tail;
                }
            },
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    // What the escapes make need not be UTF-8; then the name stays as it was.
    String::from_utf8(bytes).map_or(Cow::Borrowed(path), Cow::Owned)
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

/// The first elements of the import paths of Go's standard library.
const STANDARD: &[&str] = &[
    "archive",
    "bufio",
    "builtin",
    "bytes",
    "cmp",
    "compress",
    "container",
    "context",
    "crypto",
    "database",
    "debug",
    "embed",
    "encoding",
    "errors",
    "expvar",
    "flag",
    "fmt",
    "go",
    "hash",
    "html",
    "image",
    "index",
    "internal",
    "io",
    "iter",
    "log",
    "maps",
    "math",
    "mime",
    "net",
    "os",
    "path",
    "plugin",
    "reflect",
    "regexp",
    "runtime",
    "slices",
    "sort",
    "strconv",
    "strings",
    "structs",
    "sync",
    "syscall",
    "testing",
    "text",
    "time",
    "type:",
    "unicode",
    "unique",
    "unsafe",
    "vendor",
    "weak",
];

/// Whether an import path is of the standard library.
pub fn is_standard(package: &str) -> bool {
    let first = package.split('/').next().unwrap_or_default();
    STANDARD.binary_search(&first).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package_of(symbol: &str) -> &str {
        std::str::from_utf8(package(symbol.as_bytes())).unwrap()
    }

    #[test]
    fn the_standard_library() {
        assert!(STANDARD.is_sorted());
        assert!(is_standard("encoding/json") && is_standard("fmt"));
        assert!(!is_standard("example.com/fmt") && !is_standard(""));
    }

    #[test]
    fn packages() {
        for (symbol, expected) in [
            ("main.main", "main"),
            ("encoding/json.(*Decoder).Decode", "encoding/json"),
            ("example.com/m/yaml%2ev3.Make", "example.com/m/yaml%2ev3"),
            ("go-bar.F", "go-bar"),
            ("main.G[github.com/x/y.T]", "main"),
            ("main.(*Box[go.shape.struct { a/b.C }]).Grow", "main"),
            ("gopkg.in/yaml%2ev3.unmarshal.func1", "gopkg.in/yaml%2ev3"),
            ("type:.eq.struct { a int; b string }", "type:"),
            ("memeqbody", ""),
            ("", ""),
        ] {
            assert_eq!(package_of(symbol), expected, "{symbol}");
        }
    }

    #[test]
    fn escapes() {
        assert_eq!(unescape("gopkg.in/yaml%2ev3"), "gopkg.in/yaml.v3");
        assert_eq!(unescape("100%"), "100%");
        assert_eq!(unescape("a%zzb"), "a%zzb");
        assert_eq!(unescape("%ff"), "%ff");
    }
}
