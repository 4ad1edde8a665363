//! Where a value comes from: its declaration, and what else is assigned to it.

use super::file::SourceFile;
use super::function::{Function, is_function};
use super::loops;
use super::package::Package;
use super::tree::{Field, Id, Kind};
use super::usage::{Callee, callee, empties, operator};
use super::{scope, types};

/// Assignments behind these are left out.
const MAX_ASSIGNMENTS: usize = 64;

/// A declared variable, parameter or field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// The line in the same file; none for fields and for variables of other files.
    pub line: Option<u32>,
    /// What it starts as.
    pub origin: Origin,
    /// Its type, where it can be told.
    pub type_text: Option<String>,
    /// The line of the innermost loop around the declaration, within the declaring function.
    pub in_loop: Option<u32>,
    /// Whether an enclosing function declares it, and the function itself captures it.
    pub captured: bool,
    /// What else is assigned to it in the declared function around, in source order.
    pub assignments: Vec<Assignment>,
}

/// A value that is assigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Its line.
    pub line: u32,
    /// What is assigned.
    pub origin: Origin,
    /// The line of the innermost loop around it, within its function.
    pub in_loop: Option<u32>,
}

/// What a value is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `var x T`, `nil`: the zero value, of slices and maps nil.
    Zero,
    /// `[]T{}`, `map[K]V{}`, `T{}`.
    Empty {
        /// The type as written.
        type_text: String,
    },
    /// A composite literal with elements.
    Literal {
        /// The type as written.
        type_text: String,
        /// How many elements.
        elements: usize,
    },
    /// `make(T, len, cap)`; of maps the hint is `len`.
    Make {
        /// The type as written.
        type_text: String,
        /// The length or hint as written.
        len: Option<String>,
        /// The capacity as written.
        cap: Option<String>,
    },
    /// `new(T)`, `&T{…}`.
    Pointer {
        /// The type pointed to, as written.
        type_text: String,
    },
    /// A parameter.
    Parameter {
        /// Its position among the names, from 0.
        index: usize,
    },
    /// The receiver.
    Receiver,
    /// A named result.
    Result,
    /// A field.
    Field {
        /// The type it is a field of, where it can be told.
        owner: Option<String>,
    },
    /// An element of a slice, array or map.
    Element {
        /// Of what, as written.
        of: String,
    },
    /// A package variable.
    PackageVariable,
    /// A call's result.
    Call {
        /// Who is called.
        callee: Callee,
    },
    /// `x[:0]`.
    Emptied {
        /// Of what, as written.
        of: String,
    },
    /// `x[a:b]`.
    Sliced {
        /// Of what, as written.
        of: String,
    },
    /// `append(x, …)`.
    Appended {
        /// To what, as written.
        to: String,
    },
    /// The variable of a range clause.
    Range {
        /// Whether it is the element, not the index.
        is_value: bool,
        /// What is ranged over, as written.
        over: String,
    },
    /// `T(x)`, or `x.(T)`.
    Converted {
        /// The type as written.
        to: String,
    },
    /// `a + b`.
    Sum,
    /// A literal string or number.
    Constant,
    /// A function literal.
    Function,
    /// Another variable or expression, as written.
    Other {
        /// As written.
        text: String,
    },
    /// Cannot be told.
    Unknown,
}

