//! Which declaration a name means: Go's block scopes, read off the syntax.

use super::file::SourceFile;
use super::function::is_function;
use super::tree::{Field, Id, Kind};

/// The identifier that declares `name` as seen from `from`, within the functions around it; none
/// for package variables, imports and what is built in.
///
/// A block declares a name once: where `:=` stands before it again, it assigns. So the first
/// declaration in a block is the one, and a parameter comes before those of the body.
pub(super) fn lookup(file: &SourceFile, from: Id, name: &str) -> Option<Id> {
    let tree = &file.tree;
    if name.is_empty() || name == "_" {
        return None;
    }
    let own = declaring_statement(file, from);
    if own == Some(from) {
        return (file.code(from) == name).then_some(from);
    }
    let mut inner = from;
    for outer in tree.ancestors(from) {
        let in_scope = |part: Id| part < inner || own == Some(part);
        let found = match tree.kind(outer) {
            Kind::StatementList => {
                let parameter = tree
                    .parent(outer)
                    .and_then(|body| tree.parent(body))
                    .filter(|&function| is_function(tree.kind(function)))
                    .and_then(|function| in_signature(file, function, name));
                parameter.or_else(|| {
                    tree.children(outer)
                        .take_while(|&statement| statement <= inner)
                        .filter(|&statement| in_scope(statement))
                        .find_map(|statement| in_statement(file, statement, name))
                })
            }
            Kind::For => tree.children(outer).find_map(|part| match tree.kind(part) {
                Kind::RangeClause if part != inner || own == Some(part) => {
                    in_header(file, part, name)
                }
                Kind::ForClause => tree
                    .child(part, Field::Initializer)
                    .filter(|&initializer| {
                        !tree.within(from, initializer) || own == Some(initializer)
                    })
                    .and_then(|initializer| in_statement(file, initializer, name)),
                _ => None,
            }),
            Kind::If | Kind::ExpressionSwitch | Kind::TypeSwitch => tree
                .children(outer)
                .filter(|&part| part != inner || own == Some(part))
                .find_map(|part| match tree.field(part) {
                    Field::Initializer => in_statement(file, part, name),
                    Field::Alias => named(file, part, name),
                    _ => None,
                }),
            Kind::CommunicationCase => tree
                .child_of_kind(outer, Kind::Receive)
                .filter(|&receive| receive != inner || own == Some(receive))
                .and_then(|receive| tree.child(receive, Field::Left))
                .and_then(|left| named(file, left, name)),
            kind if is_function(kind) => in_signature(file, outer, name),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
        inner = outer;
    }
    None
}

/// The statement of which an identifier is a declared name; the identifier itself where it is a
/// parameter, of `var`, or the variable of a type switch.
fn declaring_statement(file: &SourceFile, id: Id) -> Option<Id> {
    let tree = &file.tree;
    let parent = tree.parent(id)?;
    match tree.kind(parent) {
        Kind::Parameter | Kind::VariadicParameter if tree.field(id) == Field::Name => Some(id),
        Kind::VarSpec | Kind::ConstSpec
            if tree.field(id) == Field::Name && !is_package_level(file, parent) =>
        {
            Some(id)
        }
        Kind::ExpressionList if tree.field(parent) == Field::Alias => Some(id),
        Kind::ExpressionList if tree.field(parent) == Field::Left => {
            let statement = tree.parent(parent)?;
            let declares = match tree.kind(statement) {
                Kind::ShortVar => true,
                Kind::RangeClause => defines(file, statement),
                Kind::Receive => true,
                _ => false,
            };
            declares.then_some(statement)
        }
        _ => None,
    }
}

/// The declaration of `name` by a range clause.
fn in_header(file: &SourceFile, clause: Id, name: &str) -> Option<Id> {
    match defines(file, clause) {
        true => named(file, file.tree.child(clause, Field::Left)?, name),
        false => None,
    }
}

/// The parameter, result or receiver called `name`.
fn in_signature(file: &SourceFile, function: Id, name: &str) -> Option<Id> {
    let tree = &file.tree;
    tree.children(function)
        .filter(|&part| {
            matches!(
                tree.field(part),
                Field::Receiver | Field::Parameters | Field::Result
            )
        })
        .find_map(|part| in_parameters(file, part, name))
}

/// Whether a range clause has `:=`, not `=`.
pub(super) fn defines(file: &SourceFile, clause: Id) -> bool {
    let tree = &file.tree;
    let Some(left) = tree.child(clause, Field::Left) else {
        return false;
    };
    let start = file.bytes(clause).start;
    file.code(clause)
        .get(file.bytes(left).end.saturating_sub(start)..)
        .is_some_and(|rest| rest.trim_start().starts_with(":="))
}

/// The declaration of `name` by a statement, as seen by those that follow.
fn in_statement(file: &SourceFile, statement: Id, name: &str) -> Option<Id> {
    let tree = &file.tree;
    match tree.kind(statement) {
        Kind::ShortVar => {
            let left = tree.child(statement, Field::Left)?;
            named(file, left, name)
        }
        Kind::VarDeclaration | Kind::ConstDeclaration => tree
            .subtree(statement)
            .filter(|&id| matches!(tree.kind(id), Kind::VarSpec | Kind::ConstSpec))
            .find_map(|spec| {
                tree.children(spec)
                    .find(|&id| tree.field(id) == Field::Name && file.code(id) == name)
            }),
        Kind::Labeled => tree
            .children(statement)
            .last()
            .filter(|&inner| tree.kind(inner) != Kind::Labeled)
            .and_then(|inner| in_statement(file, inner, name)),
        _ => None,
    }
}

fn in_parameters(file: &SourceFile, list: Id, name: &str) -> Option<Id> {
    let tree = &file.tree;
    tree.children(list).find_map(|parameter| {
        tree.children(parameter)
            .find(|&id| tree.field(id) == Field::Name && file.code(id) == name)
    })
}

fn named(file: &SourceFile, list: Id, name: &str) -> Option<Id> {
    file.tree.children(list).find(|&id| file.code(id) == name)
}

/// Whether a node stands outside of all functions.
pub(super) fn is_package_level(file: &SourceFile, id: Id) -> bool {
    !file
        .tree
        .ancestors(id)
        .any(|id| is_function(file.tree.kind(id)))
}
