//! ML06: small structs that never change, handed around by pointer.

use std::ops::Range;

use super::blocks;
use crate::evidence::binary;
use crate::evidence::escape::{Kind, Reason, What};
use crate::evidence::source::{OperationKind, Place, TypeFacts, Use, UseKind};
use crate::findings::Code;
use crate::findings::{Channel, Confidence, Draft, Rule, Scene};

#[cfg(test)]
mod tests;

/// Larger values cost more to copy than they save; eight words are a cache line.
const SMALL: u64 = 64;

/// A word, which an interface can hold without a block if it is a small number.
const WORD: u64 = 8;

/// Errors above this part of all objects are no exception.
const HOT_ERRORS: f64 = 0.2;

/// See the page.
pub struct ValueReceiver;

impl Rule for ValueReceiver {
    fn id(&self) -> &'static str {
        "ML06"
    }

    fn name(&self) -> &'static str {
        "value-receiver"
    }

    fn technique(&self) -> &'static str {
        "Return and keep small structs that do not change by value"
    }

    fn page(&self) -> &'static str {
        include_str!("../ml06.md")
    }

    fn look(&self, scene: &Scene<'_>) -> Option<Draft> {
        let code = scene.code.as_ref()?;
        let made = made(code)?;
        let (type_text, columns) = (made.type_text, made.columns);
        let base = base_of(&type_text);
        let facts = code.package.type_facts(base)?;
        let size = facts
            .size
            .filter(|size| (1..=SMALL).contains(&size.bytes))?;
        if has_identity(code, base, &facts) {
            return None;
        }
        let is_error = facts
            .pointer_methods
            .iter()
            .chain(&facts.value_methods)
            .any(|name| name == "Error");
        let way = match made.way {
            // An interface of a small number needs no block, and errors are values.
            Some(Way::Error) if size.bytes <= WORD && !size.pointers => Way::Error,
            Some(Way::Error) | None => return None,
            Some(_) if is_error => return None,
            Some(way) => way,
        };
        if way == Way::Error && scene.object_share() < HOT_ERRORS {
            return None;
        }
        let (block, part) = blocks::holding(scene, Some(size))?;
        let is_object = scene.is_mostly(&part, |call| *call == binary::Operation::NewObject);
        if is_object == Some(false) || !blocks::is_much(scene, &part) {
            return None;
        }
        let in_escape = scene.escape.iter().any(|said| {
            said.is_here
                && matches!(
                    said.fact.kind,
                    Kind::EscapesToHeap(What::AddressOfComposite | What::New) | Kind::MovedToHeap
                )
                && (said.fact.flow.is_empty()
                    || way != Way::Returned
                    || said.fact.has(&Reason::Return))
        });
        if scene.channels.escape.is_some() && !in_escape && !code.function.is_generic() {
            return None;
        }
        let agreed = in_escape || is_object == Some(true);
        let is_plain = facts
            .fields
            .iter()
            .all(|field| !field.type_text.starts_with('*'));
        let confidence = match way {
            Way::Returned if agreed && is_plain => Confidence::High,
            Way::Returned | Way::Appended | Way::Field | Way::Error if is_plain => {
                Confidence::Medium
            }
            _ => Confidence::Low,
        };
        let methods = facts.pointer_methods.len() + facts.value_methods.len();
        let mut draft = Draft::new(
            confidence,
            format!("{base} is {} bytes and never changes, yet each one is allocated", size.bytes),
        )
        .because(
            Channel::Profile,
            blocks::text(&part, block))
        .because(
            Channel::Source,
            match methods {
                0 => format!("nothing in the package assigns to a field of {base} once it is made"),
                _ => format!(
                    "no method of {base} changes it, and nothing in the package assigns to a field once it is made"
                ),
            },
        )
        .at(columns)
        .about(base);
        if in_escape {
            draft = draft.because(
                Channel::Escape,
                "the compiler says that it escapes to the heap",
            );
        }
        let advice = match way {
            Way::Returned => format!(
                "return {base} instead of *{base}, with a second result where nil has a meaning, and give its methods value receivers"
            ),
            Way::Error => format!(
                "return {base} by value, with value receivers: an interface that holds a number below 256 needs no block, and others no more than now"
            ),
            Way::Field => format!("let the field be a {base}: it is part of what holds it then"),
            _ => format!("keep []{base} instead of []*{base}: one block holds them all"),
        };
        draft.weight = 1;
        Some(draft.suggest(advice, None).saves(
            blocks::saving(&part),
            "at most all of these blocks: what keeps the values grows by their size",
        ))
    }
}

/// How the pointer leaves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Returned,
    Appended,
    Field,
    Error,
    Other,
}

/// The struct that a line allocates.
struct Made {
    type_text: String,
    /// How its pointer leaves; `None` where it becomes an interface or is shared.
    way: Option<Way>,
    /// Where it stands.
    columns: Range<u32>,
}

