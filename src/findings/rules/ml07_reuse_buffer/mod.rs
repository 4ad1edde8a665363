//! ML07: scratch memory that is made anew each time.

mod grown;
mod lazy;
#[cfg(test)]
mod tests;

use super::lifetime::{Follow, Lifetime};
use crate::evidence::binary;
use crate::evidence::escape::Kind;
use crate::evidence::source::{
    Function, Loop, LoopKind, Operation, OperationKind, Place, Shape, UseKind,
};
use crate::findings::{Channel, Code, Confidence, Draft, Rule, Saving, Scene};
use crate::units;

/// Below this part of its objects alive, what a line makes is short-lived.
const MOSTLY_DEAD: f64 = 0.2;

/// What the line itself must hold of all that is allocated below it.
const MOST: f64 = 0.5;

/// Reuse leaves the first block; measured on public commits it saved 0.7 to 1.0 of a site.
const SAVED: f64 = 0.85;

/// Smaller blocks for each call are not worth a field or a parameter, unless they are many.
const WORTH_A_FIELD: u64 = 64;

/// Or so large a part of all objects.
const MANY: f64 = 0.05;

/// What a method makes in each call is worth a field from this part of all bytes on, if no loop of
/// the package calls it.
const WORTH_STATE: f64 = 0.1;

/// Callers so far up are searched for a loop.
const MAX_CALLERS: u32 = 3;

pub(super) struct ReuseBuffer;

impl Rule for ReuseBuffer {
    fn id(&self) -> &'static str {
        "ML07"
    }

    fn name(&self) -> &'static str {
        "reuse-buffer"
    }

    fn technique(&self) -> &'static str {
        "Keep scratch slices and buffers between iterations and calls instead of making new ones."
    }

    fn page(&self) -> &'static str {
        include_str!("../ml07.md")
    }

    fn look(&self, scene: &Scene<'_>) -> Option<Draft> {
        let code = scene.code.as_ref()?;
        let direct = scene.direct();
        if direct.share_of(&scene.spot.all.values) < MOST {
            return None;
        }
        let traits = scene.traits(&direct);
        if traits.live_share.is_some_and(|live| live > MOSTLY_DEAD) {
            return None;
        }
        let is_scratch = |operation: &binary::Operation| {
            matches!(
                operation,
                binary::Operation::MakeSlice
                    | binary::Operation::NewObject
                    | binary::Operation::GrowSlice
                    | binary::Operation::RawBytes
            )
        };
        if scene.is_mostly(&direct, is_scratch) == Some(false) {
            return None;
        }
        let mut operations = code.operations.iter();
        match operations.find_map(|operation| Scratch::of(scene, code, operation)) {
            Some(scratch) => Some(scratch.draft(scene, code)),
            None => grown::look(scene, code).or_else(|| lazy::look(scene, code)),
        }
    }
}

/// For how long a scratch value is needed.
enum Scope<'a> {
    /// One iteration of the loop.
    Iteration(&'a Loop),
    /// One iteration; the value takes the place of another one, which is dropped.
    Swap(&'a Loop, String),
    /// One call of the function.
    Call,
}

/// Memory that a line makes and nobody needs for long.
struct Scratch<'a> {
    operation: &'a Operation,
    /// The variable, where it has one.
    name: Option<&'a str>,
    type_text: String,
    /// As written; empty where it has none.
    len: &'a str,
    scope: Scope<'a>,
    lifetime: Lifetime,
    /// The compiler says that it does not outlive the call.
    is_proven: bool,
}

