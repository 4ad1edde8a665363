//! Values that a line makes interfaces of, as the source and the compiler tell.

use std::ops::Range;

use super::blocks;
use crate::evidence::binary;
use crate::evidence::escape::{Fact, Kind, Reason, Step, What};
use crate::evidence::source::{BoxedBy, Callee, Operation, OperationKind, Size};
use crate::findings::{Part, Scene};

/// Packages that format, encode or look into any value.
const FORMATTERS: &[&str] = &[
    "fmt", "log", "slog", "errors", "json", "xml", "gob", "binary", "reflect",
];

/// A value that becomes an interface and costs a block.
pub(super) struct Boxing {
    /// The value as written.
    pub(super) value: String,
    /// Its type, where it can be told.
    pub(super) type_text: Option<String>,
    /// Its size, where that can be told.
    pub(super) size: Option<Size>,
    /// What takes the interface.
    pub(super) taker: Taker,
    /// Whether it is one of a variadic parameter's arguments, as far as the compiler tells.
    pub(super) is_variadic: bool,
    /// Whether the source shows it.
    pub(super) in_source: bool,
    /// Whether the compiler says that the value escapes.
    pub(super) in_escape: bool,
    /// What the binary says of the blocks, if it says anything.
    pub(super) in_binary: Option<bool>,
    /// Where the value stands.
    pub(super) columns: Option<Range<u32>>,
    /// The size of its blocks.
    pub(super) block: u64,
    /// All blocks of that size.
    pub(super) part: Part,
}

/// What takes an interface.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Taker {
    /// A call.
    Call(Callee),
    /// An assignment.
    Assignment(String),
    /// A result of the function.
    Result,
    /// A field of a literal.
    Field,
    /// A value of a map's literal.
    MapValue,
    /// The compiler does not tell.
    Unknown,
}

impl Taker {
    /// Whether the library formats or encodes what it takes: what is boxed for that goes away with
    /// the formatting, which other advice is about.
    pub(super) fn formats(&self) -> bool {
        let Self::Call(callee) = self else {
            return false;
        };
        let called = callee.qualified.as_deref().unwrap_or(&callee.text);
        let package = called.rsplit_once('.').map_or("", |(package, _)| package);
        FORMATTERS.contains(&package.rsplit('/').next().unwrap_or_default()) || called == "panic"
    }
}

/// The boxed values of the line, those with most bytes first.
pub(super) fn at(scene: &Scene<'_>) -> Vec<Boxing> {
    let mut found: Vec<Boxing> = Vec::new();
    for operation in scene.operations() {
        let OperationKind::Boxed {
            value,
            type_text,
            by,
            free: false,
        } = &operation.kind
        else {
            continue;
        };
        let taker = match by {
            BoxedBy::Argument { callee, .. } => Taker::Call(callee.clone()),
            BoxedBy::Assignment { target } => Taker::Assignment(target.clone()),
            BoxedBy::Result => Taker::Result,
        };
        let mut boxing = Boxing {
            value: value.clone(),
            type_text: type_text.clone(),
            size: blocks::size_of(scene, type_text.as_deref()),
            taker,
            is_variadic: false,
            in_source: true,
            in_escape: escapes(scene, operation, value),
            in_binary: None,
            columns: Some(operation.columns.clone()),
            block: 0,
            part: Part::default(),
        };
        if boxing.weigh(scene) {
            found.push(boxing);
        }
    }
    for said in scene.escape.iter().filter(|said| said.is_here) {
        let known = found.iter().any(|boxing| {
            boxing.in_escape
                && (boxing.value == *said.fact.expression
                    || boxing
                        .columns
                        .as_ref()
                        .is_some_and(|columns| columns.contains(&said.fact.column)))
        });
        if !known
            && let Some(mut boxing) = told(scene, said.fact)
            && boxing.weigh(scene)
        {
            found.push(boxing);
        }
    }
    if found.is_empty() {
        found.extend(called(scene));
    }
    found.sort_by_key(|boxing| std::cmp::Reverse(boxing.part.alloc_space()));
    found
}

impl Boxing {
    /// Finds its blocks; false when there are none.
    fn weigh(&mut self, scene: &Scene<'_>) -> bool {
        let Some((block, part)) = blocks::holding(scene, self.size) else {
            return false;
        };
        self.in_binary = scene.is_mostly(&part, |call| matches!(call, binary::Operation::Box(_)));
        self.block = block;
        self.part = part;
        self.in_binary != Some(false)
    }
}

/// Whether the compiler says that the boxed value is allocated.
fn escapes(scene: &Scene<'_>, operation: &Operation, value: &str) -> bool {
    scene.escape.iter().any(|said| {
        said.is_here
            && matches!(
                said.fact.kind,
                Kind::EscapesToHeap(
                    What::Boxing
                        | What::Composite
                        | What::MethodValue
                        | What::Concat
                        | What::StringConversion
                )
            )
            && (*said.fact.expression == *value
                || (said.fact.line, said.fact.column) == operation.position)
    })
}

