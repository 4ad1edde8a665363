//! The sentences of the compiler, in the words of Go 1.18 to 1.27.

use super::{Kind, Leak, What};

/// A sentence taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Message<'a> {
    pub(super) kind: Kind,
    pub(super) expression: &'a str,
    pub(super) function: Option<&'a str>,
    /// A colon at the end announces the flow, on the lines that follow.
    pub(super) announces_flow: bool,
}

/// What the sentence says; nothing when it is none that we want.
pub(super) fn parse(text: &str) -> Option<Message<'_>> {
    let plain = |kind, expression| {
        Some(Message {
            kind,
            expression,
            function: None,
            announces_flow: false,
        })
    };
    // In the order of how often they come.
    if let Some(callee) = text.strip_prefix("inlining call to ") {
        // With the scores of the profile-guided inliner switched on, "F with score 17" is said.
        let callee = callee.split_once(" with score ").map_or(callee, |(f, _)| f);
        return plain(Kind::Inlines, callee);
    }
    if let Some(rest) = text.strip_prefix("can inline ") {
        let head = rest.split_once(" as: ").map_or(rest, |(head, _)| head);
        let (name, cost) = match head.rsplit_once(" with cost ") {
            Some((name, cost)) => (name, cost.parse().ok()),
            None => (head, None),
        };
        return plain(Kind::CanInline { cost }, name);
    }
    if let Some(rest) = text.strip_prefix("cannot inline ") {
        let (name, reason) = rest.split_once(": ").unwrap_or((rest, ""));
        let reason = clip(reason).into();
        return plain(Kind::CannotInline { reason }, name);
    }
    if let Some(name) = text.strip_prefix("moved to heap: ") {
        return plain(Kind::MovedToHeap, name);
    }
    if let Some(rest) = text.strip_prefix("leaking param content: ") {
        let to = Leak::Heap;
        return plain(Kind::LeakingParam { to, level: 1 }, rest);
    }
    if let Some(rest) = text.strip_prefix("leaking param: ") {
        return leaking_param(rest).and_then(|(kind, name)| plain(kind, name));
    }
    if let Some(rest) = text.strip_prefix("parameter ") {
        return parameter_leaks(rest);
    }
    if let Some(message) = escapes(text) {
        return Some(message);
    }
    if text == "zero-copy string->[]byte conversion" {
        return plain(Kind::ZeroCopyConversion, "");
    }
    if let Some(message) = capture(text) {
        return Some(message);
    }
    if let Some(rest) = text.strip_prefix("loop variable ") {
        let (name, how) = rest.split_once(" now per-iteration, ")?;
        return how
            .starts_with("heap-allocated")
            .then(|| plain(Kind::IterationVariableToHeap, name))?;
    }
    if text.starts_with("range loop ending at ") || text.starts_with("for loop ending at ") {
        return plain(Kind::LoopModified, "");
    }
    None
}

/// `X escapes to heap`, `X escapes to heap in F:`, `X escapes to heap:`, `X does not escape`.
fn escapes(text: &str) -> Option<Message<'_>> {
    if let Some(expression) = text.strip_suffix(" does not escape") {
        return Some(Message {
            kind: Kind::DoesNotEscape(What::of(expression)),
            expression,
            function: None,
            announces_flow: false,
        });
    }
    // The last one, since a quoted string within the expression may say the same.
    let (expression, after) = text.rsplit_once(" escapes to heap")?;
    let function = after
        .strip_prefix(" in ")
        .and_then(|name| name.strip_suffix(':'));
    if !matches!(after, "" | ":") && function.is_none() {
        return None;
    }
    Some(Message {
        kind: Kind::EscapesToHeap(What::of(expression)),
        expression,
        function,
        announces_flow: !after.is_empty(),
    })
}

/// `x`, `x to result ~r0 level=0`.
fn leaking_param(rest: &str) -> Option<(Kind, &str)> {
    let Some((name, result)) = rest.split_once(" to result ") else {
        let to = Leak::Heap;
        return Some((Kind::LeakingParam { to, level: 0 }, rest));
    };
    let (result, level) = result.rsplit_once(" level=")?;
    let kind = Kind::LeakingParam {
        to: Leak::Result(clip(result).into()),
        level: level.parse().ok()?,
    };
    Some((kind, name))
}

/// `x leaks to {heap} for F with derefs=0:`; JSON and older compilers leave out the function.
fn parameter_leaks(rest: &str) -> Option<Message<'_>> {
    let announces_flow = rest.ends_with(':');
    let (head, derefs) = rest.trim_end_matches(':').rsplit_once(" with derefs=")?;
    let derefs: u32 = derefs.parse().ok()?;
    let (name, to) = head.split_once(" leaks to ")?;
    // "{storage for X}" may hold the word, a function's name only inside its type arguments.
    let (to, function) = match to.find("} for ") {
        Some(brace) if to.starts_with('{') => (
            to.get(..=brace).unwrap_or(to),
            to.get(brace + "} for ".len()..),
        ),
        _ if to.starts_with('{') => (to, None),
        _ => to
            .split_once(" for ")
            .map_or((to, None), |(to, function)| (to, Some(function))),
    };
    let (to, level) = match to {
        "{heap}" => (Leak::Heap, derefs.min(1)),
        storage if storage.starts_with('{') => (Leak::Storage(clip(storage).into()), derefs),
        result => (Leak::Result(clip(result).into()), derefs),
    };
    Some(Message {
        kind: Kind::LeakingParam { to, level },
        expression: name,
        function,
        announces_flow,
    })
}

