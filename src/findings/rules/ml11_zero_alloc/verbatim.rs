//! Texts that are copied piece by piece although as a rule nothing in them has to be changed.
//!
//! A function that escapes, unescapes or cleans looks at each character and writes most of them as
//! they are. Where none has to be changed the copy equals the input, which could be returned itself.

use super::{MAIN, NOTABLE, all_of};
use crate::evidence::source::{Operation, OperationKind, Origin, UseKind};
use crate::findings::{Channel, Code, Confidence, Draft, Scene};
use crate::units;

/// Longer functions do more than copy a text.
const LONGEST: u32 = 150;

/// What to say of a builder that is filled with the characters of another text.
pub(super) fn of_line(scene: &Scene<'_>) -> Option<Draft> {
    let code = scene.code.as_ref()?;
    if scene.byte_share().max(scene.object_share()) < NOTABLE {
        return None;
    }
    let part = scene.below(|function| {
        function.starts_with("strings.(*Builder).") || function.starts_with("bytes.(*Buffer).")
    });
    if part.share_of(&scene.spot.all.values) < MAIN {
        return None;
    }
    let (operation, builder) = code
        .operations
        .iter()
        .find_map(|operation| Some((operation, written(operation)?.target)))?;
    let source = copied(code, builder)?;
    Some(
        Draft::new(
            Confidence::Medium,
            format!("`{source}` is copied character by character, even if nothing in it has to be changed"),
        )
        .because(
            Channel::Profile,
            format!(
                "{} in {} objects are allocated for the copies",
                units::amount(part.alloc_space(), "bytes"),
                units::amount(part.alloc_objects(), "count"),
            ),
        )
        .because(
            Channel::Source,
            format!("`{builder}` gets characters of `{source}` as they are, and others only under conditions"),
        )
        .suggest(
            format!(
                "look for the first character that has to be changed (`strings.IndexByte`, `strings.IndexAny` or a loop); \
                 return `{source}` itself, or a part of it, if there is none, and start to copy only there"
            ),
            None,
        )
        .saves(all_of(&part), "all copies of texts that need no change")
        .at(operation.columns.clone())
        .weighing(-1),
    )
}

/// A call that writes to a builder or buffer.
struct Written<'o> {
    target: &'o str,
    what: Option<&'o str>,
}

fn written(operation: &Operation) -> Option<Written<'_>> {
    let OperationKind::Call {
        callee, arguments, ..
    } = &operation.kind
    else {
        return None;
    };
    let writes = matches!(
        callee.name(),
        "WriteByte" | "WriteRune" | "WriteString" | "Write" | "Grow"
    );
    let target = callee.operand();
    (writes && !target.is_empty() && !target.contains('.')).then(|| Written {
        target,
        what: match callee.name() {
            "Grow" => None,
            _ => arguments.first().map(String::as_str),
        },
    })
}

/// The text that a local builder is a copy of, if there is one; `None` if the function returns the
/// text itself already where it can.
fn copied(code: &Code<'_>, builder: &str) -> Option<String> {
    let lines = code.function.lines();
    if lines.end().saturating_sub(*lines.start()) > LONGEST || !is_local(code, builder) {
        return None;
    }
    let mut source: Option<String> = None;
    let mut others = 0;
    for line in lines.clone() {
        let is_choice = code
            .function
            .loops(line, code.package)
            .first()
            .is_some_and(|around| around.conditional && !around.through_literal);
        if !is_choice {
            continue;
        }
        for operation in code.function.operations(line, code.package) {
            let Some(what) = written(&operation)
                .filter(|written| written.target == builder)
                .and_then(|written| written.what)
            else {
                continue;
            };
            match taken_from(code, what, line) {
                Some(text) if source.as_ref().is_none_or(|known| *known == text) => {
                    source = Some(text);
                }
                Some(_) => return None,
                None => others += 1,
            }
        }
    }
    let source = source.filter(|_| others > 0)?;
    let returns_it = lines.filter_map(|line| code.file.line(line)).any(|text| {
        text.trim()
            .strip_prefix("return ")
            .and_then(|rest| rest.strip_prefix(source.as_str()))
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    });
    // What is cut off piece by piece is taken apart and put together anew: the pieces are not the text.
    let fate = code.function.fate(&source, code.line);
    let is_consumed = fate
        .uses
        .iter()
        .any(|used| used.via.is_none() && used.kind == UseKind::Reassigned);
    (!returns_it && !is_consumed).then_some(source)
}

fn is_local(code: &Code<'_>, name: &str) -> bool {
    code.function
        .declaration(name, code.line, code.package)
        .is_some_and(|declared| {
            declared.line.is_some()
                && matches!(
                    declared.origin,
                    Origin::Zero | Origin::Empty { .. } | Origin::Pointer { .. }
                )
        })
}

/// The variable whose character or part is written.
fn taken_from(code: &Code<'_>, what: &str, line: u32) -> Option<String> {
    let is_name =
        |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_');
    if let Some((of, index)) = what.split_once('[') {
        return (is_name(of) && index.ends_with(']')).then(|| of.to_owned());
    }
    if !is_name(what) {
        return None;
    }
    let declared = code.function.declaration(what, line, code.package)?;
    let of = match declared.origin {
        Origin::Element { of } | Origin::Sliced { of } => of,
        Origin::Range {
            is_value: true,
            over,
        } => over,
        _ => return None,
    };
    let root = of.split('[').next().unwrap_or_default();
    is_name(root).then(|| root.to_owned())
}
