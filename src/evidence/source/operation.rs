//! What a line does that can allocate.

use std::ops::Range;

use super::file::SourceFile;
use super::function::{Function, is_function};
use super::package::Package;
use super::tree::{Field, Id, Kind};
use super::usage::{self, Callee, Place, Use, UseKind, callee, operator};
use super::{boxing, scope, types};

/// More operations of one line are left out.
const MAX_OPERATIONS: usize = 64;

/// An operation at a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// What it is.
    pub kind: OperationKind,
    /// As written, on one line.
    pub text: String,
    /// The line and column, both from 1, that the compiler gives it: of a call the opening
    /// parenthesis, of `a + b` the last operator, of a literal with braces the opening one.
    pub position: (u32, u32),
    /// Columns in bytes from 1 of its text on the line it begins on, for a caret.
    pub columns: Range<u32>,
    /// Where its value goes.
    pub used: Use,
    /// Under `defer` or `go` itself, or the literal that is called there.
    pub deferred: Option<Deferred>,
    pub(super) id: Id,
}

/// How a call is put off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deferred {
    /// `defer f()`.
    Defer,
    /// `go f()`.
    Go,
}

/// What an operation is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OperationKind {
    /// `append(target, …)`.
    Append {
        /// The slice appended to, as written.
        target: String,
        /// Its first name: `c` of `c.rows[i]`.
        root: String,
        /// How many arguments are appended.
        added: usize,
        /// `append(target, more...)`.
        spread: bool,
        /// `target = append(target, …)`.
        assigned_back: bool,
    },
    /// `make([]T, len, cap)`.
    MakeSlice {
        /// The type as written, named types included.
        type_text: String,
        /// The element type, where it can be told.
        element: Option<String>,
        /// The length as written.
        len: String,
        /// The capacity as written, if given.
        cap: Option<String>,
    },
    /// `make(map[K]V, hint)`.
    MakeMap {
        /// The type as written.
        type_text: String,
        /// The key type, where it can be told.
        key: Option<String>,
        /// The value type, where it can be told.
        value: Option<String>,
        /// The hint as written, if given.
        hint: Option<String>,
    },
    /// `make(chan T, n)`.
    MakeChan {
        /// The type as written.
        type_text: String,
        /// The buffer's length as written, if given.
        buffer: Option<String>,
    },
    /// `new(T)`.
    New {
        /// The type as written.
        type_text: String,
    },
    /// `T{…}`.
    Composite {
        /// The type as written; empty for an inner literal that leaves it out.
        type_text: String,
        /// What the type is.
        shape: Shape,
        /// `&T{…}`.
        address_taken: bool,
        /// The number of elements.
        elements: usize,
    },
    /// `a + b + …` of strings, as far as can be told, or `target += a`.
    Concat {
        /// The operands as written, in order; for `+=` the target comes first.
        operands: Vec<String>,
        /// `target += …`, `target = target + …`: the target.
        accumulates: Option<String>,
        /// Whether an operand is known to be a string; otherwise it may be a number.
        known_string: bool,
    },
    /// `string(x)`, `[]byte(x)`, `[]rune(x)`.
    Convert {
        /// `string`, `[]byte` or `[]rune`.
        to: String,
        /// The operand as written.
        operand: String,
        /// The operand's type, where it can be told.
        from: Option<String>,
        /// Whether the compiler does it without a copy, here.
        free: bool,
    },
    /// Any other call.
    Call {
        /// Who is called.
        callee: Callee,
        /// The arguments as written.
        arguments: Vec<String>,
        /// The text of the first argument that is a string literal, without its quotes.
        format: Option<String>,
        /// `f(args...)`.
        spread: bool,
    },
    /// `m[k] = v`, `m[k] += v`, where `m` is a map or may be one.
    MapAssign {
        /// The map as written.
        map: String,
        /// The key as written.
        key: String,
        /// The map's type, where it can be told.
        type_text: Option<String>,
    },
    /// `x[i] = v` where `x` is known to be no map.
    ElementAssign {
        /// The slice or array as written.
        target: String,
    },
    /// A function literal.
    FuncLiteral {
        /// The variables of the functions around it that it uses.
        captured: Vec<String>,
    },
    /// `x.Method`, not called.
    MethodValue {
        /// As written.
        text: String,
    },
    /// `x[low:high]`.
    SliceExpr {
        /// The operand as written.
        operand: String,
        /// The lower bound, if given.
        low: Option<String>,
        /// The upper bound, if given.
        high: Option<String>,
    },
    /// `return …`.
    Return {
        /// The values as written.
        values: Vec<String>,
    },
    /// `var x T`, without a value.
    VarDecl {
        /// The name.
        name: String,
        /// The type as written.
        type_text: String,
    },
    /// The variable of a range clause.
    RangeVariable {
        /// The name.
        name: String,
        /// Whether it is the element, not the index.
        is_value: bool,
        /// Whether its address is taken, or a literal captures it.
        address_taken: bool,
    },
    /// `&x` of a variable, field or element.
    AddressOf {
        /// The operand as written.
        operand: String,
    },
    /// A value that becomes an interface: an argument, an assignment, a result.
    Boxed {
        /// The value as written.
        value: String,
        /// Its type, where it can be told.
        type_text: Option<String>,
        /// What makes it an interface.
        by: BoxedBy,
        /// Whether it cannot cost a block: a constant, a pointer, a function, a single byte.
        free: bool,
    },
    /// `ch <- v`.
    Send {
        /// The channel as written.
        channel: String,
    },
}

