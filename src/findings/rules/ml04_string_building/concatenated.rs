//! `s += x`, `s = s + x` and `s = fmt.Sprintf("%s…", s, …)`: each copies all of `s`.

use crate::evidence::binary;
use crate::evidence::escape::Kind;
use crate::evidence::source::{Declaration, Operation, OperationKind, Origin, UseKind};
use crate::findings::draft::Draft;
use crate::findings::finding::{Channel, Confidence, Saving};
use crate::findings::scene::{Code, Scene};
use crate::findings::spot::Part;
use crate::units;

use super::{loops_since, rounds};

/// So few rounds copy little.
const FEW_ROUNDS: u64 = 2;

/// Below this part of the line's allocations the text itself is not what matters there.
const MATTERS: f64 = 0.15;

/// Part of such a line's bytes that a builder saves where the sizes do not tell. Fixes of public
/// code saved 0.7 to all of them.
const USUAL_SAVING: f64 = 0.7;

/// Strings of so many sizes that one line makes were longer each time.
const SIZES: usize = 3;

/// Text that grows at a line.
struct Growing<'a> {
    operation: &'a Operation,
    target: &'a str,
    /// What is added, as written.
    added: Vec<&'a str>,
    part: Part,
    /// As evidence.
    text: String,
}

pub(super) fn look(scene: &Scene<'_>) -> Option<Draft> {
    let code = scene.code.as_ref()?;
    let growing = added(scene, code).or_else(|| formatted(scene, code))?;
    let Growing {
        operation,
        target,
        added,
        part,
        text,
    } = growing;
    if part.alloc_space() <= 0 || part.share_of(&scene.spot.all.values) < MATTERS {
        return None;
    }
    let is_formatted = matches!(operation.kind, OperationKind::Call { .. });
    let told = scene.called(|call| *call == binary::Operation::Concat);
    let is_told = told.as_ref().is_some_and(|told| told.alloc_space() > 0);
    if told.is_some() && !is_told && !is_formatted {
        return None;
    }
    let declared = code.function.declaration(target, code.line, code.package);
    if is_number(declared.as_ref()) {
        return None;
    }
    let from = declared.as_ref().and_then(|declared| declared.line);
    let loops = loops_since(code, from);
    if loops
        .iter()
        .any(|this| rounds(this).is_some_and(|rounds| rounds <= FEW_ROUNDS))
    {
        return None;
    }
    let sizes = scene.traits(&part).sizes;
    let dense = scene.dense(&part);
    let is_kept = declared.as_ref().is_some_and(|declared| {
        declared.captured || matches!(declared.origin, Origin::Field { .. })
    });
    let confidence = match loops.is_empty() {
        false if is_told || dense.is_some() || sizes >= SIZES => Confidence::High,
        false => Confidence::Medium,
        // Each call of this function, or of the literal, adds to text that lives longer.
        true if is_kept && (dense.is_some() || sizes >= 2 * SIZES) => Confidence::Medium,
        true => return None,
    };
    let mut draft = Draft::new(
        confidence,
        format!("{target} is copied again with each piece"),
    );
    if is_told {
        draft = draft.because(
            Channel::Binary,
            "the line calls runtime.concatstrings or its kin",
        );
    }
    draft = draft.because(
        Channel::Profile,
        match &dense {
            Some(dense) => format!(
                "strings of {} neighbouring sizes from {} to {}, as text leaves them that grows piece by piece",
                dense.sizes,
                bytes(dense.smallest),
                bytes(dense.largest)
            ),
            None => format!("strings of {sizes} sizes"),
        },
    );
    draft = draft.because(
        Channel::Source,
        match loops.first() {
            Some(this) => format!("{text} in the loop of line {}", this.lines.start()),
            None => format!("{text}, which outlives the call"),
        },
    );
    if let Some(said) = compiler(scene, operation) {
        draft = draft.because(Channel::Escape, said);
    }
    let (waste, objects) = match &dense {
        Some(dense) => (dense.waste_bytes as i64, dense.waste_objects as i64),
        None => (
            (part.alloc_space() as f64 * USUAL_SAVING) as i64,
            (part.alloc_objects() as f64 * USUAL_SAVING) as i64,
        ),
    };
    let saving = Saving {
        alloc_space: waste.clamp(0, part.alloc_space()),
        alloc_objects: objects.clamp(0, part.alloc_objects().max(0)),
        inuse_space: 0,
    };
    let basis = match dense {
        Some(_) => "all but the last string of each text",
        None => "0.7 of the line, as is usual for concatenation in loops",
    };
    let grow = match loops.as_slice() {
        [only] => only.bound.as_ref().map(|bound| {
            format!("; sb.Grow with the length of all pieces, or {bound} times a usual one")
        }),
        _ => None,
    };
    let suggestion = format!(
        "write the pieces to a strings.Builder and take its String behind the loop{} (`go fix` of Go \
         1.26 does the first part in plain cases)",
        grow.unwrap_or_default()
    );
    Some(
        draft
            .suggest(suggestion, Some(writes(&added, is_formatted)))
            .saves(saving, basis)
            .about(target)
            .at(operation.columns.clone())
            .weighing(1),
    )
}

