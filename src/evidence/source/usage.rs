//! Where a value goes: one climb from an expression to what takes it.

use super::file::SourceFile;
use super::scope;
use super::tree::{Field, Id, Kind};

/// Where the value of an expression goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// What takes it.
    pub kind: UseKind,
    /// What it passes on the way, innermost first.
    pub through: Vec<Through>,
    /// The line of the expression that is used.
    pub line: u32,
    /// Whether a function literal within the function uses it.
    pub captured: Option<Capture>,
    /// The other local variable that holds it here, where it was assigned to one.
    pub via: Option<String>,
}

/// What takes a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UseKind {
    /// `return x`.
    Returned,
    /// `target = x`, `target := x`, `var target = x`.
    Assigned {
        /// The target as written.
        target: String,
        /// What sort of place it is.
        place: Place,
    },
    /// `f(x)`.
    Argument {
        /// The callee.
        callee: Callee,
        /// The argument's position, from 0.
        index: usize,
    },
    /// `x.method()`.
    Receiver {
        /// The method.
        method: String,
    },
    /// `x()`.
    Called,
    /// `append(to, x)`.
    Appended {
        /// The slice appended to, as written.
        to: String,
        /// Where the appended slice goes, if to a place.
        place: Option<Place>,
        /// `append(to, x...)`: the elements are copied, `x` itself is not kept.
        spread: bool,
    },
    /// `ch <- x`.
    Sent {
        /// The channel as written.
        channel: String,
    },
    /// `x <- v`, `<-x`.
    Communicated,
    /// `len(x)`, `cap(x)`.
    Measured,
    /// `copy(x, …)`: written.
    CopiedInto,
    /// `copy(…, x)`: read.
    CopiedFrom,
    /// `bytes.Clone(x)` and the like.
    Cloned,
    /// `clear(x)`, `delete(x, k)`.
    Cleared,
    /// `for range x`.
    Ranged,
    /// `x == y`, `x < y`, `case x`.
    Compared {
        /// The other side as written.
        with: String,
    },
    /// `switch x`.
    Switched,
    /// `m[x]`.
    Key {
        /// The map or slice as written.
        of: String,
        /// Whether the element is written, not only read.
        written: bool,
    },
    /// `x[i]` is read.
    Indexed,
    /// `x.field` is read.
    FieldRead {
        /// The field.
        field: String,
    },
    /// `x = …` gives it a new value.
    Reassigned,
    /// `x[i] = …`, `x.f = …`, `x++`, `x += …`: changed in place.
    Mutated,
    /// An operand of `+` and the like.
    Operand {
        /// The operator.
        operator: String,
    },
    /// `x.(T)`, `switch x.(type)`.
    Asserted,
    /// `if x`, `for x`.
    Condition,
    /// An expression statement, `_ = x`.
    Discarded,
    /// Anything else.
    Other,
}

/// What a value passes on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Through {
    /// `&x`.
    Address,
    /// `*x`.
    Dereference,
    /// `x[a:b]`.
    Slice {
        /// `x[:0]`.
        emptied: bool,
    },
    /// An element of a composite literal.
    Element {
        /// The literal's type as written; empty where it is left out.
        type_text: String,
        /// The key or field name, if any.
        key: Option<String>,
    },
    /// `T(x)`.
    Conversion {
        /// The type as written.
        type_text: String,
    },
    /// The first argument of append: what is appended to.
    AppendBase,
}

/// What sort of place an assignment writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A variable of the function.
    Local,
    /// A package variable.
    Global,
    /// A field.
    Field,
    /// An element of a map or slice.
    Element,
    /// `*p`.
    Pointer,
    /// `_`.
    Blank,
}

/// How a function literal that uses a variable is itself used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capture {
    /// `go func() { … }()`.
    Go,
    /// `defer func() { … }()`.
    Defer,
    /// `func() { … }()`.
    Immediate,
    /// An argument of a call.
    Argument,
    /// Returned or stored: it outlives the function.
    Stored,
    /// Assigned to a local variable, or something else.
    Local,
}

/// Who is called.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Callee {
    /// As written, on one line, without type arguments.
    pub text: String,
    /// With the import path, where it is a function of an imported package: `compress/gzip.NewWriter`.
    pub qualified: Option<String>,
}

