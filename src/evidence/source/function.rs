//! A function: declared, a method, or a literal.

use std::ops::RangeInclusive;

use super::file::SourceFile;
use super::package::Package;
use super::symbol::Symbol;
use super::tree::{Field, Id, Kind};
use super::types;

/// A function of a file.
#[derive(Clone, Copy)]
pub struct Function<'f> {
    pub(super) file: &'f SourceFile,
    pub(super) id: Id,
}

/// The receiver of a method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receiver {
    /// Its name, empty when it has none.
    pub name: String,
    /// The type's name, without star and type parameters.
    pub base: String,
    /// Whether the method gets a pointer.
    pub pointer: bool,
}

/// A parameter or a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, empty when it has none.
    pub name: String,
    /// The type as written; of a variadic parameter the element type.
    pub type_text: String,
    /// `...T`.
    pub variadic: bool,
}

impl<'f> Function<'f> {
    /// The file it is in.
    pub fn file(&self) -> &'f SourceFile {
        self.file
    }

    /// The declared name; empty for a literal.
    pub fn name(&self) -> &'f str {
        match self.file.tree.child(self.id, Field::Name) {
            Some(name) => self.file.code(name),
            None => "",
        }
    }

    /// Whether it is a function literal.
    pub fn is_literal(&self) -> bool {
        self.file.tree.kind(self.id) == Kind::FuncLiteral
    }

    /// The declared function around it, or itself; none for a package variable's literal.
    pub fn declaration_around(&self) -> Option<Function<'f>> {
        std::iter::once(self.id)
            .chain(self.file.tree.ancestors(self.id))
            .find(|&id| matches!(self.file.tree.kind(id), Kind::Function | Kind::Method))
            .map(|id| Function {
                file: self.file,
                id,
            })
    }

    /// The function literals around its code, itself counted.
    pub(super) fn depth(&self) -> u32 {
        let literals = std::iter::once(self.id)
            .chain(self.file.tree.ancestors(self.id))
            .filter(|&id| self.file.tree.kind(id) == Kind::FuncLiteral)
            .count();
        u32::try_from(literals).unwrap_or(u32::MAX)
    }

    pub(super) fn is_named_by(&self, symbol: &Symbol) -> bool {
        match self.declaration_around() {
            Some(declared) => symbol.names(
                declared
                    .receiver()
                    .as_ref()
                    .map(|found| found.base.as_str()),
                declared.name(),
            ),
            None => symbol.package_level(),
        }
    }

    /// The conditions under which a line runs, as written, innermost first: those of `if` whose
    /// block holds it.
    pub fn conditions(&self, line: u32) -> Vec<&'f str> {
        let tree = &self.file.tree;
        let mut found = Vec::new();
        let Some(mut inner) = self.anchor(line) else {
            return found;
        };
        while let Some(outer) = tree.parent(inner).filter(|&outer| outer > self.id) {
            if tree.kind(outer) == Kind::If
                && tree.field(inner) == Field::Consequence
                && let Some(condition) = tree.child(outer, Field::Condition)
            {
                found.push(self.file.code(condition));
            }
            inner = outer;
        }
        found
    }

    /// Whether a line only runs when something went wrong: it stands where an error is known not
    /// to be nil.
    pub fn is_on_error_path(&self, line: u32) -> bool {
        self.conditions(line).into_iter().any(|condition| {
            condition
                .split_once("!= nil")
                .is_some_and(|(left, _)| left.trim_end().to_ascii_lowercase().ends_with("err"))
        })
    }

    /// From the line of `func` to that of the closing brace.
    pub fn lines(&self) -> RangeInclusive<u32> {
        self.file.span(self.id)
    }

    /// The comment above the declaration.
    pub fn doc(&self) -> String {
        self.file.comment_above(self.file.tree.line(self.id))
    }

    /// The receiver, of a method.
    pub fn receiver(&self) -> Option<Receiver> {
        let tree = &self.file.tree;
        let list = tree.child(self.id, Field::Receiver)?;
        let parameter = tree.child_of_kind(list, Kind::Parameter)?;
        let typed = tree.child(parameter, Field::Type)?;
        let text = self.file.compact(typed);
        Some(Receiver {
            name: tree
                .child(parameter, Field::Name)
                .map(|name| self.file.code(name).to_owned())
                .unwrap_or_default(),
            base: base_type(&text).to_owned(),
            pointer: text.trim_start_matches('(').starts_with('*'),
        })
    }

    /// The parameters, the receiver left out.
    pub fn parameters(&self) -> Vec<Parameter> {
        match self.file.tree.child(self.id, Field::Parameters) {
            Some(list) => parameters(self.file, list),
            None => Vec::new(),
        }
    }

    /// The results.
    pub fn results(&self) -> Vec<Parameter> {
        match self.file.tree.child(self.id, Field::Result) {
            Some(list) => parameters(self.file, list),
            None => Vec::new(),
        }
    }

    /// What a type is made of: the constraint's only term of a type parameter, else the type that
    /// a declared one is defined as.
    pub fn underlying(&self, type_text: &str, package: &Package) -> String {
        types::core(self.file, self.id, type_text).unwrap_or_else(|| package.underlying(type_text))
    }

    /// Whether it has type parameters, or is a method of a type that has.
    pub fn is_generic(&self) -> bool {
        let tree = &self.file.tree;
        tree.child_of_kind(self.id, Kind::TypeParameters).is_some()
            || tree.child(self.id, Field::Receiver).is_some_and(|list| {
                tree.subtree(list)
                    .any(|id| tree.kind(id) == Kind::GenericType)
            })
    }
}

impl std::fmt::Debug for Function<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Function")
            .field("name", &self.name())
            .field("lines", &self.lines())
            .finish()
    }
}

pub(super) fn is_function(kind: Kind) -> bool {
    matches!(kind, Kind::Function | Kind::Method | Kind::FuncLiteral)
}

/// A parameter list, or the single type that stands for a result list.
pub(super) fn parameters(file: &SourceFile, list: Id) -> Vec<Parameter> {
    let tree = &file.tree;
    if tree.kind(list) != Kind::ParameterList {
        return vec![Parameter {
            name: String::new(),
            type_text: file.compact(list),
            variadic: false,
        }];
    }
    let mut found = Vec::new();
    for parameter in tree.children(list) {
        let Some(typed) = tree.child(parameter, Field::Type) else {
            continue;
        };
        let make = |name: &str| Parameter {
            name: name.to_owned(),
            type_text: file.compact(typed),
            variadic: tree.kind(parameter) == Kind::VariadicParameter,
        };
        let before = found.len();
        found.extend(
            tree.children(parameter)
                .filter(|&id| tree.field(id) == Field::Name)
                .map(|id| make(file.code(id))),
        );
        if found.len() == before {
            found.push(make(""));
        }
    }
    found
}

/// The name of a type without stars, parentheses and type arguments.
pub(super) fn base_type(text: &str) -> &str {
    text.trim_start_matches(['(', '*', ' '])
        .split(['[', ')', ' '])
        .next()
        .unwrap_or_default()
}
