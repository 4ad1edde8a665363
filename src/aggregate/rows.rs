//! Which rows a location's frames count for.
//!
//! A row is a function, a line, a file or a package. Each location is looked at once, when it is
//! first met; from then on its id leads to its rows by one array access.

use std::borrow::Cow;

use hashbrown::{HashMap, HashSet};

use super::filter::{Filter, Matches, Verdict};
use crate::decode::{Function, IdMap, Line, Location, StringId, Tables};
use crate::gosym;

/// What a site is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum By {
    /// A function, whatever its file, as `go tool pprof -functions`.
    #[default]
    Function,
    /// A line of a function, as `go tool pprof -lines`.
    Line,
    /// A source file; unlike `go tool pprof -files`, one row for each.
    File,
    /// A package, by its import path.
    Package,
}

/// What makes two frames belong to the same row.
///
/// As in google/pprof's graph, frames without a name are told apart by their mapping's file and
/// the function's first line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RowKey {
    /// The function or, by package, any function of the package.
    pub(crate) name: StringId,
    pub(crate) file: StringId,
    pub(crate) line: i64,
    pub(crate) object: StringId,
    pub(crate) start_line: i64,
}

/// Where a row was first met, for what its key does not say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    pub(crate) file: StringId,
    pub(crate) start_line: i64,
}

/// The rows of one location, found by [`Rows::assign`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Assigned(u32);

impl Assigned {
    /// Every frame is hidden.
    const NONE: Self = Self(u32::MAX - 1);
    /// Set where the rest is an index into the lists of rows instead of a row.
    const LIST: u32 = 1 << 31;

    /// Whether any frame is left.
    pub(crate) fn is_visible(self) -> bool {
        self != Self::NONE
    }
}

/// The location cannot be assigned before all tables are read.
#[derive(Debug)]
pub(crate) struct NotReady;

/// Maps locations to rows.
#[derive(Debug)]
pub(crate) struct Rows<'q> {
    by: By,
    filter: &'q Filter,
    /// `None` while the strings are not known.
    same: Option<SameText>,
    ids: HashMap<RowKey, u32>,
    keys: Vec<(RowKey, Origin)>,
    /// By location id.
    assigned: IdMap,
    /// Lists of rows, each behind its length.
    lists: Vec<u32>,
    /// What filters say of each location, by its id; empty without filters.
    verdicts: HashMap<u64, Verdict>,
    matches: Matches<'q>,
}

impl<'q> Rows<'q> {
    /// For use while the tables grow. What is assigned holds only if [`Rows::settles`] says so
    /// when they are complete.
    pub(crate) fn early(by: By, filter: &'q Filter) -> Option<Self> {
        // Packages and filters need the names.
        (by != By::Package && filter.is_empty()).then(|| Self::new(by, filter, None))
    }

    /// For use with complete tables.
    pub(crate) fn exact(by: By, filter: &'q Filter) -> Self {
        Self::new(by, filter, Some(SameText::default()))
    }

    /// Empty ones for the same question.
    pub(crate) fn fork(&self) -> Self {
        let same = self.same.as_ref().map(|_| SameText::default());
        Self::new(self.by, self.filter, same)
    }

    /// Takes in the rows that a fork has met; gives back which of these each of them is. `tables`
    /// are complete.
    pub(crate) fn join(&mut self, fork: &Self, tables: &Tables) -> Vec<u32> {
        let mut ours = vec![0; fork.keys.len()];
        for (location, theirs) in fork.assigned.iter() {
            let assigned = match self.assigned(location) {
                Some(assigned) => assigned,
                None => match self.assign(tables, location) {
                    Ok(assigned) => assigned,
                    // What could be assigned with fewer tables can be now.
                    Err(NotReady) => continue,
                },
            };
            // The same frames of the same location, in the same order.
            let mut rows = Vec::new();
            self.each(assigned, |row| rows.push(row));
            let mut rows = rows.into_iter();
            fork.each(Assigned(theirs), |row| {
                if let (Some(place), Some(row)) = (ours.get_mut(row as usize), rows.next()) {
                    *place = row;
                }
            });
        }
        ours
    }

    fn new(by: By, filter: &'q Filter, same: Option<SameText>) -> Self {
        Self {
            by,
            filter,
            same,
            ids: HashMap::new(),
            keys: Vec::new(),
            assigned: IdMap::default(),
            lists: Vec::new(),
            verdicts: HashMap::new(),
            matches: Matches::new(filter),
        }
    }

    /// Whether rows assigned early are those that the complete tables give: they are, unless two
    /// string indexes mean the same text. No known writer writes a string twice.
    pub(crate) fn settles(&self, tables: &Tables) -> bool {
        // Only the strings that rows are made of: a profile may have many others. Each is looked at
        // once, since many rows may share a long one.
        let mut by_text: HashMap<&[u8], StringId> = HashMap::new();
        by_text.insert(b"", StringId::EMPTY);
        let mut only = HashSet::new();
        let mut is_the_only = |id: StringId, is_path: bool| {
            if !only.insert((id, is_path)) {
                return true;
            }
            let text = tables.strings.get(id);
            *by_text.entry(text).or_insert(id) == id
                && (!is_path || matches!(clean_path(text), Cow::Borrowed(_)))
        };
        self.keys.iter().all(|(key, origin)| {
            is_the_only(key.name, false)
                && is_the_only(key.file, true)
                && is_the_only(origin.file, true)
        })
    }

