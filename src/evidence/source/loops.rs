//! The loops around a line.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use super::file::SourceFile;
use super::function::{Function, is_function};
use super::package::Package;
use super::tree::{Field, Id, Kind};
use super::types;
use super::usage::{callee, operator};

/// More loops around one line are left out.
const MAX_LOOPS: usize = 16;

/// A loop around a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loop {
    /// What makes it go on.
    pub kind: LoopKind,
    /// Its header as written.
    pub header: String,
    /// From `for` to the closing brace.
    pub lines: RangeInclusive<u32>,
    /// How often it runs, as Go code that can stand before the loop, where that can be told.
    pub bound: Option<String>,
    /// Whether the bound is exact: nothing in the body leaves the loop early.
    pub leaves_early: bool,
    /// Whether the line is not reached by each iteration: a condition stands around it, or a
    /// `continue` before it.
    pub conditional: bool,
    /// The conditions by which an iteration passes by the line and yet the loop goes on, as
    /// written; those of a switch or select are its header. What leaves the loop is not among them.
    pub skips: Vec<String>,
    /// Whether a function literal stands between the loop and the line: the literal is made in
    /// the loop, but may run elsewhere.
    pub through_literal: bool,
}

/// What makes a loop go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoopKind {
    /// `for … range over`.
    Range {
        /// What is ranged over, as written.
        over: String,
        /// What that is, as far as can be told.
        what: Ranged,
        /// The first variable, empty when there is none.
        key: String,
        /// The second variable, empty when there is none.
        value: String,
    },
    /// `for i := from; i < below; i++`, or counting down.
    Counted {
        /// The variable.
        variable: String,
    },
    /// `for condition`.
    While {
        /// The condition as written.
        condition: String,
    },
    /// `for`.
    Infinite,
    /// `for b.Loop()`, or up to `b.N`: a benchmark's own loop.
    Benchmark,
}

/// What a loop ranges over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ranged {
    /// A slice.
    Slice,
    /// An array or a pointer to one.
    Array,
    /// A map.
    Map,
    /// A string: it has at most `len` runes.
    String,
    /// A channel.
    Channel,
    /// An integer.
    Integer,
    /// An iterator function.
    Iterator,
    /// Cannot be told.
    Unknown,
}

impl Ranged {
    /// What a type is to a range clause.
    fn of_type(type_text: &str) -> Self {
        let pointee = type_text.trim_start_matches('*');
        match type_text {
            "string" => Self::String,
            "int" | "int8" | "int16" | "int32" | "int64" | "uint" | "uint8" | "uint16"
            | "uint32" | "uint64" | "uintptr" | "byte" => Self::Integer,
            _ if type_text.starts_with("[]") => Self::Slice,
            _ if pointee.starts_with('[') => Self::Array,
            _ if type_text.starts_with("map[") => Self::Map,
            _ if type_text.starts_with("chan ") || type_text.starts_with("<-chan") => Self::Channel,
            _ if type_text.starts_with("func(") || type_text.starts_with("iter.Seq") => {
                Self::Iterator
            }
            _ => Self::Unknown,
        }
    }

    /// Whether `len` says how often such a loop runs at most.
    pub fn has_len(self) -> bool {
        matches!(self, Self::Slice | Self::Array | Self::Map | Self::String)
    }
}

impl Function<'_> {
    /// The loops around a line, innermost first, those of enclosing functions included. The
    /// header's first statement and the line of `for` itself count as within for what runs each
    /// time, not for what runs once.
    ///
    /// `package` tells what declared types are.
    pub fn loops(&self, line: u32, package: &Package) -> Vec<Loop> {
        match self.anchor(line) {
            Some(id) => loops_around(self.file, id, package),
            None => Vec::new(),
        }
    }

    /// A node that stands for what a line does: its first one within the function, or the
    /// innermost that spans it.
    pub(super) fn anchor(&self, line: u32) -> Option<Id> {
        let tree = &self.file.tree;
        let on_line = tree.on_line(line);
        on_line
            .clone()
            .find(|&id| tree.within(id, self.id) && id != self.id && tree.kind(id) != Kind::Comment)
            .or_else(|| {
                // Nothing begins there: climb from what came before.
                let before = on_line.start.checked_sub(1)?;
                std::iter::once(before)
                    .chain(tree.ancestors(before))
                    .find(|&id| self.file.span(id).contains(&line) && tree.within(id, self.id))
            })
    }
}

