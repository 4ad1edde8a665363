//! A parsed Go file: its text by lines, its imports, its functions.

use std::borrow::Cow;
use std::ops::{Range, RangeInclusive};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::function::Function;
use super::ignore::{self, Ignore};
use super::symbol::Symbol;
use super::tree::{Field, Id, Kind, Tree};

/// Longer pieces of code are cut: they are for display and comparison, and hostile files have
/// long ones.
const MAX_CODE: usize = 400;
/// So many bytes of a piece of code are looked at, comments and indentation included.
const MAX_READ: usize = 8192;

/// A Go source file.
#[derive(Debug)]
pub struct SourceFile {
    path: PathBuf,
    modified: Option<SystemTime>,
    text: String,
    /// Byte offsets of the lines' beginnings.
    lines: Vec<usize>,
    pub(super) tree: Tree,
    package: String,
    imports: Vec<Import>,
    generated: bool,
    /// Declarations and literals in source order.
    functions: Vec<Id>,
    ignores: Vec<Ignore>,
}

#[derive(Debug)]
struct Import {
    /// What the file calls the package.
    name: String,
    path: String,
}

/// Whether a line is where a symbol's code should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// The named function spans the line.
    Fits,
    /// The file has the function, but elsewhere: the source was edited since.
    Moved,
    /// The file has no such function.
    Unknown,
}

