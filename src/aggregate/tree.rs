//! The calling-context tree: what every chain of calls allocates, for pictures.
//!
//! A tree is many times smaller than the stacks it is made of, and what is narrower than a pixel can
//! be taken out of it before anything is drawn or spelt out. Of each sample only the frames are
//! looked at that it has not in common with the one before.

use hashbrown::HashMap;

use super::filter::{Filter, Verdict};
use super::path::common_root;
use super::rows::{By, NotReady, RowKey, Rows};
use crate::decode::{Malformed, Problem, Sample, Samples, Sink, Tables, TablesSoFar};
use crate::gosym;

/// One node of a [`CallTree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// The index of the caller's node; the root is its own.
    pub parent: u32,
    /// Which of [`CallTree::names`] it is; of no meaning for the root.
    pub name: u32,
    /// Whether the call was inlined into its caller.
    pub inlined: bool,
    /// The value of samples that end here.
    pub own: i64,
    /// The value of all samples that pass here.
    pub total: i64,
}

/// A calling-context tree of one sample type: node 0 is the root, callers come before those they call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallTree {
    /// Every node.
    pub nodes: Vec<Node>,
    /// The names of what nodes are of: functions, lines, files or packages.
    pub names: Vec<Name>,
}

/// What a node is of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Name {
    /// The function's full name, the file or the import path, or the mapped file in brackets.
    pub text: String,
    /// The import path, where there is one.
    pub package: String,
    /// By line: the line, else 0.
    pub line: i64,
}

impl CallTree {
    /// Leaves out what is below `least`, which goes to the caller's own: all sums stay exact.
    #[must_use]
    pub fn pruned(&self, least: i64) -> Self {
        let mut kept: Vec<Node> = Vec::new();
        // For each node, where it is among those kept, or its nearest kept caller and that it is not.
        let mut places: Vec<(u32, bool)> = Vec::with_capacity(self.nodes.len());
        for (index, node) in self.nodes.iter().enumerate() {
            let caller = places.get(node.parent as usize).copied();
            let (parent, caller_is_kept) = caller.unwrap_or((0, true));
            if index == 0 || (caller_is_kept && node.total.abs() >= least) {
                places.push((u32::try_from(kept.len()).unwrap_or(0), true));
                kept.push(Node { parent, ..*node });
            } else {
                places.push((parent, false));
                if let Some(caller) = kept.get_mut(parent as usize) {
                    caller.own = caller.own.wrapping_add(node.own);
                }
            }
        }
        Self {
            nodes: kept,
            names: self.names.clone(),
        }
    }

    /// Adds another tree, made by the same question.
    pub fn join(&mut self, other: &Self) {
        let known = self.names.iter().cloned().zip(0u32..);
        let mut names: HashMap<Name, u32> = known.collect();
        let mut name_of = Vec::with_capacity(other.names.len());
        for name in &other.names {
            let next = u32::try_from(names.len()).unwrap_or(NONE);
            let id = *names.entry_ref(name).or_insert(next);
            if id == next {
                self.names.push(name.clone());
            }
            name_of.push(id);
        }
        let key = |node: &Node| (node.parent, node.name, node.inlined);
        let known = self.nodes.iter().zip(0u32..).skip(1);
        let mut nodes: HashMap<_, u32> = known.map(|(node, at)| (key(node), at)).collect();
        let mut places: Vec<u32> = Vec::with_capacity(other.nodes.len());
        for (index, node) in other.nodes.iter().enumerate() {
            let mut node = *node;
            node.parent = places.get(node.parent as usize).copied().unwrap_or(0);
            node.name = name_of.get(node.name as usize).copied().unwrap_or(NONE);
            let next = u32::try_from(self.nodes.len()).unwrap_or(NONE);
            let place = match index {
                0 => 0,
                _ => *nodes.entry(key(&node)).or_insert(next),
            };
            places.push(place);
            match self.nodes.get_mut(place as usize) {
                Some(ours) => {
                    ours.own = ours.own.wrapping_add(node.own);
                    ours.total = ours.total.wrapping_add(node.total);
                }
                None => self.nodes.push(node),
            }
        }
    }
}

impl From<&Name> for Name {
    fn from(name: &Name) -> Self {
        name.clone()
    }
}

/// How many children of a node are searched through one by one; the rest are hashed.
const NEAR_CHILDREN: usize = 8;

/// No node.
const NONE: u32 = u32::MAX;

/// Set in a node's row where the call was inlined. Rows never come near it.
const INLINED: u32 = 1 << 31;

#[derive(Clone, Copy, Debug)]
struct Growing {
    parent: u32,
    row: u32,
    first_child: u32,
    next_sibling: u32,
    own: i64,
}

