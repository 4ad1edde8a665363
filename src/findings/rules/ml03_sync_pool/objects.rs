//! Objects of libraries that are made for one call: compressors, buffers, readers and writers.

use super::misuse::{Lost, is_new};
use super::{part, taken_from};
use crate::evidence::source::{Operation, OperationKind, Origin, UseKind};
use crate::findings::rules::lifetime::{Follow, Lifetime};
use crate::findings::{Channel, Code, Confidence, Draft, Part, Saving, Scene};
use crate::units;

/// Above this part of its objects alive, the line does not make them for one call.
const MOSTLY_DEAD: f64 = 0.2;

/// What the objects must hold of all that the line allocates.
const MOST: f64 = 0.4;

/// Smaller ones are not worth a pool: its Get and Put cost about as much as they do.
const WORTH_A_POOL: i64 = 256;

/// From this size on an object that is made often is worth reuse whoever holds it.
const HUGE: i64 = 16 << 10;

/// A pool that fills up makes a few objects; fewer than these are no sign of one for each use.
const MANY: i64 = 32;

/// Below this part of all bytes, objects that someone else owns may be a pool filling up.
const MOST_OF_ALL: f64 = 0.05;

/// From this part of all bytes on small objects matter, too.
const MUCH_OF_ALL: f64 = 0.1;

/// So many variables are looked at to find the buffer behind an encoder.
const MAX_STEPS: u32 = 4;

/// What is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heavy {
    /// A compressor or decompressor, with its window and tables.
    Codec,
    /// The buffer of a bufio reader or writer.
    Buffered,
    /// What a bytes.Buffer grows to.
    Buffer,
    /// The buffer of io.Copy.
    Copy,
    /// The state of a hash.
    Hash,
}

impl Heavy {
    const ALL: [Self; 5] = [
        Self::Codec,
        Self::Buffered,
        Self::Buffer,
        Self::Copy,
        Self::Hash,
    ];

    /// Whether a function below the line makes such an object.
    fn is_made_by(self, function: &str) -> bool {
        let (path, name) = split(function);
        let makes = |name: &str| {
            let last = name.rsplit('.').next().unwrap_or_default();
            ["New", "new", "init", "Init"]
                .iter()
                .any(|start| last.starts_with(start))
        };
        match self {
            // Tables of a decompressor depend on the data and are made with a Reset, too.
            Self::Codec => {
                const PACKAGES: &[&str] = &[
                    "flate", "gzip", "zlib", "zstd", "lzw", "lz4", "brotli", "snappy", "s2",
                    "pgzip", "bzip2",
                ];
                let last = path.rsplit('/').next().unwrap_or_default();
                PACKAGES.contains(&last) && makes(name) && !name.contains("huffman")
            }
            Self::Buffered => {
                path == "bufio" && name.starts_with("New") && !name.starts_with("NewScanner")
            }
            Self::Buffer => {
                path == "bytes" && matches!(name, "growSlice" | "makeSlice" | "(*Buffer).grow")
            }
            Self::Copy => path == "io" && name == "copyBuffer",
            Self::Hash => {
                (path.starts_with("crypto/") || path.starts_with("hash/"))
                    && (name.starts_with("New") || name.starts_with("new"))
            }
        }
    }

    fn what(self) -> &'static str {
        match self {
            Self::Codec => "a compressor or decompressor",
            Self::Buffered => "a bufio reader or writer with its buffer",
            Self::Buffer => "a bytes.Buffer that grows from nothing",
            Self::Copy => "the 32 KiB buffer of io.Copy",
            Self::Hash => "the state of a hash",
        }
    }
}

/// The import path and the name of a function.
fn split(function: &str) -> (&str, &str) {
    let base = function.rfind('/').map_or(0, |slash| slash + 1);
    match function.get(base..).and_then(|rest| rest.find('.')) {
        Some(dot) => (
            function.get(..base + dot).unwrap_or_default(),
            function.get(base + dot + 1..).unwrap_or_default(),
        ),
        None => ("", function),
    }
}

