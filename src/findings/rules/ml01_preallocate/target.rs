//! The slice that is appended to: where it begins, and how long it gets.

use crate::evidence::source::{Declaration, Loop, LoopKind, Origin, Size, UseKind};
use crate::findings::scene::Code;

/// What the slice begins as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// Empty, in this function.
    Empty,
    /// With a constant capacity, in this function.
    Small(u64),
    /// What the caller gives.
    Parameter,
    /// A field of something that outlives the function.
    Field,
    /// A list from which elements are taken again: how long it gets nobody knows.
    Queue,
    /// Anything else.
    Other,
}

/// How many iterations of a loop append.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Yield {
    /// Each.
    #[default]
    All,
    /// All but those that fail: what is appended is made by a call that may say no.
    Most,
    /// Those that the caller's own function picks: what a filter library serves for.
    Chosen,
    /// Those that a condition picks.
    Some,
}

/// How often something is appended while the slice grows.
#[derive(Clone, Debug, Default)]
pub(super) struct Filling {
    /// How many loops there are between where it begins and the append.
    pub(super) loops: usize,
    /// The final length as Go code, or one that it does not exceed.
    pub(super) length: Option<String>,
    /// Whether the length can be counted before, even where that is no single expression.
    pub(super) is_countable: bool,
    /// How many of the elements pass.
    pub(super) yields: Yield,
    /// Whether it is filled in a function literal or by calls of this function.
    pub(super) is_by_calls: bool,
}

/// A slice that is appended to at a line.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// As written.
    pub(super) name: String,
    /// Its type, where it can be told.
    pub(super) type_text: Option<String>,
    /// The element's type and size, where they can be told.
    pub(super) element: Option<(String, Option<Size>)>,
    pub(super) start: Start,
    pub(super) filling: Filling,
    /// Where it begins, in the same file.
    pub(super) line: Option<u32>,
    /// Whether it begins by `:=` or `var`, which `make` can stand in; else it is assigned to.
    pub(super) is_variable: bool,
}

impl Target {
    /// The slice `name` of a line; nothing where it is reused or has its capacity already.
    pub(super) fn of(code: &Code<'_>, name: &str, spread: bool) -> Option<Self> {
        // `*x = append(*x, …)` fills what x points to.
        let plain = name.trim_start_matches('*');
        let declaration = code.function.declaration(plain, code.line, code.package);
        let fate = code.function.fate(plain, code.line);
        let is_grown_on_purpose = fate
            .passed()
            .any(|(callee, _)| callee.is("slices.Grow") || callee.name() == "Grow");
        if fate.is_emptied() || fate.is_pooled() || is_grown_on_purpose {
            return None;
        }
        let type_text = declaration
            .as_ref()
            .and_then(|declaration| declaration.type_text.clone());
        let element = type_text.as_deref().and_then(|text| {
            let text = text.trim_start_matches('*');
            let underlying = code.function.underlying(text, code.package);
            let element = underlying.strip_prefix("[]")?.to_owned();
            let size = code.package.size_of(&element);
            Some((element, size))
        });
        let (start, line) = match &declaration {
            Some(declaration) => start(code, name, declaration)?,
            None => (Start::Other, None),
        };
        let captured = declaration
            .as_ref()
            .is_some_and(|declaration| declaration.captured);
        let is_variable = declaration.as_ref().is_some_and(|declaration| {
            !matches!(
                declaration.origin,
                Origin::Result | Origin::Field { .. } | Origin::Element { .. }
            )
        });
        let filling = filling(code, name, line, captured, spread);
        Some(Self {
            name: name.to_owned(),
            type_text,
            element,
            start,
            filling,
            line,
            is_variable,
        })
    }

    /// Whether the elements are bytes: such slices are buffers.
    pub(super) fn is_bytes(&self) -> bool {
        let element = self.element.as_ref().map(|(text, _)| text.as_str());
        matches!(element, Some("byte" | "uint8"))
    }
}

fn start(code: &Code<'_>, name: &str, declared: &Declaration) -> Option<(Start, Option<u32>)> {
    let mut is_queue = false;
    for assignment in &declared.assignments {
        match &assignment.origin {
            Origin::Emptied { .. } => return None,
            Origin::Make { .. } => {
                of_origin(&assignment.origin)?;
            }
            Origin::Sliced { of } => is_queue |= of == name,
            Origin::Call { callee } if callee.is("slices.Grow") => return None,
            _ => {}
        }
    }
    let start = match &declared.origin {
        Origin::Field { owner } => {
            let owner = owner.as_deref().unwrap_or_default();
            let base = owner.trim_start_matches('*');
            let base = base.split('[').next().unwrap_or_default();
            let field = name.rsplit('.').next().unwrap_or_default();
            let origins = code.package.field_origins(base, field);
            for (_, origin) in &origins {
                of_origin(origin)?;
            }
            is_queue |= origins.iter().any(|(_, origin)| {
                matches!(origin, Origin::Sliced { of } if of.rsplit('.').next() == Some(field))
            });
            // A field of a variable of this function that holds a new value is as good as a
            // variable.
            let root = name.split('.').next().unwrap_or_default();
            let holder = code.function.declaration(root, code.line, code.package);
            match holder {
                Some(holder) if name.matches('.').count() == 1 && is_new(&holder.origin) => {
                    let queue = is_queue.then_some(Start::Queue);
                    return Some((queue.unwrap_or(Start::Empty), holder.line));
                }
                _ => Start::Field,
            }
        }
        origin => of_origin(origin)?,
    };
    let start = if is_queue { Start::Queue } else { start };
    Some((start, declared.line))
}

