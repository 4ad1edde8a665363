//! ML02: small parts that keep the large block alive that they were cut from.

use crate::evidence::escape::Reason;
use crate::evidence::source::{Keeper, Operation, OperationKind, Retention};
use crate::findings::{Channel, Code, Confidence, Draft, Rule, Saving, Scene};
use crate::stats::raw_count;
use crate::units;

/// Lines with a smaller share of the bytes in use hold nothing worth freeing.
const HELD: f64 = 0.05;

/// A pinned block must be as large as this on average: a part of a line of text pins little more than a
/// copy would take.
const LARGE: f64 = 1024.0;

/// Fewer live samples may be what is in use for the moment.
const FEWEST: i64 = 6;

/// ML02.
#[derive(Clone, Copy, Debug)]
pub struct SubsliceRetention;

impl Rule for SubsliceRetention {
    fn id(&self) -> &'static str {
        "ML02"
    }

    fn name(&self) -> &'static str {
        "subslice-retention"
    }

    fn technique(&self) -> &'static str {
        "copy out the small part of a large block that is kept, so that the block can be freed"
    }

    fn page(&self) -> &'static str {
        include_str!("ml02.md")
    }

    fn look(&self, scene: &Scene<'_>) -> Option<Draft> {
        let [_, _, blocks, live] = scene.spot.all.values;
        if blocks <= 0 || scene.live_share_of_all() < HELD {
            return None;
        }
        let average = live as f64 / blocks as f64;
        if average < LARGE || live_samples(scene) < FEWEST {
            return None;
        }
        let code = scene.code.as_ref()?;
        let (retention, clone) = pinned(scene, code)?;
        let keeper = strongest(&retention)?;
        let confidence = match (keeper.returned, retention.truncated) {
            (false, false) => Confidence::High,
            _ => Confidence::Medium,
        };
        // Casts of floats saturate.
        let size = units::amount(average as i64, "bytes");
        let mut draft = Draft::new(
            confidence,
            format!("blocks of about {size} stay alive for the sake of small parts"),
        )
        .because(
            Channel::Profile,
            format!(
                "{} in {} blocks of this line are in use, {} of all",
                units::amount(live, "bytes"),
                units::amount(blocks, "count"),
                units::share(live, scene.totals.0[3]),
            ),
        )
        .because(Channel::Source, kept(code, keeper));
        let flows = scene
            .escape
            .iter()
            .any(|said| said.is_here && said.fact.has(&Reason::Slice));
        if flows {
            draft = draft.because(
                Channel::Escape,
                "a slice of the block flows to where it outlives the function",
            );
        }
        // The remedy is another than for blocks that are garbage, which other rules see in the line.
        draft.weight = 5;
        Some(
            draft
                .saves(
                    Saving {
                        inuse_space: live,
                        ..Saving::default()
                    },
                    "at most all blocks in use, less the copies of the parts",
                )
                .suggest(
                    format!(
                        "copy the part where it is kept, in line {}, with `{clone}`: then the block is freed, or can be a buffer \
                         that is reused",
                        keeper.line
                    ),
                    None,
                ),
        )
    }
}

/// How many of the blocks in use were sampled.
fn live_samples(scene: &Scene<'_>) -> i64 {
    let Some(period) = scene.period() else {
        return i64::MAX;
    };
    let sizes = scene.spot.all.sizes.iter();
    sizes
        .map(|size| raw_count(size.inuse_space, size.bytes, period))
        .fold(0, i64::saturating_add)
}

/// What keeps parts of the line's block but never the whole, and how parts of it are copied.
fn pinned(scene: &Scene<'_>, code: &Code<'_>) -> Option<(Retention, &'static str)> {
    let found = code.operations.iter().find_map(|operation| {
        let retention = retention(scene, code, operation)?;
        (!retention.parts.is_empty() || !retention.wholes.is_empty())
            .then_some((retention, clone(operation)))
    });
    found.filter(|(retention, _)| retention.wholes.is_empty())
}