/// What makes a value an interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BoxedBy {
    /// An argument of a call.
    Argument {
        /// Who is called.
        callee: Callee,
        /// The argument's position, from 0.
        index: usize,
    },
    /// An assignment to a variable or field of interface type.
    Assignment {
        /// The target as written.
        target: String,
    },
    /// A result of interface type.
    Result,
}

/// What the type of a composite literal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A struct.
    Struct,
    /// A slice.
    Slice,
    /// An array.
    Array,
    /// A map.
    Map,
    /// Cannot be told: a type of another package.
    Unknown,
}

impl Function<'_> {
    /// The operations of this function at a line, in source order. Those of function literals
    /// within it count only where the literal begins and ends on that line or is the line's own.
    pub fn operations(&self, line: u32, package: &Package) -> Vec<Operation> {
        let tree = &self.file.tree;
        let on_line = tree.on_line(line);
        // What began earlier may still have its operator, parenthesis or brace here.
        let first = self.anchor(line);
        let mut open: Vec<Id> = first
            .into_iter()
            .flat_map(|first| tree.ancestors(first))
            .chain(
                on_line
                    .start
                    .checked_sub(1)
                    .into_iter()
                    .flat_map(|before| std::iter::once(before).chain(tree.ancestors(before))),
            )
            .filter(|&id| id < on_line.start && tree.within(id, self.id) && id != self.id)
            .collect();
        open.sort_unstable();
        open.dedup();
        let mut found = Vec::new();
        for id in open.into_iter().chain(on_line) {
            if !tree.within(id, self.id) || id == self.id {
                continue;
            }
            describe(self.file, id, line, package, &mut found);
            if found.len() >= MAX_OPERATIONS {
                found.truncate(MAX_OPERATIONS);
                break;
            }
        }
        found
    }
}

