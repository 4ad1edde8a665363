//! ML11: what a hot path allocates for convenience only.

use self::calls::{Costly, Sort, costly, method, short};
use self::outcome::Outcome;
use crate::evidence::binary;
use crate::evidence::escape::Kind;
use crate::evidence::source::{Operation, OperationKind, Origin, Through, UseKind};
use crate::findings::{Channel, Code, Confidence, Draft, Part, Rule, Saving, Scene};
use crate::units;

mod built;
mod callers;
mod calls;
mod failures;
mod outcome;
mod verbatim;

/// Lines with a smaller share of the bytes and of the objects are not worth a rewrite that often makes
/// code longer.
const HOT: f64 = 0.015;

/// A call must make this part of what the line allocates, or the advice is about something else.
const MAIN: f64 = 0.4;

/// Where more of the objects are still alive, they are results to keep, not garbage.
const KEPT: f64 = 0.3;

/// A line of such a share is worth a look even where what becomes of a copy is not seen.
const LARGE: f64 = 0.25;

/// A line of such a share is hot enough for advice that asks for a little rewriting.
const NOTABLE: f64 = 0.05;

/// ML11.
#[derive(Clone, Copy, Debug)]
pub struct ZeroAlloc;

impl Rule for ZeroAlloc {
    fn id(&self) -> &'static str {
        "ML11"
    }

    fn name(&self) -> &'static str {
        "zero-alloc"
    }

    fn technique(&self) -> &'static str {
        "hot paths without allocations: conversions, formatting, splitting, compiling, encoding"
    }

    fn page(&self) -> &'static str {
        include_str!("../ml11.md")
    }

    fn look(&self, scene: &Scene<'_>) -> Option<Draft> {
        let is_hot = scene.byte_share().max(scene.object_share()) >= HOT;
        if !is_hot || is_kept_alive(scene) || runs_once(scene) {
            return None;
        }
        library(scene)
            .or_else(|| failures::of_line(scene))
            .or_else(|| rereading(scene))
            .or_else(|| conversion(scene))
            .or_else(|| verbatim::of_line(scene))
    }
}

fn is_kept_alive(scene: &Scene<'_>) -> bool {
    let [objects, _, live, _] = scene.spot.all.values;
    objects > 0 && live as f64 > KEPT * objects as f64
}

/// Whether the function runs once in the life of the program.
fn runs_once(scene: &Scene<'_>) -> bool {
    let function = &scene.spot.place.function;
    let name = function.rsplit('/').next().unwrap_or_default();
    let name = name.split_once('.').map_or("", |(_, name)| name);
    name == "init" || name.starts_with("init.") || name == "main"
}

/// A call of the standard library that has a cheaper twin.
fn library(scene: &Scene<'_>) -> Option<Draft> {
    let (call, function) = dearest(scene)?;
    let operation = operation_of(scene, &function);
    let boxes = matches!(call.sort, Sort::Format | Sort::Print | Sort::Reflect);
    let part = scene.spot.part(|way| match way.callee() {
        Some(callee) => costly(&callee.function).is_some_and(|other| std::ptr::eq(other, call)),
        None => boxes && operation.is_some(),
    });
    if part.share_of(&scene.spot.all.values) < MAIN {
        return None;
    }
    let confidence = match (&scene.code, operation) {
        (Some(code), Some(operation)) => with_source(scene, code, call, &function, operation)?,
        _ => without_source(call),
    };
    let name = short(&function);
    let draft = Draft::new(confidence, format!("{name} {}", call.costs)).because(
        Channel::Profile,
        format!(
            "{} in {} objects are allocated below {name}",
            units::amount(part.alloc_space(), "bytes"),
            units::amount(part.alloc_objects(), "count"),
        ),
    );
    let mut draft = explain(draft, scene, operation)
        .suggest(call.instead, None)
        .saves(all_of(&part), "all that the call allocates at this line");
    // What fmt boxes it boxes for the sake of formatting: one remedy ends both.
    draft.weight = 2;
    Some(draft)
}

