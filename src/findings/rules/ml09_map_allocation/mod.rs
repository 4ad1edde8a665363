//! ML09: maps that grow although their size is known, or that are made anew although they could be
//! emptied.

mod made;
mod small;

use crate::evidence::binary;
use crate::evidence::shape::maps::{Known, Maps};
use crate::evidence::source::{
    Declaration, Function, Loop, LoopKind, Operation, OperationKind, Origin, Ranged,
};
use crate::findings::{Channel, Code, Confidence, Draft, Part, Rule, Saving, Scene};
use crate::units;

/// Lines with a smaller share of the bytes and of the objects are not worth a hint.
const WORTH: f64 = 0.015;

/// Maps of eight entries have one group whether they get a hint or not.
const FEWEST_ENTRIES: u64 = 9;

/// Larger values get a block of their own: the assignment allocates it, not the map's growth.
const LARGEST_INLINE: u64 = 128;

/// Where more of the bytes are still in use, the maps are long-lived, and growth is their life.
const LONG_LIVED: f64 = 0.5;

/// So often a hot map must have been made anew before one says so from its shape alone.
const CHURN: f64 = 20.0;

/// Without source only lines with so much of the bytes are named: what is done with the map is not seen.
const LARGE_SHARE: f64 = 0.05;

/// The size of a table's header in Go's maps since 1.24.
const TABLE: u64 = 32;

/// So many samples are no stray ones.
const FEW: u64 = 3;

/// ML09.
#[derive(Clone, Copy, Debug)]
pub struct MapAllocation;

impl Rule for MapAllocation {
    fn id(&self) -> &'static str {
        "ML09"
    }

    fn name(&self) -> &'static str {
        "map-allocation"
    }

    fn technique(&self) -> &'static str {
        "maps: give them their capacity, empty them for reuse, keep large values out"
    }

    fn page(&self) -> &'static str {
        include_str!("../ml09.md")
    }

    fn look(&self, scene: &Scene<'_>) -> Option<Draft> {
        if scene.byte_share().max(scene.object_share()) < WORTH {
            return None;
        }
        match &scene.code {
            Some(code) => with_source(scene, code)
                .or_else(|| made::look(scene, code))
                .or_else(|| small::look(scene, code)),
            None => by_shape(scene),
        }
    }
}

/// How the map comes to be filled.
struct Filled {
    /// The map as written at the line.
    map: String,
    /// Its type as written.
    type_text: Option<String>,
    /// Whether an entry may be met again, so that there are fewer entries than assignments.
    repeats: bool,
    /// How many entries are added, where an expression of the line says so.
    bound: Option<String>,
    /// The operation, for the caret.
    operation: Operation,
}

fn filled(code: &Code<'_>) -> Option<Filled> {
    code.operations
        .iter()
        .find_map(|operation| match &operation.kind {
            OperationKind::MapAssign { map, type_text, .. } => {
                let line = code.file.line(code.line).unwrap_or_default();
                let behind = line.split("] ").nth(1).unwrap_or_default();
                let in_place = line.contains("]++") || behind.starts_with("+=");
                Some(Filled {
                    map: map.clone(),
                    type_text: type_text.clone(),
                    repeats: in_place,
                    bound: None,
                    operation: operation.clone(),
                })
            }
            OperationKind::Call {
                callee, arguments, ..
            } if callee.is("maps.Copy") => Some(Filled {
                map: arguments.first()?.clone(),
                type_text: None,
                repeats: false,
                bound: Some(format!("len({})", arguments.get(1)?)),
                operation: operation.clone(),
            }),
            _ => None,
        })
}

/// What the map starts as, and where.
enum Start {
    /// Empty, in this function.
    Local(Declaration),
    /// With a hint, in this function.
    Hinted(String),
    /// Empty, by a caller in a loop, or on each call.
    ByCaller { caller: String, in_loop: bool },
    /// A field that methods set to a new map again.
    Renewed { by: String },
}

