//! `x = append(x, …)` that outgrows the slice again and again.

use crate::evidence::binary;
use crate::evidence::escape::Kind;
use crate::evidence::shape::growth::Known;
use crate::evidence::source::{Operation, OperationKind};
use crate::findings::draft::Draft;
use crate::findings::finding::{Channel, Confidence};
use crate::findings::rules::grown::{Grown, saving};
use crate::findings::scene::{Code, Scene};
use crate::findings::spot::{Part, share};

use super::target::{Start, Target, Yield};

/// Slices that end with room for so many elements are outgrown at most twice: not worth an edit.
const TINY: u64 = 4;

/// Where more is alive, the slices are what the program keeps, and growth is a small part of it.
const LIVES: f64 = 0.5;

/// Below this part of the profile a capacity is not worth an edit.
const WORTH: f64 = 0.005;

/// Of helpers that fill their caller's slice so large a part must have been outgrown.
const WASTES: f64 = 0.3;

/// From this part of the profile on a slice that callers fill by a choice of theirs is worth the
/// most that it can hold.
const HOT: f64 = 0.05;

/// A ladder without source must show so many rungs.
const RUNGS_ALONE: usize = 5;

/// And so large a part must have been outgrown. That growth is proven does not tell whether the
/// length could be known; where less is at stake about every other such finding was no help.
const WASTES_ALONE: f64 = 0.6;

pub(super) fn look(scene: &Scene<'_>) -> Option<Draft> {
    let part = scene.direct();
    if part.alloc_space() <= 0 {
        return None;
    }
    let told = scene.is_mostly(&part, |call| *call == binary::Operation::GrowSlice);
    if told == Some(false) {
        return None;
    }
    match &scene.code {
        Some(code) => with_source(scene, code, &part, told == Some(true)),
        None => without_source(scene, &part, told == Some(true)),
    }
}

fn with_source(scene: &Scene<'_>, code: &Code<'_>, part: &Part, told: bool) -> Option<Draft> {
    let mut targets = code
        .operations
        .iter()
        .filter_map(|operation| match &operation.kind {
            OperationKind::Append { target, spread, .. } => Some((operation, target, *spread)),
            _ => None,
        });
    let (operation, name, spread) = targets.next()?;
    let target = Target::of(code, name, spread)?;
    let size = target.element.as_ref().and_then(|(_, size)| *size);
    let known = Known {
        growslice: told.then_some(true),
        element: size.map(|size| size.bytes),
        pointers: size.map(|size| size.pointers),
    };
    let rivals = rivals(code);
    let grown = Grown::of(scene, part, known).or_else(|| {
        // A block beside each element hides the ladder of the slice.
        let rest = (rivals > 0).then(|| without_main_size(part))??;
        Grown::of(scene, &rest, known)
    });
    let sizes = scene.traits(part).sizes;
    let is_alone = rivals == 0;
    let is_ladder = grown.as_ref().is_some_and(|grown| grown.is_exact);
    // Since Go 1.26 the first blocks of a short slice are on the stack: one that nearly fills up
    // shows its last block alone.
    let is_growth = told
        || is_ladder
        || (is_alone && (sizes >= 2 || grown.is_some() || mostly_fills(scene, &target, part)));
    if !is_growth {
        return None;
    }
    let confidence = confidence(scene, &target, grown.as_ref(), part, told || is_ladder)?;
    let (saving, basis) = saving(part, grown.as_ref());
    let worth = share(saving.alloc_space, scene.totals.0[1])
        .max(share(saving.alloc_objects, scene.totals.0[0]));
    let confidence = if worth < WORTH {
        Confidence::Low
    } else {
        confidence
    };

    let mut draft = Draft::new(confidence, title(&target));
    if told {
        draft = draft.because(Channel::Binary, "the line calls runtime.growslice");
    }
    draft = match &grown {
        Some(grown) => draft.because(Channel::Profile, grown.describe()),
        None => draft.because(
            Channel::Profile,
            format!("the line allocates blocks of {sizes} sizes"),
        ),
    };
    draft = draft.because(Channel::Source, begins(&target));
    if let Some(said) = compiler(scene, operation) {
        draft = draft.because(Channel::Escape, said);
    }
    let (suggestion, edit) = advise(&target, grown.as_ref());
    Some(
        draft
            .suggest(suggestion, edit)
            .saves(saving, basis)
            .about(target.name.clone())
            .at(operation.columns.clone()),
    )
}

