//! Whether a value is dead once the function, or the iteration, that made it is over.
//!
//! The compiler's word for one value is "does not escape". Where it has to give up, at calls through
//! interfaces, the source goes on: the contract of `io.Reader` and its kin is not to keep the buffer.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::PathBuf;

use crate::evidence::escape::{Kind, Leak};
use crate::evidence::source::{
    Callee, Capture, Function, OperationKind, Origin, Package, Place, Through, Use, UseKind,
};
use crate::findings::Scene;

/// So many variables and callees deep a value is followed.
const MAX_STEPS: u32 = 10;

/// So many variables are followed at most: hostile code calls itself with everything.
const MAX_VARIABLES: usize = 200;

/// The file and first line of a function, a variable in it and the line that it is seen from.
type Seen = (PathBuf, u32, String, u32);

/// How long a value lives, the worst of all its uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lifetime {
    /// Nothing holds it when the function is over.
    Ends,
    /// Someone gets it of whom nothing is known.
    Unknown,
    /// It is returned, stored, sent or taken by a goroutine.
    Kept,
}

/// What a function does with a value.
#[derive(Clone, Copy, Debug)]
struct Flow {
    lifetime: Lifetime,
    /// Whether a result holds it.
    is_returned: bool,
}

impl Flow {
    const ENDS: Self = Self::of(Lifetime::Ends);
    const UNKNOWN: Self = Self::of(Lifetime::Unknown);
    const KEPT: Self = Self::of(Lifetime::Kept);
    const RETURNED: Self = Self {
        lifetime: Lifetime::Ends,
        is_returned: true,
    };

    const fn of(lifetime: Lifetime) -> Self {
        Self {
            lifetime,
            is_returned: false,
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            lifetime: self.lifetime.max(other.lifetime),
            is_returned: self.is_returned || other.is_returned,
        }
    }
}

/// Follows values through the functions of a package.
pub(super) struct Follow<'a> {
    scene: &'a Scene<'a>,
    package: &'a Package,
    /// The line of the loop whose iteration must not be outlived, if one is meant.
    iteration: Option<u32>,
    /// What is known of variables; of those that are just being followed, nothing bad so far.
    known: RefCell<HashMap<Seen, Flow>>,
}

impl<'a> Follow<'a> {
    pub(super) fn new(scene: &'a Scene<'a>, package: &'a Package) -> Self {
        Self {
            scene,
            package,
            iteration: None,
            known: RefCell::default(),
        }
    }

    /// Asks for one iteration of the loop that begins at this line, not for the whole call.
    pub(super) fn within(self, iteration: u32) -> Self {
        Self {
            iteration: Some(iteration),
            known: RefCell::default(),
            ..self
        }
    }

    /// The lifetime of a value that an expression of `function` makes, by its use.
    pub(super) fn of_value(&self, function: &Function<'_>, used: &Use) -> Lifetime {
        self.end(self.value(function, used, MAX_STEPS))
    }

    /// The lifetime of what a variable of `function` holds, as it is seen from a line.
    pub(super) fn of_variable(&self, function: &Function<'_>, name: &str, line: u32) -> Lifetime {
        self.end(self.variable(function, name, line, MAX_STEPS))
    }

    /// The lifetime of what a variable holds, when results of `function` do not count, and whether
    /// one holds it.
    pub(super) fn of_result(
        &self,
        function: &Function<'_>,
        name: &str,
        line: u32,
    ) -> (Lifetime, bool) {
        let flow = self.variable(function, name, line, MAX_STEPS);
        (flow.lifetime, flow.is_returned)
    }