fn made(code: &Code<'_>) -> Option<Made> {
    code.operations.iter().find_map(|operation| {
        let type_text = match &operation.kind {
            OperationKind::Composite {
                type_text,
                address_taken: true,
                ..
            }
            | OperationKind::New { type_text } => type_text.clone(),
            _ => return None,
        };
        Some(Made {
            way: leaves(code, &operation.used, &type_text),
            type_text,
            columns: operation.columns.clone(),
        })
    })
}

/// A type's name without its arguments.
fn base_of(type_text: &str) -> &str {
    type_text.split('[').next().unwrap_or_default()
}

/// Where a new pointer goes; `None` where it becomes an interface or is shared.
fn leaves(code: &Code<'_>, used: &Use, type_text: &str) -> Option<Way> {
    let pointer = format!("*{type_text}");
    let returns_it = || {
        let results = code.function.results();
        results.iter().any(|result| result.type_text == pointer)
    };
    match &used.kind {
        _ if used.through.iter().any(is_held) => {
            // Part of a larger literal: nil may stand for nothing there.
            let base = base_of(type_text);
            let is_optional = !code.package.nil_comparisons(base).is_empty();
            let is_field = code.package.type_names().any(|owner| {
                let fields = code.package.fields(owner);
                fields.iter().any(|field| field.type_text == pointer)
            });
            (is_field && !is_optional).then_some(Way::Field)
        }
        UseKind::Returned if returns_it() => Some(Way::Returned),
        UseKind::Returned => {
            let results = code.function.results();
            let is_error = results.iter().any(|result| result.type_text == "error");
            is_error.then_some(Way::Error)
        }
        UseKind::Appended { to, .. } => holds(code, to, &pointer).then_some(Way::Appended),
        UseKind::Assigned {
            target,
            place: Place::Local,
        } => {
            let fate = code.function.fate(target, code.line);
            // What fills it through the pointer needs a pointer; a slice of an array is not that.
            let is_handed_on = fate.passed().any(|(_, used)| used.through.is_empty());
            if is_handed_on {
                None
            } else if fate.is_returned() && !fate.is_stored() && returns_it() {
                Some(Way::Returned)
            } else if fate
                .uses
                .iter()
                .any(|used| matches!(&used.kind, UseKind::Appended { to, .. } if holds(code, to, &pointer)))
            {
                Some(Way::Appended)
            } else {
                None
            }
        }
        _ => Some(Way::Other),
    }
}

/// Whether a slice's elements are of this type, not of an interface.
fn holds(code: &Code<'_>, slice: &str, element: &str) -> bool {
    let declared = code.function.declaration(slice, code.line, code.package);
    let type_text = declared.and_then(|declared| declared.type_text);
    type_text.is_some_and(|text| code.package.underlying(&text).strip_prefix("[]") == Some(element))
}

fn is_held(through: &crate::evidence::source::Through) -> bool {
    matches!(through, crate::evidence::source::Through::Element { .. })
}

/// Whether it matters which of two equal values is meant, or values change after they are made.
fn has_identity(code: &Code<'_>, base: &str, facts: &TypeFacts) -> bool {
    let package = code.package;
    let own = code.function.lines();
    let path = code.file.path();
    let is_written = package
        .writes_through_pointers(base)
        .iter()
        // The function that makes the value may fill it in.
        .any(|site| site.path != path || !own.contains(&site.line));
    facts.no_copy
        || !facts.mutating_methods.is_empty()
        || is_written
        || facts
            .fields
            .iter()
            .any(|field| refers(&field.type_text, base))
        || facts
            .fields
            .iter()
            .any(|field| code.package.is_interface(&field.type_text))
        || is_key_or_shared(code, base)
}

/// Fields that make a value more than its bits: links to its like, and what it would share.
fn refers(type_text: &str, base: &str) -> bool {
    let names_base = type_text
        .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .any(|word| word == base);
    names_base
        || ["[]", "map[", "chan ", "func("]
            .iter()
            .any(|prefix| type_text.starts_with(prefix))
        || type_text.starts_with("sync.")
        || type_text.starts_with("atomic.")
}

/// Pointers that are keys of a map, swapped atomically, or asserted to implement an interface.
fn is_key_or_shared(code: &Code<'_>, base: &str) -> bool {
    let forms = [
        format!("map[*{base}]"),
        format!("atomic.Pointer[{base}]"),
        format!("weak.Pointer[{base}]"),
        format!("(*{base})(nil)"),
    ];
    code.package.files().iter().any(|file| {
        (1..=file.line_count()).any(|line| {
            file.line(line)
                .is_some_and(|text| forms.iter().any(|form| text.contains(form)))
        })
    })
}