/// The sink that grows a tree. The tables must be complete.
#[derive(Debug)]
pub(crate) struct TreeSink<'q> {
    rows: Rows<'q>,
    column: usize,
    leaf_first: bool,
    nodes: Vec<Growing>,
    /// Children beyond the near ones, by caller and row.
    far: HashMap<(u32, u32), u32>,
    /// The nodes of the part of the stack that the next sample has too, and how many bytes from
    /// the root each ends.
    path: Vec<(u32, usize)>,
    scratch: Vec<(u32, usize)>,
    memory: u64,
}

impl<'q> TreeSink<'q> {
    /// For the values in `column`; `leaf_first` turns every stack upside down.
    pub(crate) fn new(
        by: By,
        filter: &'q Filter,
        column: usize,
        leaf_first: bool,
        memory: u64,
    ) -> Self {
        let root = Growing {
            parent: 0,
            row: NONE,
            first_child: NONE,
            next_sibling: NONE,
            own: 0,
        };
        Self {
            rows: Rows::exact(by, filter),
            column,
            leaf_first,
            nodes: vec![root],
            far: HashMap::new(),
            path: Vec::new(),
            scratch: Vec::new(),
            memory,
        }
    }

    /// Adds one sample.
    pub(crate) fn add(
        &mut self,
        tables: &Tables,
        sample: &Sample<'_>,
    ) -> Result<(), Box<Malformed>> {
        let value = sample.values.get(self.column).copied().unwrap_or(0);
        if value == 0 || (self.rows.filters() && !self.is_selected(tables, sample)?) {
            // The path is what this sample had in common with the one before; of that one and the
            // next nothing is known.
            self.path.clear();
            return Ok(());
        }
        let known = self.path.last().map_or(0, |&(_, end)| end);
        let mut rows = std::mem::take(&mut self.scratch);
        rows.clear();
        let mut locations = sample.locations_in(0..sample.stack.len() - known);
        loop {
            let end = known + locations.bytes_left();
            let Some(id) = locations.next()? else { break };
            let assigned = match self.rows.assigned(id) {
                Some(assigned) => assigned,
                None => match self.rows.assign(tables, id) {
                    Ok(assigned) => assigned,
                    Err(NotReady) => return Err(sample.dangling_location(id)),
                },
            };
            let first = rows.len();
            self.rows
                .each(assigned, |row| rows.push((row | INLINED, end)));
            // All of a location but the outermost.
            if let Some((row, _)) = rows.get_mut(first..).and_then(<[_]>::last_mut) {
                *row &= !INLINED;
            }
        }
        let mut node = self.path.last().map_or(0, |&(node, _)| node);
        if self.leaf_first {
            for &(row, _) in &rows {
                node = self.child(node, row, sample)?;
            }
        } else {
            for &(row, end) in rows.iter().rev() {
                node = self.child(node, row, sample)?;
                self.path.push((node, end));
            }
            let common = match self.rows.filters() {
                true => 0,
                false => common_root(sample.stack, sample.next_stack),
            };
            while self.path.pop_if(|&mut (_, end)| end > common).is_some() {}
        }
        self.scratch = rows;
        if let Some(node) = self.nodes.get_mut(node as usize) {
            // The decoder has checked that all values fit 64 bits summed up.
            node.own = node.own.wrapping_add(value);
        }
        Ok(())
    }

    /// The node of `row` called from `parent`, which may be new.
    #[inline]
    fn child(&mut self, parent: u32, row: u32, sample: &Sample<'_>) -> Result<u32, Box<Malformed>> {
        let node = |nodes: &[Growing], at: u32| nodes.get(at as usize).copied();
        let first = node(&self.nodes, parent).map_or(NONE, |parent| parent.first_child);
        let (mut at, mut before, mut steps) = (first, NONE, 0);
        while let Some(child) = node(&self.nodes, at) {
            if child.row == row {
                // Moved to the front: the next sample likely goes the same way.
                if let Some(before) = self.nodes.get_mut(before as usize) {
                    before.next_sibling = child.next_sibling;
                    if let Some(child) = self.nodes.get_mut(at as usize) {
                        child.next_sibling = first;
                    }
                    if let Some(parent) = self.nodes.get_mut(parent as usize) {
                        parent.first_child = at;
                    }
                }
                return Ok(at);
            }
            (before, at) = (at, child.next_sibling);
            steps += 1;
        }
        let is_near = steps < NEAR_CHILDREN;
        if !is_near && let Some(&far) = self.far.get(&(parent, row)) {
            return Ok(far);
        }
        let new = u32::try_from(self.nodes.len()).unwrap_or(NONE);
        if new == NONE {
            let limit = self.memory;
            return Err(sample.error("", Problem::MemoryLimit { limit }));
        }
        self.nodes.push(Growing {
            parent,
            row,
            first_child: NONE,
            next_sibling: if is_near { first } else { NONE },
            own: 0,
        });
        if !is_near {
            self.far.insert((parent, row), new);
        } else if let Some(parent) = self.nodes.get_mut(parent as usize) {
            parent.first_child = new;
        }
        Ok(new)
    }