impl<'a> Scratch<'a> {
    fn of(scene: &'a Scene<'_>, code: &'a Code<'_>, operation: &'a Operation) -> Option<Self> {
        let (type_text, len) = made(operation)?;
        let is_proven = scene.escape.iter().any(|said| {
            said.is_here
                && said.fact.column == operation.position.1
                && matches!(said.fact.kind, Kind::DoesNotEscape(_))
        });
        let name = match (&operation.kind, &operation.used.kind) {
            (OperationKind::VarDecl { name, .. }, _) => Some(name.as_str()),
            (
                _,
                UseKind::Assigned {
                    target,
                    place: Place::Local,
                },
            ) => Some(target.as_str()),
            _ => None,
        };
        let follow = Follow::new(scene, code.package);
        let around = code
            .loops
            .iter()
            .take_while(|around| !around.through_literal)
            .find(|around| around.kind != LoopKind::Benchmark);
        let declared = name.and_then(|name| {
            code.function
                .declaration(name, operation.position.0, code.package)
        });
        if let (Some(around), Some(declared)) = (around, &declared)
            && declared.in_loop.is_none()
            && (around.conditional || regrows(code, operation.position.0))
        {
            // It is kept already, and only made when it is missing or too short.
            return None;
        }
        if regrows(code, operation.position.0) {
            return None;
        }
        let lives = |follow: &Follow<'_>| match (&operation.kind, name) {
            (OperationKind::VarDecl { .. }, Some(name)) => {
                follow.of_variable(&code.function, name, operation.position.0)
            }
            _ => follow.of_value(&code.function, &operation.used),
        };
        let (scope, lifetime) = match around {
            Some(around) => {
                let line = *around.lines.start();
                match swapped(code, name, len, around) {
                    Some(target) => (Scope::Swap(around, target), Lifetime::Ends),
                    None => (Scope::Iteration(around), lives(&follow.within(line))),
                }
            }
            None => (Scope::Call, lives(&follow)),
        };
        let lifetime = match (lifetime, &scope) {
            (Lifetime::Kept, _) => return None,
            // The compiler looked into every callee.
            (Lifetime::Unknown, _) if is_proven => Lifetime::Ends,
            (lifetime, _) => lifetime,
        };
        Some(Self {
            operation,
            name,
            type_text,
            len,
            scope,
            lifetime,
            is_proven,
        })
    }

    fn draft(&self, scene: &Scene<'_>, code: &Code<'_>) -> Draft {
        let direct = scene.direct();
        let traits = scene.traits(&direct);
        let small = traits.dominant_size < WORTH_A_FIELD && scene.object_share() < MANY;
        let sure = self.is_proven
            || scene.called(|_| true).is_some()
            || scene.escape.iter().any(|said| said.is_here);
        let confidence = match (&self.scope, self.lifetime) {
            (_, Lifetime::Unknown | Lifetime::Kept) => Confidence::Low,
            (Scope::Call, _) if small || !has_owner(scene, code) => Confidence::Low,
            (Scope::Iteration(_) | Scope::Swap(..), _) if sure => Confidence::High,
            (Scope::Call, _) if self.is_proven && scene.spot.all.sampled() > 0 => Confidence::High,
            _ => Confidence::Medium,
        };
        let what = self.name.unwrap_or(&self.operation.text);
        let (title, how, code_text) = self.words(code, what);
        let made = format!(
            "{} blocks, {} in all, mostly of {}",
            units::amount(direct.alloc_objects(), "count"),
            units::amount(direct.alloc_space(), "bytes"),
            units::amount(
                i64::try_from(traits.dominant_size).unwrap_or(i64::MAX),
                "bytes"
            ),
        );
        let mut draft = Draft::new(confidence, title)
            .because(Channel::Profile, made)
            .because(
                Channel::Source,
                match self.lifetime {
                    Lifetime::Ends => format!("nothing keeps `{what}`"),
                    _ => format!("`{what}` goes to a function that is not known to keep it"),
                },
            )
            .suggest(how, Some(code_text))
            .saves(
                Saving {
                    alloc_space: part(direct.alloc_space()),
                    alloc_objects: part(direct.alloc_objects()),
                    inuse_space: 0,
                },
                "all but the first block and those that are outgrown; reuse saved 70 to 100 % in comparable changes",
            )
            .about(what)
            .at(self.operation.columns.clone());
        if self.is_proven {
            draft = draft.because(
                Channel::Escape,
                "it does not escape, but its size is only known at run time",
            );
        }
        draft
    }

    /// Title, edit and code.
    fn words(&self, code: &Code<'_>, what: &str) -> (String, String, String) {
        let name = self.name.unwrap_or("buf");
        let type_text = &self.type_text;
        let len = if self.len.is_empty() { "n" } else { self.len };
        match &self.scope {
            Scope::Iteration(around) => (
                format!("`{what}` is made anew in each iteration"),
                format!(
                    "declare it before the loop of line {} and empty it for each iteration; clear what must start at zero",
                    around.lines.start()
                ),
                match self.len {
                    "" | "0" => {
                        format!("var {name} {type_text} // before the loop\n{name} = {name}[:0]")
                    }
                    _ => format!(
                        "var {name} {type_text} // before the loop\n{name} = slices.Grow({name}[:0], {len})[:{len}]"
                    ),
                },
            ),
            Scope::Swap(around, target) => (
                format!("`{what}` is made in each iteration to replace `{target}`"),
                format!(
                    "make a second buffer before the loop of line {} and swap the two",
                    around.lines.start()
                ),
                format!(
                    "{name} := make({type_text}, {len}) // before the loop\n{target}, {name} = {name}, {target}"
                ),
            ),
            Scope::Call => match code.function.receiver().filter(|receiver| receiver.pointer) {
                Some(receiver) => {
                    let owner = if receiver.name.is_empty() {
                        "r"
                    } else {
                        &receiver.name
                    };
                    (
                        format!("`{what}` is made anew in each call"),
                        format!(
                            "keep it in a field of {} if calls do not overlap, else let the caller pass it",
                            receiver.base
                        ),
                        format!("{owner}.{name} = slices.Grow({owner}.{name}[:0], {len})[:{len}]"),
                    )
                }
                None => (
                    format!("`{what}` is made anew in each call"),
                    "let the caller pass a buffer that it keeps".to_owned(),
                    format!("{name} = slices.Grow({name}[:0], {len})[:{len}]"),
                ),
            },
        }
    }
}

