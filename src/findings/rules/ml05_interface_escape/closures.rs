//! Function values that are allocated: method values, and literals that are made in loops.

use std::ops::Range;

use super::super::blocks;
use crate::evidence::binary;
use crate::evidence::escape::{Kind, What};
use crate::evidence::source::{Callee, Deferred, OperationKind, UseKind};
use crate::findings::{Channel, Code, Confidence, Draft, Part, Scene};
use crate::units;

/// A method value is two words: the code and the receiver.
const METHOD_VALUE: u64 = 16;

/// The part of all objects above which function values that are returned are no setup.
const HOT_RETURNED: f64 = 0.05;

/// A function value that takes a block.
struct Closure {
    /// What sort it is.
    sort: Sort,
    /// Whether the compiler says that it escapes.
    in_escape: bool,
    /// Whether the binary shows an allocated object.
    in_binary: bool,
    /// Where it stands.
    columns: Range<u32>,
    /// What it allocates.
    part: Part,
}

/// Sorts of function values.
#[derive(Debug, PartialEq, Eq)]
enum Sort {
    /// `x.Method`, not called.
    MethodValue {
        /// As written.
        text: String,
        /// Whether it is made again and again: returned, assigned, or passed on in a loop.
        is_hot: bool,
    },
    /// `defer` in a loop.
    Deferred,
    /// A literal that is made in each iteration of a loop, and who takes it.
    InLoop(Callee),
    /// A literal that a function of the package makes and returns.
    Returned {
        /// What it captures.
        captured: Vec<String>,
    },
}

/// The most costly function value of the line.
fn at(scene: &Scene<'_>) -> Option<Closure> {
    let code = scene.code.as_ref()?;
    let around = code.loops.first();
    let runs_in_loop = around.is_some_and(|around| !around.through_literal);
    code.operations.iter().find_map(|operation| {
        let says = |meant: What| {
            scene.escape.iter().any(|said| {
                said.is_here
                    && said.fact.kind == Kind::EscapesToHeap(meant)
                    // Of a method value the compiler gives the place of the dot.
                    && (said.fact.column == operation.position.1
                        || operation.columns.contains(&said.fact.column))
            })
        };
        let (sort, in_escape, part) = match &operation.kind {
            OperationKind::MethodValue { text } => {
                let in_escape = says(What::MethodValue);
                if !in_escape && scene.channels.escape.is_some() {
                    return None;
                }
                let is_hot = match &operation.used.kind {
                    UseKind::Argument { callee, .. } if runs_later(callee) => return None,
                    UseKind::Argument { .. } => runs_in_loop,
                    UseKind::Returned => !returns_iterator(code),
                    _ => true,
                };
                let part = blocks::sized(&scene.direct(), METHOD_VALUE);
                let text = text.clone();
                (Sort::MethodValue { text, is_hot }, in_escape, part)
            }
            OperationKind::FuncLiteral { captured }
                if !runs_in_loop
                    && operation.used.kind == UseKind::Returned
                    && is_made_by_the_hot(scene, code, captured) =>
            {
                let in_escape = says(What::FuncLiteral);
                let captured = captured.clone();
                (Sort::Returned { captured }, in_escape, scene.direct())
            }
            OperationKind::FuncLiteral { captured } if runs_in_loop && !captured.is_empty() => {
                let in_escape = says(What::FuncLiteral);
                let sort = match &operation.used.kind {
                    _ if operation.deferred == Some(Deferred::Defer) => Sort::Deferred,
                    UseKind::Argument { callee, .. } if in_escape && !runs_later(callee) => {
                        Sort::InLoop(callee.clone())
                    }
                    _ => return None,
                };
                (sort, in_escape, scene.direct())
            }
            _ => return None,
        };
        let is_object = scene.is_mostly(&part, |call| *call == binary::Operation::NewObject);
        (part.alloc_space() > 0 && is_object != Some(false)).then(|| Closure {
            sort,
            in_escape,
            in_binary: is_object == Some(true),
            columns: operation.columns.clone(),
            part,
        })
    })
}

/// Whether a function that only the package itself calls returns the literal, again and again.
fn is_made_by_the_hot(scene: &Scene<'_>, code: &Code<'_>, captured: &[String]) -> bool {
    let is_own = !code.function.is_literal()
        && code.function.name().starts_with(char::is_lowercase)
        && !code.package.callers(&code.function).is_empty();
    is_own
        && !captured.is_empty()
        && scene.object_share() >= HOT_RETURNED
        && !returns_iterator(code)
}

/// Each goroutine and each timer needs a function value of its own.
fn runs_later(callee: &Callee) -> bool {
    matches!(
        callee.name(),
        "Go" | "TryGo" | "AfterFunc" | "Submit" | "Spawn" | "Cleanup" | "HandleFunc"
    )
}

/// An iterator is a function value: one for each loop over it is what it costs.
fn returns_iterator(code: &Code<'_>) -> bool {
    code.function.results().iter().any(|result| {
        let underlying = code.package.underlying(&result.type_text);
        underlying.starts_with("iter.Seq") || underlying.starts_with("func(yield")
    })
}

/// What to say of the function values of the line.
pub(super) fn of_line(scene: &Scene<'_>) -> Option<Draft> {
    let closure = at(scene)?;
    if !blocks::is_much(scene, &closure.part) {
        return None;
    }
    let agreed = closure.in_escape || closure.in_binary;
    let firm = if agreed {
        Confidence::High
    } else {
        Confidence::Medium
    };
    let (confidence, title, advice) = match &closure.sort {
        Sort::MethodValue { text, is_hot } => (
            if *is_hot { firm } else { firm.lowered() },
            format!("the method value {text} is a closure on the heap"),
            format!(
                "use a method expression, a switch over a kind, or make {text} once and keep it"
            ),
        ),
        Sort::Returned { captured } => (
            firm.lowered(),
            "a function value is made anew in each call".to_owned(),
            format!(
                "it captures only {}: make one for each value that occurs, once, in package variables or a table, or pass \
                 what it captures as arguments",
                captured.join(", ")
            ),
        ),
        Sort::Deferred => (
            firm,
            "a deferred closure is allocated in each iteration, and all run only at the end"
                .to_owned(),
            "move the body of the loop into a function of its own, where defer costs nothing"
                .to_owned(),
        ),
        Sort::InLoop(callee) => (
            firm.lowered(),
            format!(
                "a closure for {} is allocated in each iteration",
                callee.text
            ),
            "make the closure once before the loop, or pass what it captures as arguments"
                .to_owned(),
        ),
    };
    let mut draft = Draft::new(confidence, title)
        .because(
            Channel::Profile,
            format!(
                "{} in {} objects",
                units::amount(closure.part.alloc_space(), "bytes"),
                units::amount(closure.part.alloc_objects(), "count")
            ),
        )
        .because(Channel::Source, "a function value is made at this line")
        .suggest(advice, None)
        .at(closure.columns);
    if let Sort::MethodValue { .. } = closure.sort {
        // The lines of one function that make such values share one remedy.
        draft = draft.about("method values");
    }
    if closure.in_escape {
        draft = draft.because(
            Channel::Escape,
            "the compiler says that it escapes to the heap",
        );
    }
    Some(draft.saves(
        blocks::saving(&closure.part),
        "all blocks of the function values",
    ))
}