/// Adds what node `id` does at `line`.
fn describe(file: &SourceFile, id: Id, line: u32, package: &Package, found: &mut Vec<Operation>) {
    let tree = &file.tree;
    let code = |field| tree.child(id, field).map(|id| file.compact(id));
    let kind = match tree.kind(id) {
        Kind::Call => call(file, id, package),
        Kind::TypeConversion => conversion(file, id, package),
        Kind::Composite => composite(file, id, package),
        Kind::Binary if is_concatenation(file, id) => concatenation(file, id, package),
        Kind::Assignment => {
            if position(file, id).0 == line {
                assignment(file, id, package, found);
            }
            None
        }
        Kind::Inc | Kind::Dec => {
            // `m[k]++` adds the key like an assignment.
            if let Some(target) = tree.children(id).next() {
                element_assignment(file, target, line, package, found);
            }
            None
        }
        Kind::FuncLiteral => Some(OperationKind::FuncLiteral {
            captured: captured(file, id),
        }),
        Kind::Selector => method_value(file, id, package),
        Kind::Slice => Some(OperationKind::SliceExpr {
            operand: code(Field::Operand).unwrap_or_default(),
            low: code(Field::Start),
            high: code(Field::End),
        }),
        Kind::Return => Some(OperationKind::Return {
            values: tree
                .child_of_kind(id, Kind::ExpressionList)
                .map(|list| tree.children(list).map(|id| file.compact(id)).collect())
                .unwrap_or_default(),
        }),
        Kind::VarSpec => {
            if tree.child(id, Field::Value).is_none() && tree.line(id) == line {
                let type_text = code(Field::Type).unwrap_or_default();
                for name in tree
                    .children(id)
                    .filter(|&id| tree.field(id) == Field::Name)
                {
                    let kind = OperationKind::VarDecl {
                        name: file.code(name).to_owned(),
                        type_text: type_text.clone(),
                    };
                    push(file, name, line, kind, found);
                }
            }
            None
        }
        Kind::RangeClause => {
            if tree.line(id) == line && scope::defines(file, id) {
                range_variables(file, id, line, found);
            }
            None
        }
        Kind::Unary if operator(file, id) == "&" => tree
            .child(id, Field::Operand)
            .filter(|&operand| tree.kind(operand) != Kind::Composite)
            .map(|operand| OperationKind::AddressOf {
                operand: file.compact(operand),
            }),
        Kind::Send => Some(OperationKind::Send {
            channel: code(Field::Channel).unwrap_or_default(),
        }),
        _ => None,
    };
    if let Some(kind) = kind {
        push(file, id, line, kind, found);
    }
    for (value, boxed) in boxing::at(file, id, package) {
        if tree.line(value) == line {
            push(file, value, line, boxed, found);
        }
    }
}

/// Keeps an operation if the compiler places it on `line`.
fn push(file: &SourceFile, id: Id, line: u32, kind: OperationKind, found: &mut Vec<Operation>) {
    let position = position(file, id);
    if position.0 != line {
        return;
    }
    let tree = &file.tree;
    let bytes = file.bytes(id);
    let (first_line, column) = file.position(bytes.start);
    let on_line = file.line(first_line).map_or(0, str::len);
    let end = u32::try_from(on_line + 1).unwrap_or(u32::MAX);
    let width = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    // Of `defer func() { … }()` the literal is allocated, at its own line; the call stands at the
    // last.
    let called = tree
        .parent(id)
        .filter(|&call| tree.kind(id) == Kind::FuncLiteral && tree.kind(call) == Kind::Call);
    let deferred = tree
        .parent(called.unwrap_or(id))
        .and_then(|parent| match tree.kind(parent) {
            Kind::Defer => Some(Deferred::Defer),
            Kind::Go => Some(Deferred::Go),
            _ => None,
        });
    found.push(Operation {
        kind,
        text: file.compact(id),
        position,
        columns: column..column.saturating_add(width).min(end).max(column),
        used: usage::of(file, id),
        deferred,
        id,
    });
}

