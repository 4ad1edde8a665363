//! Pools that cost what they should save.

use super::{gives_back, taken_from};
use crate::evidence::source::{Function, OperationKind, SourceFile};
use crate::findings::{Channel, Code, Confidence, Draft, Saving, Scene};
use crate::units;

/// A slice header in an interface: three words.
const SLICE_HEADER: u64 = 24;

/// `pool.Put(b)` of a slice: the header is put into a block of its own.
pub(super) fn put_by_value(scene: &Scene<'_>) -> Option<Draft> {
    let code = scene.code.as_ref()?;
    let direct = scene.direct();
    let traits = scene.traits(&direct);
    if traits.dominant_size != SLICE_HEADER {
        return None;
    }
    let (operation, pool, value) = code.operations.iter().find_map(|operation| {
        let OperationKind::Call {
            callee, arguments, ..
        } = &operation.kind
        else {
            return None;
        };
        let [value] = arguments.as_slice() else {
            return None;
        };
        let is_put =
            callee.name() == "Put" && is_pool(code, callee.operand()) && !value.starts_with('&');
        is_put.then(|| (operation, callee.operand(), value.as_str()))
    })?;
    let element = slice_type(code, value).unwrap_or_else(|| "[]byte".to_owned());
    let name = value.split(['[', '.']).next().unwrap_or(value);
    Some(
        Draft::new(
            Confidence::High,
            format!("`{pool}.Put({value})` allocates a slice header each time"),
        )
        .because(
            Channel::Profile,
            format!(
                "{} blocks of 24 B, the size of a slice header",
                units::amount(direct.alloc_objects(), "count")
            ),
        )
        .because(
            Channel::Source,
            format!("Put takes an interface, and `{value}` is no pointer"),
        )
        .suggest(
            format!("keep pointers to slices (*{element}) in the pool"),
            Some(format!(
                "p := {pool}.Get().(*{element})\n{name} := (*p)[:0]\n// …\n*p = {name}\n{pool}.Put(p)"
            )),
        )
        .saves(
            Saving {
                alloc_space: direct.alloc_space(),
                alloc_objects: direct.alloc_objects(),
                inuse_space: 0,
            },
            "every header: a pointer is put into an interface as it is",
        )
        .about(pool)
        .at(operation.columns.clone()),
    )
}

fn is_pool(code: &Code<'_>, operand: &str) -> bool {
    let declared = code.function.declaration(operand, code.line, code.package);
    match declared.and_then(|declared| declared.type_text) {
        Some(type_text) => type_text.trim_start_matches('*') == "sync.Pool",
        // What cannot be told is a pool if its name says so.
        None => operand.to_ascii_lowercase().contains("pool"),
    }
}

fn slice_type(code: &Code<'_>, value: &str) -> Option<String> {
    let root = value.split(['[', '.', '(']).next()?;
    let declared = code.function.declaration(root, code.line, code.package)?;
    declared
        .type_text
        .filter(|type_text| type_text.starts_with("[]"))
}

/// The line makes objects for a pool, in its New function, and who takes them does not give them back.
pub(super) fn never_put(scene: &Scene<'_>) -> Option<Draft> {
    let code = scene.code.as_ref()?;
    if !is_new(code) {
        return None;
    }
    let callers = scene.spot.callers();
    let &(caller, _) = callers.first()?;
    let line = u32::try_from(caller.line).ok()?;
    let file = same_file(code, &caller.file)?;
    let function = file.function(line, &caller.function)?;
    let text = file.line(line)?;
    let pool = taken_from(text)?;
    let lost = Lost::of(&function, line, pool)?;
    let all = &scene.spot.all;
    Some(
        Draft::new(
            Confidence::High,
            format!(
                "`{pool}` misses: what `{}` takes is not put back",
                function.name()
            ),
        )
        .because(
            Channel::Profile,
            format!(
                "its New function made {} objects, {}",
                units::amount(all.alloc_objects(), "count"),
                units::amount(all.alloc_space(), "bytes")
            ),
        )
        .because(Channel::Source, lost.sentence(pool))
        .suggest(
            "put the object back on every path, best by defer, and copy out what has to outlive it",
            Some(format!("defer {pool}.Put(x)")),
        )
        .saves(
            Saving {
                alloc_space: super::part(all.alloc_space()),
                alloc_objects: super::part(all.alloc_objects()),
                inuse_space: 0,
            },
            "up to all but what the garbage collector takes from the pool",
        )
        .about(pool),
    )
}

/// How objects of a pool get lost in a function that takes them.
pub(super) struct Lost {
    is_called: bool,
    line: u32,
}

impl Lost {
    /// Nothing if each way out that is no error gives the object back, or if the function hands it on.
    pub(super) fn of(function: &Function<'_>, line: u32, pool: &str) -> Option<Self> {
        let exits = function.exits_without(line, |callee| gives_back(callee, pool));
        if !exits.is_called && hands_on(function, line) {
            return None;
        }
        Some(Self {
            is_called: exits.is_called,
            line: *exits.others.first()?,
        })
    }

    pub(super) fn sentence(&self, pool: &str) -> String {
        match self.is_called {
            true => format!("line {} leaves without `{pool}.Put`", self.line),
            false => format!("nothing there calls `{pool}.Put`"),
        }
    }
}

/// Whether the function gives what it takes to its caller.
fn hands_on(function: &Function<'_>, line: u32) -> bool {
    let Some(text) = function.file().line(line) else {
        return true;
    };
    let text = text.trim_start();
    if text.starts_with("return") {
        return true;
    }
    match assigned(text) {
        Some(name) => !function.fate(name, line).is_local(),
        None => true,
    }
}

/// The first name on the left of `:=` or `=`.
pub(super) fn assigned(text: &str) -> Option<&str> {
    let (left, _) = text.split_once('=')?;
    let name = left.trim_end_matches([':', ' ']).trim();
    let name = name.strip_prefix("if ").unwrap_or(name);
    let name = name.split(',').next()?.trim();
    let plain = |letter: char| letter.is_alphanumeric() || letter == '_';
    (!name.is_empty() && name.chars().all(plain)).then_some(name)
}

/// Whether the line is in a pool's New function.
pub(super) fn is_new(code: &Code<'_>) -> bool {
    let start = *code.function.lines().start();
    code.function.is_literal()
        && code.function.parameters().is_empty()
        && code.file.line(start).is_some_and(|text| {
            let before = text.split("func").next().unwrap_or_default();
            let before = before.trim_end_matches([' ', ':', '=']);
            before.ends_with("New")
        })
}

fn same_file<'a>(code: &'a Code<'_>, name: &str) -> Option<&'a SourceFile> {
    let last = name.rsplit('/').next()?;
    let files = code.package.files();
    files
        .iter()
        .map(|file| &**file)
        .find(|file| file.path().file_name().is_some_and(|name| name == last))
}