    /// Whether all callers, which the package must know, are done with the result at once.
    pub(super) fn is_only_looked_at(&self, function: &Function<'_>) -> bool {
        let is_exported = |name: &str| name.chars().next().is_none_or(char::is_uppercase);
        if function.is_literal() || is_exported(function.name()) || function.results().len() != 1 {
            return false;
        }
        let callers = self.package.callers(function);
        !callers.is_empty()
            && callers.iter().all(|call| {
                let files = self.package.files();
                let Some(file) = files.iter().find(|file| file.path() == call.site.path) else {
                    return false;
                };
                let Some(caller) = file.function(call.site.line, "") else {
                    return false;
                };
                let operations = caller.operations(call.site.line, self.package);
                let found = operations.iter().find(|operation| {
                    matches!(&operation.kind, OperationKind::Call { callee, .. }
                    if callee.name() == function.name())
                });
                call.sure
                    && !call.recursive
                    && found.is_some_and(|found| {
                        let looks = match &found.used.kind {
                            UseKind::Assigned { place, .. } => *place == Place::Local,
                            UseKind::Ranged | UseKind::Measured | UseKind::Indexed => true,
                            _ => false,
                        };
                        looks && self.of_value(&caller, &found.used) == Lifetime::Ends
                    })
            })
    }

    fn end(&self, flow: Flow) -> Lifetime {
        if flow.is_returned {
            Lifetime::Kept
        } else {
            flow.lifetime
        }
    }

    /// A value that is used once: directly, or by the variable that it is assigned to.
    fn value(&self, function: &Function<'_>, used: &Use, steps: u32) -> Flow {
        let first = self.used(function, used, steps);
        match &used.kind {
            UseKind::Assigned {
                target,
                place: Place::Local,
            } => {
                let held = first.and(self.variable(function, target, used.line, steps));
                let key = used.through.iter().find_map(|step| match step {
                    Through::Element { key, .. } => key.as_deref(),
                    _ => None,
                });
                match key {
                    // It can also be taken out of what holds it.
                    Some(key) => {
                        let path = format!("{target}.{key}");
                        held.and(self.variable(function, &path, used.line, steps))
                    }
                    None => held,
                }
            }
            _ => first,
        }
    }

    fn variable(&self, function: &Function<'_>, name: &str, line: u32, steps: u32) -> Flow {
        let Some(steps) = steps.checked_sub(1) else {
            return Flow::UNKNOWN;
        };
        let path = function.file().path().to_owned();
        let seen = (path, *function.lines().start(), name.to_owned(), line);
        if let Some(&known) = self.known.borrow().get(&seen) {
            return known;
        }
        if self.known.borrow().len() >= MAX_VARIABLES {
            return Flow::UNKNOWN;
        }
        self.known.borrow_mut().insert(seen.clone(), Flow::ENDS);
        let flow = self.uses(function, name, line, steps);
        self.known.borrow_mut().insert(seen, flow);
        flow
    }

    fn uses(&self, function: &Function<'_>, name: &str, line: u32, steps: u32) -> Flow {
        let is_result = function
            .declaration(name, line, self.package)
            .is_some_and(|declared| declared.origin == Origin::Result);
        let fate = function.fate(name, line);
        let mut flow = match (is_result, fate.truncated) {
            (true, _) => Flow::RETURNED,
            (_, true) => Flow::UNKNOWN,
            _ => Flow::ENDS,
        };
        for used in &fate.uses {
            flow = flow.and(self.used(function, used, steps));
            if flow.lifetime == Lifetime::Kept {
                break;
            }
        }
        flow
    }

    fn used(&self, function: &Function<'_>, used: &Use, steps: u32) -> Flow {
        if matches!(used.captured, Some(Capture::Go | Capture::Stored)) {
            return Flow::KEPT;
        }
        let copied = used.through.iter().any(|step| {
            matches!(step, Through::Conversion { type_text }
                if matches!(type_text.as_str(), "string" | "[]byte" | "[]rune"))
        });
        if copied {
            return Flow::ENDS;
        }
        match &used.kind {
            UseKind::Returned => Flow::RETURNED,
            UseKind::Sent { .. } | UseKind::Appended { spread: false, .. } => Flow::KEPT,
            UseKind::Assigned { target, place } => match place {
                Place::Local | Place::Blank => Flow::ENDS,
                Place::Global | Place::Pointer => Flow::KEPT,
                Place::Field | Place::Element => {
                    self.holder(function, target, *place, used.line, steps)
                }
            },
            UseKind::Argument { callee, index } => {
                self.argument(function, callee, *index, used, steps)
            }
            UseKind::Indexed => self.address(function, used, steps),
            _ => Flow::ENDS,
        }
    }