/// What the compiler alone tells: a plain value is only ever allocated to be an interface's.
fn told(scene: &Scene<'_>, fact: &Fact) -> Option<Boxing> {
    let is_composite = match fact.kind {
        Kind::EscapesToHeap(What::Boxing) => false,
        Kind::EscapesToHeap(What::Composite) => true,
        // A field that is boxed, or a method value: without source it is one or the other, and
        // both go away in the same way.
        Kind::EscapesToHeap(What::MethodValue) if scene.code.is_none() => false,
        _ => return None,
    };
    let expression = &*fact.expression;
    let position = (fact.line, fact.column);
    let operations = scene.operations();
    let mut type_text = None;
    let mut columns = None;
    if is_composite {
        // A named slice type's literal looks the same and is allocated for itself.
        let is_flat = |operation: &&Operation| {
            matches!(&operation.kind, OperationKind::Composite { shape, address_taken: false, .. }
                if matches!(shape, crate::evidence::source::Shape::Struct
                    | crate::evidence::source::Shape::Array))
        };
        let literal = operations
            .iter()
            .filter(|operation| operation.position == position)
            .find(is_flat);
        match (literal, &scene.code) {
            (Some(operation), _) => {
                if let OperationKind::Composite { type_text: of, .. } = &operation.kind {
                    type_text = Some(of.clone());
                }
                columns = Some(operation.columns.clone());
            }
            (None, Some(_)) => return None,
            (None, None) => {}
        }
    } else if let Some(code) = &scene.code {
        type_text = code
            .function
            .declaration(expression, code.line, code.package)
            .and_then(|declared| declared.type_text);
    }
    Some(Boxing {
        size: blocks::size_of(scene, type_text.as_deref()),
        value: expression.to_owned(),
        type_text,
        taker: taker(scene, fact),
        is_variadic: fact.has(&Reason::SliceLiteralElement),
        in_source: false,
        in_escape: true,
        in_binary: None,
        columns,
        block: 0,
        part: Part::default(),
    })
}

/// Who takes the value, by the flow that the compiler gives, or by the calls of the line.
fn taker(scene: &Scene<'_>, fact: &Fact) -> Taker {
    let calls = scene.operations().iter().filter_map(|operation| {
        let OperationKind::Call {
            callee, arguments, ..
        } = &operation.kind
        else {
            return None;
        };
        Some((operation, callee, arguments))
    });
    for (operation, callee, arguments) in calls {
        let is_argument = arguments
            .iter()
            .any(|argument| *argument == *fact.expression)
            || operation.position.0 == fact.line
                && operation.columns.contains(&fact.column)
                && operation.position.1 < fact.column;
        if is_argument {
            return Taker::Call(callee.clone());
        }
    }
    for step in &fact.flow {
        if let Step::Via {
            reason, expression, ..
        } = step
        {
            match reason {
                Reason::CallParameter => {
                    return Taker::Call(Callee {
                        text: called_in(expression).to_owned(),
                        qualified: None,
                    });
                }
                Reason::Return => return Taker::Result,
                Reason::StructLiteralElement => return Taker::Field,
                Reason::MapLiteralValue => return Taker::MapValue,
                Reason::Assign => {
                    let target = expression.split_once(" = ").map(|(target, _)| target);
                    if let Some(target) = target.filter(|target| target.contains('.')) {
                        return Taker::Assignment(target.to_owned());
                    }
                }
                _ => {}
            }
        }
    }
    // Of a call that is inlined the flow names the parameters alone.
    let inlined = scene.escape.iter().find(|said| {
        said.is_here
            && said.fact.kind == Kind::Inlines
            && (said.fact.line, said.fact.column) <= (fact.line, fact.column)
            && said.fact.expression.contains("list.(*List).")
    });
    match inlined {
        Some(said) => Taker::Call(Callee {
            text: said.fact.expression.to_string(),
            qualified: None,
        }),
        None => Taker::Unknown,
    }
}

/// Who is called in a call as the compiler prints it: `(*List).PushFront` of
/// `(*List).PushFront(l, f(x))`.
fn called_in(call: &str) -> &str {
    let mut depth = 0_u32;
    for (at, letter) in call.char_indices().rev() {
        match letter {
            ')' => depth = depth.saturating_add(1),
            '(' => depth = depth.saturating_sub(1),
            _ => continue,
        }
        if depth == 0 {
            return call.get(..at).unwrap_or_default();
        }
    }
    call
}

/// What the binary alone tells, where neither source nor compiler do.
fn called(scene: &Scene<'_>) -> Option<Boxing> {
    let formats = scene.below(|function| {
        let package = function.split('.').next().unwrap_or_default();
        FORMATTERS.contains(&package.rsplit('/').next().unwrap_or_default())
    });
    if scene.code.is_some() || !scene.escape.is_empty() || formats.alloc_objects() > 0 {
        return None;
    }
    let part = scene.called(|call| matches!(call, binary::Operation::Box(_)))?;
    if part.alloc_space() <= 0 {
        return None;
    }
    Some(Boxing {
        value: "a value".to_owned(),
        type_text: None,
        size: None,
        taker: Taker::Unknown,
        is_variadic: false,
        in_source: false,
        in_escape: false,
        in_binary: Some(true),
        columns: None,
        block: scene.traits(&part).dominant_size,
        part,
    })
}
