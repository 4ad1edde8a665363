//! Bytes that a function builds and then copies into the string it returns.

use super::outcome::{self, Outcome};
use crate::evidence::source::{Operation, OperationKind, Origin};
use crate::findings::Code;

/// The variable that holds the bytes, if the conversion is the last that is done with bytes which
/// the function has allocated itself: the same text is then allocated twice.
pub(super) fn returned_copy<'o>(code: &Code<'_>, conversion: &'o Operation) -> Option<&'o str> {
    let OperationKind::Convert { to, operand, .. } = &conversion.kind else {
        return None;
    };
    let name = operand.split('[').next()?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let goes_out = matches!(
        outcome::of(code, conversion),
        Outcome::Product | Outcome::Handed
    );
    if to != "string" || !is_name || !goes_out {
        return None;
    }
    let declared = code.function.declaration(name, code.line, code.package)?;
    let line = declared.line?;
    let is_new = match &declared.origin {
        // Of constant length it may be on the stack.
        Origin::Make { len, cap, .. } => {
            let capacity = cap.as_ref().or(len.as_ref())?;
            capacity.parse::<u64>().is_err()
        }
        Origin::Zero | Origin::Empty { .. } => declared
            .type_text
            .as_deref()
            .is_none_or(|text| matches!(text, "[]byte" | "[]uint8" | "[]rune")),
        Origin::Call { .. } => appends_to_nil(code, line),
        _ => false,
    };
    let fate = code.function.fate(name, code.line);
    let is_shared =
        fate.truncated || fate.is_stored() || fate.uses.iter().any(|used| used.captured.is_some());
    (is_new && !is_shared).then_some(name)
}

/// Whether a call at the line is told to append to nothing: then what it returns is new.
fn appends_to_nil(code: &Code<'_>, line: u32) -> bool {
    let operations = code.function.operations(line, code.package);
    operations.iter().any(|operation| {
        matches!(&operation.kind, OperationKind::Call { arguments, .. }
            if arguments.first().is_some_and(|first| first == "nil"))
    })
}