/// `s += x` and the like, at this line.
fn added<'a>(scene: &Scene<'_>, code: &'a Code<'_>) -> Option<Growing<'a>> {
    let (operation, operands, target) =
        code.operations
            .iter()
            .find_map(|operation| match &operation.kind {
                OperationKind::Concat {
                    operands,
                    accumulates: Some(target),
                    ..
                } => Some((operation, operands, target)),
                _ => None,
            })?;
    let added = operands
        .iter()
        .filter(|operand| *operand != target)
        .map(String::as_str)
        .collect();
    Some(Growing {
        operation,
        target,
        added,
        part: scene.direct(),
        text: format!("{target} is added to"),
    })
}

/// `s = fmt.Sprintf("%s, %d", s, n)`, at this line.
fn formatted<'a>(scene: &Scene<'_>, code: &'a Code<'_>) -> Option<Growing<'a>> {
    let (operation, target, added) = code.operations.iter().find_map(|operation| {
        let OperationKind::Call {
            callee, arguments, ..
        } = &operation.kind
        else {
            return None;
        };
        let is_meant = ["fmt.Sprintf", "fmt.Sprint", "fmt.Sprintln", "strings.Join"]
            .iter()
            .any(|name| callee.is(name));
        let UseKind::Assigned { target, .. } = &operation.used.kind else {
            return None;
        };
        let takes_itself = arguments.iter().any(|argument| {
            argument == target
                || argument.starts_with(&format!("[]string{{{target},"))
                || argument.starts_with(&format!("[]string{{{target} "))
        });
        (is_meant && takes_itself).then(|| {
            let added = arguments.iter().filter(|argument| *argument != target);
            (operation, target, added.map(String::as_str).collect())
        })
    })?;
    let part = scene.below(|function| {
        function.starts_with("fmt.Sprint") || function.starts_with("strings.Join")
    });
    Some(Growing {
        operation,
        target,
        added,
        part,
        text: format!("{target} is formatted anew with all that it held"),
    })
}

/// Whether a variable is known to be no text.
fn is_number(declared: Option<&Declaration>) -> bool {
    let known = declared.and_then(|declared| declared.type_text.as_deref());
    known.is_some_and(|known| {
        known.starts_with("int")
            || known.starts_with("uint")
            || known.starts_with("float")
            || known.starts_with("complex")
            || matches!(known, "byte" | "rune" | "time.Duration")
    })
}

/// What the compiler says of this concatenation.
fn compiler(scene: &Scene<'_>, operation: &Operation) -> Option<String> {
    let is_said = scene.escape.iter().any(|said| {
        let fact = said.fact;
        said.is_here
            && matches!(fact.kind, Kind::EscapesToHeap(_))
            && fact.expression.contains(" + ")
            && (fact.column == 0 || (fact.line, fact.column) == operation.position)
    });
    is_said.then(|| "the compiler says that the sum escapes to the heap".to_owned())
}

/// The pieces, written to a builder.
fn writes(added: &[&str], is_formatted: bool) -> String {
    if is_formatted {
        return format!("fmt.Fprintf(&sb, {})", added.join(", "));
    }
    let writes: Vec<String> = added
        .iter()
        .map(|piece| {
            let formatted = piece
                .strip_prefix("fmt.Sprint")
                .map(|rest| rest.replacen('(', "(&sb, ", 1));
            match formatted {
                Some(rest) => format!("fmt.Fprint{rest}"),
                None => format!("sb.WriteString({piece})"),
            }
        })
        .collect();
    writes.join("; ")
}

fn bytes(bytes: u64) -> String {
    units::amount(i64::try_from(bytes).unwrap_or(i64::MAX), "bytes")
}