/// The loops around a node, innermost first.
pub(super) fn loops_around(file: &SourceFile, from: Id, package: &Package) -> Vec<Loop> {
    let tree = &file.tree;
    let mut found = Vec::new();
    let mut inner = from;
    let mut through_literal = false;
    for outer in tree.ancestors(from) {
        match tree.kind(outer) {
            Kind::For if runs_each_time(file, inner, from) => {
                found.push(describe(file, outer, from, through_literal, package));
                if found.len() == MAX_LOOPS {
                    break;
                }
            }
            Kind::FuncLiteral => through_literal = true,
            _ => {}
        }
        inner = outer;
    }
    found
}

/// The line of the innermost loop of the same function around a node.
pub(super) fn innermost(file: &SourceFile, from: Id) -> Option<u32> {
    let tree = &file.tree;
    let mut inner = from;
    for outer in tree.ancestors(from) {
        match tree.kind(outer) {
            Kind::For if runs_each_time(file, inner, from) => return Some(tree.line(outer)),
            kind if is_function(kind) => return None,
            _ => {}
        }
        inner = outer;
    }
    None
}

/// Whether a part of a loop is evaluated by each iteration: the body, the condition and the
/// update are, the range expression and the initializer are not.
fn runs_each_time(file: &SourceFile, part: Id, from: Id) -> bool {
    let tree = &file.tree;
    match tree.kind(part) {
        // Variables declared by `:=` are new in each iteration.
        Kind::RangeClause => tree
            .child(part, Field::Left)
            .is_some_and(|left| tree.within(from, left)),
        Kind::ForClause => !tree
            .child(part, Field::Initializer)
            .is_some_and(|initializer| tree.within(from, initializer)),
        _ => true,
    }
}

fn describe(file: &SourceFile, id: Id, from: Id, through_literal: bool, package: &Package) -> Loop {
    let tree = &file.tree;
    let body = tree.child(id, Field::Body);
    let header = tree
        .children(id)
        .find(|&part| tree.field(part) != Field::Body && Some(part) != body);
    let (kind, bound) = match header {
        None => (LoopKind::Infinite, None),
        Some(clause) => match tree.kind(clause) {
            Kind::RangeClause => range(file, clause, package),
            Kind::ForClause => counted(file, clause),
            _ => {
                let condition = file.compact(clause);
                match condition.ends_with(".Loop()") {
                    true => (LoopKind::Benchmark, None),
                    false => (LoopKind::While { condition }, None),
                }
            }
        },
    };
    let bound = bound.filter(|_| kind != LoopKind::Benchmark);
    let leaves_early = body.is_some_and(|body| leaves(file, body, id));
    Loop {
        kind,
        header: header.map(|id| file.compact(id)).unwrap_or_default(),
        lines: file.span(id),
        bound,
        leaves_early,
        conditional: body.is_some_and(|body| conditional(file, body, from)),
        skips: body.map_or_else(Vec::new, |body| skips(file, body, from)),
        through_literal,
    }
}