fn with_source(scene: &Scene<'_>, code: &Code<'_>) -> Option<Draft> {
    let filled = filled(code)?;
    let part = of_maps(scene);
    if part.share_of(&scene.spot.all.values) < 0.3
        || scene.is_mostly(&part, is_of_map) == Some(false)
    {
        return None;
    }
    if let Some(value) = value_type(code, &filled)
        && let Some(size) = code.package.size_of(&value)
        && size.bytes > LARGEST_INLINE
    {
        return None;
    }
    let [_, bytes, _, live] = part.values;
    if live as f64 > LONG_LIVED * bytes as f64 {
        return None;
    }
    let measured = Measured::of(scene, &part)?;
    let start = start(code, &filled.map)?;
    advise(scene, code, &filled, &start, &part, &measured)
}

/// What the line allocates for maps: of its own, or below the functions of package maps.
fn of_maps(scene: &Scene<'_>) -> Part {
    scene.spot.part(|way| match way.callee() {
        None => true,
        Some(callee) => callee.function.starts_with("maps."),
    })
}

/// What the sizes say of the maps.
struct Measured {
    growth: Option<Maps>,
    /// How many different sizes were seen: each is a step of growth.
    steps: usize,
    /// Whether headers of tables were seen: only maps beyond one group have them.
    tables: bool,
}

impl Measured {
    /// `None` if the maps did not grow beyond one group.
    fn of(scene: &Scene<'_>, part: &Part) -> Option<Self> {
        let known = Known {
            map: Some(true),
            hinted: Some(false),
            layout: None,
        };
        let growth = scene
            .maps(part, known)
            .filter(|growth| growth.entries.max >= FEWEST_ENTRIES);
        let steps = part.sizes.iter().filter(|size| size.sampled > 0).count();
        let tables = steps > 1
            && part
                .sizes
                .iter()
                .any(|size| size.bytes == TABLE && size.sampled >= FEW);
        let steps = steps.saturating_sub(usize::from(tables));
        let grew = growth.is_some() || tables || steps >= 2 || part.sizes.is_empty();
        grew.then_some(Self {
            growth,
            steps,
            tables,
        })
    }

    fn text(&self) -> String {
        match &self.growth {
            Some(growth) => format!(
                "the sizes are those of growing maps: half of them end with room for {} entries, one in ten with {} or \
                 more; about {} of the bytes are steps on the way",
                units::count(growth.entries.p50),
                units::count(growth.entries.p90),
                share_text(growth.waste_bytes, growth.total_bytes),
            ),
            None => format!("blocks of {} sizes: the maps grow step by step", self.steps),
        }
    }

    fn waste(&self, part: &Part) -> (Saving, &'static str) {
        // Casts of floats saturate.
        match &self.growth {
            Some(growth) => (
                Saving {
                    alloc_space: (growth.waste_bytes as i64).min(part.alloc_space()),
                    alloc_objects: (growth.waste_objects as i64).min(part.alloc_objects()),
                    inuse_space: 0,
                },
                "the steps below the last one, from the sizes",
            ),
            None => (
                Saving {
                    alloc_space: part.alloc_space() / 2,
                    alloc_objects: part.alloc_objects() / 2,
                    inuse_space: 0,
                },
                "about half of what growth from empty allocates",
            ),
        }
    }
}

fn share_text(part: f64, whole: f64) -> String {
    units::share(part as i64, whole as i64)
}

fn is_of_map(operation: &binary::Operation) -> bool {
    matches!(
        operation,
        binary::Operation::MapAssign | binary::Operation::MakeMap | binary::Operation::MakeMapSmall
    )
}