/// Where the compiler says that an expression is.
fn position(file: &SourceFile, id: Id) -> (u32, u32) {
    let tree = &file.tree;
    let at = match tree.kind(id) {
        Kind::Call => tree
            .child(id, Field::Arguments)
            .map(|arguments| file.bytes(arguments).start),
        Kind::TypeConversion => tree.child(id, Field::Type).map(|typed| {
            let end = file.bytes(typed).end;
            let rest = file
                .code(id)
                .get(end.saturating_sub(file.bytes(id).start)..);
            end + rest.and_then(|rest| rest.find('(')).unwrap_or(0)
        }),
        Kind::Composite => {
            let address = tree.parent(id).filter(|&parent| {
                tree.kind(parent) == Kind::Unary && operator(file, parent) == "&"
            });
            match address {
                Some(address) => Some(file.bytes(address).start),
                None => tree
                    .child(id, Field::Body)
                    .map(|body| file.bytes(body).start),
            }
        }
        Kind::Binary | Kind::Assignment => tree
            .child(id, Field::Operator)
            .map(|operator| file.bytes(operator).start),
        _ => None,
    };
    file.position(at.unwrap_or(file.bytes(id).start))
}

fn call(file: &SourceFile, id: Id, package: &Package) -> Option<OperationKind> {
    let tree = &file.tree;
    let function = tree.child(id, Field::Function)?;
    let list = tree.child(id, Field::Arguments)?;
    let callee = callee(file, function);
    let arguments: Vec<Id> = tree.children(list).collect();
    let text = |index: usize| arguments.get(index).map(|&id| file.compact(id));
    let spread = arguments
        .last()
        .is_some_and(|&last| tree.kind(last) == Kind::VariadicArgument);
    Some(match callee.text.as_str() {
        "append" => {
            let target = text(0)?;
            let assigned_back = matches!(
                usage::of(file, id).kind,
                UseKind::Assigned { target: to, .. } if to == target
            );
            OperationKind::Append {
                root: root(file, *arguments.first()?),
                target,
                added: arguments.len().saturating_sub(1),
                spread,
                assigned_back,
            }
        }
        "make" => make(file, &arguments, package)?,
        "new" => OperationKind::New {
            type_text: text(0)?,
        },
        "string" if arguments.len() == 1 => {
            convert(file, id, "string", *arguments.first()?, package)
        }
        "len" | "cap" | "copy" | "delete" | "clear" | "min" | "max" | "real" | "imag" => {
            return None;
        }
        _ => OperationKind::Call {
            format: arguments
                .iter()
                .find(|&&id| matches!(tree.kind(id), Kind::InterpretedString | Kind::RawString))
                .map(|&id| unquoted(file.code(id)).to_owned()),
            arguments: arguments
                .iter()
                .take(32)
                .map(|&id| file.compact(id))
                .collect(),
            callee,
            spread,
        },
    })
}

fn make(file: &SourceFile, arguments: &[Id], package: &Package) -> Option<OperationKind> {
    let type_text = file.compact(*arguments.first()?);
    let text = |index: usize| arguments.get(index).map(|&id| file.compact(id));
    let underlying = package.underlying(&type_text);
    let parts = types::element(&underlying);
    Some(if underlying.starts_with("map[") {
        let (key, value) = parts.unzip();
        OperationKind::MakeMap {
            type_text,
            key,
            value,
            hint: text(1),
        }
    } else if underlying.starts_with("chan") || underlying.starts_with("<-chan") {
        OperationKind::MakeChan {
            type_text,
            buffer: text(1),
        }
    } else if underlying.starts_with("[]") || arguments.len() == 3 {
        OperationKind::MakeSlice {
            type_text,
            element: parts.map(|(_, element)| element),
            len: text(1).unwrap_or_default(),
            cap: text(2),
        }
    } else if arguments.len() == 1 {
        // A named type of another package, without a length: a map or a channel, mostly a map.
        OperationKind::MakeMap {
            type_text,
            key: None,
            value: None,
            hint: None,
        }
    } else {
        OperationKind::MakeSlice {
            type_text,
            element: None,
            len: text(1).unwrap_or_default(),
            cap: None,
        }
    })
}