    /// `holder.field = x`, `holder[i] = x`: as long as a local holder lives.
    fn holder(
        &self,
        function: &Function<'_>,
        target: &str,
        place: Place,
        line: u32,
        steps: u32,
    ) -> Flow {
        let root = target.split(['.', '[']).next().unwrap_or_default();
        let Some(declared) = function.declaration(root, line, self.package) else {
            return Flow::KEPT;
        };
        let own = matches!(
            declared.origin,
            Origin::Zero
                | Origin::Empty { .. }
                | Origin::Literal { .. }
                | Origin::Make { .. }
                | Origin::Pointer { .. }
        );
        // Elements of an outer slice pile up; a field is overwritten by the next iteration.
        let piles_up = place == Place::Element
            && self.iteration.is_some()
            && declared.in_loop != self.iteration;
        if !own || piles_up || declared.captured {
            return Flow::KEPT;
        }
        let held = self.variable(function, root, line, steps);
        match place {
            Place::Field => held.and(self.variable(function, target, line, steps)),
            _ => held,
        }
    }

    /// `&x[i]` on the line of a use holds all of `x`.
    fn address(&self, function: &Function<'_>, used: &Use, steps: u32) -> Flow {
        let Some(steps) = steps.checked_sub(1) else {
            return Flow::UNKNOWN;
        };
        function
            .operations(used.line, self.package)
            .iter()
            .filter(|operation| {
                matches!(&operation.kind, OperationKind::AddressOf { operand }
                    if operand.contains('['))
            })
            .fold(Flow::ENDS, |flow, operation| {
                flow.and(self.value(function, &operation.used, steps))
            })
    }

    fn argument(
        &self,
        function: &Function<'_>,
        callee: &Callee,
        index: usize,
        used: &Use,
        steps: u32,
    ) -> Flow {
        let Some(steps) = steps.checked_sub(1) else {
            return Flow::UNKNOWN;
        };
        let flow = match self.declared(function, callee, used.line) {
            Some(called) => self.parameter(&called, index, steps),
            None if is_lent(function, callee) => Flow::ENDS,
            None => foreign(callee),
        };
        if !flow.is_returned {
            return flow;
        }
        // The result holds it, so what becomes of that counts.
        let flow = Flow::of(flow.lifetime);
        let operations = function.operations(used.line, self.package);
        let call = operations.iter().find(|operation| {
            matches!(&operation.kind, OperationKind::Call { callee: other, .. } if other == callee)
        });
        match call {
            Some(call) => flow.and(self.value(function, &call.used, steps)),
            None => flow.and(Flow::UNKNOWN),
        }
    }

    /// The function of this package that is called.
    fn declared(
        &self,
        function: &Function<'_>,
        callee: &Callee,
        line: u32,
    ) -> Option<Function<'a>> {
        if callee.qualified.is_some() {
            return None;
        }
        if !callee.is_method() {
            return self.package.function(None, &callee.text);
        }
        let owner = function.declaration(callee.operand(), line, self.package)?;
        let owner = owner.type_text?;
        let base = owner.trim_start_matches(['*', '(']);
        let base = base.split(['[', ')']).next().unwrap_or_default();
        self.package.function(Some(base), callee.name())
    }

    fn parameter(&self, called: &Function<'_>, index: usize, steps: u32) -> Flow {
        let parameters = called.parameters();
        let Some(parameter) = parameters.get(index).or(parameters.last()) else {
            return Flow::UNKNOWN;
        };
        let name = parameter.name.as_str();
        if name.is_empty() || name == "_" {
            return Flow::ENDS;
        }
        let line = *called.lines().start();
        self.said(called, name, line)
            .unwrap_or_else(|| self.variable(called, name, line, steps))
    }

    /// What the compiler says of a parameter, where that decides.
    fn said(&self, called: &Function<'_>, name: &str, line: u32) -> Option<Flow> {
        let place = &self.scene.spot.place;
        let escape = self.scene.channels.escape.as_ref()?;
        let file = called.file().path().file_name()?.to_str()?;
        let folder = place.file.rsplit_once('/').map_or("", |(folder, _)| folder);
        let file = match folder {
            "" => file.to_owned(),
            _ => format!("{folder}/{file}"),
        };
        let mut flow = None;
        for fact in escape.at(&file, &place.package, line) {
            if *fact.expression != *name {
                continue;
            }
            let said = match &fact.kind {
                Kind::DoesNotEscape(_) => Flow::ENDS,
                // What its elements point to is none of its own memory.
                Kind::LeakingParam { level: 1.., .. } => Flow::ENDS,
                Kind::LeakingParam {
                    to: Leak::Result(_),
                    ..
                } => Flow::RETURNED,
                // It may be a call through an interface: the source knows more.
                Kind::LeakingParam { .. } => return None,
                _ => continue,
            };
            flow = Some(flow.map_or(said, |flow: Flow| flow.and(said)));
        }
        flow
    }
}