impl SourceFile {
    /// Parses `bytes`, which need not be right in any way; nothing where that takes too long.
    ///
    /// `path` and `modified` are kept as they are: nothing is read.
    pub fn parse(path: &Path, bytes: &[u8], modified: Option<SystemTime>) -> Option<Self> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = String::from_utf8_lossy(bytes).into_owned();
        let tree = Tree::parse(&text)?;
        let lines = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        let mut file = Self {
            path: path.to_owned(),
            modified,
            text,
            lines,
            tree,
            package: String::new(),
            imports: Vec::new(),
            generated: false,
            functions: Vec::new(),
            ignores: Vec::new(),
        };
        file.survey();
        Some(file)
    }

    /// The one walk over the whole file.
    fn survey(&mut self) {
        let mut comments = Vec::new();
        for id in 0..self.tree.len() {
            match self.tree.kind(id) {
                Kind::Function | Kind::Method | Kind::FuncLiteral => self.functions.push(id),
                Kind::PackageClause => {
                    if let Some(name) = self.tree.children(id).next() {
                        self.package = self.code(name).to_owned();
                    }
                }
                Kind::ImportSpec => {
                    if let Some(path) = self.tree.child(id, Field::Path) {
                        let path = self.code(path).trim_matches(['"', '`']).to_owned();
                        let name = match self.tree.child(id, Field::Name) {
                            Some(name) => self.code(name).to_owned(),
                            None => default_name(&path).to_owned(),
                        };
                        self.imports.push(Import { name, path });
                    }
                }
                Kind::Comment => {
                    let comment = self.code(id);
                    let generated = comment.starts_with("// Code generated ")
                        && comment.trim_end().ends_with(" DO NOT EDIT.");
                    let found = ignore::parse(comment);
                    if let Some((rules, reason)) = found {
                        comments.push((id, rules, reason));
                    }
                    self.generated |= generated;
                }
                _ => {}
            }
        }
        for (id, rules, reason) in comments {
            let line = self.tree.line(id);
            // Alone on its line, it speaks of the next line of code.
            let mut about = line;
            while self.is_comment_or_blank(about) && about < self.line_count() {
                about += 1;
            }
            self.ignores.push(Ignore {
                line,
                about,
                rules,
                reason,
            });
        }
    }

    fn is_comment_or_blank(&self, line: u32) -> bool {
        let code = self.line(line).unwrap_or_default().trim();
        code.starts_with("//")
    }

    /// Where it was read.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// When it was last written, to be held against the profile's time.
    pub fn modified(&self) -> Option<SystemTime> {
        self.modified
    }

    /// The name in its package clause.
    pub fn package_name(&self) -> &str {
        &self.package
    }

    /// Whether it says to be generated code.
    pub fn is_generated(&self) -> bool {
        self.generated
    }

    /// Whether it is compiled for tests only.
    pub fn is_test(&self) -> bool {
        self.path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().ends_with("_test.go"))
    }

    /// The number of lines.
    pub fn line_count(&self) -> u32 {
        u32::try_from(self.lines.len()).unwrap_or(u32::MAX)
    }

    /// A line, counted from 1, with its indentation and without its end.
    pub fn line(&self, line: u32) -> Option<&str> {
        let index = usize::try_from(line).ok()?.checked_sub(1)?;
        let start = *self.lines.get(index)?;
        let end = self
            .lines
            .get(index + 1)
            .copied()
            .unwrap_or(self.text.len());
        Some(self.text.get(start..end)?.trim_end_matches(['\n', '\r']))
    }

    /// The innermost function around a line, as `symbol` leads one to expect: its number of
    /// literals decides where a declaration and a literal share the line. An empty symbol asks
    /// for the innermost.
    pub fn function(&self, line: u32, symbol: &str) -> Option<Function<'_>> {
        let symbol = Symbol::parse(symbol);
        let around: Vec<Id> = self
            .functions
            .iter()
            .copied()
            .filter(|&id| self.span(id).contains(&line))
            .collect();
        let innermost = around.last().copied()?;
        let depth = |id: Id| Function { file: self, id }.depth();
        let chosen = match symbol.is_empty() {
            true => innermost,
            // Inlining adds literals to a symbol that the source does not have, so the depth
            // is no more than a preference.
            false => around
                .iter()
                .rev()
                .copied()
                .find(|&id| {
                    depth(id) == symbol.literals
                        && (Function { file: self, id }).is_named_by(&symbol)
                })
                .or_else(|| {
                    around
                        .iter()
                        .rev()
                        .copied()
                        .find(|&id| (Function { file: self, id }).is_named_by(&symbol))
                })
                .unwrap_or(innermost),
        };
        Some(Function {
            file: self,
            id: chosen,
        })
    }

    /// All functions, declared and literal, in source order.
    pub fn functions(&self) -> impl Iterator<Item = Function<'_>> {
        self.functions.iter().map(|&id| Function { file: self, id })
    }

    /// The declared function or method of this name; `receiver` without star and type arguments.
    pub fn declared(&self, receiver: Option<&str>, name: &str) -> Option<Function<'_>> {
        self.functions().find(|function| {
            !function.is_literal()
                && function.name() == name
                && function.receiver().map(|found| found.base) == receiver.map(str::to_owned)
        })
    }

    /// Whether `line` lies in the function that `symbol` names. Package variables' values, which
    /// the linker puts into `init`, fit anywhere outside of functions.
    pub fn fits(&self, line: u32, symbol: &str) -> Fit {
        let symbol = Symbol::parse(symbol);
        if symbol.is_empty() || symbol.generated {
            return Fit::Unknown;
        }
        let mut outside = true;
        let mut elsewhere = false;
        for function in self.functions().filter(|function| !function.is_literal()) {
            let here = function.lines().contains(&line);
            outside &= !here;
            if function.is_named_by(&symbol) {
                if here {
                    return Fit::Fits;
                }
                elsewhere = true;
            }
        }
        let initial = symbol.package_level() || symbol.names(None, "init");
        let in_package_variable = outside
            && self.tree.on_line(line).any(|id| {
                self.tree
                    .ancestors(id)
                    .any(|id| self.tree.kind(id) == Kind::VarSpec)
            });
        match (initial && in_package_variable, elsewhere) {
            (true, _) => Fit::Fits,
            (false, true) => Fit::Moved,
            (false, false) => Fit::Unknown,
        }
    }

    /// The suppression comments, in source order.
    pub fn ignores(&self) -> &[Ignore] {
        &self.ignores
    }

    /// The comment that switches `rule` off at a line: on it or directly above.
    pub fn ignored(&self, line: u32, rule: &str) -> Option<&Ignore> {
        self.ignores
            .iter()
            .find(|ignore| (ignore.line == line || ignore.about == line) && ignore.covers(rule))
    }

    /// The import path behind a name that this file uses for a package.
    pub fn import_path(&self, name: &str) -> Option<&str> {
        self.imports
            .iter()
            .find(|import| import.name == name)
            .map(|import| import.path.as_str())
    }

    /// The paths that the file imports.
    pub fn imports(&self) -> impl Iterator<Item = &str> {
        self.imports.iter().map(|import| import.path.as_str())
    }

    /// The text of a node, as it stands.
    pub(super) fn code(&self, id: Id) -> &str {
        let node = self.tree.node(id);
        let offset = |value: u32| usize::try_from(value).unwrap_or(usize::MAX);
        self.text
            .get(offset(node.from)..offset(node.to))
            .unwrap_or_default()
    }

    /// The text of a node on one line.
    pub(super) fn compact(&self, id: Id) -> String {
        let code = self.code(id);
        // Of what is longer no more is shown, and a file can be one long expression.
        let code = (MAX_READ..code.len())
            .find_map(|end| code.get(..end))
            .unwrap_or(code);
        if !code.contains("//") && !code.contains("/*") {
            return compact(code).into_owned();
        }
        // A comment within would take the rest of the line with it.
        let mut plain = String::new();
        let mut from = self.bytes(id).start;
        let end = from + code.len();
        for comment in self.tree.subtree(id) {
            if self.bytes(comment).start >= end {
                break;
            }
            if self.tree.kind(comment) == Kind::Comment {
                let bytes = self.bytes(comment);
                plain.push_str(self.text.get(from..bytes.start).unwrap_or_default());
                from = bytes.end;
            }
        }
        plain.push_str(self.text.get(from..end).unwrap_or_default());
        compact(&plain).into_owned()
    }

    /// The byte offsets of a node.
    pub(super) fn bytes(&self, id: Id) -> Range<usize> {
        let node = self.tree.node(id);
        let offset = |value: u32| usize::try_from(value).unwrap_or(usize::MAX);
        offset(node.from)..offset(node.to)
    }

    /// The line and the column in bytes, both from 1, of a byte offset.
    pub(super) fn position(&self, offset: usize) -> (u32, u32) {
        let line = self.lines.partition_point(|&start| start <= offset);
        let start = line
            .checked_sub(1)
            .and_then(|index| self.lines.get(index))
            .copied()
            .unwrap_or(0);
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        (number(line), number(offset.saturating_sub(start) + 1))
    }

    /// The lines of a node.
    pub(super) fn span(&self, id: Id) -> RangeInclusive<u32> {
        let last = self.position(self.bytes(id).end.saturating_sub(1)).0;
        self.tree.line(id)..=last
    }

    /// The text of the comment lines that end on the line above `line`.
    pub(super) fn comment_above(&self, line: u32) -> String {
        let mut first = line;
        while first > 1
            && self
                .line(first - 1)
                .is_some_and(|above| above.starts_with("//"))
        {
            first -= 1;
        }
        (first..line)
            .filter_map(|line| self.line(line))
            .filter(|line| line.starts_with("// ") || *line == "//")
            .map(|line| line.trim_start_matches('/').trim())
            .collect::<Vec<_>>()
            .join("\n")
    }
}

