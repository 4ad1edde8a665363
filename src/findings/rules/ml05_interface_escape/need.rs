//! Whether a value has to be an interface, and what it could be instead.

use super::super::boxings::{Boxing, Taker};
use crate::evidence::source::Callee;
use crate::findings::Scene;

/// Errors above this part of all objects are no exception.
const HOT_ERRORS: f64 = 0.2;

/// How clear it is that the value need not be an interface.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// There is a typed way.
    Avoidable,
    /// It depends on what the interface is for.
    Open,
    /// Dynamic values are what the code is about.
    Inherent,
}

/// What to do instead of boxing; `None` where boxing is right or other advice covers it.
pub(super) fn advice(scene: &Scene<'_>, boxing: &Boxing) -> Option<(Need, String)> {
    let value = boxing.type_text.as_deref().unwrap_or("the value's type");
    let said = |need, text: String| Some((need, text));
    match &boxing.taker {
        Taker::Call(callee) => {
            let called = callee.qualified.as_deref().unwrap_or(&callee.text);
            let operand = callee.operand();
            match (called, callee.name()) {
                _ if called.contains("container/heap.") || operand == "heap" => said(
                    Need::Avoidable,
                    format!(
                        "keep the heap in a slice of {value} with typed push and pop, or in a generic heap, so that nothing becomes `any`"
                    ),
                ),
                _ if matches!(operand, "sort") => said(
                    Need::Avoidable,
                    "sort with slices.SortFunc or slices.Sort, which take the slice as it is"
                        .to_owned(),
                ),
                (_, "PushBack" | "PushFront" | "InsertBefore" | "InsertAfter") => said(
                    Need::Avoidable,
                    format!(
                        "use a list with elements of {value} (generic, or links within the struct), or store one pointer that is changed in place"
                    ),
                ),
                ("context.WithValue", _) => said(
                    Need::Open,
                    "put a pointer into the context, once for all values, rather than a value each"
                        .to_owned(),
                ),
                (_, "Put" | "CompareAndSwap") if boxing.taker_is_library(scene) => None,
                (_, "Store" | "LoadOrStore" | "Swap" | "Load" | "Delete" | "LoadAndDelete")
                    if boxing.taker_is_library(scene) =>
                {
                    of_sync(scene, callee)
                }
                // An interface's slice is for values of several types.
                (_, "append") => said(
                    Need::Inherent,
                    format!("if all elements are {value}, give the slice that type"),
                ),
                _ if takes_any_value(callee.name()) => None,
                _ if reports_errors(callee.name()) => None,
                _ => of_own(scene, boxing, callee.name(), operand.is_empty()),
            }
        }
        Taker::Assignment(target) if target.ends_with(".Value") => said(
            Need::Avoidable,
            format!("store a pointer to {value} in the element once and change what it points to"),
        ),
        Taker::Assignment(target) if target.ends_with(']') => said(
            Need::Inherent,
            format!("if all elements are {value}, give the container that type"),
        ),
        Taker::Assignment(target) => said(
            Need::Open,
            format!("give {target} a concrete type, or let it hold a pointer that is made once"),
        ),
        Taker::Result if is_hot_error(scene) => said(
            Need::Open,
            format!(
                "return an error that is made once, or give {value} a form that needs no block"
            ),
        ),
        Taker::Result if is_pop(scene) => said(
            Need::Avoidable,
            format!("return {value} itself: a heap with typed push and pop does not need `any`"),
        ),
        Taker::Result => said(
            Need::Inherent,
            format!("return {value} itself where callers know the type"),
        ),
        Taker::MapValue => said(
            Need::Open,
            "a struct with a field for each key boxes nothing and needs no map".to_owned(),
        ),
        Taker::Field => said(
            Need::Inherent,
            format!("give the field type {value}, or a field for each type"),
        ),
        Taker::Unknown => said(
            Need::Open,
            "pass the concrete type, or a pointer that is made once".to_owned(),
        ),
    }
}

impl Boxing {
    /// Whether the callee is no function of the package.
    fn taker_is_library(&self, scene: &Scene<'_>) -> bool {
        let Taker::Call(callee) = &self.taker else {
            return false;
        };
        !scene.code.as_ref().is_some_and(|code| {
            let package = code.package;
            package
                .type_names()
                .any(|base| package.function(Some(base), callee.name()).is_some())
        })
    }
}

