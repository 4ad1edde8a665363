//! What becomes of the text that a call or a conversion makes: advice to do without it is wrong where
//! it must be kept.

use crate::evidence::source::{
    Function, Operation, OperationKind, Package, Place, Through, UseKind,
};
use crate::findings::Code;

/// Where a result ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is dead when the function returns, as far as can be seen.
    Temporary,
    /// A function of the package gets it by return, and may have a shorter way.
    Handed,
    /// The function is there to make it: it is returned to whoever calls the package.
    Product,
    /// It is a part of what is returned, such as an element of a slice.
    Part,
    /// It is stored where it outlives the call.
    Kept,
}

/// Where the value of an operation ends.
pub(super) fn of(code: &Code<'_>, operation: &Operation) -> Outcome {
    let used = &operation.used;
    let is_part = used
        .through
        .iter()
        .any(|step| matches!(step, Through::Element { .. }));
    match &used.kind {
        UseKind::Returned if is_part => Outcome::Part,
        UseKind::Returned => returned(&code.function, code.package),
        UseKind::Assigned { target, place } => match place {
            Place::Local => of_variable(code, target, is_part),
            Place::Element => of_holder(code, target),
            Place::Blank => Outcome::Temporary,
            Place::Global | Place::Field | Place::Pointer => Outcome::Kept,
        },
        UseKind::Appended {
            to, spread: false, ..
        } => of_holder(code, to),
        UseKind::Sent { .. } | UseKind::Key { written: true, .. } => Outcome::Kept,
        UseKind::Operand { operator } if operator == "+" => of_sum(code, operation),
        _ => Outcome::Temporary,
    }
}

/// A sum copies its parts, so that only the sum is kept; but then there is one copy to save, not the
/// text.
fn of_sum(code: &Code<'_>, part: &Operation) -> Outcome {
    let sum = code.operations.iter().find(|other| {
        matches!(&other.kind, OperationKind::Concat { operands, .. }
            if operands.contains(&part.text))
    });
    match sum.map(|sum| of(code, sum)) {
        Some(Outcome::Kept | Outcome::Part) => Outcome::Kept,
        _ => Outcome::Temporary,
    }
}

/// Where a slice, map or struct ends that holds the value.
fn of_holder(code: &Code<'_>, path: &str) -> Outcome {
    let root = path.split(['.', '[']).next().unwrap_or_default();
    // What a path of selectors leads to belongs to someone else, unless its root is known to be local.
    match path.split('[').next() == Some(root) {
        true => of_variable(code, root, true),
        false => Outcome::Kept,
    }
}

/// Where a local variable ends; `holds` if the value is only a part of it.
fn of_variable(code: &Code<'_>, name: &str, holds: bool) -> Outcome {
    let is_own = code
        .function
        .declaration(name, code.line, code.package)
        .is_some_and(|declared| declared.line.is_some());
    let is_parameter = code
        .function
        .parameters()
        .iter()
        .any(|parameter| parameter.name == name);
    let fate = code.function.fate(name, code.line);
    if !is_own || holds && is_parameter || fate.truncated || fate.is_stored() {
        return Outcome::Kept;
    }
    let is_key = fate
        .uses
        .iter()
        .any(|used| matches!(used.kind, UseKind::Key { written: true, .. }));
    match (fate.is_returned(), holds) {
        (true, true) => Outcome::Part,
        (true, false) => returned(&code.function, code.package),
        _ if is_key => Outcome::Kept,
        _ => Outcome::Temporary,
    }
}

/// Whether those who get a result are in the package.
fn returned(function: &Function<'_>, package: &Package) -> Outcome {
    let Some(declared) = function.declaration_around() else {
        return Outcome::Product;
    };
    let is_exported = declared.name().starts_with(char::is_uppercase);
    match is_exported || function.is_literal() || package.callers(&declared).is_empty() {
        true => Outcome::Product,
        false => Outcome::Handed,
    }
}