/// Follows the block, if the operation is what allocates it.
fn retention(scene: &Scene<'_>, code: &Code<'_>, operation: &Operation) -> Option<Retention> {
    let follow = || Some(code.function.retention(operation, code.package));
    match &operation.kind {
        OperationKind::MakeSlice { .. } => follow(),
        OperationKind::Convert { free: false, .. } | OperationKind::Concat { .. } => follow(),
        OperationKind::Call {
            callee, arguments, ..
        } => {
            let below = |name: &str| {
                scene.spot.ways.iter().any(|way| {
                    way.callee()
                        .is_some_and(|frame| frame.function.rsplit('.').next() == Some(name))
                })
            };
            if !below(callee.name()) {
                return None;
            }
            // What is filled is a buffer object; it gives its contents out later.
            let buffer = match callee.name() {
                "Copy" | "CopyN" | "CopyBuffer" | "Fprintf" | "Fprint" | "Fprintln" => {
                    arguments.first().map(|first| first.trim_start_matches('&'))
                }
                "ReadFrom" | "Write" | "WriteString" | "WriteByte" | "WriteRune" | "Grow" => {
                    Some(callee.operand())
                }
                _ => None,
            };
            match buffer {
                Some(name) => Some(
                    code.function
                        .buffer_retention(name, code.line, code.package),
                ),
                None => follow(),
            }
        }
        _ => None,
    }
}

fn clone(operation: &Operation) -> &'static str {
    let is_text = match &operation.kind {
        OperationKind::Convert { to, .. } => to == "string",
        OperationKind::Concat { .. } => true,
        OperationKind::Call { callee, .. } => {
            matches!(
                callee.name(),
                "String" | "Copy" | "WriteString" | "Repeat" | "Join"
            )
        }
        OperationKind::MakeSlice {
            element: Some(element),
            ..
        } if !matches!(element.as_str(), "byte" | "uint8") => return "slices.Clone",
        _ => false,
    };
    match is_text {
        true => "strings.Clone",
        false => "bytes.Clone",
    }
}

/// What is stored says more than what is returned.
fn strongest(retention: &Retention) -> Option<&Keeper> {
    let stored = retention.parts.iter().find(|keeper| !keeper.returned);
    stored.or_else(|| retention.parts.first())
}

fn kept(code: &Code<'_>, keeper: &Keeper) -> String {
    let place = match keeper.path == code.file.path() {
        true => format!("line {}", keeper.line),
        false => format!(
            "{}:{}",
            keeper
                .path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy(),
            keeper.line
        ),
    };
    let how = match keeper.returned {
        true => "returned",
        false => "stored",
    };
    format!(
        "a part of it is {how} in {place}, `{}`; the whole is kept nowhere",
        keeper.text
    )
}

#[cfg(test)]
mod tests {
    use super::SubsliceRetention;
    use crate::findings::Confidence;
    use crate::findings::rules::testing::Case;

    const BLOCKS: &[(u64, i64)] = &[(65536, 500)];

    /// A function that reads a file into `data` and then does `then`.
    fn loads(then: &str) -> Case {
        let source = format!(
            "import (\"bytes\"; \"os\")
            type index struct {{ heads [][]byte; byName map[string][]byte }}
            func head(p []byte) []byte {{ return p[:16] }}
            func (x *index) load(name string, size int) error {{
                data := make([]byte, size) // here
                {then}
                return nil
            }}"
        );
        Case::new(&source, "(*index).load").allocates(BLOCKS)
    }

    fn confidence(case: &Case) -> Option<Confidence> {
        let draft = case.judge(&SubsliceRetention);
        draft.map(|draft| draft.confidence)
    }

    #[test]
    fn a_part_in_a_map_pins_the_block() {
        for then in [
            "x.byName[name] = data[:16]",
            "x.heads = append(x.heads, head(data))",
            "line, _, _ := bytes.Cut(data, []byte{'\\n'})
             x.byName[name] = bytes.TrimSpace(line)",
        ] {
            let found = confidence(&loads(then).live());
            assert_eq!(found, Some(Confidence::High), "{then}");
        }
    }

    #[test]
    fn silent_where_the_block_is_not_pinned_by_parts_alone() {
        for then in [
            // A copy.
            "x.byName[name] = bytes.Clone(data[:16])",
            "x.byName[name] = append([]byte(nil), data[:16]...)",
            "x.byName[string(data[:16])] = nil",
            // The whole.
            "x.byName[name] = data",
            "x.byName[name] = data[:16]; x.heads = append(x.heads, data)",
            // All parts in turn.
            "for len(data) > 0 {
                n := int(data[0])
                x.heads = append(x.heads, data[1:1+n])
                data = data[1+n:]
            }",
            // Nothing.
            "_ = head(data)",
        ] {
            assert_eq!(confidence(&loads(then).live()), None, "{then}");
        }
    }

    #[test]
    fn silent_about_small_or_dead_blocks() {
        let then = "x.byName[name] = data[:16]";
        assert_eq!(confidence(&loads(then)), None, "dead");
        let small = loads(then).allocates(&[(64, 5000)]).live();
        assert_eq!(confidence(&small), None, "small");
    }
}