fn range(file: &SourceFile, clause: Id, package: &Package) -> (LoopKind, Option<String>) {
    let tree = &file.tree;
    let names: Vec<String> = tree
        .child(clause, Field::Left)
        .map(|left| tree.children(left).map(|id| file.compact(id)).collect())
        .unwrap_or_default();
    let mut names = names.into_iter();
    let (key, value) = (
        names.next().unwrap_or_default(),
        names.next().unwrap_or_default(),
    );
    let Some(right) = tree.child(clause, Field::Right) else {
        return (LoopKind::Infinite, None);
    };
    let over = file.compact(right);
    if over == "b.N" {
        return (LoopKind::Benchmark, None);
    }
    let what = match types::of(file, right, package) {
        Some(type_text) => match Ranged::of_type(&type_text) {
            Ranged::Unknown => {
                let core = types::core(file, clause, &type_text);
                Ranged::of_type(&core.unwrap_or_else(|| package.underlying(&type_text)))
            }
            known => known,
        },
        // Only integers and functions have no second variable, but those need not use it.
        None => Ranged::Unknown,
    };
    let bound = match (what, is_pure(file, right)) {
        (Ranged::Integer, true) => Some(over.clone()),
        (Ranged::Array, false) if tree.kind(right) == Kind::Composite => tree
            .child(right, Field::Body)
            .map(|body| tree.children(body).count().to_string()),
        (what, true) if what.has_len() => Some(format!("len({over})")),
        // What has two variables and is no function has a length, but which it is is open.
        _ => length_of_iterator(file, right),
    };
    (
        LoopKind::Range {
            over,
            what,
            key,
            value,
        },
        bound,
    )
}

/// How often an iterator of the standard library yields, where that can be told before.
fn length_of_iterator(file: &SourceFile, id: Id) -> Option<String> {
    let tree = &file.tree;
    if tree.kind(id) != Kind::Call {
        return None;
    }
    let callee = callee(file, tree.child(id, Field::Function)?);
    let arguments: Vec<Id> = tree.children(tree.child(id, Field::Arguments)?).collect();
    if !arguments.iter().all(|&argument| is_pure(file, argument)) {
        return None;
    }
    let text = |index: usize| arguments.get(index).map(|&argument| file.compact(argument));
    let first = text(0)?;
    Some(match callee.qualified.as_deref()? {
        "maps.All" | "maps.Keys" | "maps.Values" | "slices.All" | "slices.Values"
        | "slices.Backward" => format!("len({first})"),
        "strings.Lines" => format!("strings.Count({first}, \"\\n\")+1"),
        "bytes.Lines" => format!("bytes.Count({first}, []byte{{'\\n'}})+1"),
        "strings.SplitSeq" => format!("strings.Count({first}, {})+1", text(1)?),
        "bytes.SplitSeq" => format!("bytes.Count({first}, {})+1", text(1)?),
        _ => return None,
    })
}

fn counted(file: &SourceFile, clause: Id) -> (LoopKind, Option<String>) {
    let tree = &file.tree;
    let part = |field| tree.child(clause, field);
    let Some(condition) = part(Field::Condition) else {
        return (LoopKind::Infinite, None);
    };
    let update = part(Field::Update);
    let text = file.compact(condition);
    if text.contains(".Loop()") || text.ends_with("< b.N") {
        return (LoopKind::Benchmark, None);
    }
    let plain = LoopKind::While { condition: text };
    let Some(update) = update else {
        return (plain, None);
    };
    let condition = tree.unparenthesized(condition);
    if tree.kind(condition) != Kind::Binary {
        return (plain, None);
    }
    let (Some(left), Some(right)) = (
        tree.child(condition, Field::Left),
        tree.child(condition, Field::Right),
    ) else {
        return (plain, None);
    };
    let changed = tree
        .subtree(update)
        .find(|&id| tree.kind(id) == Kind::Identifier)
        .map(|id| file.code(id))
        .unwrap_or_default();
    let comparison = operator(file, condition);
    let from = initial(file, clause, changed);
    let step = step(file, update);
    // How often, for a step of one; for another the expression is divided.
    let count = match (tree.kind(update), comparison) {
        _ if file.code(left) != changed => None,
        (Kind::Inc, "<" | "!=") => match (from, is_pure(file, right)) {
            (Some("0"), true) => Some(file.compact(right)),
            (Some(from), true) if is_simple(from) => {
                Some(format!("{}-{from}", file.compact(right)))
            }
            _ => None,
        },
        (Kind::Inc, "<=") => match (from, is_pure(file, right)) {
            (Some("1"), true) => Some(file.compact(right)),
            (Some("0"), true) => Some(format!("{}+1", file.compact(right))),
            _ => None,
        },
        (Kind::Dec, ">=") if file.code(right) == "0" => from.and_then(down_from),
        (Kind::Dec, ">") if file.code(right) == "0" => {
            from.filter(|from| is_simple(from)).map(str::to_owned)
        }
        (Kind::Assignment, "<") => match (step, from, is_pure(file, right)) {
            (Some(step), Some("0"), true) => {
                let below = file.compact(right);
                Some(format!("({below}+{step}-1)/{step}"))
            }
            _ => None,
        },
        _ => None,
    };
    let counts = file.code(left) == changed && !changed.is_empty();
    match counts {
        true => (
            LoopKind::Counted {
                variable: changed.to_owned(),
            },
            count,
        ),
        false => (plain, None),
    }
}