fn conversion(file: &SourceFile, id: Id, package: &Package) -> Option<OperationKind> {
    let tree = &file.tree;
    let typed = tree.child(id, Field::Type)?;
    let operand = tree.child(id, Field::Operand)?;
    // `lo.Map[int, string](x)` looks like a conversion to a generic type.
    if tree.kind(typed) == Kind::GenericType {
        let function = tree.child(typed, Field::Type)?;
        return Some(OperationKind::Call {
            callee: callee(file, function),
            arguments: vec![file.compact(operand)],
            format: None,
            spread: false,
        });
    }
    let to = file.compact(typed);
    matches!(to.as_str(), "[]byte" | "[]rune").then(|| convert(file, id, &to, operand, package))
}

fn convert(file: &SourceFile, id: Id, to: &str, operand: Id, package: &Package) -> OperationKind {
    let used = usage::of(file, id);
    let direct = used.through.is_empty();
    let constant = matches!(
        file.tree.kind(file.tree.unparenthesized(operand)),
        Kind::InterpretedString | Kind::RawString
    );
    let free = match (to, &used.kind) {
        ("string", UseKind::Key { of, written }) => {
            // Only looking up in a map is free, also where it deletes nothing.
            direct && !written && !of.is_empty()
        }
        ("string", UseKind::Compared { .. } | UseKind::Switched) => direct,
        ("string", UseKind::Ranged) => direct,
        ("[]byte", UseKind::Ranged) => direct,
        ("[]byte", UseKind::CopiedFrom) => direct,
        ("[]byte", UseKind::Appended { spread: true, .. }) => direct,
        ("string", _) => constant,
        _ => false,
    };
    OperationKind::Convert {
        to: to.to_owned(),
        operand: file.compact(operand),
        from: types::of(file, operand, package),
        free,
    }
}

fn composite(file: &SourceFile, id: Id, package: &Package) -> Option<OperationKind> {
    let tree = &file.tree;
    let typed = tree.child(id, Field::Type)?;
    let type_text = file.compact(typed);
    let underlying = package.underlying(&type_text);
    let shape = match tree.kind(typed) {
        Kind::SliceType => Shape::Slice,
        Kind::ArrayType | Kind::ImplicitArrayType => Shape::Array,
        Kind::MapType => Shape::Map,
        Kind::StructType => Shape::Struct,
        _ if underlying.starts_with("[]") => Shape::Slice,
        _ if underlying.starts_with("map[") => Shape::Map,
        _ if underlying.starts_with('[') => Shape::Array,
        _ if underlying.starts_with("struct") => Shape::Struct,
        _ => Shape::Unknown,
    };
    let address_taken = tree
        .parent(id)
        .is_some_and(|parent| tree.kind(parent) == Kind::Unary && operator(file, parent) == "&");
    Some(OperationKind::Composite {
        type_text,
        shape,
        address_taken,
        elements: tree
            .child(id, Field::Body)
            .map_or(0, |body| tree.children(body).count()),
    })
}

/// The outermost `+` of a sum.
fn is_concatenation(file: &SourceFile, id: Id) -> bool {
    let tree = &file.tree;
    let sums = |id: Id| tree.kind(id) == Kind::Binary && operator(file, id) == "+";
    let outer = tree
        .ancestors(id)
        .find(|&outer| tree.kind(outer) != Kind::Parenthesized);
    sums(id) && !outer.is_some_and(sums)
}