/// The type of the map's values, as written.
fn value_type(code: &Code<'_>, filled: &Filled) -> Option<String> {
    let text = code.package.underlying(filled.type_text.as_deref()?);
    let inner = text.trim_start_matches('*').strip_prefix("map[")?;
    let mut depth = 1_u32;
    let end = inner.char_indices().find_map(|(at, sign)| {
        match sign {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(at)
    })?;
    inner.get(end + 1..).map(str::to_owned)
}

fn start(code: &Code<'_>, map: &str) -> Option<Start> {
    let declared = code.function.declaration(map, code.line, code.package)?;
    let made = std::iter::once(&declared.origin)
        .chain(declared.assignments.iter().map(|set| &set.origin))
        .find(|origin| matches!(origin, Origin::Make { .. } | Origin::Empty { .. }));
    match (&declared.origin, made) {
        (Origin::Field { owner }, _) => {
            let owner = owner.as_deref()?.trim_start_matches('*');
            renewed(code, owner, map.rsplit('.').next()?)
        }
        (Origin::PackageVariable, _) => None,
        (
            _,
            Some(Origin::Make {
                len: Some(hint), ..
            }),
        ) => match hint.as_str() {
            "0" => Some(Start::Local(declared)),
            _ => Some(Start::Hinted(hint.clone())),
        },
        (_, Some(_)) => Some(Start::Local(declared)),
        (Origin::Parameter { index }, None) => by_caller(code, *index),
        _ => None,
    }
}

/// The map that a caller passes.
fn by_caller(code: &Code<'_>, index: usize) -> Option<Start> {
    let callee = code.function.declaration_around()?;
    let calls = code.package.callers(&callee);
    let mut found = None;
    for call in calls.iter().filter(|call| call.sure && !call.recursive) {
        let caller = function_at(code, &call.site.path, call.site.line)?;
        let operations = caller.operations(call.site.line, code.package);
        let argument = operations
            .iter()
            .find_map(|operation| match &operation.kind {
                OperationKind::Call {
                    callee: to,
                    arguments,
                    ..
                } if to.name() == callee.name() => arguments.get(index).cloned(),
                _ => None,
            })?;
        let declared = caller.declaration(&argument, call.site.line, code.package)?;
        let is_empty = matches!(
            declared.origin,
            Origin::Make { len: None, .. } | Origin::Empty { .. }
        );
        let fate = caller.fate(&argument, call.site.line);
        // What is filled for others has a size that nobody knows before.
        if !is_empty || fate.is_stored() || fate.is_returned() {
            return None;
        }
        found = Some(Start::ByCaller {
            caller: caller.name().to_owned(),
            in_loop: declared.in_loop.is_some(),
        });
    }
    found
}

/// A field that a method sets to a new, empty map.
fn renewed(code: &Code<'_>, owner: &str, field: &str) -> Option<Start> {
    let origins = code.package.field_origins(owner, field);
    origins.iter().find_map(|(site, origin)| {
        let is_empty = matches!(
            origin,
            Origin::Make { len: None, .. } | Origin::Empty { .. }
        );
        let function = function_at(code, &site.path, site.line)?;
        let receiver = function.receiver()?;
        // A map that is made when the first entry comes is not made anew.
        let is_lazy = function
            .conditions(site.line)
            .iter()
            .any(|condition| condition.contains("== nil"));
        (is_empty && !is_lazy && receiver.base == owner).then(|| Start::Renewed {
            by: function.name().to_owned(),
        })
    })
}

fn function_at<'c>(code: &Code<'c>, path: &std::path::Path, line: u32) -> Option<Function<'c>> {
    let file = code
        .package
        .files()
        .iter()
        .find(|file| file.path() == path)?;
    let function = file
        .functions()
        .filter(|function| function.lines().contains(&line))
        .last()?;
    Some(function.declaration_around().unwrap_or(function))
}