impl Callee {
    /// The last name: `Write` of `w.buf.Write`.
    pub fn name(&self) -> &str {
        self.text.rsplit('.').next().unwrap_or_default()
    }

    /// What it is called on: `w.buf` of `w.buf.Write`; empty for a plain function.
    pub fn operand(&self) -> &str {
        self.text
            .rsplit_once('.')
            .map_or("", |(operand, _)| operand)
    }

    /// Whether it is this function of an imported package, `path.Name`.
    pub fn is(&self, qualified: &str) -> bool {
        self.qualified.as_deref() == Some(qualified)
    }

    /// Whether it is a method call or a field's, as far as the imports tell.
    pub fn is_method(&self) -> bool {
        self.qualified.is_none() && self.text.contains('.')
    }
}

/// Who a call's function expression is.
pub(super) fn callee(file: &SourceFile, function: Id) -> Callee {
    let tree = &file.tree;
    let mut id = tree.unparenthesized(function);
    // `F[int]` looks like an index expression.
    if matches!(tree.kind(id), Kind::Index | Kind::TypeInstantiation)
        && let Some(inner) = tree.children(id).next()
    {
        id = inner;
    }
    let qualified = match tree.kind(id) {
        Kind::Selector | Kind::QualifiedType => {
            let mut parts = tree.children(id);
            match (parts.next(), parts.next()) {
                (Some(package), Some(name))
                    if tree.kind(package) != Kind::Selector && names_package(file, package) =>
                {
                    file.import_path(file.code(package))
                        .map(|path| format!("{path}.{}", file.code(name)))
                }
                _ => None,
            }
        }
        _ => None,
    };
    Callee {
        text: match tree.kind(id) {
            Kind::FuncLiteral => "func literal".to_owned(),
            _ => file.compact(id),
        },
        qualified,
    }
}

/// Whether an identifier is an imported package's name, not a variable that shadows it.
fn names_package(file: &SourceFile, id: Id) -> bool {
    file.import_path(file.code(id)).is_some() && scope::lookup(file, id, file.code(id)).is_none()
}

/// What sort of place the target of an assignment is.
pub(super) fn place(file: &SourceFile, target: Id) -> Place {
    let tree = &file.tree;
    let target = tree.unparenthesized(target);
    match tree.kind(target) {
        Kind::Selector => {
            let package = tree
                .children(target)
                .next()
                .is_some_and(|operand| names_package(file, operand));
            if package { Place::Global } else { Place::Field }
        }
        Kind::Index => Place::Element,
        Kind::Unary => Place::Pointer,
        _ if file.code(target) == "_" => Place::Blank,
        _ => match scope::lookup(file, target, file.code(target)) {
            Some(_) => Place::Local,
            None => Place::Global,
        },
    }
}

/// Functions that give a copy of what they get.
fn clones(callee: &Callee) -> bool {
    ["bytes.Clone", "strings.Clone", "slices.Clone", "maps.Clone"]
        .iter()
        .any(|&name| callee.is(name))
}

