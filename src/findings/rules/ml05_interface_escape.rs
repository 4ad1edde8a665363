//! ML05: values that are boxed into interfaces, and variables that escape.

use super::blocks::LARGE;
use super::boxings::{self, Boxing, Taker};
use super::closures::{self, Closure, Sort};
use super::moved::{self, Moved, Role};
use crate::evidence::source::Ranged;
use crate::findings::{Channel, Confidence, Draft, Part, Rule, Saving, Scene};
use crate::units;

/// Below this part of a line, by bytes or objects, what is said would not be about the line.
const LEAST_PART: f64 = 0.25;

/// Errors above this part of all objects are no exception.
const HOT_ERRORS: f64 = 0.2;

/// See the page.
pub struct InterfaceEscape;

impl Rule for InterfaceEscape {
    fn id(&self) -> &'static str {
        "ML05"
    }

    fn name(&self) -> &'static str {
        "interface-escape"
    }

    fn technique(&self) -> &'static str {
        "Keep values out of interfaces and variables on the stack where the path is hot"
    }

    fn page(&self) -> &'static str {
        include_str!("ml05.md")
    }

    fn look(&self, scene: &Scene<'_>) -> Option<Draft> {
        let boxed = boxings::at(scene)
            .into_iter()
            .filter_map(|boxing| of_boxing(scene, boxing));
        let moved = moved::at(scene)
            .into_iter()
            .filter_map(|moved| of_variable(scene, moved));
        let closure = closures::at(scene).and_then(|closure| of_closure(scene, closure));
        boxed
            .chain(moved)
            .chain(closure)
            .chain(of_sort(scene))
            .max_by_key(|draft| (draft.confidence, draft.saving.alloc_space))
    }
}

/// How clear it is that the value need not be an interface.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    /// There is a typed way.
    Avoidable,
    /// It depends on what the interface is for.
    Open,
    /// Dynamic values are what the code is about.
    Inherent,
}

fn of_boxing(scene: &Scene<'_>, boxing: Boxing) -> Option<Draft> {
    let is_large = boxing
        .size
        .map_or(boxing.block > LARGE, |size| size.bytes > LARGE);
    if is_large
        || boxing.taker.formats()
        || boxing.part.share_of(&scene.spot.all.values) < LEAST_PART
    {
        return None;
    }
    let (need, advice) = advice(scene, &boxing)?;
    let agreed = boxing.in_escape || boxing.in_binary == Some(true);
    let confidence = match need {
        Need::Avoidable if agreed && (boxing.in_source || scene.code.is_some()) => Confidence::High,
        Need::Avoidable if agreed || boxing.size.is_some() => Confidence::Medium,
        Need::Open if agreed && boxing.size.is_some() => Confidence::Medium,
        // Without source the binary's word is all there can be.
        Need::Open if scene.code.is_none() && boxing.in_binary == Some(true) => Confidence::Medium,
        _ => Confidence::Low,
    };
    let value = match &boxing.type_text {
        Some(type_text) => format!("{} ({type_text})", boxing.value),
        None => boxing.value.clone(),
    };
    let mut draft = Draft::new(
        confidence,
        format!("{value} is put into an interface, which takes a block each time"),
    )
    .because(Channel::Profile, blocks_text(&boxing.part, boxing.block));
    if boxing.in_source {
        let how = match &boxing.taker {
            Taker::Call(callee) => format!("{} takes an interface", callee.text),
            Taker::Assignment(target) => format!("{target} holds an interface"),
            Taker::Result => "the result is an interface".to_owned(),
            Taker::Field | Taker::MapValue | Taker::Unknown => {
                "the value becomes an interface".to_owned()
            }
        };
        draft = draft.because(Channel::Source, how);
    }
    if boxing.in_escape {
        let text = format!(
            "the compiler says that {} escapes to the heap",
            boxing.value
        );
        draft = draft.because(Channel::Escape, text);
    }
    if boxing.in_binary == Some(true) {
        draft = draft.because(
            Channel::Binary,
            "the call here is the runtime's conversion to an interface",
        );
    }
    if let Some(columns) = boxing.columns {
        draft = draft.at(columns);
    }
    if boxing.taker == Taker::MapValue {
        // The values of one literal stand on lines of their own.
        draft = draft.about("values of a map's literal");
    }
    Some(
        draft
            .suggest(advice, None)
            .saves(whole(&boxing.part), "all blocks of the boxed value"),
    )
}