    fn is_selected(
        &mut self,
        tables: &Tables,
        sample: &Sample<'_>,
    ) -> Result<bool, Box<Malformed>> {
        let (mut focused, mut ignored) = (false, false);
        let mut locations = sample.locations();
        while let Some(id) = locations.next()? {
            if tables.location(id).is_none() {
                return Err(sample.dangling_location(id));
            }
            match self.rows.verdict(tables, id) {
                Verdict::Ignored => ignored = true,
                Verdict::Focused => focused = true,
                Verdict::Neutral => {}
            }
        }
        Ok(focused && !ignored)
    }

    /// The tree, with all names.
    pub(crate) fn finish(self, by: By, tables: &Tables) -> CallTree {
        let mut nodes: Vec<Node> = self
            .nodes
            .iter()
            .map(|node| Node {
                parent: node.parent,
                name: node.row & !INLINED,
                inlined: node.row & INLINED != 0 && node.row != NONE,
                own: node.own,
                total: node.own,
            })
            .collect();
        // Callers come before those they call.
        for index in (1..nodes.len()).rev() {
            let Some(&Node { parent, total, .. }) = nodes.get(index) else {
                continue;
            };
            if let Some(parent) = nodes.get_mut(parent as usize) {
                parent.total = parent.total.wrapping_add(total);
            }
        }
        let names = self
            .rows
            .keys()
            .iter()
            .map(|(key, _)| name(by, key, tables));
        CallTree {
            nodes,
            names: names.collect(),
        }
    }
}

fn name(by: By, key: &RowKey, tables: &Tables) -> Name {
    let text = |id| tables.text(id).into_owned();
    let function = tables.strings.get(key.name);
    let package = String::from_utf8_lossy(gosym::package(function)).into_owned();
    let package = gosym::unescape(&package).into_owned();
    let own = match by {
        By::Function | By::Line => text(key.name),
        By::File => text(key.file),
        By::Package => package.clone(),
    };
    Name {
        text: if own.is_empty() {
            let object = text(key.object);
            match object.rsplit('/').next() {
                Some(base) if !base.is_empty() => format!("[{base}]"),
                _ => "<unknown>".to_owned(),
            }
        } else {
            own
        },
        package,
        line: key.line,
    }
}

impl Sink for TreeSink<'_> {
    fn samples(
        &mut self,
        tables: TablesSoFar<'_>,
        samples: &mut Samples<'_>,
    ) -> Result<(), Box<Malformed>> {
        self.path.clear();
        tables.look(|tables| {
            while let Some(sample) = samples.next()? {
                self.add(tables, &sample)?;
            }
            Ok(())
        })
    }

    fn heap_bytes(&self) -> usize {
        self.nodes.capacity() * size_of::<Growing>()
            + self.far.allocation_size()
            + self.rows.heap_bytes()
    }
}

/// What a tree is grown of.
#[derive(Clone, Debug, Default)]
pub struct TreeQuery {
    /// What a node is.
    pub by: By,
    /// Which samples and frames count.
    pub filter: Filter,
    /// Whether the leaf comes first, and its callers behind it.
    pub leaf_first: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(parent: u32, name: u32, own: i64, total: i64) -> Node {
        Node {
            parent,
            name,
            inlined: false,
            own,
            total,
        }
    }

    fn tree() -> CallTree {
        // root ─ a (1) ─ b (5) ─ c (1)
        //             └─ c (2)
        let name = |text: &str| Name {
            text: text.to_owned(),
            ..Name::default()
        };
        CallTree {
            nodes: vec![
                node(0, 0, 0, 9),
                node(0, 0, 1, 9),
                node(1, 1, 5, 6),
                node(2, 2, 1, 1),
                node(1, 2, 2, 2),
            ],
            names: ["a", "b", "c"].map(name).into(),
        }
    }

    #[test]
    fn what_is_left_out_goes_to_the_caller() {
        let pruned = tree().pruned(3);
        assert_eq!(
            pruned.nodes,
            [node(0, 0, 0, 9), node(0, 0, 3, 9), node(1, 1, 6, 6)]
        );
        assert_eq!(tree().pruned(1), tree());
        let only_root = tree().pruned(10);
        assert_eq!(only_root.nodes, [node(0, 0, 9, 9)]);
    }

    #[test]
    fn trees_add_up() {
        let mut sum = tree();
        sum.join(&tree());
        assert_eq!(sum.nodes.len(), 5);
        assert_eq!(sum.nodes[0].total, 18);
        assert_eq!(sum.nodes[2].own, 10);
        let mut more = CallTree::default();
        more.nodes.push(node(0, 0, 0, 0));
        more.join(&tree());
        assert_eq!(more, tree());
    }
}
