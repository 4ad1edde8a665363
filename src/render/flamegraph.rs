//! A calling-context tree as a picture: SVG with a little script to zoom and search.
//!
//! inferno draws it. What would be narrower than asked for is left out before: the time and memory
//! that drawing takes is that of the frames that are seen, whatever the profile holds.

use std::collections::HashMap;
use std::io::{self, Write};

use inferno::flamegraph::color::{Color, PaletteMap};
use inferno::flamegraph::{Direction, Options, from_lines};

use crate::aggregate::tree::{CallTree, Name, Node};
use crate::aggregate::{Own, SampleType};
use crate::units;
use crate::{escape, gosym};

/// How a picture looks.
#[derive(Clone, Debug)]
pub struct Picture {
    /// What stands above it.
    pub title: String,
    /// What stands below that; what the numbers mean is added.
    pub subtitle: String,
    /// Which values are drawn.
    pub sample_type: SampleType,
    /// Whether the root is at the top.
    pub inverted: bool,
    /// Frames narrower than this part of the whole are left out, in percent.
    pub min_width: f64,
    /// Whose code is coloured as the program's own.
    pub own: Own,
}

/// No picture is made larger than about this, bytes: what a browser opens without thinking.
const LARGEST: usize = 4_500_000;

/// What a frame takes in the SVG beside its name, bytes.
const FRAME: usize = 260;

/// Names are cut there: type arguments can make them thousands of characters long.
const LONGEST_NAME: usize = 240;

/// A tree without any value to draw.
#[derive(Debug, thiserror::Error)]
#[error("nothing to draw: no sample has a value of this type")]
pub struct NothingToDraw;

/// Draws a tree. Values below zero, which differences have, cannot be drawn and are left out.
///
/// # Errors
/// [`NothingToDraw`], and those of `out`.
pub fn svg(tree: &CallTree, picture: &Picture, out: impl Write) -> io::Result<()> {
    let total = tree.nodes.first().map_or(0, |root| root.total);
    let least = (total as f64 * picture.min_width / 100.0).ceil() as i64;
    let mut shown = tree.pruned(least.max(1));
    if let Some(larger) = least_that_fits(&shown) {
        shown = shown.pruned(larger);
    }
    let labels: Vec<String> = shown.names.iter().map(label).collect();
    let lines = folded(&shown, &labels);
    if lines.is_empty() {
        return Err(io::Error::other(NothingToDraw));
    }
    let mut colors = palette(&shown, &labels, &picture.own);
    let mut options = Options::default();
    options.title.clone_from(&picture.title);
    options.subtitle = Some(format!(
        "{}; own code is orange, dependencies are blue, the standard library is grey",
        picture.subtitle
    ));
    options.count_name.clone_from(&picture.sample_type.unit);
    options.name_type = "Function:".to_owned();
    options.palette_map = Some(&mut colors);
    options.deterministic = true;
    // The tree was pruned; pruning once more would lose what was rounded up.
    options.min_width = 0.0;
    options.direction = match picture.inverted {
        true => Direction::Inverted,
        false => Direction::Straight,
    };
    let mut drawn = Humane {
        out,
        unit: &picture.sample_type.unit,
        pending: Vec::new(),
    };
    from_lines(&mut options, lines.iter().map(String::as_str), &mut drawn)?;
    drawn.finish()
}

/// The least value of a node that leaves no more nodes than fit; `None` when all do.
fn least_that_fits(tree: &CallTree) -> Option<i64> {
    let name = |node: &Node| {
        let name = tree.names.get(node.name as usize);
        name.map_or(0, |name| name.text.len().min(LONGEST_NAME))
    };
    let mut nodes: Vec<&Node> = tree.nodes.iter().skip(1).collect();
    nodes.sort_unstable_by_key(|node| std::cmp::Reverse(node.total));
    let mut bytes = 0;
    let over = nodes.iter().find(|node| {
        // Once as text, once as what a pointer shows.
        bytes += FRAME + 2 * name(node);
        bytes > LARGEST
    })?;
    Some(over.total.saturating_add(1))
}

/// What stands in a frame: a name without its import path's parents.
fn label(name: &Name) -> String {
    let text = gosym::unescape(&name.text);
    let mut label = escape::line(&text).into_owned();
    if let Some((cut, _)) = label.char_indices().nth(LONGEST_NAME) {
        label.truncate(cut);
        label.push('…');
    }
    // inferno trims its lines.
    if label.trim() != label {
        label = format!("\"{label}\"");
    }
    if name.line != 0 {
        label.push_str(&format!(":{}", name.line));
    }
    // What separates frames, and a name from its value, in the lines that inferno reads.
    label.replace(';', "\u{37e}").replace(' ', "\u{a0}")
}

