//! Facts as they come in, within limits.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Fact, Limits, Step};

/// Keeps facts until a limit is met; says then that it did.
pub(super) struct Collector<'l> {
    limits: &'l Limits,
    files: Vec<RawFile>,
    ids: HashMap<(Option<Arc<str>>, Box<str>), u32>,
    facts: Vec<(u32, Fact)>,
    room: usize,
    pub(super) truncated: bool,
}

/// A file as the compiler names it, in the output for one package.
pub(super) struct RawFile {
    pub(super) name: Box<str>,
    pub(super) package: Option<Arc<str>>,
}

impl<'l> Collector<'l> {
    pub(super) fn new(limits: &'l Limits) -> Self {
        Self {
            limits,
            files: Vec::new(),
            ids: HashMap::new(),
            facts: Vec::new(),
            room: limits.memory,
            truncated: false,
        }
    }

    pub(super) fn limits(&self) -> &'l Limits {
        self.limits
    }

    pub(super) fn len(&self) -> usize {
        self.facts.len()
    }

    /// Whether there is room for so many bytes, which are then taken.
    pub(super) fn take(&mut self, bytes: usize) -> bool {
        match self.room.checked_sub(bytes) {
            Some(room) => {
                self.room = room;
                true
            }
            None => {
                self.truncated = true;
                false
            }
        }
    }

    /// The number of a file.
    pub(super) fn file(&mut self, name: &str, package: Option<&Arc<str>>) -> Option<u32> {
        let key = (package.cloned(), name.into());
        if let Some(id) = self.ids.get(&key) {
            return Some(*id);
        }
        // The name is kept some four times, in tables.
        if !self.take(256 + 4 * name.len()) {
            return None;
        }
        let id = u32::try_from(self.files.len()).ok()?;
        self.files.push(RawFile {
            name: name.into(),
            package: package.cloned(),
        });
        self.ids.insert(key, id);
        Some(id)
    }

    /// Keeps a fact, if there is room.
    pub(super) fn push(&mut self, file: u32, fact: Fact) -> bool {
        let size = 2 * size_of::<(u32, Fact)>() + fact.expression.len();
        let kept = self.take(size);
        if kept {
            self.facts.push((file, fact));
        }
        kept
    }

    /// Gives the last fact its flow.
    pub(super) fn set_last_flow(&mut self, flow: Vec<Step>) {
        if let Some((_, fact)) = self.facts.last_mut() {
            fact.flow = flow.into();
        }
    }

    /// The facts from this one on.
    pub(super) fn since(&mut self, from: usize) -> impl Iterator<Item = &mut Fact> {
        self.facts.iter_mut().skip(from).map(|(_, fact)| fact)
    }

    pub(super) fn into_parts(self) -> (Vec<RawFile>, Vec<(u32, Fact)>) {
        (self.files, self.facts)
    }
}