/// Code on one line: white space becomes single blanks, what is very long is cut.
fn compact(code: &str) -> Cow<'_, str> {
    let plain = code.len() <= MAX_CODE && !code.contains(['\n', '\t', '\r']);
    if plain {
        return Cow::Borrowed(code);
    }
    let mut out = String::new();
    for word in code.split_ascii_whitespace() {
        let tight = word.starts_with([')', '.', ',']) || out.ends_with(['(', '.']);
        if word.starts_with([')', '}', ']']) && out.ends_with(',') {
            out.pop();
        }
        if !out.is_empty() && !tight {
            out.push(' ');
        }
        if out.len() + word.len() > MAX_CODE {
            out.push('…');
            break;
        }
        out.push_str(word);
    }
    Cow::Owned(out)
}

/// The name of a package by its path: Go's habit, not a rule, so it can be wrong.
fn default_name(path: &str) -> &str {
    let is_version = |element: &str| {
        element
            .strip_prefix('v')
            .is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let mut elements = path.rsplit('/');
    let mut last = elements.next().unwrap_or_default();
    if is_version(last)
        && let Some(before) = elements.next()
    {
        last = before;
    }
    // `gopkg.in/yaml.v3`, `go-cmp`.
    let last = last.rsplit_once('.').map_or(
        last,
        |(name, suffix)| if is_version(suffix) { name } else { last },
    );
    last.strip_prefix("go-").unwrap_or(last)
}