pub(super) fn look(scene: &Scene<'_>) -> Option<Draft> {
    let all = &scene.spot.all.values;
    let (heavy, made) = Heavy::ALL
        .into_iter()
        .map(|heavy| (heavy, scene.below(|function| heavy.is_made_by(function))))
        .filter(|(_, made)| made.alloc_space() > 0 && made.share_of(all) >= MOST)
        .max_by_key(|(_, made)| made.alloc_space())?;
    let traits = scene.traits(&made);
    if traits.live_share.is_some_and(|live| live > MOSTLY_DEAD) {
        return None;
    }
    let each = made.alloc_space() / made.alloc_objects().max(1);
    if each < WORTH_A_POOL && heavy != Heavy::Hash && scene.byte_share() < MUCH_OF_ALL {
        return None;
    }
    let largest = made.sizes.iter().max_by_key(|size| size.alloc_space);
    let is_often =
        largest.is_none_or(|size| size.alloc_objects >= MANY) && scene.byte_share() >= MOST_OF_ALL;
    let Some(code) = &scene.code else {
        // A codec of such a size cannot be anything else.
        let confidence = match heavy {
            Heavy::Codec if each >= HUGE && is_often => Confidence::Medium,
            Heavy::Copy if is_often => Confidence::Medium,
            _ => Confidence::Low,
        };
        return Some(draft(scene, heavy, &made, confidence, None));
    };
    if is_new(code) {
        // A pool fills up; whether it loses what it has is looked at elsewhere.
        return None;
    }
    match heavy {
        Heavy::Copy => Some(draft(scene, heavy, &made, Confidence::Medium, None)),
        Heavy::Buffer => buffer(scene, code, &made),
        Heavy::Codec | Heavy::Buffered | Heavy::Hash => {
            object(scene, code, heavy, &made, each >= HUGE && is_often)
        }
    }
}

/// An object made by a constructor on the line, or by its own first use there.
fn object(
    scene: &Scene<'_>,
    code: &Code<'_>,
    heavy: Heavy,
    made: &Part,
    is_plain: bool,
) -> Option<Draft> {
    let constructor = code
        .operations
        .iter()
        .filter(|operation| is_constructor(operation, heavy))
        .max_by_key(|operation| operation.columns.end - operation.columns.start);
    let Some(constructor) = constructor else {
        // Made at its first use. There is one for each object, so someone makes many objects.
        let confidence = match heavy {
            Heavy::Codec if is_plain && !pools_some(code) => Confidence::High,
            _ => Confidence::Low,
        };
        let name = code.operations.iter().find_map(|operation| {
            let OperationKind::Call { callee, .. } = &operation.kind else {
                return None;
            };
            Some(callee.operand()).filter(|operand| !operand.is_empty())
        });
        if name.is_some_and(|name| is_pooled(code, name)) {
            return None;
        }
        return Some(draft(scene, heavy, made, confidence, name));
    };
    let target = match &constructor.used.kind {
        UseKind::Assigned { target, .. } => Some(target.as_str()),
        _ => None,
    };
    if target.is_some_and(|target| is_pooled(code, target)) {
        return None;
    }
    let lifetime = Follow::new(scene, code.package).of_value(&code.function, &constructor.used);
    let confidence = match lifetime {
        Lifetime::Ends => Confidence::High,
        // Who gets it can do little with it but use it.
        Lifetime::Unknown => Confidence::Medium,
        Lifetime::Kept if heavy == Heavy::Codec && is_plain => Confidence::Low,
        Lifetime::Kept => return None,
    };
    Some(draft(scene, heavy, made, confidence, target).at(constructor.columns.clone()))
}

fn is_constructor(operation: &Operation, heavy: Heavy) -> bool {
    let OperationKind::Call { callee, .. } = &operation.kind else {
        return false;
    };
    let Some(qualified) = &callee.qualified else {
        return false;
    };
    let (path, name) = split(qualified);
    let begins = |start: &str| path.starts_with(start);
    let is_wrapped = match heavy {
        Heavy::Codec => begins("compress/"),
        Heavy::Hash => begins("crypto/") || begins("hash/"),
        _ => false,
    };
    heavy.is_made_by(qualified) || is_wrapped && name.starts_with("New")
}