/// How sure it is; nothing where something speaks against it.
fn confidence(
    scene: &Scene<'_>,
    target: &Target,
    grown: Option<&Grown>,
    part: &Part,
    is_certain: bool,
) -> Option<Confidence> {
    let live = share(part.inuse_space(), part.alloc_space());
    let elements = grown.and_then(Grown::elements);
    if elements.is_some_and(|(p50, p90)| p50 <= TINY && p90 <= 2 * TINY) {
        return Some(Confidence::Low);
    }
    let filling = &target.filling;
    Some(match target.start {
        Start::Empty => match (filling.is_countable, filling.yields) {
            (true, Yield::All) if is_certain && filling.length.is_some() => Confidence::High,
            (true, Yield::All) => Confidence::Medium,
            (true, Yield::Most) if grown.is_some() => Confidence::Medium,
            // Nobody else can know how many pass; that it is hot and outgrows much says that it is
            // not few.
            (true, Yield::Chosen)
                if grown.is_some_and(|grown| grown.waste_share() > WASTES)
                    && scene.byte_share() >= HOT =>
            {
                Confidence::Medium
            }
            (true, Yield::Chosen | Yield::Some) if mostly_fills(scene, target, part) => {
                Confidence::Medium
            }
            _ => Confidence::Low,
        },
        Start::Small(_) if grown.is_some() && filling.yields < Yield::Chosen => Confidence::Medium,
        Start::Parameter | Start::Field
            if is_certain
                && grown.is_some()
                && filling.is_by_calls
                && live < LIVES
                && !target.is_bytes() =>
        {
            Confidence::Medium
        }
        // A helper fills what its caller holds: the ladder is proof enough that it began small.
        Start::Parameter
            if filling.loops > 0
                && filling.yields < Yield::Chosen
                && grown.is_some_and(|grown| grown.is_exact && grown.waste_share() > WASTES)
                && live < LIVES
                && !target.is_bytes() =>
        {
            Confidence::Medium
        }
        _ => Confidence::Low,
    })
}

/// Whether most slices get at least half as long as a filter lets them at most, which must be a
/// number for that.
fn mostly_fills(scene: &Scene<'_>, target: &Target, part: &Part) -> bool {
    let most: Option<u64> = target
        .filling
        .length
        .as_deref()
        .and_then(|length| length.parse().ok());
    let size = target.element.as_ref().and_then(|(_, size)| *size);
    let (Some(most), Some(size)) = (most, size) else {
        return false;
    };
    let traits = scene.traits(part);
    traits.dominant_objects_share > 0.5
        && traits.dominant_size.saturating_mul(2) >= most.saturating_mul(size.bytes)
}

/// What else on the line may allocate without a frame of its own.
fn rivals(code: &Code<'_>) -> usize {
    let is_rival = |operation: &&Operation| match &operation.kind {
        OperationKind::Concat { known_string, .. } => *known_string,
        OperationKind::Convert { free, .. } | OperationKind::Boxed { free, .. } => !free,
        OperationKind::Composite {
            address_taken,
            shape,
            ..
        } => {
            use crate::evidence::source::Shape;
            *address_taken || matches!(shape, Shape::Slice | Shape::Map)
        }
        OperationKind::MakeSlice { .. }
        | OperationKind::MakeMap { .. }
        | OperationKind::MakeChan { .. }
        | OperationKind::New { .. }
        | OperationKind::FuncLiteral { .. }
        | OperationKind::MapAssign { .. }
        | OperationKind::MethodValue { .. } => true,
        _ => false,
    };
    code.operations.iter().filter(is_rival).count()
}

/// A part without the size that has most of its objects.
fn without_main_size(part: &Part) -> Option<Part> {
    let main = part.sizes.iter().max_by_key(|size| size.alloc_objects)?;
    let mut rest = part.clone();
    rest.sizes.retain(|size| size.bytes != main.bytes);
    Some(rest)
}

fn title(target: &Target) -> String {
    match target.start {
        Start::Small(cap) => format!("{} outgrows its capacity of {cap}", target.name),
        _ => format!("{} grows step by step", target.name),
    }
}