/// The type and length of what an operation makes, if that can be scratch memory.
fn made(operation: &Operation) -> Option<(String, &str)> {
    match &operation.kind {
        OperationKind::MakeSlice {
            type_text,
            len,
            cap,
            ..
        } => Some((type_text.clone(), cap.as_deref().unwrap_or(len))),
        OperationKind::Composite {
            type_text,
            shape: Shape::Slice | Shape::Array,
            ..
        } => Some((type_text.clone(), "")),
        OperationKind::VarDecl { type_text, .. } | OperationKind::New { type_text }
            if type_text.starts_with('[') && !type_text.starts_with("[]") =>
        {
            Some((type_text.clone(), ""))
        }
        OperationKind::Append {
            target,
            assigned_back: false,
            ..
        } => {
            let type_text = target.strip_suffix("(nil)").or(target.strip_suffix("{}"))?;
            Some((type_text.to_owned(), ""))
        }
        _ => None,
    }
}

/// Whether the line stands in the branch of a test for the capacity, or for nil.
fn regrows(code: &Code<'_>, line: u32) -> bool {
    (line.saturating_sub(2)..=line)
        .filter_map(|line| code.file.line(line))
        .any(|text| {
            let text = text.trim_start();
            (text.starts_with("if ") || text.starts_with("} else if "))
                && (text.contains("cap(") || text.contains("== nil") || text.contains("len("))
        })
        && code
            .file
            .line(line)
            .is_some_and(|text| !text.contains(":="))
}

/// Whether there is someone who could keep what each call makes: a loop that calls, or a receiver
/// that is not shared by readers.
fn has_owner(scene: &Scene<'_>, code: &Code<'_>) -> bool {
    if is_called_in_loop(code, &code.function, MAX_CALLERS) {
        return true;
    }
    let is_shared = (code.function.lines())
        .filter_map(|line| code.file.line(line))
        .any(|text| text.contains(".RLock()"));
    let has_state = |receiver: crate::evidence::source::Receiver| receiver.pointer;
    !is_shared
        && code.function.receiver().is_some_and(has_state)
        && scene.byte_share() >= WORTH_STATE
}

pub(super) fn is_called_in_loop(code: &Code<'_>, function: &Function<'_>, steps: u32) -> bool {
    let Some(steps) = steps.checked_sub(1) else {
        return false;
    };
    code.package.callers(function).iter().any(|call| {
        if call.recursive {
            return false;
        }
        let caller = || {
            let file = (code.package.files().iter()).find(|file| file.path() == call.site.path)?;
            file.function(call.site.line, "")?.declaration_around()
        };
        call.sure
            && (call.in_loop.is_some()
                || caller().is_some_and(|caller| is_called_in_loop(code, &caller, steps)))
    })
}

/// The outer variable or field that takes the value in each iteration, when the value is as long as
/// that: `next := make([]T, len(cur)); …; cur = next`.
fn swapped(code: &Code<'_>, name: Option<&str>, len: &str, around: &Loop) -> Option<String> {
    let of = len.strip_prefix("len(")?.strip_suffix(')')?;
    let name = name?;
    let fate = code.function.fate(name, code.line);
    let taken = fate.uses.iter().any(|used| {
        around.lines.contains(&used.line)
            && used.via.is_none()
            && used.through.is_empty()
            && matches!(&used.kind, UseKind::Assigned { target, .. } if target == of)
    });
    let kept = |used: &crate::evidence::source::Use| {
        used.through.is_empty()
            && matches!(
                used.kind,
                UseKind::Sent { .. } | UseKind::Appended { spread: false, .. }
            )
    };
    let old = code.function.fate(of, code.line);
    (taken && !fate.uses.iter().any(kept) && !old.uses.iter().any(kept)).then(|| of.to_owned())
}

pub(super) fn part(value: i64) -> i64 {
    // Casts of floats saturate.
    (value as f64 * SAVED) as i64
}