/// A call that takes `any`, of a function of the same package or of one that is not known.
fn of_own(
    scene: &Scene<'_>,
    boxing: &Boxing,
    name: &str,
    is_plain: bool,
) -> Option<(Need, String)> {
    let value = boxing.type_text.as_deref().unwrap_or("the value's type");
    let package = scene.code.as_ref().map(|code| code.package);
    let declared = package.and_then(|package| {
        if is_plain {
            return package.function(None, name).map(|found| found.parameters());
        }
        package
            .type_names()
            .find_map(|owner| package.method_parameters(owner, name))
    });
    let Some(parameters) = declared else {
        // Variadic parameters of others, as those of database drivers, are theirs to choose.
        let need = match boxing.is_variadic && !logs(name) {
            true => Need::Inherent,
            false => Need::Open,
        };
        return Some((
            need,
            format!("give {name} a parameter of type {value}, or pass a pointer that is made once"),
        ));
    };
    let is_any = |text: &str| matches!(text, "any" | "interface{}");
    if parameters
        .iter()
        .any(|parameter| parameter.variadic && is_any(&parameter.type_text))
    {
        return Some((
            Need::Avoidable,
            format!(
                "check before the call whether {name} does anything, or give it typed parameters: its arguments are boxed even when they are not used"
            ),
        ));
    }
    let takes_any = parameters
        .iter()
        .any(|parameter| is_any(&parameter.type_text));
    Some((
        if takes_any {
            Need::Avoidable
        } else {
            Need::Open
        },
        format!(
            "let {name} take {value} itself, or a struct with a kind and a field for each type; make it generic if there are several types"
        ),
    ))
}

/// What the types of package sync hold: a map's keys and values need not be boxed, but what is
/// swapped as a whole has to be a copy.
fn of_sync(scene: &Scene<'_>, callee: &Callee) -> Option<(Need, String)> {
    let code = scene.code.as_ref()?;
    let owner = code
        .function
        .declaration(callee.operand(), code.line, code.package)
        .and_then(|declared| declared.type_text);
    let need = match owner.as_deref() {
        Some(owner) if owner.contains("atomic.") => return None,
        Some(owner) if owner.ends_with("sync.Map") => match callee.name() {
            "Store" | "LoadOrStore" | "Swap" => Need::Avoidable,
            _ => Need::Open,
        },
        _ => Need::Open,
    };
    Some((
        need,
        "a map with its own types behind a sync.RWMutex boxes neither keys nor values".to_owned(),
    ))
}

/// Whether a function logs, as its name says.
fn logs(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["debug", "info", "warn", "trace", "log"]
        .iter()
        .any(|part| name.starts_with(part) || name.ends_with("logf"))
}

/// Methods that encode, fill in or render whatever they get, of libraries and their like.
fn takes_any_value(name: &str) -> bool {
    [
        "Encode",
        "Decode",
        "Marshal",
        "Unmarshal",
        "Execute",
        "Scan",
        "JSON",
        "Bind",
    ]
    .iter()
    .any(|part| name.starts_with(part))
}

/// Errors are made on paths that should be cold.
fn reports_errors(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["err", "fatal", "panic", "fail"]
        .iter()
        .any(|part| name.contains(part))
}

/// Whether the function returns errors so often that they make up a good part of all objects:
/// as a rule errors are rare.
fn is_hot_error(scene: &Scene<'_>) -> bool {
    let Some(code) = &scene.code else {
        return false;
    };
    let results = code.function.results();
    let is_error = results.last().is_some_and(|last| last.type_text == "error")
        && !results.iter().any(|result| result.type_text == "any");
    is_error && scene.object_share() > HOT_ERRORS
}

/// Whether this is `Pop() any`, which container/heap asks for.
fn is_pop(scene: &Scene<'_>) -> bool {
    let name = match &scene.code {
        Some(code) => code.function.name(),
        None => scene
            .spot
            .place
            .function
            .rsplit('.')
            .next()
            .unwrap_or_default(),
    };
    name == "Pop"
}