/// The value that a for clause gives a variable.
fn initial<'f>(file: &'f SourceFile, clause: Id, name: &str) -> Option<&'f str> {
    let tree = &file.tree;
    let statement = tree.child(clause, Field::Initializer)?;
    let left = tree.child(statement, Field::Left)?;
    let right = tree.child(statement, Field::Right)?;
    let index = tree.children(left).position(|id| file.code(id) == name)?;
    tree.children(right).nth(index).map(|id| file.code(id))
}

/// `n` of `i += n`.
fn step(file: &SourceFile, update: Id) -> Option<&str> {
    if operator(file, update) != "+=" {
        return None;
    }
    let right = file.tree.child(update, Field::Right)?;
    let code = file.code(right);
    is_simple(code).then_some(code)
}

/// `n` of a loop from `n-1` down to 0.
fn down_from(from: &str) -> Option<String> {
    let count = from.replace(' ', "");
    count.strip_suffix("-1").map(str::to_owned)
}

/// A name, a number, or `len` of a name.
fn is_simple(code: &str) -> bool {
    let inner = code
        .strip_prefix("len(")
        .and_then(|rest| rest.strip_suffix(')'))
        .unwrap_or(code);
    !inner.is_empty()
        && inner
            .chars()
            .all(|character| character.is_alphanumeric() || matches!(character, '_' | '.'))
}

/// Whether an expression can be evaluated once more, before the loop: no calls but of `len`,
/// `cap`, `min` and `max`, no receiving.
pub(super) fn is_pure(file: &SourceFile, id: Id) -> bool {
    let tree = &file.tree;
    tree.subtree(id).all(|id| match tree.kind(id) {
        Kind::Call => tree.child(id, Field::Function).is_some_and(|function| {
            matches!(file.code(function), "len" | "cap" | "min" | "max" | "int")
        }),
        Kind::FuncLiteral | Kind::Composite | Kind::TypeAssertion | Kind::Comment => false,
        Kind::Unary => operator(file, id) != "<-",
        _ => true,
    })
}

/// Whether the body leaves its loop: break, return, goto; or continues an outer one.
fn leaves(file: &SourceFile, body: Id, this: Id) -> bool {
    let tree = &file.tree;
    let label_of = |id| tree.child(id, Field::Label).map(|label| file.code(label));
    let own_label = tree
        .parent(this)
        .filter(|&labeled| tree.kind(labeled) == Kind::Labeled)
        .and_then(label_of);
    let inner_labels: HashSet<&str> = tree
        .subtree(body)
        .filter(|&id| tree.kind(id) == Kind::Labeled)
        .filter_map(label_of)
        .collect();
    // A jump belongs to the innermost statement around it that takes it.
    let taker = |id: Id, kinds: &[Kind]| {
        tree.ancestors(id)
            .take_while(|&outer| outer >= this)
            .find(|&outer| kinds.contains(&tree.kind(outer)) || is_function(tree.kind(outer)))
    };
    tree.subtree(body).any(|id| {
        let label = || tree.children(id).next().map(|label| file.code(label));
        match tree.kind(id) {
            Kind::Return => taker(id, &[]).is_none(),
            Kind::Goto => true,
            Kind::Break => match label() {
                Some(label) => !inner_labels.contains(label),
                None => {
                    let takers = [
                        Kind::For,
                        Kind::ExpressionSwitch,
                        Kind::TypeSwitch,
                        Kind::Select,
                    ];
                    taker(id, &takers) == Some(this)
                }
            },
            Kind::Continue => label()
                .is_some_and(|label| own_label != Some(label) && !inner_labels.contains(label)),
            _ => false,
        }
    })
}