fn concatenation(file: &SourceFile, id: Id, package: &Package) -> Option<OperationKind> {
    let operands = operands(file, id);
    let known_string = operands.iter().any(|&id| is_string(file, id, package));
    let known_number = operands.iter().any(|&id| is_number(file, id, package));
    if known_number && !known_string {
        return None;
    }
    let texts: Vec<String> = operands.iter().map(|&id| file.compact(id)).collect();
    let accumulates = match usage::of(file, id).kind {
        UseKind::Assigned { target, .. } if texts.contains(&target) => Some(target),
        _ => None,
    };
    // The sum on the right of `+=` is joined with the target at once; the assignment reports it.
    let list = file.tree.parent(id);
    let compound = list
        .and_then(|list| file.tree.parent(list))
        .is_some_and(|statement| {
            file.tree.kind(statement) == Kind::Assignment && operator(file, statement) == "+="
        });
    (!compound).then_some(OperationKind::Concat {
        operands: texts,
        accumulates,
        known_string,
    })
}

/// The operands of a sum, left to right; very long sums are cut.
fn operands(file: &SourceFile, id: Id) -> Vec<Id> {
    let tree = &file.tree;
    let mut open = vec![id];
    let mut found = Vec::new();
    while let Some(id) = open.pop() {
        let id = tree.unparenthesized(id);
        if tree.kind(id) == Kind::Binary && operator(file, id) == "+" {
            open.extend(tree.child(id, Field::Right));
            open.extend(tree.child(id, Field::Left));
        } else {
            found.push(id);
            if found.len() == MAX_OPERATIONS {
                break;
            }
        }
    }
    found
}

fn is_string(file: &SourceFile, id: Id, package: &Package) -> bool {
    types::of(file, id, package)
        .is_some_and(|found| found == "string" || package.underlying(&found) == "string")
}

fn is_number(file: &SourceFile, id: Id, package: &Package) -> bool {
    types::of(file, id, package).is_some_and(|found| {
        let found = package.underlying(&found);
        ["int", "uint", "float", "complex", "byte", "rune", "time."]
            .iter()
            .any(|prefix| found.starts_with(prefix))
    })
}

fn assignment(file: &SourceFile, id: Id, package: &Package, found: &mut Vec<Operation>) {
    let tree = &file.tree;
    let line = position(file, id).0;
    let (Some(left), Some(right)) = (tree.child(id, Field::Left), tree.child(id, Field::Right))
    else {
        return;
    };
    if operator(file, id) == "+="
        && let (Some(target), Some(value)) =
            (tree.children(left).next(), tree.children(right).next())
    {
        let parts = operands(file, value);
        let all = || std::iter::once(target).chain(parts.iter().copied());
        let known_string = all().any(|id| is_string(file, id, package));
        let known_number = all().any(|id| is_number(file, id, package));
        if known_string || !known_number {
            let kind = OperationKind::Concat {
                operands: all().map(|id| file.compact(id)).collect(),
                accumulates: Some(file.compact(target)),
                known_string,
            };
            push(file, id, line, kind, found);
        }
    }
    for target in tree.children(left).take(MAX_OPERATIONS) {
        element_assignment(file, target, line, package, found);
    }
}

/// Adds what the target of an assignment does, if it is an element.
fn element_assignment(
    file: &SourceFile,
    target: Id,
    line: u32,
    package: &Package,
    found: &mut Vec<Operation>,
) {
    let tree = &file.tree;
    let target = tree.unparenthesized(target);
    let (Kind::Index, Some(operand), Some(key)) = (
        tree.kind(target),
        tree.child(target, Field::Operand),
        tree.child(target, Field::Index),
    ) else {
        return;
    };
    let type_text = types::of(file, operand, package);
    let underlying = type_text.as_deref().map(|found| package.underlying(found));
    let kind = match underlying {
        Some(known) if known.trim_start_matches('*').starts_with('[') => {
            OperationKind::ElementAssign {
                target: file.compact(operand),
            }
        }
        _ => OperationKind::MapAssign {
            map: file.compact(operand),
            key: file.compact(key),
            type_text,
        },
    };
    push(file, target, line, kind, found);
}

