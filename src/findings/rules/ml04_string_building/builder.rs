//! A `strings.Builder` or `bytes.Buffer` that grows although it was not told how long it gets.

use crate::evidence::shape::growth::Known;
use crate::evidence::source::{Fate, LoopKind, Operation, OperationKind, Origin, Use, UseKind};
use crate::findings::draft::Draft;
use crate::findings::finding::{Channel, Confidence};
use crate::findings::rules::grown::{Grown, saving};
use crate::findings::scene::{Code, Scene};
use crate::findings::spot::{Part, Way};

use super::{loops_since, rounds};

/// Growth below this part of the line is not what matters there.
const MATTERS: f64 = 0.3;

/// From this part of the profile on a line is hot.
const HOT: f64 = 0.05;

/// Buffers of so many sizes were outgrown.
const SIZES: usize = 3;

/// Without source the blocks must show so many steps.
const RUNGS_ALONE: usize = 4;

/// Fewer rounds than this are few enough for the first blocks.
const FEW_ROUNDS: u64 = 4;

/// Text that ends in fewer bytes is outgrown once or twice.
const SHORT: u64 = 64;

pub(super) fn look(scene: &Scene<'_>) -> Option<Draft> {
    let part = scene.spot.part(is_growth);
    if part.alloc_space() <= 0 || part.share_of(&scene.spot.all.values) < MATTERS {
        return None;
    }
    let known = Known {
        element: Some(1),
        pointers: Some(false),
        ..Known::default()
    };
    let grown = Grown::of(scene, &part, known)
        .or_else(|| Grown::of(scene, &part, Known::default()))
        .filter(|grown| grown.capacity.p90 > SHORT);
    match &scene.code {
        Some(code) => with_source(scene, code, &part, grown.as_ref()),
        None => without_source(scene, &part, grown.as_ref()),
    }
}

/// Whether a writer's growth is the leaf, and the growth was not asked for. Below other functions
/// that write, an encoder or a copy, what the buffer gets is theirs to know.
fn is_growth(way: &Way) -> bool {
    let mut below = way.below().iter().rev();
    let Some(callee) = below.next() else {
        return false;
    };
    let is_writer = |function: &str| {
        (function.starts_with("strings.(*Builder).") && !function.ends_with("Grow"))
            || (function.starts_with("bytes.(*Buffer).Write") && !function.ends_with("WriteTo"))
    };
    let is_format =
        callee.function.starts_with("fmt.Fprint") || callee.function == "io.WriteString";
    is_writer(&callee.function) || (is_format && below.any(|frame| is_writer(&frame.function)))
}

fn with_source(
    scene: &Scene<'_>,
    code: &Code<'_>,
    part: &Part,
    grown: Option<&Grown>,
) -> Option<Draft> {
    let (operation, name) = code.operations.iter().find_map(writer)?;
    let declared = code.function.declaration(name, code.line, code.package);
    // Behind an interface may be anything, also what has its size.
    let type_text = declared
        .as_ref()
        .and_then(|declared| declared.type_text.as_deref());
    if !type_text
        .is_some_and(|text| text.ends_with("strings.Builder") || text.ends_with("bytes.Buffer"))
    {
        return None;
    }
    let fate = code.function.fate(name, code.line);
    if is_reused(&fate) {
        return None;
    }
    if is_sized(&fate) {
        return outgrows(scene, code, part, operation, name);
    }
    let (from, is_own) = match &declared {
        Some(declared) => match &declared.origin {
            // What a pool or another function hands out may have its size already.
            Origin::Call { .. } | Origin::PackageVariable | Origin::Emptied { .. } => return None,
            Origin::Parameter { .. } | Origin::Receiver => {
                if callers_know(code) {
                    return None;
                }
                (None, false)
            }
            Origin::Field { .. } => (None, false),
            _ => (declared.line, true),
        },
        None => (None, false),
    };
    let loops = loops_since(code, from);
    if loops
        .iter()
        .any(|this| rounds(this).is_some_and(|rounds| rounds < FEW_ROUNDS))
    {
        return None;
    }
    let sizes = scene.traits(part).sizes;
    // Two sizes are one step, which counts where it is much of the profile.
    let is_hot = is_own && sizes >= 2 && scene.byte_share() >= HOT;
    let is_outgrown = grown.is_some() || sizes >= SIZES || is_hot;
    let confidence = match (is_own, loops.is_empty()) {
        _ if !is_outgrown => return None,
        (true, false) if grown.is_some() => Confidence::High,
        (true, false) => Confidence::Medium,
        (false, _) if grown.is_some() || sizes >= RUNGS_ALONE => Confidence::Medium,
        _ => Confidence::Low,
    };
    let mut draft = Draft::new(confidence, format!("{name} grows step by step"));
    draft = match grown {
        Some(grown) => draft.because(Channel::Profile, grown.describe()),
        None => draft.because(
            Channel::Profile,
            format!("the writes leave buffers of {sizes} sizes behind"),
        ),
    };
    let filled = match loops.first() {
        Some(this) => format!("is written to in the loop of line {}", this.lines.start()),
        None => "is written to call by call".to_owned(),
    };
    draft = draft.because(
        Channel::Source,
        format!("{name} {filled}, and its length is not told by Grow"),
    );
    let count = match loops.last().map(|this| (&this.kind, this.bound.as_deref())) {
        Some((LoopKind::Range { .. } | LoopKind::Counted { .. }, Some(bound))) => {
            format!(": {bound} times what a round writes")
        }
        _ => String::new(),
    };
    let measured = grown.map_or(String::new(), |grown| {
        format!(
            "; half of the texts end within {} bytes, nine tenths within {}",
            grown.capacity.p50, grown.capacity.p90
        )
    });
    let (saving, basis) = saving(part, grown);
    let edit = match (is_own, grown) {
        (true, Some(grown)) => Some(format!("{name}.Grow({})", grown.capacity.p50)),
        _ => None,
    };
    Some(
        draft
            .suggest(
                format!("call {name}.Grow before the first write{count}{measured}"),
                edit,
            )
            .saves(saving, basis)
            .about(name)
            .at(operation.columns.clone())
            .weighing(1),
    )
}

