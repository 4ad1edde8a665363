//! Slices that functions of the standard library grow: `slices.Collect` and its kin, `io.ReadAll`.

use crate::evidence::shape::growth::Known;
use crate::evidence::source::{Callee, Operation, OperationKind, Origin};
use crate::findings::draft::Draft;
use crate::findings::finding::{Channel, Confidence};
use crate::findings::rules::grown::{Grown, saving};
use crate::findings::scene::{Code, Scene};

/// Functions that append whatever an iterator yields to a slice that begins empty.
const COLLECTORS: [&str; 4] = [
    "slices.Collect",
    "slices.Sorted",
    "slices.SortedFunc",
    "slices.SortedStableFunc",
];

/// Iterators over something that has a length.
const COUNTED: [&str; 4] = [
    "maps.Keys(",
    "maps.Values(",
    "slices.Values(",
    "slices.Backward(",
];

pub(super) fn look(scene: &Scene<'_>) -> Option<Draft> {
    read_all(scene).or_else(|| collect(scene))
}

fn call<'a>(
    code: &'a Code<'_>,
    is_meant: impl Fn(&Callee) -> bool,
) -> Option<(&'a Operation, &'a [String], &'a Callee)> {
    code.operations
        .iter()
        .find_map(|operation| match &operation.kind {
            OperationKind::Call {
                callee, arguments, ..
            } if is_meant(callee) => Some((operation, arguments.as_slice(), callee)),
            _ => None,
        })
}

fn collect(scene: &Scene<'_>) -> Option<Draft> {
    // The bodies of loops over functions are named after the function that they are inlined into,
    // so the file tells more than the name.
    let part = scene.spot.part(|way| {
        let mut frames = way.below().iter();
        frames.any(|frame| {
            frame.file.ends_with("slices/iter.go")
                || frame.function.starts_with("slices.AppendSeq[")
        })
    });
    if part.share_of(&scene.spot.all.values) <= 0.5 {
        return None;
    }
    let code = scene.code.as_ref()?;
    let (operation, arguments, callee) =
        call(code, |callee| COLLECTORS.iter().any(|name| callee.is(name)))?;
    let iterator = arguments.first()?;
    let counted = COUNTED.iter().find_map(|name| {
        let inner = iterator.strip_prefix(name)?.strip_suffix(')')?;
        (!inner.contains(['(', ','])).then_some(inner)
    });
    let grown = Grown::of(scene, &part, Known::default());
    let is_tiny = grown.as_ref().is_some_and(|grown| grown.capacity.p90 <= 64);
    let confidence = match counted {
        _ if is_tiny => Confidence::Low,
        Some(_) if grown.is_some() => Confidence::High,
        Some(_) if scene.traits(&part).sizes >= 3 => Confidence::Medium,
        _ => Confidence::Low,
    };
    let (saving, basis) = saving(&part, grown.as_ref());
    let name = callee.name();
    let mut draft = Draft::new(
        confidence,
        format!("slices.{name} grows its slice step by step"),
    );
    if let Some(grown) = &grown {
        draft = draft.because(Channel::Profile, grown.describe());
    }
    draft = match counted {
        Some(of) => draft.because(
            Channel::Source,
            format!("slices.{name} begins with an empty slice, though {of} has len({of}) elements"),
        ),
        None => draft.because(
            Channel::Source,
            format!("slices.{name} begins with an empty slice"),
        ),
    };
    let (suggestion, edit) = match counted {
        Some(of) => {
            let element = element(code, iterator, of);
            let edit = element.map(|element| {
                format!("slices.AppendSeq(make([]{element}, 0, len({of})), {iterator})")
            });
            let sort = if name == "Collect" { "" } else { ", then sort it" };
            (
                format!("append to a slice with a capacity of len({of}) by slices.AppendSeq{sort}"),
                edit,
            )
        }
        None => (
            "append to a slice with enough capacity by slices.AppendSeq, if the number of elements can \
             be told"
                .to_owned(),
            None,
        ),
    };
    Some(
        draft
            .suggest(suggestion, edit)
            .saves(saving, basis)
            .at(operation.columns.clone()),
    )
}

/// The type of what the iterator yields.
fn element(code: &Code<'_>, iterator: &str, of: &str) -> Option<String> {
    let declared = code.function.declaration(of, code.line, code.package)?;
    let type_text = code.package.underlying(&declared.type_text?);
    if iterator.starts_with("slices.") {
        return type_text.strip_prefix("[]").map(str::to_owned);
    }
    // A key type with brackets of its own is an array; such keys are left to the reader.
    let (key, value) = type_text.strip_prefix("map[")?.split_once(']')?;
    let wanted = if iterator.starts_with("maps.Keys") {
        key
    } else {
        value
    };
    (!key.contains('[')).then(|| wanted.to_owned())
}

fn read_all(scene: &Scene<'_>) -> Option<Draft> {
    let is_read_all = |function: &str| matches!(function, "io.ReadAll" | "io/ioutil.ReadAll");
    let part = scene.below(is_read_all);
    if part.share_of(&scene.spot.all.values) <= 0.5 {
        return None;
    }
    let code = scene.code.as_ref()?;
    let (operation, arguments, _) = call(code, |callee| {
        callee.is("io.ReadAll") || callee.is("io/ioutil.ReadAll")
    })?;
    let reader = arguments.first()?;
    let origin = code
        .function
        .declaration(reader, code.line, code.package)
        .map(|declared| declared.origin);
    let is_file = matches!(&origin, Some(Origin::Call { callee }) if callee.is("os.Open"));
    let grown = Grown::of(scene, &part, Known::default());
    let (saving, basis) = saving(&part, grown.as_ref());
    let (confidence, suggestion) = if is_file {
        let text = "use os.ReadFile, which asks for the file's size first".to_owned();
        (Confidence::Medium, text)
    } else {
        let text = format!(
            "if the length of {reader} can be told (Content-Length, Stat, Len), read into a bytes.Buffer \
             that was grown to it"
        );
        (Confidence::Low, text)
    };
    let mut draft = Draft::new(confidence, "io.ReadAll grows its buffer step by step");
    if let Some(grown) = &grown {
        draft = draft.because(Channel::Profile, grown.describe());
    }
    Some(
        draft
            .because(
                Channel::Source,
                format!("io.ReadAll does not know how much {reader} holds"),
            )
            .suggest(suggestion, None)
            .saves(saving, basis)
            .at(operation.columns.clone()),
    )
}