/// `F capturing by ref: x (addr=false assign=true width=8)`.
fn capture(text: &str) -> Option<Message<'_>> {
    let (function, rest) = text.split_once(" capturing by ")?;
    let (how, rest) = rest.split_once(": ")?;
    let (name, notes) = rest.rsplit_once(" (")?;
    let width = notes
        .strip_suffix(')')?
        .split(' ')
        .find_map(|note| note.strip_prefix("width="))?;
    Some(Message {
        kind: Kind::ClosureCapture {
            by_ref: match how {
                "ref" => true,
                "value" => false,
                _ => return None,
            },
            width: width.parse().ok()?,
        },
        expression: name,
        function: Some(function),
        announces_flow: false,
    })
}

/// Generated types can make a sentence of many kilobytes; nobody reads on after this many.
const LONGEST: usize = 400;

/// The start of a text that is too long to keep.
pub(super) fn clip(text: &str) -> &str {
    if text.len() <= LONGEST {
        return text;
    }
    let end = (0..=LONGEST)
        .rev()
        .find(|&end| text.is_char_boundary(end))
        .unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leak(to: Leak, level: u32) -> Kind {
        Kind::LeakingParam { to, level }
    }

    #[test]
    fn the_compilers_sentences() {
        let result = |name: &str| Leak::Result(name.into());
        for (text, kind, expression, function) in [
            (
                "x escapes to heap",
                Kind::EscapesToHeap(What::Boxing),
                "x",
                None,
            ),
            (
                "x escapes to heap:",
                Kind::EscapesToHeap(What::Boxing),
                "x",
                None,
            ),
            (
                "append(s, i) escapes to heap in (*T).F:",
                Kind::EscapesToHeap(What::Append),
                "append(s, i)",
                Some("(*T).F"),
            ),
            (
                "\" escapes to heap in \" + s escapes to heap",
                Kind::EscapesToHeap(What::Concat),
                "\" escapes to heap in \" + s",
                None,
            ),
            (
                "make([]byte, n) does not escape",
                Kind::DoesNotEscape(What::Make),
                "make([]byte, n)",
                None,
            ),
            ("moved to heap: b", Kind::MovedToHeap, "b", None),
            ("leaking param: p", leak(Leak::Heap, 0), "p", None),
            ("leaking param content: p", leak(Leak::Heap, 1), "p", None),
            (
                "leaking param: p to result ~r0 level=2",
                leak(result("~r0"), 2),
                "p",
                None,
            ),
            (
                "parameter line leaks to {heap} for parseLine with derefs=3:",
                leak(Leak::Heap, 1),
                "line",
                Some("parseLine"),
            ),
            (
                "parameter p leaks to ~r0 for F with derefs=1:",
                leak(result("~r0"), 1),
                "p",
                Some("F"),
            ),
            (
                "parameter ctx leaks to {storage for &Context{...}} for F with derefs=0:",
                leak(Leak::Storage("{storage for &Context{...}}".into()), 0),
                "ctx",
                Some("F"),
            ),
            (
                "parameter text leaks to {heap} with derefs=0",
                leak(Leak::Heap, 0),
                "text",
                None,
            ),
            (
                "can inline (*Cache).New with cost 36 as: func(int) { a with cost 3 }",
                Kind::CanInline { cost: Some(36) },
                "(*Cache).New",
                None,
            ),
            (
                "can inline New",
                Kind::CanInline { cost: None },
                "New",
                None,
            ),
            (
                "cannot inline F: unhandled op DEFER",
                Kind::CannotInline {
                    reason: "unhandled op DEFER".into(),
                },
                "F",
                None,
            ),
            ("inlining call to list.New", Kind::Inlines, "list.New", None),
            (
                "zero-copy string->[]byte conversion",
                Kind::ZeroCopyConversion,
                "",
                None,
            ),
            (
                "F.func1 capturing by ref: c (addr=false assign=true width=8)",
                Kind::ClosureCapture {
                    by_ref: true,
                    width: 8,
                },
                "c",
                Some("F.func1"),
            ),
            (
                "loop variable x now per-iteration, heap-allocated (loop inlined into a.go:3)",
                Kind::IterationVariableToHeap,
                "x",
                None,
            ),
            (
                "range loop ending at 3:1 was modified",
                Kind::LoopModified,
                "",
                None,
            ),
        ] {
            let message = parse(text).expect(text);
            assert_eq!(message.kind, kind, "{text}");
            assert_eq!(message.expression, expression, "{text}");
            assert_eq!(message.function, function, "{text}");
            assert_eq!(message.announces_flow, text.ends_with(':'), "{text}");
        }
    }

    #[test]
    fn other_sentences_are_no_facts() {
        for text in [
            "",
            "index bounds check elided",
            "devirtualizing h.Write to *sha1.digest",
            "f ignoring self-assignment in b.x = b.y",
            "x escapes to heap, not allowed in runtime",
            "leaking param: p to result ~r0 level=99999999999",
            "parameter p leaks to {heap} with derefs=-1",
            "loop variable x now per-iteration, stack-allocated",
            "F capturing by magic: c (width=8)",
            "undefined: x",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn long_text_is_clipped_between_characters() {
        let text = "é".repeat(1000);
        assert!(clip(&text).len() <= LONGEST);
        assert!(text.starts_with(clip(&text)));
        assert_eq!(clip("short"), "short");
    }
}