/// Whether a callback gets the value, and the function's comment tells callbacks not to keep it.
fn is_lent(function: &Function<'_>, callee: &Callee) -> bool {
    let Some(declared) = function.declaration_around() else {
        return false;
    };
    let is_callback = (declared.parameters().iter()).any(|known| known.name == callee.text);
    is_callback && {
        let doc = declared.doc().to_ascii_lowercase();
        [
            "until",
            "only valid",
            "valid only",
            "must not keep",
            "must not retain",
            "not be retained",
            "may not keep",
            "must copy",
            "reused",
            "during the call",
        ]
        .iter()
        .any(|words| doc.contains(words))
    }
}

/// What functions of other packages do with an argument, by what is known of their contracts.
fn foreign(callee: &Callee) -> Flow {
    match callee.qualified.as_deref() {
        Some(qualified) => library(qualified),
        None if callee.text == "func literal" => Flow::ENDS,
        None if callee.is_method() => by_method(callee.name()),
        // Predeclared, or a value of function type.
        None if matches!(callee.text.as_str(), "panic" | "print" | "println") => Flow::ENDS,
        None => Flow::UNKNOWN,
    }
}

fn library(qualified: &str) -> Flow {
    let (path, name) = qualified.rsplit_once('.').unwrap_or(("", qualified));
    if path
        .split('/')
        .next()
        .is_some_and(|host| host.contains('.'))
    {
        return Flow::UNKNOWN;
    }
    let begins = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
    match path {
        "context" | "sync/atomic" => Flow::KEPT,
        "bytes" | "slices" | "strings"
            if begins(&[
                "Trim", "Split", "Fields", "Cut", "Grow", "Clip", "Compact", "Delete", "Insert",
                "Replace", "Chunk", "Lines", "Values", "All", "Backward",
            ]) =>
        {
            Flow::RETURNED
        }
        _ if begins(&["New", "Append", "MultiReader", "TeeReader", "LimitReader"]) => {
            Flow::RETURNED
        }
        _ => Flow::ENDS,
    }
}

/// Methods whose contract, in the standard library and by habit, is not to keep what they get.
fn by_method(name: &str) -> Flow {
    const BORROW: &[&str] = &[
        "Read",
        "Write",
        "Scan",
        "Decode",
        "Encode",
        "Marshal",
        "Unmarshal",
        "Encrypt",
        "Decrypt",
        "XORKeyStream",
        "CryptBlocks",
        "Copy",
        "Equal",
        "Compare",
        "Less",
        "Print",
        "Error",
        "Fatal",
        "Log",
        "Parse",
        "Peek",
        "Recv",
        "Exec",
        "Query",
        "Verify",
        "Uint",
        "PutUint",
        "Reset",
    ];
    const RETURN: &[&str] = &["Append", "Seal", "Open", "Sum"];
    let begins = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
    if begins(RETURN) {
        Flow::RETURNED
    } else if begins(BORROW) {
        Flow::ENDS
    } else {
        Flow::UNKNOWN
    }
}