impl Function<'_> {
    /// Where `target`, a name or a path such as `c.items`, comes from, as seen from a line.
    pub fn declaration(&self, target: &str, line: u32, package: &Package) -> Option<Declaration> {
        let file = self.file;
        let tree = &file.tree;
        let node = self.node_of(target, line)?;
        let root = root_node(file, node)?;
        let declared = scope::lookup(file, root, file.code(root));
        let whole = self.outermost();
        let assignments = assignments(file, whole, target, declared);
        if tree.unparenthesized(node) != root {
            let operand = tree
                .child(node, Field::Operand)
                .filter(|_| matches!(tree.kind(node), Kind::Selector | Kind::Index));
            let origin = match (tree.kind(node), operand) {
                (Kind::Selector, Some(operand)) => Origin::Field {
                    owner: types::of(file, operand, package),
                },
                (Kind::Index, Some(operand)) => Origin::Element {
                    of: file.compact(operand),
                },
                _ => Origin::Unknown,
            };
            return Some(Declaration {
                line: None,
                origin,
                type_text: types::of(file, node, package),
                in_loop: None,
                captured: declared.is_some_and(|declared| !tree.within(declared, self.id)),
                assignments,
            });
        }
        match declared {
            Some(declared) => Some(Declaration {
                line: Some(tree.line(declared)),
                origin: of_declaration(file, declared),
                type_text: types::of_declaration(file, declared, package),
                in_loop: loops::innermost(file, declared),
                captured: !tree.within(declared, self.id),
                assignments: assignments
                    .into_iter()
                    .filter(|assignment| {
                        assignment.line != tree.line(declared)
                            || assignment.origin != of_declaration(file, declared)
                    })
                    .collect(),
            }),
            None => {
                let (other, declared) = package.variable_node(target)?;
                Some(Declaration {
                    line: (other.path() == file.path()).then(|| other.tree.line(declared)),
                    origin: Origin::PackageVariable,
                    type_text: types::of_declaration(other, declared, package),
                    in_loop: None,
                    captured: false,
                    assignments,
                })
            }
        }
    }

    /// The declared function around, in which values flow between literals.
    pub(super) fn outermost(&self) -> Id {
        self.declaration_id().unwrap_or(self.id)
    }

    fn declaration_id(&self) -> Option<Id> {
        Function::declaration_around(self).map(|function| function.id)
    }

    /// An expression that reads `target`, on the line where there is one, or anywhere in the
    /// function.
    pub(super) fn node_of(&self, target: &str, line: u32) -> Option<Id> {
        let file = self.file;
        let tree = &file.tree;
        let is_target = |&id: &Id| {
            tree.within(id, self.id)
                && matches!(
                    tree.kind(id),
                    Kind::Identifier | Kind::Selector | Kind::Index | Kind::Slice | Kind::Unary
                )
                && file.compact(id) == target
        };
        tree.on_line(line)
            .find(is_target)
            .or_else(|| tree.subtree(self.id).find(is_target))
    }
}

/// The first name of a path, as a node.
pub(super) fn root_node(file: &SourceFile, mut id: Id) -> Option<Id> {
    let tree = &file.tree;
    while tree.kind(id) != Kind::Identifier {
        id = tree
            .children(id)
            .find(|&child| tree.field(child) != Field::Operator)?;
    }
    Some(id)
}

/// What is assigned to `target` within a function, whose first name is declared at `declared`.
fn assignments(
    file: &SourceFile,
    function: Id,
    target: &str,
    declared: Option<Id>,
) -> Vec<Assignment> {
    let tree = &file.tree;
    let mut found = Vec::new();
    for id in tree.subtree(function) {
        if !matches!(tree.kind(id), Kind::Assignment | Kind::ShortVar) {
            continue;
        }
        let (Some(left), Some(right)) = (tree.child(id, Field::Left), tree.child(id, Field::Right))
        else {
            continue;
        };
        let Some((index, place)) = tree
            .children(left)
            .enumerate()
            .find(|&(_, place)| file.code(place) == target || file.compact(place) == target)
        else {
            continue;
        };
        let same = root_node(file, place)
            .is_some_and(|root| scope::lookup(file, root, file.code(root)) == declared);
        if !same || declared == Some(place) {
            continue;
        }
        found.push(Assignment {
            line: tree.line(place),
            origin: match operator(file, id) {
                "" | "=" => of_listed(file, right, index),
                _ => Origin::Sum,
            },
            in_loop: loops::innermost(file, id),
        });
        if found.len() == MAX_ASSIGNMENTS {
            break;
        }
    }
    found
}

/// What an identifier that declares something starts as.
pub(super) fn of_declaration(file: &SourceFile, id: Id) -> Origin {
    let tree = &file.tree;
    let Some(parent) = tree.parent(id) else {
        return Origin::Unknown;
    };
    match tree.kind(parent) {
        Kind::Parameter | Kind::VariadicParameter => {
            let Some(list) = tree.parent(parent) else {
                return Origin::Unknown;
            };
            match tree.field(list) {
                Field::Receiver => Origin::Receiver,
                Field::Result => Origin::Result,
                _ => Origin::Parameter {
                    index: tree
                        .subtree(list)
                        .filter(|&name| {
                            tree.field(name) == Field::Name
                                && tree.parent(name).and_then(|parent| tree.parent(parent))
                                    == Some(list)
                        })
                        .position(|name| name == id)
                        .unwrap_or(0),
                },
            }
        }
        Kind::VarSpec | Kind::ConstSpec => {
            let index = tree
                .children(parent)
                .filter(|&name| tree.field(name) == Field::Name)
                .position(|name| name == id)
                .unwrap_or(0);
            match tree.child(parent, Field::Value) {
                Some(values) => of_listed(file, values, index),
                None => Origin::Zero,
            }
        }
        Kind::ExpressionList => {
            let Some(statement) = tree.parent(parent) else {
                return Origin::Unknown;
            };
            let index = tree
                .children(parent)
                .position(|name| name == id)
                .unwrap_or(0);
            let right = tree.child(statement, Field::Right);
            match (tree.kind(statement), right) {
                (Kind::RangeClause, Some(over)) => Origin::Range {
                    is_value: index == 1,
                    over: file.compact(over),
                },
                (Kind::ShortVar, Some(values)) => of_listed(file, values, index),
                _ => Origin::Unknown,
            }
        }
        _ => Origin::Unknown,
    }
}

