//! Text that is escaped or filtered into a builder as long as the input, piece by piece: where no
//! piece changes, the input itself is the result.

use crate::evidence::source::{Function, OperationKind, Origin, UseKind};
use crate::findings::draft::Draft;
use crate::findings::finding::{Channel, Confidence, Saving};
use crate::findings::scene::{Code, Scene};
use crate::units;

/// From this part of all bytes on the copy is worth a first look at the text.
const HOT: f64 = 0.05;

/// A filter writes in so many places: what it leaves as it is, and what it changes.
const WRITES: usize = 2;

/// How many texts stay as they are is not known; half is a guess on the safe side.
const SAVED: f64 = 0.5;

pub(super) fn look(scene: &Scene<'_>) -> Option<Draft> {
    let code = scene.code.as_ref()?;
    if scene.byte_share() < HOT || code.is_in_loop() {
        return None;
    }
    let (operation, name, input) = code.operations.iter().find_map(|operation| {
        let OperationKind::Call {
            callee, arguments, ..
        } = &operation.kind
        else {
            return None;
        };
        let [length] = arguments.as_slice() else {
            return None;
        };
        let input = length.strip_prefix("len(")?.strip_suffix(')')?;
        let is_grow = callee.is_method() && callee.name() == "Grow";
        is_grow.then(|| (operation, callee.operand(), input))
    })?;
    let part = scene.below(|function| function.starts_with("strings.(*Builder)."));
    let is_text = |name: &str| {
        code.function
            .parameters()
            .iter()
            .any(|known| known.name == name && known.type_text == "string")
    };
    let declared = code.function.declaration(name, code.line, code.package)?;
    let is_own_builder =
        declared.origin == Origin::Zero && declared.type_text.as_deref() == Some("strings.Builder");
    if part.alloc_space() <= 0
        || !is_text(input)
        || !is_own_builder
        || !filters(code, &code.function, name, input)
    {
        return None;
    }
    let of = |whole: i64| (whole.max(0) as f64 * SAVED) as i64;
    Some(
        Draft::new(
            Confidence::Medium,
            format!("{input} is copied even where nothing of it changes"),
        )
        .because(
            Channel::Profile,
            format!(
                "{} copies, {} in all",
                units::amount(part.alloc_objects(), "count"),
                units::amount(part.alloc_space(), "bytes"),
            ),
        )
        .because(
            Channel::Source,
            format!("{name} gets room for {input}, and then each piece of it, some as they are and some changed"),
        )
        .suggest(
            format!(
                "look for the first piece that must change; return {input} itself where there is none, and make {name} \
                 only then"
            ),
            None,
        )
        .saves(
            Saving {
                alloc_space: of(part.alloc_space()),
                alloc_objects: of(part.alloc_objects()),
                inuse_space: 0,
            },
            "half of the copies, as a guess: those that are equal to the input",
        )
        .about(name)
        .at(operation.columns.clone()),
    )
}

/// Whether all writes are in a loop, under conditions, one of them writes what the loop took from
/// the input, and the text is returned.
fn filters(code: &Code<'_>, function: &Function<'_>, name: &str, input: &str) -> bool {
    let fate = function.fate(name, code.line);
    let is_write = |method: &str| method.starts_with("Write");
    let lines: Vec<u32> = fate
        .uses
        .iter()
        .filter(|used| match &used.kind {
            UseKind::Receiver { method } => is_write(method),
            UseKind::Argument { .. } => true,
            _ => false,
        })
        .map(|used| used.line)
        .collect();
    let is_chosen = |&line: &u32| {
        let loops = function.loops(line, code.package);
        loops.len() == 1 && loops.iter().all(|around| around.conditional)
    };
    let is_given = |line: u32| {
        function
            .operations(line, code.package)
            .iter()
            .any(|operation| {
                let OperationKind::Call {
                    callee, arguments, ..
                } = &operation.kind
                else {
                    return false;
                };
                callee.operand() == name
                    && is_write(callee.name())
                    && arguments
                        .iter()
                        .any(|written| is_piece(code, function, written, line, input))
            })
    };
    let is_returned = fate
        .uses
        .iter()
        .any(|used| matches!(&used.kind, UseKind::Receiver { method } if method == "String"));
    lines.len() >= WRITES
        && lines.iter().all(is_chosen)
        && lines.iter().any(|&line| is_given(line))
        && is_returned
        && function.results().len() == 1
}

/// Whether what is written is a part of the input: `s[i]`, `s[i:j]`, or the variable of a loop over
/// it.
fn is_piece(code: &Code<'_>, function: &Function<'_>, text: &str, line: u32, input: &str) -> bool {
    let is_part = |text: &str| {
        text.strip_prefix(input)
            .is_some_and(|rest| rest.starts_with('['))
    };
    if is_part(text) {
        return true;
    }
    let loops = function.loops(line, code.package);
    loops.iter().any(|around| {
        matches!(&around.kind, crate::evidence::source::LoopKind::Range { over, value, .. }
            if over == input && value == text)
    })
}