fn advise(
    scene: &Scene<'_>,
    code: &Code<'_>,
    filled: &Filled,
    start: &Start,
    part: &Part,
    measured: &Measured,
) -> Option<Draft> {
    let map = &filled.map;
    let (saving, basis) = measured.waste(part);
    let hint = measured
        .growth
        .as_ref()
        .map(|growth| growth.entries.p50.to_string());
    let draft = |confidence, title: String| {
        let mut draft = Draft::new(confidence, title)
            .because(Channel::Profile, measured.text())
            .saves(saving, basis)
            .about(map.clone())
            .at(filled.operation.columns.clone());
        if scene.is_mostly(part, is_of_map) == Some(true) {
            draft = draft.because(
                Channel::Binary,
                "the line calls the runtime's map assignment",
            );
        }
        draft
    };
    let type_text = filled.type_text.as_deref().unwrap_or("map[K]V");
    match start {
        Start::Local(declared) => {
            let size = size(code, declared, filled);
            let fate = code.function.fate(map, code.line);
            let escapes = fate.is_returned() || fate.is_stored();
            let (confidence, title, suggestion, edit) = match size {
                Size::Exact(bound) => (
                    Confidence::High,
                    format!("`{map}` grows to a size that is known: {bound}"),
                    format!("make it with that capacity; at most {bound} entries are added"),
                    Some(format!("{map} := make({type_text}, {bound})")),
                ),
                Size::AtMost(bound) if !escapes => (
                    Confidence::Medium,
                    format!("`{map}` grows from empty on each call"),
                    format!(
                        "give it a capacity ({} by measure, {bound} at most), or keep it and `clear({map})` before each use",
                        hint.as_deref().unwrap_or("what is usual"),
                    ),
                    hint.map(|hint| format!("{map} := make({type_text}, {hint})")),
                ),
                Size::Sum => (
                    Confidence::Medium,
                    format!("`{map}` grows to a size that can be counted"),
                    "add up the lengths first and make it with that capacity".to_owned(),
                    hint.map(|hint| format!("{map} := make({type_text}, {hint})")),
                ),
                _ if !escapes => (
                    // A plain function has nowhere to keep the map, and the size is anyone's guess.
                    match code.function.receiver().is_some() || declared.in_loop.is_some() {
                        true => Confidence::Medium,
                        false => Confidence::Low,
                    },
                    format!("`{map}` grows from empty on each call"),
                    format!(
                        "keep the map and `clear({map})` before each use, or give it the capacity that is usual: {}",
                        hint.as_deref().unwrap_or("as measured"),
                    ),
                    hint.map(|hint| format!("{map} := make({type_text}, {hint})")),
                ),
                // It is a result of unknown size: a hint would be a guess.
                _ => return None,
            };
            let place = match declared.line {
                Some(line) => format!("`{map}` is made without capacity in line {line}"),
                None => format!("`{map}` is made without capacity"),
            };
            Some(
                draft(confidence, title)
                    .because(Channel::Source, place)
                    .suggest(suggestion, edit),
            )
        }
        Start::Hinted(given) => {
            // A hint that is met shows no growth at the assignment.
            if measured.growth.is_none() && !measured.tables {
                return None;
            }
            let more = code.loops.first().and_then(|around| around.bound.clone());
            let whole = match (&filled.bound, more) {
                (Some(bound), _) => Some(format!("{given}+{bound}")),
                (None, Some(bound)) if bound != *given => Some(format!("{given}+{bound}")),
                _ => None,
            };
            Some(
                draft(
                    Confidence::Medium,
                    format!("`{map}` outgrows its capacity of {given}"),
                )
                .because(
                    Channel::Source,
                    format!("`{map}` is made for {given} entries, and grows while it is filled"),
                )
                .suggest(
                    "make it for all entries that are added",
                    whole.map(|whole| format!("{map} := make({type_text}, {whole})")),
                ),
            )
        }
        Start::ByCaller { caller, in_loop } => Some(
            draft(
                Confidence::Medium,
                format!("`{map}` is made anew for each call and grows from empty"),
            )
            .because(
                Channel::Source,
                match in_loop {
                    true => format!("{caller} makes it in a loop, without capacity"),
                    false => format!("{caller} makes it without capacity"),
                },
            )
            .suggest(
                format!("in {caller} make it once and `clear` it before each use, or give it a capacity"),
                hint.map(|hint| format!("make({type_text}, {hint})")),
            ),
        ),
        Start::Renewed { by } => Some(
            draft(
                Confidence::Medium,
                format!("`{map}` is replaced by an empty map and grows again"),
            )
            .because(
                Channel::Source,
                format!("{by} sets it to a new map without capacity"),
            )
            .suggest(
                format!(
                    "in {by} empty it instead, `clear({map})`, which keeps its room; where the old map is handed on, make the new one \
                     for as many entries"
                ),
                Some(format!("clear({map})")),
            ),
        ),
    }
}

/// What the source says of how many entries there will be.
enum Size {
    /// This many, if no key comes twice.
    Exact(String),
    /// So many at most.
    AtMost(String),
    /// A sum of lengths that are known.
    Sum,
    Unknown,
}

