//! Variables that live on the heap, as the compiler says or, without it, as the source suggests.

use super::blocks;
use crate::evidence::binary;
use crate::evidence::escape::Kind;
use crate::evidence::source::{
    Capture, Fate, LoopKind, OperationKind, Origin, Place, Ranged, Size, Through, Use, UseKind,
};
use crate::findings::Code;
use crate::findings::{Part, Scene};

/// A variable that is moved to the heap, charged to the line that declares it.
pub(super) struct Moved {
    /// Its name.
    pub(super) name: String,
    /// Its type, where it can be told.
    pub(super) type_text: Option<String>,
    /// What sort of variable it is.
    pub(super) role: Role,
    /// Whether the compiler says so.
    pub(super) in_escape: bool,
    /// Whether the binary shows an allocated variable there.
    pub(super) in_binary: bool,
    /// The size of its blocks.
    pub(super) block: u64,
    /// All blocks of that size.
    pub(super) part: Part,
}

/// What sort of variable.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The element variable of a range clause.
    Element {
        /// What is ranged over.
        over: String,
        /// What that is.
        what: Ranged,
        /// The index variable.
        key: String,
    },
    /// A parameter whose address does not leave through a result.
    Parameter {
        /// Whether something keeps it beyond the call.
        is_kept: bool,
    },
    /// Declared in a loop for one iteration only.
    Scratch {
        /// Whether it is a struct, whose fields have to be emptied for the next one.
        is_struct: bool,
    },
    /// An array of which a slice is passed on, in no loop.
    Array,
    /// One that has to outlive the call, or of which too little is known.
    Needed,
}

/// The variables of the line.
pub(super) fn at(scene: &Scene<'_>) -> Vec<Moved> {
    let mut names: Vec<(String, bool)> = scene
        .escape
        .iter()
        .filter(|said| said.is_here)
        .filter(|said| {
            matches!(
                said.fact.kind,
                Kind::MovedToHeap | Kind::IterationVariableToHeap
            )
        })
        .map(|said| (said.fact.expression.to_string(), true))
        .collect();
    names.sort();
    names.dedup();
    if scene.channels.escape.is_none()
        && let Some(code) = &scene.code
    {
        names.extend(suspects(code).into_iter().map(|name| (name, false)));
    }
    names
        .into_iter()
        .filter_map(|(name, in_escape)| moved(scene, name, in_escape))
        .collect()
}

/// Variables declared at the line whose address goes where it may stay.
fn suspects(code: &Code<'_>) -> Vec<String> {
    let mut names: Vec<String> = code
        .operations
        .iter()
        .filter_map(|operation| match &operation.kind {
            OperationKind::RangeVariable {
                name,
                is_value: true,
                address_taken: true,
            } => Some(name.clone()),
            OperationKind::VarDecl { name, .. } => Some(name.clone()),
            _ => None,
        })
        .collect();
    if *code.function.lines().start() == code.line {
        let parameters = code.function.parameters();
        names.extend(parameters.into_iter().map(|parameter| parameter.name));
    }
    names.retain(|name| {
        let fate = code.function.fate(name, code.line);
        fate.uses
            .iter()
            .any(|used| leaves(code, used) && by_address(used))
    });
    names
}

fn by_address(used: &Use) -> bool {
    matches!(used.through.first(), Some(Through::Address))
        || matches!(used.through.first(), Some(Through::Slice { .. }))
}

/// Whether a use can let the variable outlive the call.
fn leaves(code: &Code<'_>, used: &Use) -> bool {
    keeps(used)
        || matches!(&used.kind, UseKind::Argument { callee, .. }
            // Of a function value or an interface's method the compiler expects the worst.
            if callee.qualified.is_none() && code.package.function(None, &callee.text).is_none())
        || matches!(used.captured, Some(Capture::Argument))
}

/// Whether a use lets the variable outlive the call for certain.
fn keeps(used: &Use) -> bool {
    let stored = match &used.kind {
        UseKind::Returned | UseKind::Sent { .. } => true,
        UseKind::Assigned { place, .. } => matches!(
            place,
            Place::Global | Place::Field | Place::Element | Place::Pointer
        ),
        UseKind::Appended { spread, .. } => !spread,
        _ => false,
    };
    stored && by_address(used) || matches!(used.captured, Some(Capture::Go | Capture::Stored))
}