fn begins(target: &Target) -> String {
    let name = &target.name;
    let at = match target.line {
        Some(line) => format!(" in line {line}"),
        None => String::new(),
    };
    let filling = &target.filling;
    let filled = match (&filling.length, filling.loops) {
        (Some(length), _) if filling.yields > Yield::All => {
            format!("and gets at most {length} elements")
        }
        (Some(length), _) => format!("and gets {length} elements"),
        (None, 0) if filling.is_by_calls => "and is filled call by call".to_owned(),
        (None, 0) => "and is appended to".to_owned(),
        (None, _) => "and is filled in a loop whose length is not known before".to_owned(),
    };
    match target.start {
        Start::Empty => format!("{name} begins empty{at}, {filled}"),
        Start::Small(cap) => format!("{name} begins with room for {cap} elements{at}, {filled}"),
        Start::Parameter => format!("{name} comes from the caller, {filled}"),
        Start::Field => format!("the field {name} has no capacity given, {filled}"),
        Start::Queue => format!("{name} is a queue or stack, {filled}"),
        Start::Other => format!("{name} is appended to, {filled}"),
    }
}

/// What the compiler says of this append.
fn compiler(scene: &Scene<'_>, operation: &Operation) -> Option<String> {
    let (line, column) = operation.position;
    scene.escape.iter().find_map(|said| {
        let fact = said.fact;
        let is_append = fact.expression.starts_with("append");
        let is_here =
            said.is_here && (fact.column == 0 || (fact.line, fact.column) == (line, column));
        match &fact.kind {
            Kind::EscapesToHeap(_) if is_append && is_here => {
                Some("the compiler says that the appended slice escapes to the heap".to_owned())
            }
            _ => None,
        }
    })
}

/// The advice and its code.
fn advise(target: &Target, grown: Option<&Grown>) -> (String, Option<String>) {
    let name = &target.name;
    let slice = target
        .type_text
        .as_deref()
        .map(|text| text.trim_start_matches('*'));
    let make = |capacity: &str| {
        let assign = if target.is_variable { ":=" } else { "=" };
        slice.map(|slice| format!("{name} {assign} make({slice}, 0, {capacity})"))
    };
    let measured = grown.and_then(Grown::elements);
    let curve = measured.map_or(String::new(), |(p50, p90)| {
        format!("; measured: {p50} hold half of the slices, {p90} nine tenths of them")
    });
    if target.start == Start::Parameter {
        let text = format!("let the caller pass {name} with enough capacity{curve}");
        return (text, None);
    }
    match &target.filling.length {
        Some(length) if target.filling.yields > Yield::All => {
            let text = format!(
                "give {name} a capacity before the loop: at most {length}, less if few elements pass{curve}"
            );
            (text, make(length))
        }
        Some(length) => {
            let text = format!("give {name} its capacity before the loop: {length}");
            (text, make(length))
        }
        None => match measured {
            Some((p50, p90)) => {
                let text = format!(
                    "give {name} a capacity where it begins: the real length if it can be counted, else \
                     {p50}, which is enough for half of the slices ({p90} for nine tenths)"
                );
                (text, make(&p50.to_string()))
            }
            None => {
                let text =
                    format!("give {name} a capacity where it begins, if its length can be counted");
                (text, None)
            }
        },
    }
}

/// Growth that sizes and call target alone prove.
fn without_source(scene: &Scene<'_>, part: &Part, told: bool) -> Option<Draft> {
    let known = Known {
        growslice: told.then_some(true),
        ..Known::default()
    };
    let grown = Grown::of(scene, part, known)?;
    let is_map = !told && scene.maps(part, Default::default()).is_some();
    let live = share(part.inuse_space(), part.alloc_space());
    if is_map || live > LIVES || !grown.is_exact || (grown.is_ambiguous && !told) {
        return None;
    }
    if grown.capacity.p50 <= TINY * grown.element.unwrap_or(8) {
        return None;
    }
    // The bodies of closures and of loops over functions run as often as others please.
    let is_closure = ["-range", ".func"]
        .iter()
        .any(|mark| scene.spot.place.function.contains(mark));
    let is_clear = !is_closure && grown.rungs >= RUNGS_ALONE && grown.waste_share() >= WASTES_ALONE;
    let confidence = if is_clear {
        Confidence::Medium
    } else {
        Confidence::Low
    };
    let (saving, basis) = saving(part, Some(&grown));
    let mut draft = Draft::new(confidence, "a slice grows step by step");
    if told {
        draft = draft.because(Channel::Binary, "the line calls runtime.growslice");
    }
    draft = draft.because(Channel::Profile, grown.describe());
    let room = match grown.elements() {
        Some((p50, p90)) => {
            format!("{p50} elements hold half of the slices, {p90} nine tenths of them")
        }
        None => format!(
            "{} bytes hold half of the slices, {} nine tenths of them",
            grown.capacity.p50, grown.capacity.p90
        ),
    };
    Some(
        draft
            .suggest(format!("make the slice with a capacity; {room}"), None)
            .saves(saving, basis),
    )
}