fn size(code: &Code<'_>, declared: &Declaration, filled: &Filled) -> Size {
    if let Some(bound) = &filled.bound {
        return Size::Exact(bound.clone());
    }
    let is_inner = |around: &&Loop| {
        !declared
            .line
            .is_some_and(|line| around.lines.contains(&line))
    };
    let loops: Vec<&Loop> = code.loops.iter().filter(is_inner).collect();
    let exact = !filled.repeats && loops.iter().all(|around| !around.conditional);
    match loops.as_slice() {
        [only] => match (&bound(code, only), exact) {
            (Some(bound), true) => Size::Exact(bound.clone()),
            (Some(bound), false) => Size::AtMost(bound.clone()),
            (None, _) => Size::Unknown,
        },
        [] => Size::Unknown,
        several if exact && several.iter().all(|around| has_len(around)) => Size::Sum,
        _ => Size::Unknown,
    }
}

/// How often a loop runs. Of what has an unknown type, the function itself may take the length.
fn bound(code: &Code<'_>, around: &Loop) -> Option<String> {
    if around.bound.is_some() {
        return around.bound.clone();
    }
    let LoopKind::Range {
        over,
        what: Ranged::Unknown,
        ..
    } = &around.kind
    else {
        return None;
    };
    let length = format!("len({over})");
    let mut lines = code.function.lines();
    lines
        .any(|line| {
            code.file
                .line(line)
                .is_some_and(|text| text.contains(&length))
        })
        .then_some(length)
}

fn has_len(around: &Loop) -> bool {
    around.bound.is_some() || matches!(&around.kind, LoopKind::Range { what, .. } if what.has_len())
}

/// Without source: what grows like a map, and dies.
fn by_shape(scene: &Scene<'_>) -> Option<Draft> {
    // Collecting an iterator appends, and its closure is charged to the caller under a long name.
    let is_collecting = scene.spot.place.function.contains("AppendSeq");
    if is_collecting || scene.channels.sources.is_some() {
        return None;
    }
    let part = scene.direct();
    let told = scene.is_mostly(&part, |operation| {
        matches!(operation, binary::Operation::MapAssign)
    });
    let known = Known {
        map: told,
        hinted: None,
        layout: None,
    };
    let growth = scene.maps(&part, known)?;
    // A growing slice has as small blocks beside as large ones.
    let slices = crate::evidence::shape::growth::Known::default();
    let is_slice =
        || scene.growth(&part, slices).is_some() || scene.merging(&part, slices).is_some();
    let is_sure = told == Some(true) || growth.companions && !is_slice();
    let churns = scene.traits(&part).churn >= CHURN;
    let is_large = scene.byte_share() >= LARGE_SHARE;
    if growth.hinted || !is_sure || !churns || !is_large || growth.entries.p50 < FEWEST_ENTRIES {
        return None;
    }
    let measured = Measured {
        steps: growth.rungs.len(),
        tables: growth.companions,
        growth: Some(growth),
    };
    let (saving, basis) = measured.waste(&part);
    let mut draft = Draft::new(
        Confidence::Medium,
        "maps that grow from empty and are dropped",
    )
    .because(Channel::Profile, measured.text());
    if told == Some(true) {
        draft = draft.because(
            Channel::Binary,
            "the line calls the runtime's map assignment",
        );
    }
    let hint = measured.growth.map_or(0, |growth| growth.entries.p50);
    Some(
        draft
            .suggest(
                "give the map its capacity where it is made, or keep it and `clear` it before each use",
                Some(format!("make(map[K]V, {hint})")),
            )
            .saves(saving, basis),
    )
}

#[cfg(test)]
mod tests {
    use super::MapAllocation;
    use crate::findings::Confidence;
    use crate::findings::rules::testing::Case;

    /// Maps from string to int that end with some thousand entries: groups of 8 + 8·24 bytes.
    const GROWING: &[(u64, i64)] = &[
        (208, 100),
        (416, 100),
        (896, 100),
        (1792, 100),
        (3456, 100),
        (6528, 100),
        (13568, 100),
        (27264, 300),
    ];

    fn confidence(source: &str, function: &str, sizes: &[(u64, i64)]) -> Option<Confidence> {
        let case = Case::new(source, function).allocates(sizes);
        case.judge(&MapAllocation).map(|draft| draft.confidence)
    }