/// What to do instead of boxing; `None` where boxing is right or other advice covers it.
fn advice(scene: &Scene<'_>, boxing: &Boxing) -> Option<(Need, String)> {
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
fn of_sync(scene: &Scene<'_>, callee: &crate::evidence::source::Callee) -> Option<(Need, String)> {
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

fn of_variable(scene: &Scene<'_>, moved: Moved) -> Option<Draft> {
    if moved.block > LARGE && !matches!(moved.role, Role::Scratch { .. } | Role::Array)
        || moved.part.share_of(&scene.spot.all.values) < LEAST_PART
    {
        return None;
    }
    let name = &moved.name;
    let agreed = moved.in_escape || moved.in_binary;
    let firm = if agreed {
        Confidence::High
    } else {
        Confidence::Medium
    };
    let (confidence, title, advice) = match &moved.role {
        Role::Element { over, what, key } => {
            let index = if key.is_empty() || key == "_" {
                "i"
            } else {
                key
            };
            (
                if matches!(what, Ranged::Slice | Ranged::Array) {
                    firm
                } else {
                    Confidence::Low
                },
                format!("the loop variable {name} lives on the heap, one for each iteration"),
                format!(
                    "loop over the index and take the address of the element: `for {index} := range {over} {{ {name} := &{over}[{index}] … }}`"
                ),
            )
        }
        Role::Parameter { is_kept } => (
            if *is_kept {
                Confidence::Low
            } else {
                firm.lowered()
            },
            format!("the parameter {name} is moved to the heap in each call"),
            format!(
                "pass a pointer, or copy {name} into a local variable only where its address is taken"
            ),
        ),
        Role::Scratch { is_struct } => (
            if *is_struct { firm.lowered() } else { firm },
            format!("{name} is moved to the heap in each iteration"),
            format!("declare {name} once before the loop and set it anew in each iteration"),
        ),
        Role::Array => (
            firm.lowered(),
            format!("the array {name} is moved to the heap in each call"),
            format!(
                "keep {name} in a struct that lives longer, such as the receiver, or let the caller pass it: what an interface method gets may escape"
            ),
        ),
        Role::Needed => (
            Confidence::Low,
            format!("{name} is moved to the heap"),
            format!("see whether the address of {name} has to be taken"),
        ),
    };
    let mut draft = Draft::new(confidence, title)
        .because(Channel::Profile, blocks_text(&moved.part, moved.block))
        .suggest(advice, None)
        .about(name.clone());
    if moved.in_escape {
        draft = draft.because(
            Channel::Escape,
            format!("the compiler moves {name} to the heap"),
        );
    } else {
        draft = draft.because(
            Channel::Source,
            format!("the address of {name} is passed on or kept"),
        );
    }
    if moved.in_binary {
        draft = draft.because(Channel::Binary, "the call here allocates one object");
    }
    Some(draft.saves(whole(&moved.part), "all blocks of the variable"))
}

/// sort.Slice takes `any` and asks reflection for a function that swaps. What shows of that is
/// the swapper, in the library.
fn of_sort(scene: &Scene<'_>) -> Option<Draft> {
    let swappers = scene.below(|function| function.ends_with("reflectlite.Swapper"));
    if swappers.alloc_objects() <= 0 || swappers.share_of(&scene.spot.all.values) < LEAST_PART {
        return None;
    }
    let all = &scene.spot.all;
    Some(
        Draft::new(
            Confidence::Medium,
            "sort.Slice boxes the slice and makes a function to swap its elements",
        )
        .because(
            Channel::Profile,
            format!(
                "{} objects here, {} of them below reflectlite.Swapper",
                units::amount(all.alloc_objects(), "count"),
                units::amount(swappers.alloc_objects(), "count")
            ),
        )
        .suggest(
            "sort with slices.SortFunc, which takes the slice as it is and allocates nothing",
            None,
        )
        .saves(whole(all), "all that sorting allocates"),
    )
}

fn of_closure(scene: &Scene<'_>, closure: Closure) -> Option<Draft> {
    if closure.part.share_of(&scene.spot.all.values) < LEAST_PART {
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
    Some(draft.saves(whole(&closure.part), "all blocks of the function values"))
}

fn blocks_text(part: &Part, block: u64) -> String {
    format!(
        "{} in {} blocks of {block} bytes",
        units::amount(part.alloc_space(), "bytes"),
        units::amount(part.alloc_objects(), "count")
    )
}

fn whole(part: &Part) -> Saving {
    Saving {
        alloc_space: part.alloc_space(),
        alloc_objects: part.alloc_objects(),
        inuse_space: 0,
    }
}