/// One line for each node with a value of its own: the path and the value.
fn folded(tree: &CallTree, labels: &[String]) -> Vec<String> {
    let mut children: Vec<Vec<u32>> = vec![Vec::new(); tree.nodes.len()];
    for (node, index) in tree.nodes.iter().zip(0u32..).skip(1) {
        if let Some(siblings) = children.get_mut(node.parent as usize) {
            siblings.push(index);
        }
    }
    let mut lines = Vec::new();
    let mut path = String::new();
    // Each node with the length of its caller's path; no recursion, since stacks may be deep.
    let mut open: Vec<(u32, usize)> = vec![(0, 0)];
    while let Some((index, parent_path)) = open.pop() {
        let Some(node) = tree.nodes.get(index as usize) else {
            continue;
        };
        path.truncate(parent_path);
        if index > 0 {
            if !path.is_empty() {
                path.push(';');
            }
            path.push_str(labels.get(node.name as usize).map_or("?", String::as_str));
            if node.inlined {
                path.push_str("\u{a0}(inlined)");
            }
        }
        if node.own > 0 {
            let path = if path.is_empty() { "(other)" } else { &path };
            lines.push(format!("{path} {}", node.own));
        }
        let length = path.len();
        let next = children.get(index as usize).into_iter().flatten();
        open.extend(next.map(|&child| (child, length)));
    }
    lines
}

/// One colour a package, of a family that tells whose it is.
fn palette(tree: &CallTree, labels: &[String], own: &Own) -> PaletteMap {
    let mut by_package: HashMap<&str, Color> = HashMap::new();
    let mut colors = PaletteMap::default();
    for (name, label) in tree.names.iter().zip(labels) {
        let color = *by_package
            .entry(&name.package)
            .or_insert_with(|| color(&name.package, own));
        colors.insert(label.as_str(), color);
        colors.insert(format!("{label}\u{a0}(inlined)"), color);
    }
    colors
}

fn color(package: &str, own: &Own) -> Color {
    // FNV-1a: the same colour for the same package, everywhere.
    let hash = package
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        });
    let spread = |bits: u32, range: u64| (hash >> bits) % range;
    let part = |number: u64| u8::try_from(number.min(255)).unwrap_or(u8::MAX);
    let (r, g, b) = if own.has(package) {
        (
            235 + spread(0, 20),
            120 + spread(8, 90),
            50 + spread(16, 40),
        )
    } else if package.is_empty() || gosym::is_standard(package) {
        let grey = 190 + spread(0, 35);
        (grey, grey, grey + spread(8, 12))
    } else {
        (
            110 + spread(0, 60),
            160 + spread(8, 50),
            215 + spread(16, 40),
        )
    };
    Color {
        r: part(r),
        g: part(g),
        b: part(b),
    }
}

/// Puts units for people into the tips that a pointer shows: inferno writes every digit.
struct Humane<'u, W> {
    out: W,
    unit: &'u str,
    pending: Vec<u8>,
}

const TIP: &[u8] = b"</title>";

impl<W: Write> Humane<'_, W> {
    fn finish(mut self) -> io::Result<()> {
        self.out.write_all(&self.pending)?;
        self.out.flush()
    }

    /// `… (1,234,567 bytes, 12.34%)` as `… (1.18 MiB, 12.34%)`.
    fn tip(&self, text: &str) -> Option<String> {
        let end = text.rfind(&format!("\u{20}{}, ", self.unit))?;
        let start = text.get(..end)?.rfind('(')? + 1;
        let digits: String = text
            .get(start..end)?
            .chars()
            .filter(|c| *c != ',')
            .collect();
        let value: i64 = digits.parse().ok()?;
        let rest = text.get(end + 1 + self.unit.len()..)?;
        Some(format!(
            "{}{}{rest}",
            text.get(..start)?,
            units::amount(value, self.unit)
        ))
    }
}

impl<W: Write> Write for Humane<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.pending.extend_from_slice(bytes);
        while let Some(end) = find(&self.pending, TIP) {
            let after = end + TIP.len();
            let head: Vec<u8> = self.pending.drain(..after).collect();
            let text = String::from_utf8_lossy(head.get(..end).unwrap_or_default());
            match self.tip(&text) {
                Some(tip) => {
                    self.out.write_all(tip.as_bytes())?;
                    self.out.write_all(TIP)?;
                }
                None => self.out.write_all(&head)?,
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