    #[test]
    fn a_known_size_is_the_capacity() {
        let source = "func count(words []string) map[string]int {
            m := make(map[string]int)
            for i, w := range words {
                m[w] = i // here
            }
            return m
        }";
        let case = Case::new(source, "count").allocates(GROWING);
        let draft = case.judge(&MapAllocation).expect("a finding");
        assert_eq!(draft.confidence, Confidence::High);
        assert_eq!(
            draft.code.as_deref(),
            Some("m := make(map[string]int, len(words))")
        );
        assert!(draft.saving.alloc_space > 0);
    }

    #[test]
    fn silent_where_nothing_can_be_gained_or_known() {
        let loop_with = |start: &str, body: &str, end: &str| {
            format!(
                "func count(words []string) map[string]int {{
                    {start}
                    for i, w := range words {{
                        {body}
                    }}
                    {end}
                }}"
            )
        };
        let plain = "m[w] = i // here";
        // Eight entries need no more than one group.
        let small = loop_with("m := make(map[string]int)", plain, "return m");
        assert_eq!(confidence(&small, "count", &[(208, 5000)]), None);
        // A filter that is returned: nobody knows how many pass.
        let filter = loop_with(
            "m := make(map[string]int)",
            "if i%7 == 0 {
                m[w] = i // here
            }",
            "return m",
        );
        assert_eq!(confidence(&filter, "count", GROWING), None);
        // A field that is made once, by a constructor.
        let cache = "type cache struct { m map[string]int }
        func newCache() *cache { return &cache{m: make(map[string]int)} }
        func (c *cache) put(k string, v int) {
            c.m[k] = v // here
        }";
        assert_eq!(confidence(cache, "(*cache).put", GROWING), None);
        // What lives has grown for good.
        let plain = loop_with("m := make(map[string]int)", plain, "return m");
        let living = Case::new(&plain, "count").allocates(GROWING).live();
        assert!(living.judge(&MapAllocation).is_none());
    }

    #[test]
    fn a_map_that_is_made_again_can_be_cleared() {
        let source = "type counter struct { m map[string]int }
        func (c *counter) add(k string) {
            c.m[k]++ // here
        }
        func (c *counter) reset() { c.m = make(map[string]int) }";
        assert_eq!(
            confidence(source, "(*counter).add", GROWING),
            Some(Confidence::Medium)
        );
    }

    #[test]
    fn a_hint_that_is_outgrown() {
        let source = "func merge(a, b map[string]int) map[string]int {
            m := make(map[string]int, len(a))
            for k, v := range b {
                m[k] = v // here
            }
            return m
        }";
        assert_eq!(
            confidence(source, "merge", GROWING),
            Some(Confidence::Medium)
        );
    }

    #[test]
    fn a_map_for_each_iteration() {
        let source = |keep: &str| {
            format!(
                "var all []map[string]bool
                func count(lines [][]string) (n int) {{
                    for _, words := range lines {{
                        seen := make(map[string]bool, len(words)) // here
                        for _, w := range words {{
                            seen[w] = true
                        }}
                        n += len(seen)
                        {keep}
                    }}
                    return n
                }}"
            )
        };
        let sizes = &[(576, 1000)];
        assert_eq!(
            confidence(&source(""), "count", sizes),
            Some(Confidence::Medium)
        );
        let kept = source("all = append(all, seen)");
        assert_eq!(confidence(&kept, "count", sizes), None);
    }

    #[test]
    fn a_clone_for_each_call() {
        let source = |after: &str| {
            format!(
                "import \"maps\"
                type T struct {{ m, old map[string]int }}
                func (t *T) get() int {{
                    m := maps.Clone(t.m) // here
                    {after}
                    return m[\"x\"]
                }}"
            )
        };
        let sizes = &[(288, 1000)];
        assert_eq!(
            confidence(&source(""), "(*T).get", sizes),
            Some(Confidence::Medium)
        );
        assert_eq!(confidence(&source("t.old = m"), "(*T).get", sizes), None);
    }

    #[test]
    fn a_map_of_one_entry() {
        let source = "func one(k string, v int) map[string]int {
            m := map[string]int{}
            m[k] = v // here
            return m
        }";
        let group = &[(208, 1000)];
        assert_eq!(confidence(source, "one", group), Some(Confidence::Medium));
        // No group of such a map.
        assert_eq!(confidence(source, "one", &[(1024, 1000)]), None);
        let living = Case::new(source, "one").allocates(group).live();
        assert!(living.judge(&MapAllocation).is_none());
    }
}
