//! Invented names in the forms that the Go linker writes: packages, methods, generics, closures.

use std::collections::HashSet;

use super::rng::Rng;

/// A Go package.
pub struct Package {
    /// What stands before the first dot of its functions' names.
    symbol: String,
    /// Its sources, as `-trimpath` names them.
    files: Vec<String>,
}

/// Gives names, no name twice: Go's writer knows functions by their names.
pub struct Namer {
    packages: Vec<Package>,
    given: HashSet<String>,
}

const STANDARD: [&str; 24] = [
    "bufio",
    "bytes",
    "compress/flate",
    "crypto/tls",
    "crypto/x509",
    "database/sql",
    "encoding/base64",
    "encoding/binary",
    "encoding/json",
    "encoding/xml",
    "fmt",
    "go/ast",
    "go/parser",
    "html/template",
    "io",
    "math/big",
    "net",
    "net/http",
    "net/textproto",
    "reflect",
    "regexp",
    "sort",
    "strconv",
    "strings",
];
const MODULES: [(&str, &str); 6] = [
    ("example.com/shop", ""),
    ("example.com/platform/telemetry", "@v1.14.2"),
    ("example.org/storage/lsm", "@v0.9.1"),
    ("example.net/query-engine/v3", "@v3.2.0"),
    // The linker escapes dots in the last element of a path.
    ("example.org/yaml.v3", "@v3.0.1"),
    ("example.com/rpc", "@v1.61.0"),
];
const DIRECTORIES: [&str; 20] = [
    "",
    "internal/auth",
    "internal/billing",
    "internal/cache",
    "internal/catalog",
    "internal/index",
    "internal/pipeline",
    "internal/planner",
    "internal/session",
    "internal/wal",
    "pkg/codec",
    "pkg/metrics",
    "pkg/model",
    "pkg/retry",
    "pkg/stream",
    "compiler/ir",
    "compiler/ssa",
    "compiler/typecheck",
    "encoding",
    "transport",
];
const VERBS: [&str; 40] = [
    "Append",
    "Build",
    "Clone",
    "Close",
    "Collect",
    "Compile",
    "Copy",
    "Decode",
    "Emit",
    "Encode",
    "Expand",
    "Fetch",
    "Find",
    "Flush",
    "Format",
    "Get",
    "Insert",
    "Load",
    "Lookup",
    "Lower",
    "Make",
    "Merge",
    "New",
    "Parse",
    "Push",
    "Read",
    "Rebuild",
    "Register",
    "Render",
    "Resolve",
    "Rewrite",
    "Scan",
    "Split",
    "Store",
    "Transform",
    "Update",
    "Validate",
    "Visit",
    "Walk",
    "Write",
];
const NOUNS: [&str; 40] = [
    "Arena",
    "Batch",
    "Block",
    "Buffer",
    "Chunk",
    "Column",
    "Config",
    "Context",
    "Cursor",
    "Document",
    "Entry",
    "Event",
    "Expr",
    "Field",
    "Frame",
    "Graph",
    "Header",
    "Index",
    "Item",
    "Key",
    "Label",
    "List",
    "Message",
    "Node",
    "Object",
    "Order",
    "Page",
    "Plan",
    "Query",
    "Range",
    "Record",
    "Request",
    "Row",
    "Schema",
    "Segment",
    "Session",
    "Statement",
    "Symbol",
    "Table",
    "Value",
];
const TYPE_ARGUMENTS: [&str; 8] = [
    "go.shape.int",
    "go.shape.string",
    "go.shape.uint64",
    "go.shape.*uint8",
    "go.shape.interface {}",
    "go.shape.[]uint8",
    "go.shape.string,go.shape.int64",
    "go.shape.struct { Key string; Value []uint8 }",
];

impl Namer {
    /// Packages of the standard library and of some modules.
    pub fn new(rng: &mut Rng) -> Self {
        let standard = STANDARD
            .iter()
            .map(|path| ((*path).to_owned(), (*path).to_owned()));
        let modules = MODULES.iter().flat_map(|(module, version)| {
            DIRECTORIES.iter().map(move |directory| {
                let slash = if directory.is_empty() { "" } else { "/" };
                (
                    format!("{module}{slash}{directory}"),
                    format!("{module}{version}{slash}{directory}"),
                )
            })
        });
        let packages = standard.chain(modules).map(|(path, directory)| {
            let files = (0..1 + rng.below(8))
                .map(|_| format!("{directory}/{}.go", rng.pick(&NOUNS).to_lowercase()))
                .collect();
            Package {
                symbol: symbol(&path),
                files,
            }
        });
        Self {
            packages: packages.collect(),
            given: HashSet::new(),
        }
    }

    /// How many packages there are.
    pub fn packages(&self) -> usize {
        self.packages.len()
    }

    /// A function of a package: its name and its file.
    pub fn function(&mut self, package: usize, rng: &mut Rng) -> (String, String) {
        let Package { symbol, files } = &self.packages[package];
        let file = &files[rng.below(files.len())];
        let name = unused(&mut self.given, || {
            format!("{symbol}.{}", within_package(rng))
        });
        (name, file.clone())
    }

    /// The root function of a goroutine that a package starts: its name and its file.
    pub fn entry(&mut self, package: usize, rng: &mut Rng) -> (String, String) {
        let Package { symbol, files } = &self.packages[package];
        let file = &files[rng.below(files.len())];
        let name = unused(&mut self.given, || match rng.below(3) {
            0 => format!("{symbol}.init"),
            1 => format!("{symbol}.init.{}", rng.below(10)),
            _ => format!(
                "{symbol}.(*{}).Start.gowrap{}",
                rng.pick(&NOUNS),
                1 + rng.below(4)
            ),
        });
        (name, file.clone())
    }

    /// Takes a name that is known beforehand: it will not be given again.
    pub fn reserve(&mut self, name: &str) {
        self.given.insert(name.to_owned());
    }
}

fn unused(given: &mut HashSet<String>, mut propose: impl FnMut() -> String) -> String {
    loop {
        let name = propose();
        if given.insert(name.clone()) {
            return name;
        }
    }
}

/// The import path as it stands in symbols.
fn symbol(path: &str) -> String {
    match path.rsplit_once('/') {
        Some((parents, last)) => format!("{parents}/{}", last.replace('.', "%2e")),
        None => path.to_owned(),
    }
}

/// A name behind the package's. How often each form comes is about that of a large Go program.
fn within_package(rng: &mut Rng) -> String {
    let (verb, noun, other) = (rng.pick(&VERBS), rng.pick(&NOUNS), rng.pick(&NOUNS));
    let number = 1 + rng.below(4);
    match rng.below(100) {
        0..36 => format!("(*{noun}).{verb}{other}"),
        36..44 => format!("(*{noun}).{}{other}", verb.to_lowercase()),
        44..52 => format!("{noun}.{verb}{other}"),
        52..72 => format!("{verb}{noun}{other}"),
        72..80 => format!("{}{noun}{other}", verb.to_lowercase()),
        80..86 => format!("(*{noun}).{verb}{other}.func{number}"),
        86..90 => format!("{verb}{noun}{other}.func{number}.{}", 1 + rng.below(3)),
        90..94 => format!("{verb}{noun}[{}]", rng.pick(&TYPE_ARGUMENTS)),
        94..98 => format!("(*{noun}[{}]).{verb}{other}", rng.pick(&TYPE_ARGUMENTS)),
        98 => format!("(*{noun}).{verb}{other}-fm"),
        _ => format!("(*{noun}).{verb}{other}.deferwrap{number}"),
    }
}