/// The value number `index` of a list; of a list of one call, that call.
fn of_listed(file: &SourceFile, values: Id, index: usize) -> Origin {
    let tree = &file.tree;
    let listed: Vec<Id> = tree.children(values).take(index + 2).collect();
    match listed.as_slice() {
        [only] => of_value(file, *only),
        _ => listed
            .get(index)
            .map_or(Origin::Unknown, |&value| of_value(file, value)),
    }
}

/// What an expression is made of.
pub(super) fn of_value(file: &SourceFile, id: Id) -> Origin {
    let tree = &file.tree;
    let id = tree.unparenthesized(id);
    let code = |field| {
        tree.child(id, field)
            .map(|part| file.compact(part))
            .unwrap_or_default()
    };
    match tree.kind(id) {
        Kind::Nil => Origin::Zero,
        Kind::InterpretedString | Kind::RawString | Kind::IntLiteral | Kind::RuneLiteral => {
            Origin::Constant
        }
        Kind::Composite => {
            let elements = tree
                .child(id, Field::Body)
                .map_or(0, |body| tree.children(body).count());
            let type_text = code(Field::Type);
            match elements {
                0 => Origin::Empty { type_text },
                _ => Origin::Literal {
                    type_text,
                    elements,
                },
            }
        }
        Kind::Unary if operator(file, id) == "&" => {
            let literal = tree
                .child(id, Field::Operand)
                .filter(|&operand| tree.kind(operand) == Kind::Composite)
                .and_then(|literal| tree.child(literal, Field::Type));
            match literal {
                Some(typed) => Origin::Pointer {
                    type_text: file.compact(typed),
                },
                None => Origin::Other {
                    text: file.compact(id),
                },
            }
        }
        Kind::Slice => {
            let of = code(Field::Operand);
            match empties(file, id) {
                true => Origin::Emptied { of },
                false => Origin::Sliced { of },
            }
        }
        Kind::Index => Origin::Element {
            of: code(Field::Operand),
        },
        Kind::Binary => Origin::Sum,
        Kind::FuncLiteral => Origin::Function,
        Kind::TypeAssertion | Kind::TypeConversion => {
            // `[]byte(nil)` is the zero value.
            let nil = tree
                .child(id, Field::Operand)
                .is_some_and(|operand| tree.kind(operand) == Kind::Nil);
            match nil {
                true => Origin::Zero,
                false => Origin::Converted {
                    to: code(Field::Type),
                },
            }
        }
        Kind::Call => called(file, id),
        _ => Origin::Other {
            text: file.compact(id),
        },
    }
}

fn called(file: &SourceFile, id: Id) -> Origin {
    let tree = &file.tree;
    let (Some(function), Some(list)) = (
        tree.child(id, Field::Function),
        tree.child(id, Field::Arguments),
    ) else {
        return Origin::Unknown;
    };
    let argument = |index: usize| tree.children(list).nth(index).map(|id| file.compact(id));
    let callee = callee(file, function);
    match callee.text.as_str() {
        "make" => Origin::Make {
            type_text: argument(0).unwrap_or_default(),
            len: argument(1),
            cap: argument(2),
        },
        "new" => Origin::Pointer {
            type_text: argument(0).unwrap_or_default(),
        },
        "append" => Origin::Appended {
            to: argument(0).unwrap_or_default(),
        },
        "string" => Origin::Converted {
            to: "string".to_owned(),
        },
        _ => Origin::Call { callee },
    }
}

/// Whether a node stands in any function.
pub(super) fn enclosing(file: &SourceFile, id: Id) -> Option<Id> {
    file.tree
        .ancestors(id)
        .find(|&id| is_function(file.tree.kind(id)))
}