/// Where the value of `start` goes.
pub(super) fn of(file: &SourceFile, start: Id) -> Use {
    let tree = &file.tree;
    let mut through = Vec::new();
    let mut id = start;
    let kind = loop {
        let Some(parent) = tree.parent(id) else {
            break UseKind::Other;
        };
        let field = tree.field(id);
        match tree.kind(parent) {
            Kind::Parenthesized | Kind::LiteralElement | Kind::LiteralValue => {}
            Kind::KeyedElement => {
                if field == Field::Key
                    || tree.children(parent).next() == Some(id)
                        && tree.children(parent).nth(1).is_some()
                {
                    break UseKind::Other;
                }
            }
            Kind::VariadicArgument => {}
            Kind::Composite => {
                let type_text = tree
                    .child(parent, Field::Type)
                    .map(|typed| file.compact(typed))
                    .unwrap_or_default();
                through.push(Through::Element {
                    type_text,
                    key: element_key(file, start, parent),
                });
            }
            Kind::Unary => match operator(file, parent) {
                "&" => through.push(Through::Address),
                "*" => through.push(Through::Dereference),
                "<-" => break UseKind::Communicated,
                other => {
                    break UseKind::Operand {
                        operator: other.to_owned(),
                    };
                }
            },
            Kind::Slice if field == Field::Operand => through.push(Through::Slice {
                emptied: empties(file, parent),
            }),
            Kind::Index if field == Field::Operand => match written(file, parent) {
                true => break UseKind::Mutated,
                false => break UseKind::Indexed,
            },
            Kind::Index => {
                let of = tree
                    .child(parent, Field::Operand)
                    .map(|operand| file.compact(operand))
                    .unwrap_or_default();
                break UseKind::Key {
                    of,
                    written: written(file, parent),
                };
            }
            Kind::Selector => {
                let name = tree
                    .child(parent, Field::Selected)
                    .map(|name| file.code(name).to_owned())
                    .unwrap_or_default();
                let called = tree.field(parent) == Field::Function
                    && tree
                        .parent(parent)
                        .is_some_and(|call| tree.kind(call) == Kind::Call);
                break match (called, written(file, parent)) {
                    (true, _) => UseKind::Receiver { method: name },
                    (_, true) => UseKind::Mutated,
                    _ => UseKind::FieldRead { field: name },
                };
            }
            Kind::TypeConversion => through.push(Through::Conversion {
                type_text: tree
                    .child(parent, Field::Type)
                    .map(|typed| file.compact(typed))
                    .unwrap_or_default(),
            }),
            Kind::ArgumentList => {
                let Some(call) = tree.parent(parent) else {
                    break UseKind::Other;
                };
                match argument(file, call, parent, id, &mut through) {
                    Some(kind) => break kind,
                    // The call's own value goes on.
                    None => {
                        id = call;
                        continue;
                    }
                }
            }
            Kind::Call if field == Field::Function => break UseKind::Called,
            Kind::Binary => break compared(file, parent, id),
            Kind::TypeAssertion | Kind::TypeSwitch => break UseKind::Asserted,
            Kind::Send if field == Field::Value => {
                let channel = tree
                    .child(parent, Field::Channel)
                    .map(|channel| file.compact(channel))
                    .unwrap_or_default();
                break UseKind::Sent { channel };
            }
            Kind::Send => break UseKind::Communicated,
            Kind::RangeClause if field == Field::Right => break UseKind::Ranged,
            Kind::RangeClause => break UseKind::Reassigned,
            Kind::ExpressionSwitch => break UseKind::Switched,
            Kind::If | Kind::For | Kind::ForClause => break UseKind::Condition,
            Kind::Inc | Kind::Dec => break UseKind::Mutated,
            Kind::Return => break UseKind::Returned,
            Kind::ExpressionStatement => break UseKind::Discarded,
            Kind::ExpressionList => {
                let Some(statement) = tree.parent(parent) else {
                    break UseKind::Other;
                };
                break in_list(file, statement, parent, id);
            }
            Kind::VarSpec if field == Field::Name => break UseKind::Other,
            _ => break UseKind::Other,
        }
        id = parent;
    };
    Use {
        kind,
        through,
        line: tree.line(start),
        captured: None,
        via: None,
    }
}

/// The text of an operator node.
pub(super) fn operator(file: &SourceFile, id: Id) -> &str {
    match file.tree.child(id, Field::Operator) {
        Some(operator) => file.code(operator),
        None => "",
    }
}

/// Whether a slice expression is `x[:0]`.
pub(super) fn empties(file: &SourceFile, slice: Id) -> bool {
    let bound = |field| file.tree.child(slice, field).map(|id| file.code(id));
    bound(Field::End) == Some("0") && matches!(bound(Field::Start), None | Some("0"))
}

/// Whether an index or selector expression, or one built on it, is assigned to.
fn written(file: &SourceFile, mut id: Id) -> bool {
    let tree = &file.tree;
    loop {
        let Some(parent) = tree.parent(id) else {
            return false;
        };
        match tree.kind(parent) {
            Kind::Index | Kind::Selector if tree.field(id) == Field::Operand => id = parent,
            Kind::Parenthesized => id = parent,
            Kind::Inc | Kind::Dec => return true,
            Kind::ExpressionList => return tree.field(parent) == Field::Left,
            _ => return false,
        }
    }
}