    /// Whether any filter is set.
    pub(crate) fn filters(&self) -> bool {
        !self.filter.is_empty()
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(crate) fn keys(&self) -> &[(RowKey, Origin)] {
        &self.keys
    }

    /// The rows of the location with this id, if it was assigned before.
    #[inline]
    pub(crate) fn assigned(&self, location: u64) -> Option<Assigned> {
        self.assigned.get(location).map(Assigned)
    }

    /// Calls `each` with the rows, leaf first.
    #[inline(always)]
    pub(crate) fn each(&self, assigned: Assigned, mut each: impl FnMut(u32)) {
        if assigned.0 < Assigned::LIST {
            return each(assigned.0);
        }
        if !assigned.is_visible() {
            return;
        }
        for &row in self.list(assigned) {
            each(row);
        }
    }

    #[inline(always)]
    fn list(&self, assigned: Assigned) -> &[u32] {
        let start = (assigned.0 & !Assigned::LIST) as usize;
        match self.lists.get(start..) {
            Some([length, rest @ ..]) => rest.get(..*length as usize).unwrap_or_default(),
            _ => &[],
        }
    }

    /// The row that flat goes to when this location is the leaf.
    pub(crate) fn leaf_row(&self, location: u64) -> Option<u32> {
        let assigned = self.assigned(location)?;
        match assigned.0 < Assigned::LIST {
            true => Some(assigned.0),
            false => self.list(assigned).first().copied(),
        }
    }

    /// The line that flat goes to when this location is the leaf.
    pub(crate) fn leaf_line<'t>(&self, tables: &'t Tables, location: u64) -> Option<&'t Line> {
        let location = tables.location(location)?;
        if self.filter.is_empty() {
            tables.lines(location).first()
        } else {
            self.matches.visible(tables, location)?.first().copied()
        }
    }

    /// What the filters say of a location. Without filters every location is in focus.
    pub(crate) fn verdict(&mut self, tables: &Tables, id: u64) -> Verdict {
        let Self {
            matches, verdicts, ..
        } = self;
        *verdicts.entry(id).or_insert_with(|| {
            let location = tables.location(id);
            location.map_or(Verdict::Neutral, |location| {
                matches.verdict(tables, location)
            })
        })
    }

    /// Looks at a location for the first time.
    #[cold]
    pub(crate) fn assign(&mut self, tables: &Tables, id: u64) -> Result<Assigned, NotReady> {
        let location = tables.location(id).ok_or(NotReady)?;
        let assigned = if self.filter.is_empty() {
            self.rows_of(tables, location, tables.lines(location).iter())?
        } else {
            match self.matches.visible(tables, location) {
                Some(lines) => self.rows_of(tables, location, lines.into_iter())?,
                None => Assigned::NONE,
            }
        };
        // A location is assigned once; what was there before would be the same.
        _ = self.assigned.insert(id, assigned.0);
        Ok(assigned)
    }

    fn rows_of<'t>(
        &mut self,
        tables: &'t Tables,
        location: &Location,
        lines: impl ExactSizeIterator<Item = &'t Line>,
    ) -> Result<Assigned, NotReady> {
        if lines.len() == 0 {
            let nowhere = Function::default();
            return self.row(tables, location, &nowhere, 0).map(Assigned);
        }
        let mut rows = Vec::with_capacity(lines.len());
        for line in lines {
            let function = tables.function(line.function).ok_or(NotReady)?;
            rows.push(self.row(tables, location, function, line.line)?);
        }
        if let [row] = rows[..] {
            return Ok(Assigned(row));
        }
        let length = u32::try_from(rows.len()).map_err(|_| NotReady)?;
        // No profile within the limits on memory has so many.
        let start = u32::try_from(self.lists.len())
            .ok()
            .filter(|&start| start < Assigned::LIST - 2);
        let start = start.ok_or(NotReady)?;
        self.lists.push(length);
        self.lists.extend(rows);
        Ok(Assigned(start | Assigned::LIST))
    }

    fn row(
        &mut self,
        tables: &Tables,
        location: &Location,
        function: &Function,
        line: i64,
    ) -> Result<u32, NotReady> {
        let (name, file) = match &mut self.same {
            Some(same) => same.of(self.by, tables, function),
            // Mappings, which stand for what has no name, come late.
            None if function.name == StringId::EMPTY || function.file == StringId::EMPTY => {
                return Err(NotReady);
            }
            None => (function.name, function.file),
        };
        let nothing = RowKey {
            name: StringId::EMPTY,
            file: StringId::EMPTY,
            line: 0,
            object: StringId::EMPTY,
            start_line: 0,
        };
        let mut key = match self.by {
            By::Function | By::Package => RowKey { name, ..nothing },
            By::Line => RowKey {
                name,
                file,
                line,
                ..nothing
            },
            By::File => RowKey { file, ..nothing },
        };
        let is_named = match self.by {
            By::File => file != StringId::EMPTY,
            _ => name != StringId::EMPTY,
        };
        if !is_named {
            let object = tables
                .mapping(location.mapping)
                .map_or(StringId::EMPTY, |mapping| mapping.file);
            key.object = match &mut self.same {
                Some(same) => same.objects.of(tables, object, |object| object.into()),
                None => object,
            };
            if self.by != By::File && self.by != By::Package {
                key.start_line = function.start_line;
            }
        }
        let origin = Origin {
            file,
            start_line: function.start_line,
        };
        let next = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
        let row = *self.ids.entry(key).or_insert(next);
        if row == next {
            self.keys.push((key, origin));
        }
        Ok(row)
    }

    /// How long the names and files of all rows are together. Rows share them as ids, a report
    /// spells them out.
    pub(crate) fn text_bytes(&self, tables: &Tables) -> usize {
        let length = |id| tables.strings.get(id).len();
        let texts = |(key, origin): &(RowKey, Origin)| {
            length(key.name) + length(key.file) + length(key.object) + length(origin.file)
        };
        self.keys.iter().map(texts).fold(0, usize::saturating_add)
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.ids.allocation_size()
            + self.keys.capacity() * size_of::<(RowKey, Origin)>()
            + self.assigned.heap_bytes()
            + self.lists.capacity() * size_of::<u32>()
            + self.verdicts.allocation_size()
            + self.matches.heap_bytes()
            + self.same.as_ref().map_or(0, SameText::heap_bytes)
    }
}