/// Whether a variable holds what a pool gave, and is only made when that is nothing.
fn is_pooled(code: &Code<'_>, name: &str) -> bool {
    let name = name.split('.').next().unwrap_or(name);
    let declared = code.function.declaration(name, code.line, code.package);
    declared
        .and_then(|declared| declared.line)
        .and_then(|line| code.file.line(line))
        .is_some_and(|text| taken_from(text).is_some())
}

/// Whether the package takes codecs out of a pool: what shows may be its filling up.
fn pools_some(code: &Code<'_>) -> bool {
    const TYPES: &[&str] = &[
        "gzip.", "zlib.", "flate.", "zstd.", "lz4.", "brotli.", "lzw.",
    ];
    code.package.files().iter().any(|file| {
        (1..=file.line_count())
            .filter_map(|line| file.line(line))
            .any(|text| {
                let taken = text.split_once(".Get().(").map(|(_, rest)| rest);
                taken.is_some_and(|rest| {
                    let rest = rest.trim_start_matches('*');
                    TYPES
                        .iter()
                        .any(|start| rest.starts_with(start) && rest.contains("Writer"))
                })
            })
    })
}

/// Where the bytes.Buffer is that grows.
enum Owner {
    /// A variable, made on this line.
    Fresh(String),
    /// A variable that a pool gave on this line.
    Pooled(String, u32),
}

fn buffer(scene: &Scene<'_>, code: &Code<'_>, made: &Part) -> Option<Draft> {
    let owner = mentioned(&code.operations)
        .into_iter()
        .find_map(|name| owner(code, &name, code.line, MAX_STEPS))?;
    match owner {
        Owner::Pooled(name, line) => {
            let pool = taken_from(code.file.line(line)?)?;
            let lost = Lost::of(&code.function, line, pool)?;
            Some(
                draft(scene, Heavy::Buffer, made, Confidence::High, Some(&name))
                    .because(Channel::Source, lost.sentence(pool))
                    .suggest(
                        format!(
                            "put `{name}` back on every path, so that its memory is used again"
                        ),
                        Some(format!("defer {pool}.Put({name})")),
                    ),
            )
        }
        Owner::Fresh(name) => {
            let follow = Follow::new(scene, code.package);
            if follow.of_variable(&code.function, &name, code.line) == Lifetime::Kept {
                return None;
            }
            // What Bytes gives is the buffer's own memory.
            let is_result = (code.function.fate(&name, code.line).uses)
                .iter()
                .filter(
                    |used| matches!(&used.kind, UseKind::Receiver { method } if method == "Bytes"),
                )
                .any(|used| {
                    let operations = code.function.operations(used.line, code.package);
                    operations.iter().any(|operation| {
                        let OperationKind::Call { callee, .. } = &operation.kind else {
                            return false;
                        };
                        callee.text == format!("{name}.Bytes")
                            && follow.of_value(&code.function, &operation.used) == Lifetime::Kept
                    })
                });
            let confidence = match is_result {
                true => Confidence::Low,
                false => Confidence::High,
            };
            Some(draft(scene, Heavy::Buffer, made, confidence, Some(&name)))
        }
    }
}

/// The variables that calls of the line are made on, or get.
fn mentioned(operations: &[Operation]) -> Vec<String> {
    let mut names = Vec::new();
    for operation in operations {
        let OperationKind::Call {
            callee, arguments, ..
        } = &operation.kind
        else {
            continue;
        };
        let operand = (callee.qualified.is_none()).then(|| callee.operand());
        let arguments = arguments.iter().map(|text| text.trim_start_matches('&'));
        for name in operand.into_iter().chain(arguments) {
            let plain = |letter: char| letter.is_alphanumeric() || letter == '_';
            if !name.is_empty() && name.chars().all(plain) {
                names.push(name.to_owned());
            }
        }
    }
    names
}

