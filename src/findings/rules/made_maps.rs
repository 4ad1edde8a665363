//! Where the map of a line was made.

use crate::evidence::source::{Operation, OperationKind, Place, Shape, UseKind};
use crate::findings::Code;

/// How a map comes to be.
#[derive(Debug)]
pub(super) struct Made {
    /// Where.
    pub(super) line: u32,
    pub(super) operation: Operation,
    /// The variable that holds it.
    pub(super) name: Option<String>,
    /// `maps.Clone(…)`.
    pub(super) is_clone: bool,
}

impl Made {
    /// The map that an operation makes or fills.
    pub(super) fn of(code: &Code<'_>, operation: &Operation) -> Option<Self> {
        if let OperationKind::MapAssign { map, .. } = &operation.kind {
            let line = code
                .function
                .declaration(map, code.line, code.package)?
                .line?;
            let operations = code.function.operations(line, code.package);
            return operations
                .iter()
                .filter_map(|operation| own(code, operation, line))
                .find(|made| made.name.as_ref() == Some(map));
        }
        own(code, operation, code.line)
    }
}

/// The map that an operation of a line makes; a variable must be declared by that.
fn own(code: &Code<'_>, operation: &Operation, line: u32) -> Option<Made> {
    let is_clone = match &operation.kind {
        OperationKind::MakeMap { .. } => false,
        OperationKind::Composite {
            shape: Shape::Map, ..
        } => false,
        OperationKind::Call { callee, .. } if callee.is("maps.Clone") => true,
        _ => return None,
    };
    let name = match &operation.used.kind {
        UseKind::Assigned {
            target,
            place: Place::Local,
        } => {
            let declared = code.function.declaration(target, line, code.package)?;
            if declared.line != Some(line) {
                return None;
            }
            Some(target.clone())
        }
        _ => None,
    };
    Some(Made {
        line,
        operation: operation.clone(),
        name,
        is_clone,
    })
}