/// The conditions by which iterations pass by `from` within `body` and go on.
fn skips(file: &SourceFile, body: Id, from: Id) -> Vec<String> {
    let tree = &file.tree;
    // What decides whether the inner part of a statement runs.
    let condition = |outer: Id, inner: Id| match tree.kind(outer) {
        Kind::If => (!matches!(tree.field(inner), Field::Condition | Field::Initializer))
            .then(|| tree.child(outer, Field::Condition))
            .flatten()
            .map(|condition| file.compact(condition)),
        Kind::ExpressionCase | Kind::TypeCase | Kind::DefaultCase | Kind::CommunicationCase => {
            Some("switch".to_owned())
        }
        _ => None,
    };
    let around = |id: Id| {
        let outers = tree.ancestors(id).take_while(|&outer| outer > body);
        outers
            .scan(id, |inner, outer| {
                let found = condition(outer, *inner);
                *inner = outer;
                Some(found)
            })
            .flatten()
            .collect::<Vec<_>>()
    };
    let mut found = around(from);
    for id in tree.subtree(body).take_while(|&id| id < from) {
        let is_own = tree.kind(id) == Kind::Continue
            && !tree
                .ancestors(id)
                .take_while(|&outer| outer > body)
                .any(|outer| is_function(tree.kind(outer)) || tree.kind(outer) == Kind::For);
        if is_own {
            found.extend(around(id));
        }
    }
    found
}

/// Whether iterations can pass by `from` within `body`.
fn conditional(file: &SourceFile, body: Id, from: Id) -> bool {
    let tree = &file.tree;
    let mut inner = from;
    for outer in tree.ancestors(from) {
        if outer < body {
            break;
        }
        let under = match tree.kind(outer) {
            Kind::If => !matches!(tree.field(inner), Field::Condition | Field::Initializer),
            Kind::ExpressionCase | Kind::TypeCase | Kind::DefaultCase | Kind::CommunicationCase => {
                true
            }
            _ => false,
        };
        if under {
            return true;
        }
        inner = outer;
        if outer == body {
            break;
        }
    }
    // A `continue` or `return` before the line skips it too.
    tree.subtree(body).take_while(|&id| id < from).any(|id| {
        matches!(
            tree.kind(id),
            Kind::Continue | Kind::Break | Kind::Return | Kind::Goto
        ) && !tree
            .ancestors(id)
            .take_while(|&outer| outer > body)
            .any(|outer| {
                // What an inner loop or literal takes does not skip anything here.
                is_function(tree.kind(outer))
                    || tree.kind(outer) == Kind::For
                        && tree.kind(id) != Kind::Return
                        && tree.children(id).next().is_none()
            })
    })
}

impl Function<'_> {
    /// How many elements one iteration of the innermost loop around a line appends to `target` at
    /// most; none where that is not fixed: an append in a nested loop, or of `more...`.
    pub fn appends_per_iteration(&self, target: &str, line: u32) -> Option<usize> {
        let file = self.file;
        let tree = &file.tree;
        let this = tree
            .ancestors(self.anchor(line)?)
            .find(|&outer| tree.kind(outer) == Kind::For)?;
        let mut count = 0;
        for id in tree.subtree(this) {
            let appends = tree.kind(id) == Kind::Call
                && tree
                    .child(id, Field::Function)
                    .is_some_and(|function| file.code(function) == "append");
            let Some(list) = tree.child(id, Field::Arguments).filter(|_| appends) else {
                continue;
            };
            let mut arguments = tree.children(list);
            if arguments.next().map(|first| file.compact(first)).as_deref() != Some(target) {
                continue;
            }
            let nested = tree
                .ancestors(id)
                .take_while(|&outer| outer > this)
                .any(|outer| tree.kind(outer) == Kind::For || is_function(tree.kind(outer)));
            for argument in arguments {
                count += 1;
                if nested || tree.kind(argument) == Kind::VariadicArgument {
                    return None;
                }
            }
        }
        Some(count)
    }
}