/// The key or field name under which `inner` stands in a composite literal.
fn element_key(file: &SourceFile, inner: Id, composite: Id) -> Option<String> {
    let tree = &file.tree;
    let element = std::iter::once(inner)
        .chain(tree.ancestors(inner))
        .take_while(|&id| id != composite)
        .filter(|&id| tree.kind(id) == Kind::KeyedElement)
        .last()?;
    tree.children(element).next().map(|key| file.compact(key))
}

fn argument(
    file: &SourceFile,
    call: Id,
    list: Id,
    id: Id,
    through: &mut Vec<Through>,
) -> Option<UseKind> {
    let tree = &file.tree;
    let function = tree.child(call, Field::Function)?;
    let callee = callee(file, function);
    let index = tree
        .children(list)
        .position(|child| child == id)
        .unwrap_or(0);
    Some(match (callee.text.as_str(), index) {
        ("append", 0) => {
            through.push(Through::AppendBase);
            return None;
        }
        ("append", _) => UseKind::Appended {
            to: tree
                .children(list)
                .next()
                .map(|target| file.compact(target))
                .unwrap_or_default(),
            place: match of(file, call).kind {
                UseKind::Assigned { place, .. } => Some(place),
                _ => None,
            },
            spread: tree.kind(id) == Kind::VariadicArgument,
        },
        ("string", _) => {
            through.push(Through::Conversion {
                type_text: "string".to_owned(),
            });
            return None;
        }
        ("len" | "cap", _) => UseKind::Measured,
        ("copy", 0) => UseKind::CopiedInto,
        ("copy", _) => UseKind::CopiedFrom,
        ("clear" | "delete", 0) => UseKind::Cleared,
        ("delete", _) => UseKind::Key {
            of: tree
                .children(list)
                .next()
                .map(|map| file.compact(map))
                .unwrap_or_default(),
            written: false,
        },
        _ if clones(&callee) => UseKind::Cloned,
        _ => UseKind::Argument { callee, index },
    })
}

fn compared(file: &SourceFile, binary: Id, id: Id) -> UseKind {
    let operator = operator(file, binary);
    let tree = &file.tree;
    match operator {
        "==" | "!=" | "<" | "<=" | ">" | ">=" => UseKind::Compared {
            with: tree
                .children(binary)
                .find(|&child| child != id && tree.field(child) != Field::Operator)
                .map(|other| file.compact(other))
                .unwrap_or_default(),
        },
        "&&" | "||" => UseKind::Condition,
        other => UseKind::Operand {
            operator: other.to_owned(),
        },
    }
}

fn in_list(file: &SourceFile, statement: Id, list: Id, id: Id) -> UseKind {
    let tree = &file.tree;
    let index = tree
        .children(list)
        .position(|child| child == id)
        .unwrap_or(0);
    match tree.kind(statement) {
        Kind::Return => UseKind::Returned,
        Kind::RangeClause => UseKind::Reassigned,
        Kind::ExpressionCase => UseKind::Compared {
            with: tree
                .ancestors(statement)
                .find(|&id| tree.kind(id) == Kind::ExpressionSwitch)
                .and_then(|switch| tree.child(switch, Field::Value))
                .map(|value| file.compact(value))
                .unwrap_or_default(),
        },
        Kind::Assignment | Kind::ShortVar | Kind::Receive => {
            if tree.field(list) == Field::Left {
                return match operator(file, statement) {
                    "=" | "" => UseKind::Reassigned,
                    _ => UseKind::Mutated,
                };
            }
            let target = tree
                .child(statement, Field::Left)
                .and_then(|left| tree.children(left).nth(index));
            match target {
                Some(target) if file.code(target) == "_" => UseKind::Discarded,
                Some(target) => UseKind::Assigned {
                    target: file.compact(target),
                    place: place(file, target),
                },
                None => UseKind::Other,
            }
        }
        Kind::VarSpec | Kind::ConstSpec => {
            let target = tree
                .children(statement)
                .filter(|&id| tree.field(id) == Field::Name)
                .nth(index);
            match target {
                Some(target) => UseKind::Assigned {
                    target: file.compact(target),
                    place: match scope::is_package_level(file, statement) {
                        true => Place::Global,
                        false => Place::Local,
                    },
                },
                None => UseKind::Other,
            }
        }
        _ => UseKind::Other,
    }
}