/// A writer that got room by `Grow` in the same function, and was outgrown all the same: writes
/// allocate nothing else.
fn outgrows(
    scene: &Scene<'_>,
    code: &Code<'_>,
    part: &Part,
    operation: &Operation,
    name: &str,
) -> Option<Draft> {
    let before = |used: &&Use| {
        used.line < code.line
            && matches!(&used.kind, UseKind::Receiver { method } if method == "Grow")
    };
    let fate = code.function.fate(name, code.line);
    let grow = fate.uses.iter().rfind(before)?;
    let is_own = code
        .function
        .declaration(name, code.line, code.package)
        .is_some_and(|declared| declared.origin == Origin::Zero);
    if !is_own || scene.byte_share() < HOT {
        return None;
    }
    let (saving, basis) = saving(part, None);
    Some(
        Draft::new(
            Confidence::Medium,
            format!("{name} outgrows the room that Grow made"),
        )
        .because(
            Channel::Profile,
            "the writes allocate, which they do only when the room is used up",
        )
        .because(
            Channel::Source,
            format!("{name}.Grow is called in line {}", grow.line),
        )
        .suggest(
            format!(
                "count first what is written, escapes included, and give {name}.Grow that; or, where the text often \
                 stays as it is, return the input without a copy"
            ),
            None,
        )
        .saves(saving, basis)
        .about(name)
        .at(operation.columns.clone())
        .weighing(1),
    )
}

/// The writer of an operation: `sb` of `sb.WriteString(…)` and of `fmt.Fprintf(&sb, …)`.
fn writer(operation: &Operation) -> Option<(&Operation, &str)> {
    let OperationKind::Call {
        callee, arguments, ..
    } = &operation.kind
    else {
        return None;
    };
    if callee.is_method() && callee.name().starts_with("Write") && !callee.operand().is_empty() {
        return Some((operation, callee.operand()));
    }
    let is_format = callee.text.starts_with("fmt.Fprint") || callee.is("io.WriteString");
    let first = arguments.first().filter(|_| is_format)?;
    Some((operation, first.trim_start_matches('&')))
}

fn is_sized(fate: &Fate) -> bool {
    fate.methods().any(|method| method == "Grow")
}

fn is_reused(fate: &Fate) -> bool {
    fate.is_emptied() || fate.is_pooled()
}

/// Whether a caller in the package sizes or reuses the writer that it passes on.
fn callers_know(code: &Code<'_>) -> bool {
    code.package.callers(&code.function).iter().any(|call| {
        let mut files = code.package.files().iter();
        let Some(file) = files.find(|file| file.path() == call.site.path) else {
            return false;
        };
        let Some(function) = file.function(call.site.line, "") else {
            return false;
        };
        let operations = function.operations(call.site.line, code.package);
        operations.iter().any(|operation| {
            let OperationKind::Call { arguments, .. } = &operation.kind else {
                return false;
            };
            arguments.iter().any(|argument| {
                let fate = function.fate(argument.trim_start_matches('&'), call.site.line);
                is_sized(&fate) || is_reused(&fate)
            })
        })
    })
}

/// The names of the leaves and a ladder are enough to know that a writer was outgrown.
fn without_source(scene: &Scene<'_>, part: &Part, grown: Option<&Grown>) -> Option<Draft> {
    let grown = grown?;
    // `Write` is also what is called through io.Writer, on a buffer that others own.
    let is_text = scene
        .spot
        .ways
        .iter()
        .filter(|way| is_growth(way))
        .all(|way| {
            way.callee()
                .is_some_and(|callee| !callee.function.ends_with(".Write"))
        });
    let confidence = if is_text && grown.rungs >= RUNGS_ALONE {
        Confidence::Medium
    } else {
        Confidence::Low
    };
    let (saving, basis) = saving(part, Some(grown));
    let suggestion = format!(
        "call Grow before the first write; half of the texts end within {} bytes, nine tenths within {}",
        grown.capacity.p50, grown.capacity.p90
    );
    Some(
        Draft::new(confidence, "a builder grows step by step")
            .because(Channel::Profile, grown.describe())
            .suggest(suggestion, None)
            .saves(saving, basis)
            .weighing(1),
    )
}