/// What a slice of this origin begins as; nothing where it has its capacity or is reused.
fn of_origin(origin: &Origin) -> Option<Start> {
    Some(match origin {
        Origin::Zero | Origin::Empty { .. } | Origin::Result | Origin::Literal { .. } => {
            Start::Empty
        }
        Origin::Make { len, cap, .. } => match (len.as_deref(), cap.as_deref()) {
            (_, Some(cap)) => match cap.parse() {
                Ok(0) => Start::Empty,
                Ok(small) => Start::Small(small),
                Err(_) => return None,
            },
            (None | Some("0"), None) => Start::Empty,
            (Some(_), None) => Start::Other,
        },
        Origin::Parameter { .. } | Origin::Receiver => Start::Parameter,
        Origin::Emptied { .. } | Origin::PackageVariable => return None,
        Origin::Call { callee } if callee.is("slices.Grow") => return None,
        _ => Start::Other,
    })
}

fn is_new(origin: &Origin) -> bool {
    matches!(
        origin,
        Origin::Zero
            | Origin::Empty { .. }
            | Origin::Literal { .. }
            | Origin::Pointer { .. }
            | Origin::Result
    )
}

fn filling(
    code: &Code<'_>,
    name: &str,
    from: Option<u32>,
    captured: bool,
    spread: bool,
) -> Filling {
    let is_inner = |this: &&Loop| {
        this.kind != LoopKind::Benchmark
            && from.is_none_or(|from| !this.lines.contains(&from) || *this.lines.start() == from)
    };
    let loops: Vec<&Loop> = code
        .loops
        .iter()
        .take_while(|this| !this.through_literal)
        .take_while(is_inner)
        .collect();
    let is_fixed = !spread && !captured && !ends_filled(code, name, &loops);
    let length = match loops.as_slice() {
        &[only] if is_fixed => only.bound.as_ref().map(|bound| {
            match code.function.appends_per_iteration(name, code.line) {
                Some(0 | 1) | None => bound.clone(),
                Some(several) if is_one_operand(bound) => format!("{several}*{bound}"),
                Some(several) => format!("{several}*({bound})"),
            }
        }),
        _ => None,
    };
    let has_length = |this: &&Loop| {
        this.bound.is_some() || matches!(&this.kind, LoopKind::Range { what, .. } if what.has_len())
    };
    Filling {
        loops: loops.len(),
        length,
        is_countable: is_fixed && !loops.is_empty() && loops.iter().all(has_length),
        yields: loops
            .iter()
            .flat_map(|this| &this.skips)
            .map(|condition| yields(code, condition))
            .max()
            .unwrap_or_default(),
        is_by_calls: captured || is_called_again(code),
    }
}

/// Whether a loop returns the slice as soon as it has what it looks for: how many rounds that
/// takes is not known before.
fn ends_filled(code: &Code<'_>, name: &str, loops: &[&Loop]) -> bool {
    let fate = code.function.fate(name, code.line);
    fate.uses.iter().any(|used| {
        matches!(used.kind, UseKind::Returned)
            && loops.iter().any(|this| this.lines.contains(&used.line))
    })
}

/// How many elements a condition lets pass, by what it asks: `ok` of a call, an error, or an
/// empty text stand for the exception, anything else for a choice.
fn yields(code: &Code<'_>, condition: &str) -> Yield {
    let is_empty = |condition: &str| {
        ["==\"\"", "!=\"\""]
            .iter()
            .any(|end| condition.replace(' ', "").ends_with(end))
    };
    if is_empty(condition) {
        return Yield::Most;
    }
    if is_callers_choice(code, condition) {
        return Yield::Chosen;
    }
    let name = condition
        .trim_start_matches('!')
        .trim_end_matches("nil")
        .trim_end_matches(['=', '!', ' ']);
    let is_error = condition.ends_with("nil") && name.to_lowercase().ends_with("err");
    let is_name = name
        .chars()
        .all(|letter| letter.is_alphanumeric() || letter == '_');
    if !is_name || (condition.ends_with("nil") && !is_error) {
        return Yield::Some;
    }
    let declared = code.function.declaration(name, code.line, code.package);
    match declared.map(|declared| declared.origin) {
        Some(Origin::Call { .. }) => Yield::Most,
        // Out of its scope behind the `if` that declares it.
        None if is_error => Yield::Most,
        _ => Yield::Some,
    }
}

/// Whether a condition is nothing but a call of a parameter: `keep(x)`, `!drop(x, i)`.
fn is_callers_choice(code: &Code<'_>, condition: &str) -> bool {
    let call = condition.trim_start_matches('!');
    let Some((called, arguments)) = call.split_once('(') else {
        return false;
    };
    let is_one_call = arguments.ends_with(')') && !arguments.contains(['&', '|']);
    is_one_call
        && code
            .function
            .parameters()
            .iter()
            .any(|parameter| parameter.name == called)
}

/// Whether `2*bound` is what it looks like.
fn is_one_operand(bound: &str) -> bool {
    !bound.contains([' ', '+', '-', '/', '<', '>', '%'])
}

/// Whether the function is called as often as a loop says: by one caller, whose loop goes over
/// something that has a length.
fn is_called_again(code: &Code<'_>) -> bool {
    let callers = code.package.callers(&code.function);
    let &[call] = callers.iter().collect::<Vec<_>>().as_slice() else {
        return false;
    };
    if call.recursive || !call.sure {
        return false;
    }
    let mut files = code.package.files().iter();
    let Some(file) = files.find(|file| file.path() == call.site.path) else {
        return false;
    };
    let Some(function) = file.function(call.site.line, "") else {
        return false;
    };
    let loops = function.loops(call.site.line, code.package);
    loops.first().is_some_and(|this| {
        !this.through_literal
            && this.skips.is_empty()
            && matches!(&this.kind, LoopKind::Range { what, .. } if what.has_len())
    })
}
