//! Function values that are allocated: method values, and literals that are made in loops.

use std::ops::Range;

use super::blocks;
use crate::evidence::binary;
use crate::evidence::escape::{Kind, What};
use crate::evidence::source::{Callee, Deferred, OperationKind, UseKind};
use crate::findings::{Code, Part, Scene};

/// A method value is two words: the code and the receiver.
const METHOD_VALUE: u64 = 16;

/// A function value that takes a block.
pub(super) struct Closure {
    /// What sort it is.
    pub(super) sort: Sort,
    /// Whether the compiler says that it escapes.
    pub(super) in_escape: bool,
    /// Whether the binary shows an allocated object.
    pub(super) in_binary: bool,
    /// Where it stands.
    pub(super) columns: Range<u32>,
    /// What it allocates.
    pub(super) part: Part,
}

/// Sorts of function values.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sort {
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
}

/// The most costly function value of the line.
pub(super) fn at(scene: &Scene<'_>) -> Option<Closure> {
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