fn method_value(file: &SourceFile, id: Id, package: &Package) -> Option<OperationKind> {
    let tree = &file.tree;
    let called = tree.field(id) == Field::Function
        && tree
            .parent(id)
            .is_some_and(|parent| tree.kind(parent) == Kind::Call);
    if called {
        return None;
    }
    // Without types only a method of a type of this package is known to be one.
    let operand = tree.child(id, Field::Operand)?;
    let name = file.code(tree.child(id, Field::Selected)?);
    let owner = types::of(file, operand, package)?;
    package
        .function_node(Some(super::function::base_type(&owner)), name)
        .map(|_| OperationKind::MethodValue {
            text: file.compact(id),
        })
}

fn range_variables(file: &SourceFile, clause: Id, line: u32, found: &mut Vec<Operation>) {
    let tree = &file.tree;
    let Some(left) = tree.child(clause, Field::Left) else {
        return;
    };
    let body = tree
        .parent(clause)
        .and_then(|for_statement| tree.child(for_statement, Field::Body));
    for (index, name) in tree.children(left).enumerate().take(2) {
        let text = file.code(name);
        if text == "_" {
            continue;
        }
        let address_taken = body.is_some_and(|body| {
            tree.subtree(body).any(|id| {
                tree.kind(id) == Kind::Identifier
                    && file.code(id) == text
                    && (usage::of(file, id)
                        .through
                        .first()
                        .is_some_and(|through| *through == usage::Through::Address)
                        || tree
                            .ancestors(id)
                            .take_while(|&outer| outer > body)
                            .any(|outer| tree.kind(outer) == Kind::FuncLiteral))
                    && scope::lookup(file, id, text) == Some(name)
            })
        });
        let kind = OperationKind::RangeVariable {
            name: text.to_owned(),
            is_value: index == 1,
            address_taken,
        };
        push(file, name, line, kind, found);
    }
}

/// The variables of enclosing functions that a literal uses.
pub(super) fn captured(file: &SourceFile, literal: Id) -> Vec<String> {
    let tree = &file.tree;
    let mut found: Vec<String> = Vec::new();
    for id in tree.subtree(literal) {
        if tree.kind(id) != Kind::Identifier || found.iter().any(|name| name == file.code(id)) {
            continue;
        }
        let outside = scope::lookup(file, id, file.code(id))
            .is_some_and(|declared| !tree.within(declared, literal));
        if outside && found.len() < MAX_OPERATIONS {
            found.push(file.code(id).to_owned());
        }
    }
    found
}

/// The first name of a selector, index or slice expression.
pub(super) fn root(file: &SourceFile, mut id: Id) -> String {
    let tree = &file.tree;
    loop {
        match tree.kind(id) {
            Kind::Selector
            | Kind::Index
            | Kind::Slice
            | Kind::Parenthesized
            | Kind::Unary
            | Kind::TypeAssertion => {
                let inner = tree
                    .children(id)
                    .find(|&child| tree.field(child) != Field::Operator);
                match inner {
                    Some(inner) => id = inner,
                    None => return file.compact(id),
                }
            }
            Kind::Identifier => return file.code(id).to_owned(),
            _ => return String::new(),
        }
    }
}

/// The text of a string literal between its quotes.
pub(super) fn unquoted(literal: &str) -> &str {
    let inner = literal.get(1..literal.len().saturating_sub(1));
    inner.unwrap_or_default()
}

/// The function around an operation, for what its results are.
pub(super) fn results_of(file: &SourceFile, id: Id) -> Vec<String> {
    file.tree
        .ancestors(id)
        .find(|&id| is_function(file.tree.kind(id)))
        .map(|id| Function { file, id }.results())
        .unwrap_or_default()
        .into_iter()
        .map(|result| result.type_text)
        .collect()
}

/// Whether a place outlives the statement's function.
pub(super) fn outlives(place: Place) -> bool {
    matches!(
        place,
        Place::Global | Place::Field | Place::Element | Place::Pointer
    )
}