/// Finds one string id for all that mean the same to a row: equal names, functions of one
/// package, different spellings of one path.
#[derive(Debug, Default)]
struct SameText {
    names: Canonical,
    files: Canonical,
    objects: Canonical,
}

impl SameText {
    fn of(&mut self, by: By, tables: &Tables, function: &Function) -> (StringId, StringId) {
        let name = match by {
            By::Package => self
                .names
                .of(tables, function.name, |name| gosym::package(name).into()),
            _ => self.names.of(tables, function.name, |name| name.into()),
        };
        (name, self.files.of(tables, function.file, clean_path))
    }

    fn heap_bytes(&self) -> usize {
        self.names.heap_bytes() + self.files.heap_bytes() + self.objects.heap_bytes()
    }
}

#[derive(Debug, Default)]
struct Canonical {
    known: HashMap<StringId, StringId>,
    first: HashMap<Box<[u8]>, StringId>,
    bytes: usize,
}

impl Canonical {
    /// The first id met whose text means the same. What means nothing is the empty string.
    fn of(
        &mut self,
        tables: &Tables,
        id: StringId,
        meaning: impl Fn(&[u8]) -> Cow<'_, [u8]>,
    ) -> StringId {
        if let Some(&known) = self.known.get(&id) {
            return known;
        }
        let text = meaning(tables.strings.get(id));
        let first = if text.is_empty() {
            StringId::EMPTY
        } else {
            match self.first.get(&*text) {
                Some(&first) => first,
                None => {
                    self.bytes += text.len();
                    self.first.insert(text.into(), id);
                    id
                }
            }
        };
        self.known.insert(id, first);
        first
    }

    fn heap_bytes(&self) -> usize {
        self.bytes + self.known.allocation_size() + self.first.allocation_size()
    }
}

/// The shortest spelling of a slash-separated path, as Go's `filepath.Clean` gives it, which
/// google/pprof applies to every file name. The empty path stays empty.
pub(crate) fn clean_path(path: &[u8]) -> Cow<'_, [u8]> {
    let is_rooted = path.first() == Some(&b'/');
    let mut kept: Vec<&[u8]> = Vec::new();
    for element in path.split(|&byte| byte == b'/') {
        match element {
            b"" | b"." => {}
            b".." => match kept.last() {
                Some(&last) if last != b".." => _ = kept.pop(),
                _ if is_rooted => {}
                _ => kept.push(element),
            },
            _ => kept.push(element),
        }
    }
    let mut clean = if is_rooted { b"/".to_vec() } else { Vec::new() };
    clean.extend(kept.join(&b'/'));
    if clean == path {
        Cow::Borrowed(path)
    } else if clean.is_empty() {
        Cow::Owned(b".".to_vec())
    } else {
        Cow::Owned(clean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned_as_go_does() {
        for (path, expected) in [
            ("", ""),
            (
                "/usr/local/go/src/fmt/print.go",
                "/usr/local/go/src/fmt/print.go",
            ),
            ("a//b/./c.go", "a/b/c.go"),
            ("a/../b.go", "b.go"),
            ("../a/../../b.go", "../../b.go"),
            ("/../a.go", "/a.go"),
            ("./", "."),
            ("/", "/"),
            ("_cgo_gotypes.go", "_cgo_gotypes.go"),
        ] {
            assert_eq!(clean_path(path.as_bytes()), expected.as_bytes(), "{path}");
        }
    }
}