fn moved(scene: &Scene<'_>, name: String, in_escape: bool) -> Option<Moved> {
    let (type_text, role) = match &scene.code {
        Some(code) => described(code, &name),
        None => (None, Role::Needed),
    };
    let size: Option<Size> = blocks::size_of(scene, type_text.as_deref());
    let (block, part) = blocks::holding(scene, size)?;
    let is_object = scene.is_mostly(&part, |call| *call == binary::Operation::NewObject);
    (is_object != Some(false)).then(|| Moved {
        name,
        type_text,
        role,
        in_escape,
        in_binary: is_object == Some(true),
        block,
        part,
    })
}

fn described(code: &Code<'_>, name: &str) -> (Option<String>, Role) {
    let fate = code.function.fate(name, code.line);
    let declared = code.function.declaration(name, code.line, code.package);
    let element = code.loops.iter().find_map(|around| match &around.kind {
        LoopKind::Range {
            over,
            what,
            key,
            value,
        } if *around.lines.start() == code.line && value == name => Some(Role::Element {
            over: over.clone(),
            what: *what,
            key: key.clone(),
        }),
        _ => None,
    });
    let Some(declared) = declared else {
        return (None, element.unwrap_or(Role::Needed));
    };
    let role = match (element, &declared.origin) {
        (Some(element), _) => element,
        (
            None,
            Origin::Range {
                is_value: true,
                over,
            },
        ) => Role::Element {
            over: over.clone(),
            what: ranged(code, over),
            key: String::new(),
        },
        (None, Origin::Parameter { .. }) => match is_handed_back(&fate) {
            true => Role::Needed,
            false => Role::Parameter {
                is_kept: must_stay(&fate, None),
            },
        },
        (None, Origin::Receiver | Origin::Result | Origin::PackageVariable) => Role::Needed,
        (None, _) if must_stay(&fate, declared.type_text.as_deref()) => Role::Needed,
        (None, _) if declared.in_loop.is_some() => Role::Scratch {
            is_struct: declared
                .type_text
                .as_deref()
                .is_some_and(|text| !code.package.fields(text).is_empty()),
        },
        (None, _) if is_array(declared.type_text.as_deref()) && is_passed_as_slice(&fate) => {
            Role::Array
        }
        (None, _) => Role::Needed,
    };
    (declared.type_text, role)
}

/// What sort of thing is ranged over, as far as an index can replace the element variable.
fn ranged(code: &Code<'_>, over: &str) -> Ranged {
    let declared = code.function.declaration(over, code.line, code.package);
    let type_text = declared.and_then(|declared| declared.type_text);
    let type_text = type_text.map(|text| code.package.underlying(&text));
    match type_text.as_deref() {
        Some(text) if text.starts_with("[]") => Ranged::Slice,
        Some(text) if text.starts_with('[') => Ranged::Array,
        Some(text) if text.starts_with("map[") => Ranged::Map,
        _ => Ranged::Unknown,
    }
}

/// A changed copy that is returned by its address is the purpose of the function.
fn is_handed_back(fate: &Fate) -> bool {
    fate.uses
        .iter()
        .any(|used| matches!(used.kind, UseKind::Returned) && by_address(used))
}

/// Whether it outlives its iteration, or must not be used again.
fn must_stay(fate: &Fate, type_text: Option<&str>) -> bool {
    fate.truncated
        || fate.uses.iter().any(|used| {
            // Who gets a literal may run it later, at the same time as the next one.
            keeps(used) || used.captured == Some(Capture::Argument)
        })
        || type_text.is_some_and(|text| text.starts_with("sync.") || text.starts_with("atomic."))
}

fn is_array(type_text: Option<&str>) -> bool {
    type_text.is_some_and(|text| text.starts_with('[') && !text.starts_with("[]"))
}

fn is_passed_as_slice(fate: &Fate) -> bool {
    fate.uses.iter().any(|used| {
        matches!(used.kind, UseKind::Argument { .. })
            && matches!(used.through.first(), Some(Through::Slice { .. }))
    })
}