/// The costly function that allocates most below the line; of formatting that only boxes its
/// arguments the source knows the name.
fn dearest(scene: &Scene<'_>) -> Option<(&'static Costly, String)> {
    let mut found: Vec<(&'static Costly, String, f64)> = Vec::new();
    for way in &scene.spot.ways {
        let Some(callee) = way.callee() else { continue };
        let Some(call) = costly(&callee.function) else {
            continue;
        };
        let share = way.part.share_of(&scene.spot.all.values);
        match found.iter_mut().find(|known| std::ptr::eq(known.0, call)) {
            Some(known) => known.2 += share,
            None => found.push((call, callee.function.clone(), share)),
        }
    }
    let named = found
        .into_iter()
        .max_by(|a, b| a.2.total_cmp(&b.2))
        .map(|(call, function, _)| (call, function));
    named.or_else(|| {
        scene.operations().iter().find_map(|operation| {
            let OperationKind::Call { callee, .. } = &operation.kind else {
                return None;
            };
            let qualified = callee.qualified.as_deref()?;
            let call = costly(qualified)?;
            matches!(call.sort, Sort::Format | Sort::Print).then(|| (call, qualified.to_owned()))
        })
    })
}

/// The call of a function at the line.
fn operation_of<'s>(scene: &'s Scene<'_>, function: &str) -> Option<&'s Operation> {
    scene.operations().iter().find(|operation| {
        matches!(&operation.kind, OperationKind::Call { callee, .. }
            if callee.name() == method(function)
                && (callee.is(function) || callee.qualified.is_none()))
    })
}

fn without_source(call: &Costly) -> Confidence {
    match call.sort {
        // What becomes of the result is not seen.
        Sort::Match | Sort::Address | Sort::Helper | Sort::Timer | Sort::Split | Sort::Change => {
            Confidence::Low
        }
        Sort::Format | Sort::Print | Sort::Text | Sort::Compile | Sort::Reflect | Sort::Encode => {
            Confidence::Medium
        }
    }
}

/// How sure it is where the call is seen; `None` where it must be as it is.
fn with_source(
    scene: &Scene<'_>,
    code: &Code<'_>,
    call: &Costly,
    function: &str,
    operation: &Operation,
) -> Option<Confidence> {
    if code.function.is_on_error_path(code.line) || operation.deferred.is_some() {
        return None;
    }
    let gives_nothing = matches!(call.sort, Sort::Print)
        || method(function).starts_with("Match")
        || function.starts_with("encoding/binary.")
        || function == "encoding/json.Unmarshal";
    let outcome = match gives_nothing {
        true => Outcome::Temporary,
        false => of_result(scene, code, operation),
    };
    let repeats = code.is_in_loop() || is_called_in_loop(code);
    match outcome {
        Outcome::Kept | Outcome::Part => None,
        Outcome::Product if call.sort == Sort::Compile => None,
        Outcome::Product => Some(Confidence::Low),
        Outcome::Handed | Outcome::Temporary => Some(match call.sort {
            Sort::Compile => Confidence::High,
            Sort::Helper | Sort::Timer if !repeats => Confidence::Low,
            Sort::Reflect if function.starts_with("encoding/json.") && !repeats => Confidence::Low,
            _ if repeats && outcome == Outcome::Temporary => Confidence::High,
            _ => Confidence::Medium,
        }),
    }
}

/// What becomes of a result, in the callers as well where they are known.
fn of_result(scene: &Scene<'_>, code: &Code<'_>, operation: &Operation) -> Outcome {
    match outcome::of(code, operation) {
        found @ (Outcome::Product | Outcome::Part)
            if callers::drop_it(scene, code, found == Outcome::Part) =>
        {
            Outcome::Handed
        }
        found => found,
    }
}

/// Whether a loop of the package calls the function.
fn is_called_in_loop(code: &Code<'_>) -> bool {
    let callers = code.package.callers(&code.function);
    callers
        .iter()
        .any(|call| call.sure && call.in_loop.is_some())
}

/// Adds what the source says of the operation.
fn explain(draft: Draft, scene: &Scene<'_>, operation: Option<&Operation>) -> Draft {
    let (Some(code), Some(operation)) = (&scene.code, operation) else {
        return draft;
    };
    let text = match code.loops.first() {
        Some(around) => format!("`{}` runs in the loop `{}`", operation.text, around.header),
        None if is_called_in_loop(code) => {
            format!("`{}`, in a function that loops call", operation.text)
        }
        None => format!("`{}` runs on each call of the function", operation.text),
    };
    draft
        .because(Channel::Source, text)
        .at(operation.columns.clone())
}

/// `io.ReadAll` of what is in memory already.
fn rereading(scene: &Scene<'_>) -> Option<Draft> {
    let code = scene.code.as_ref()?;
    let is_read_all = |name: &str| matches!(name, "io.ReadAll" | "io/ioutil.ReadAll");
    let part = scene.below(is_read_all);
    if part.share_of(&scene.spot.all.values) < MAIN {
        return None;
    }
    let (operation, source) = code.operations.iter().find_map(|operation| {
        let OperationKind::Call {
            callee, arguments, ..
        } = &operation.kind
        else {
            return None;
        };
        is_read_all(callee.qualified.as_deref()?).then_some((operation, arguments.first()?))
    })?;
    let declared = code.function.declaration(source, code.line, code.package)?;
    let Origin::Call { callee } = &declared.origin else {
        return None;
    };
    let of_memory = [
        "bytes.NewBuffer",
        "bytes.NewBufferString",
        "bytes.NewReader",
        "strings.NewReader",
    ];
    if !of_memory.iter().any(|name| callee.is(name)) {
        return None;
    }
    let draft = Draft::new(
        Confidence::High,
        format!("`{source}` is read through a growing buffer, though it is in memory already"),
    )
    .because(
        Channel::Profile,
        format!(
            "{} in {} objects are allocated below io.ReadAll",
            units::amount(part.alloc_space(), "bytes"),
            units::amount(part.alloc_objects(), "count"),
        ),
    );
    Some(
        explain(draft, scene, Some(operation))
            .suggest(
                format!(
                    "take the rest of the slice that {} wraps, or one copy of it (`bytes.Clone`) where it must be kept apart",
                    callee.text
                ),
                None,
            )
            .saves(all_of(&part), "all that the call allocates at this line"),
    )
}

/// A conversion between string and bytes that copies.
fn conversion(scene: &Scene<'_>) -> Option<Draft> {
    let code = scene.code.as_ref()?;
    let direct = scene.direct();
    if direct.share_of(&scene.spot.all.values) < MAIN || code.function.is_on_error_path(code.line) {
        return None;
    }
    let operation = code.operations.iter().find(|operation| {
        matches!(&operation.kind, OperationKind::Convert { free: false, operand, .. }
            if !operand.is_empty())
    })?;
    let OperationKind::Convert { to, operand, .. } = &operation.kind else {
        return None;
    };
    let told = scene.is_mostly(&direct, is_conversion);
    if told == Some(false) || told.is_none() && has_rival(code, operation) {
        return None;
    }
    let stays = scene.escape.iter().any(|said| {
        said.is_here
            && matches!(said.fact.kind, Kind::DoesNotEscape(_))
            && (said.fact.line, said.fact.column) == operation.position
    });
    let outcome = outcome::of(code, operation);
    let share = scene.byte_share().max(scene.object_share());
    if let Some(bytes) = built::returned_copy(code, operation) {
        return Some(twice(scene, operation, bytes, share));
    }
    if matches!(outcome, Outcome::Kept | Outcome::Part | Outcome::Product) {
        return None;
    }
    let twin = twin(operation);
    let repeats = code.is_in_loop() || is_called_in_loop(code);
    let confidence = match (outcome, twin.is_some() || stays) {
        (Outcome::Temporary, true) if repeats || told == Some(true) => Confidence::High,
        (Outcome::Temporary, true) => Confidence::Medium,
        // Nothing tells that the callee keeps it, and there is much to gain.
        (Outcome::Temporary, false) if share >= LARGE => Confidence::Medium,
        _ => Confidence::Low,
    };
    let mut draft = Draft::new(
        confidence,
        format!("the conversion of `{operand}` to {to} copies it"),
    )
    .because(
        Channel::Profile,
        format!(
            "{} in {} copies",
            units::amount(direct.alloc_space(), "bytes"),
            units::amount(direct.alloc_objects(), "count"),
        ),
    );
    if told == Some(true) {
        draft = draft.because(Channel::Binary, "the line calls the runtime's conversion");
    }
    if stays {
        draft = draft.because(Channel::Escape, "the copy does not outlive the function");
    }
    let unsafely = match to.as_str() {
        "string" => format!(
            "; where nothing writes to `{operand}` while the string is in use, \
             `unsafe.String(unsafe.SliceData({operand}), len({operand}))` makes it without a copy"
        ),
        _ => String::new(),
    };
    let first = twin.unwrap_or_else(|| {
        "work on the type that is there, or keep a buffer and append to it".to_owned()
    });
    Some(
        explain(draft, scene, Some(operation))
            .suggest(format!("{first}{unsafely}"), None)
            .saves(all_of(&direct), "all copies made at this line"),
    )
}

/// What to say of a text that is built as bytes and copied to be returned.
fn twice(scene: &Scene<'_>, operation: &Operation, bytes: &str, share: f64) -> Draft {
    let direct = scene.direct();
    let confidence = match share >= NOTABLE {
        true => Confidence::Medium,
        false => Confidence::Low,
    };
    let draft = Draft::new(
        confidence,
        format!("`{bytes}` is built here and then copied to a string: its text is allocated twice"),
    )
    .because(
        Channel::Profile,
        format!(
            "{} in {} copies",
            units::amount(direct.alloc_space(), "bytes"),
            units::amount(direct.alloc_objects(), "count"),
        ),
    );
    explain(draft, scene, Some(operation))
        .suggest(
            format!(
                "build it in a strings.Builder, whose String copies nothing; or, as nobody else has `{bytes}`, return \
                 `unsafe.String(unsafe.SliceData({bytes}), len({bytes}))`; or build it in an array on the stack where it is short, \
                 so that the string alone is allocated"
            ),
            None,
        )
        .saves(all_of(&direct), "all copies made at this line")
}

fn is_conversion(operation: &binary::Operation) -> bool {
    matches!(
        operation,
        binary::Operation::BytesToString
            | binary::Operation::StringToBytes
            | binary::Operation::RunesToString
            | binary::Operation::StringToRunes
    )
}

/// Whether something else at the line may be what allocates.
fn has_rival(code: &Code<'_>, conversion: &Operation) -> bool {
    code.operations.iter().any(|other| match &other.kind {
        OperationKind::Append { .. }
        | OperationKind::MakeSlice { .. }
        | OperationKind::MakeMap { .. }
        | OperationKind::MakeChan { .. }
        | OperationKind::New { .. }
        | OperationKind::Concat { .. }
        | OperationKind::MapAssign { .. }
        | OperationKind::FuncLiteral { .. }
        | OperationKind::MethodValue { .. } => true,
        OperationKind::Composite { address_taken, .. } => *address_taken,
        OperationKind::Boxed { free, .. } => !free,
        OperationKind::Convert { free: false, .. } => other.columns != conversion.columns,
        _ => false,
    })
}

/// What takes the bytes, or the string, as they are.
fn twin(operation: &Operation) -> Option<String> {
    let OperationKind::Convert { to, operand, .. } = &operation.kind else {
        return None;
    };
    let is_direct = operation
        .used
        .through
        .iter()
        .all(|step| matches!(step, Through::Conversion { .. }));
    if !is_direct {
        return None;
    }
    match &operation.used.kind {
        UseKind::Argument { callee, .. } => {
            let name = callee.name();
            match (to.as_str(), callee.qualified.as_deref()) {
                ("string", Some(qualified)) if qualified.starts_with("strings.") => Some(format!(
                    "call `bytes.{name}` on `{operand}`, and convert only what is kept"
                )),
                ("[]byte", Some(qualified)) if qualified.starts_with("bytes.") => {
                    Some(format!("call `strings.{name}` on `{operand}`"))
                }
                ("[]byte", _) if name == "Write" => Some(format!(
                    "write the string: `{}WriteString({operand})`, or `io.WriteString`",
                    match callee.operand() {
                        "" => String::new(),
                        target => format!("{target}."),
                    }
                )),
                _ => None,
            }
        }
        _ => None,
    }
}

fn all_of(part: &Part) -> Saving {
    Saving {
        alloc_space: part.alloc_space(),
        alloc_objects: part.alloc_objects(),
        inuse_space: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::ZeroAlloc;
    use crate::findings::Confidence;
    use crate::findings::rules::testing::Case;

    const HEAD: &str =
        "import (\"errors\"; \"fmt\"; \"io\"; \"regexp\"; \"strconv\"; \"strings\")\n";

    fn confidence(source: &str, function: &str, below: &[(&str, &str)]) -> Option<Confidence> {
        let case = Case::new(&format!("{HEAD}{source}"), function)
            .allocates(&[(32, 50_000)])
            .below(below);
        case.judge(&ZeroAlloc).map(|draft| draft.confidence)
    }

    #[test]
    fn calls_whose_result_is_dead_soon() {
        for (source, below) in [
            (
                "func f(w io.Writer, ns []int) {
                    for _, n := range ns {
                        io.WriteString(w, fmt.Sprintf(\"%d\", n)) // here
                    }
                }",
                "fmt.Sprintf",
            ),
            (
                "func f(lines []string) (n int) {
                    for _, line := range lines {
                        for _, word := range strings.Split(line, \" \") { // here
                            n += len(word)
                        }
                    }
                    return n
                }",
                "strings.Split",
            ),
            (
                "func f(s string) bool {
                    return regexp.MustCompile(`^a+$`).MatchString(s) // here
                }",
                "regexp.MustCompile",
            ),
        ] {
            let found = confidence(source, "f", &[(below, "lib.go")]);
            assert_eq!(found, Some(Confidence::High), "{source}");
        }
    }

    #[test]
    fn silent_where_the_result_is_wanted() {
        for (source, below) in [
            // Stored.
            (
                "type t struct { names []string }
                func (x *t) f(n int) {
                    x.names = append(x.names, strconv.Itoa(n)) // here
                }",
                "strconv.Itoa",
            ),
            // A key that is stored.
            (
                "type t struct { m map[string]int }
                func (x *t) f(n int) {
                    x.m[fmt.Sprintf(\"k%d\", n)] = n // here
                }",
                "fmt.Sprintf",
            ),
            // Kept as its own pattern's product.
            (
                "type t struct { re *regexp.Regexp }
                func (x *t) f(p string) {
                    x.re = regexp.MustCompile(p) // here
                }",
                "regexp.MustCompile",
            ),
            // On the way out.
            (
                "type t struct{}
                func (x *t) f(err error) error {
                    if err != nil {
                        return errors.New(fmt.Sprintf(\"bad: %v\", err)) // here
                    }
                    return nil
                }",
                "fmt.Sprintf",
            ),
        ] {
            let found = confidence(source, "(*t).f", &[(below, "lib.go")]);
            assert_eq!(found, None, "{source}");
        }
    }

    #[test]
    fn the_product_of_an_exported_function_is_no_garbage() {
        let source = "func Text(n int) string {
            return strconv.Itoa(n) // here
        }";
        let found = confidence(source, "Text", &[("strconv.Itoa", "itoa.go")]);
        assert_eq!(found, Some(Confidence::Low));
    }

    #[test]
    fn conversions() {
        let trimmed = "func f(lines [][]byte) (n int) {
            for _, raw := range lines {
                n += len(strings.TrimSpace(string(raw))) // here
            }
            return n
        }";
        assert_eq!(confidence(trimmed, "f", &[]), Some(Confidence::High));
        let looked_up = "func f(m map[string]int, k []byte) int {
            return m[string(k)] // here
        }";
        assert_eq!(confidence(looked_up, "f", &[]), None);
        let kept = "func f(m map[string]int, k []byte) {
            m[string(k)] = 1 // here
        }";
        assert_eq!(confidence(kept, "f", &[]), None);
    }

    #[test]
    fn a_text_that_is_built_as_bytes_and_copied() {
        let text = |bytes: &str| {
            format!(
                "type v struct {{ buf []byte }}
                func (x *v) add(b []byte) []byte {{ return append(b, 1) }}
                func (x *v) String() string {{
                    {bytes}
                    return string(b) // here
                }}"
            )
        };
        let found = |bytes: &str| confidence(&text(bytes), "(*v).String", &[]);
        let built = [
            "b := x.add(nil)",
            "b := make([]byte, x.n)",
            "var b []byte; b = x.add(b)",
        ];
        for bytes in built {
            assert_eq!(found(bytes), Some(Confidence::Medium), "{bytes}");
        }
        // Others have it, it is reused, it is on the stack.
        for bytes in [
            "b := x.buf",
            "b := x.buf[:0]",
            "b := x.add(x.buf)",
            "b := make([]byte, 8)",
        ] {
            assert_eq!(found(bytes), None, "{bytes}");
        }
    }

    #[test]
    fn errors_that_are_no_exception() {
        let source = |condition: &str| {
            format!(
                "func f(b []byte, err error) error {{
                    if {condition} {{
                        return fmt.Errorf(\"%d bytes\", len(b)) // here
                    }}
                    return nil
                }}"
            )
        };
        let below: &[(&str, &str)] = &[("fmt.Errorf", "errors.go")];
        let found = confidence(&source("len(b) != 16"), "f", below);
        assert_eq!(found, Some(Confidence::Medium));
        assert_eq!(confidence(&source("err != nil"), "f", below), None);
    }

    #[test]
    fn a_text_that_is_copied_though_nothing_changes() {
        let source = |start: &str, other: &str| {
            format!(
                "func F(s string) string {{
                    {start}
                    var sb strings.Builder
                    sb.Grow(len(s)) // here
                    for i := 0; i < len(s); i++ {{
                        if s[i] == '.' {{
                            {other}
                        }} else {{
                            sb.WriteByte(s[i])
                        }}
                    }}
                    return sb.String()
                }}"
            )
        };
        let below: &[(&str, &str)] = &[("strings.(*Builder).Grow", "builder.go")];
        let escape = "sb.WriteString(`-`)";
        let found = |start, other| confidence(&source(start, other), "F", below);
        assert_eq!(found("", escape), Some(Confidence::Medium));
        let looks_first = "if !strings.Contains(s, `.`) {\n return s\n }";
        assert_eq!(found(looks_first, escape), None);
        assert_eq!(found("", "println()"), None, "no character is changed");
    }

    #[test]
    fn parts_that_the_caller_joins() {
        let source = "func parts(n int) []string {
            var all []string
            all = append(all, strconv.Itoa(n)) // here
            return all
        }
        func Text(n int) string {
            return strings.Join(parts(n), `,`)
        }
        func Parts(n int) []string {
            return parts(n)
        }";
        let case = Case::new(&format!("{HEAD}{source}"), "parts")
            .allocates(&[(32, 50_000)])
            .below(&[("strconv.Itoa", "itoa.go")]);
        let found = |case: Case| case.judge(&ZeroAlloc).map(|draft| draft.confidence);
        assert_eq!(
            found(case.clone().called_by("Text", 8)),
            Some(Confidence::Medium)
        );
        assert_eq!(found(case.called_by("Parts", 11)), None);
    }

    #[test]
    fn the_callee_tells_enough_without_source() {
        let source = "func f() {
            _ = 1 // here
        }";
        let case = Case::new(source, "f").allocates(&[(32, 50_000)]);
        let named = case.clone().below(&[("regexp.MatchString", "regexp.go")]);
        let found = named.without_source().judge(&ZeroAlloc);
        assert_eq!(
            found.map(|draft| draft.confidence),
            Some(Confidence::Medium)
        );
        let other = case.below(&[("example.com/other.F", "f.go")]);
        assert!(other.without_source().judge(&ZeroAlloc).is_none());
    }
}
