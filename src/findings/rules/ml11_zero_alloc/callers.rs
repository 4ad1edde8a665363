//! What those who call the function do with what it returns, as far as the profile knows them.

use super::outcome::{self, Outcome};
use crate::aggregate::hot::Frame;
use crate::evidence::source::{Operation, OperationKind, UseKind};
use crate::findings::{Code, Scene};

/// The callers seen here must make up this part of the line's bytes.
const MOST: f64 = 0.5;

/// Whether most of what the line allocates is dead as soon as callers of the same package are done;
/// `holds` if the value is only a part of what is returned.
pub(super) fn drop_it(scene: &Scene<'_>, code: &Code<'_>, holds: bool) -> bool {
    let callers = scene.spot.callers();
    let dropped = callers
        .iter()
        .filter(|(caller, _)| drops(code, caller, holds))
        .map(|(_, bytes)| bytes)
        .fold(0_i64, |sum, bytes| sum.saturating_add(*bytes));
    dropped as f64 > MOST * scene.spot.all.alloc_space() as f64
}

fn drops(code: &Code<'_>, caller: &Frame, holds: bool) -> bool {
    let name = caller.file.rsplit('/').next().unwrap_or_default();
    let mut files = code.package.files().iter();
    let Some(file) = files.find(|file| file.path().file_name().is_some_and(|own| own == name))
    else {
        return false;
    };
    let line = u32::try_from(caller.line).unwrap_or(0);
    let Some(function) = file.function(line, &caller.function) else {
        return false;
    };
    let around = Code {
        file,
        package: code.package,
        operations: function.operations(line, code.package),
        loops: function.loops(line, code.package),
        function,
        line,
    };
    let called = code.function.name();
    let call = around.operations.iter().find(|operation| {
        matches!(&operation.kind, OperationKind::Call { callee, .. } if callee.name() == called)
    });
    call.is_some_and(|call| match holds {
        true => copies(call),
        false => matches!(
            outcome::of(&around, call),
            Outcome::Temporary | Outcome::Handed
        ),
    })
}

/// Whether a call's result goes straight to what copies the texts out of it.
fn copies(call: &Operation) -> bool {
    matches!(&call.used.kind, UseKind::Argument { callee, .. }
        if callee.is("strings.Join") || callee.is("bytes.Join"))
}