fn owner(code: &Code<'_>, name: &str, line: u32, steps: u32) -> Option<Owner> {
    let steps = steps.checked_sub(1)?;
    let declared = code.function.declaration(name, line, code.package)?;
    let at = declared.line?;
    let text = code.file.line(at)?;
    let typed = declared.type_text.as_deref().unwrap_or_default();
    let is_buffer = typed.trim_start_matches('*') == "bytes.Buffer";
    match &declared.origin {
        _ if taken_from(text).is_some() && text.contains("bytes.Buffer") => {
            Some(Owner::Pooled(name.to_owned(), at))
        }
        Origin::Zero | Origin::Empty { .. } | Origin::Pointer { .. } if is_buffer => {
            Some(Owner::Fresh(name.to_owned()))
        }
        Origin::Call { callee }
            if callee.is("bytes.NewBuffer") || callee.is("bytes.NewBufferString") =>
        {
            Some(Owner::Fresh(name.to_owned()))
        }
        // An encoder or a writer around the buffer.
        Origin::Call { callee } if callee.name().starts_with("New") => {
            mentioned(&code.function.operations(at, code.package))
                .into_iter()
                .filter(|inner| inner != name)
                .find_map(|inner| owner(code, &inner, at, steps))
        }
        _ => None,
    }
}

/// The type of a codec, reader or writer, by the function that the line calls: `*gzip.Writer`.
fn made_type(scene: &Scene<'_>) -> String {
    let callee = scene.spot.ways.iter().find_map(|way| way.callee());
    let (path, name) = callee.map_or(("", ""), |callee| split(&callee.function));
    let package = path.rsplit('/').next().unwrap_or_default();
    let side = if name.contains("Reader") {
        "Reader"
    } else {
        "Writer"
    };
    format!("*{package}.{side}")
}

fn draft(
    scene: &Scene<'_>,
    heavy: Heavy,
    made: &Part,
    confidence: Confidence,
    name: Option<&str>,
) -> Draft {
    let each = made.alloc_space() / made.alloc_objects().max(1);
    let title = match name {
        Some(name) => format!("`{name}`: {} is made for each use", heavy.what()),
        None => format!("{} is made for each use", heavy.what()),
    };
    let name = name.unwrap_or("x");
    let type_text = made_type(scene);
    let (how, code) = match heavy {
        Heavy::Codec | Heavy::Buffered => (
            "keep it in a sync.Pool and call Reset with the new reader or writer".to_owned(),
            format!("{name} := pool.Get().({type_text})\n{name}.Reset(rw)\ndefer pool.Put({name})"),
        ),
        Heavy::Buffer => (
            "keep the buffer in a sync.Pool and call Reset before use".to_owned(),
            format!("{name} := pool.Get().(*bytes.Buffer)\n{name}.Reset()\ndefer pool.Put({name})"),
        ),
        Heavy::Copy => (
            "call io.CopyBuffer with a buffer from a sync.Pool".to_owned(),
            "p := pool.Get().(*[]byte)\ndefer pool.Put(p)\n_, err := io.CopyBuffer(dst, src, *p)"
                .to_owned(),
        ),
        Heavy::Hash => (
            "keep the hash in a sync.Pool and call Reset, or use the function that sums at once"
                .to_owned(),
            format!("{name} := pool.Get().(hash.Hash)\n{name}.Reset()\ndefer pool.Put({name})"),
        ),
    };
    let made_of = format!(
        "{} blocks of {} on average, {} in all, for {}",
        units::amount(made.alloc_objects(), "count"),
        units::amount(each, "bytes"),
        units::amount(made.alloc_space(), "bytes"),
        heavy.what(),
    );
    let mut draft = Draft::new(confidence, title)
        .because(Channel::Profile, made_of)
        .suggest(how, Some(code))
        .saves(
            Saving {
                alloc_space: part(made.alloc_space()),
                alloc_objects: part(made.alloc_objects()),
                inuse_space: 0,
            },
            "up to all but one object for each processor and collection; pooling saved 70 to 100 % in comparable changes",
        );
    if name != "x" && scene.code.is_some() {
        draft = draft
            .because(Channel::Source, format!("`{name}` lives for one use"))
            .about(name);
    }
    draft
}
