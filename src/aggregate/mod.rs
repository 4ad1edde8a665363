//! From samples to sites: who allocated how much.
//!
//! [`read`] takes in one profile, [`Merge`] adds several up. Where the input can be read twice,
//! nothing is kept but sums: memory follows the number of functions, not the number of samples.
//! An input that cannot be rewound goes through a [`StackTable`], as does every profile whose
//! whole stacks are needed.

mod cum;
mod filter;
mod flat_cum;
pub mod hot;
mod labels;
mod merge;
mod nothing;
mod own;
mod path;
mod recent;
mod rows;
mod sites;
mod stacks;
pub mod tree;

use std::io::{self, Read};

pub use filter::Filter;
pub use hot::Hot;
pub use merge::{Merge, MergeError};
pub use own::{Modules, Own};
pub use rows::By;
pub use sites::{Header, Place, SampleType, Site, SiteKey, Sites, SizeClass};
pub use stacks::StackTable;
pub use tree::{CallTree, TreeQuery};

use crate::decode::{
    self, DecodeError, DecodeLimits, Malformed, Sink, Tables, decode, decode_samples,
};
use crate::input::{Input, InputError, Problem, describe};
use flat_cum::FlatCum;
use hot::HotPaths;
use nothing::{ChecksOnly, TablesOnly};
use rows::Rows;
use tree::TreeSink;

/// What to sum up.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// What a row is.
    pub by: By,
    /// Which samples and frames count.
    pub filter: Filter,
    /// Whether the distinct stacks are to be counted, at 9 to 18 bytes of memory for each.
    pub count_stacks: bool,
    /// Whether the hot ends of stacks are wanted, and whose code ends them. Filters do not count there.
    pub hot: Option<Modules>,
}

/// A profile that cannot be read, by the name of its input.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The input could not be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// What was read is no sound profile.
    #[error(
        "{input}: byte {}{}: {}",
        malformed.offset,
        if *inflated { " (inflated)" } else { "" },
        malformed.what()
    )]
    Malformed {
        /// The input's name, safe to print.
        input: String,
        /// Whether the offset counts inflated bytes, not those of the file.
        inflated: bool,
        /// What is wrong, and where.
        malformed: Box<Malformed>,
    },
    /// It has more rows, or longer names, than there is room for.
    #[error("{input}: its sites need more than {} MiB of memory; raise --max-memory to allow it", limit >> 20)]
    TooManySites {
        /// The input's name, safe to print.
        input: String,
        /// Bytes of memory allowed.
        limit: u64,
    },
}

impl ReadError {
    /// Whether it might be read with more memory.
    #[must_use]
    pub fn is_memory_limit(&self) -> bool {
        match self {
            Self::TooManySites { .. } => true,
            Self::Malformed { malformed, .. } => {
                matches!(malformed.problem, decode::Problem::MemoryLimit { .. })
            }
            Self::Input(_) => false,
        }
    }
}

/// Reads one profile and sums it up.
///
/// # Errors
/// When the input cannot be read or is no sound profile within `limits`.
pub fn read(input: &mut Input, query: &Query, limits: &DecodeLimits) -> Result<Sites, ReadError> {
    if !input.can_rewind() {
        return StackProfile::read(input, limits)?.sites(query);
    }
    let mut sites = sum_up(input, query, limits)?;
    if let Some(modules) = &query.hot {
        sites.hot = read_hot(input, modules, limits)?;
    }
    Ok(sites)
}

/// The hot paths of an input that was read before. They get passes of their own: what is own code
/// is known only when all names are.
fn read_hot(
    input: &mut Input,
    modules: &Modules,
    limits: &DecodeLimits,
) -> Result<Option<Hot>, ReadError> {
    input.rewind()?;
    let (mut tables, _) = decode_input(input, limits, TablesOnly)?;
    let Some(paths) = HotPaths::new(modules.resolve(&tables), &tables) else {
        return Ok(None);
    };
    input.rewind()?;
    match decode_samples(&mut *input, &mut tables, limits, paths) {
        Ok(paths) => Ok(Some(paths.finish(&tables))),
        Err(error) => Err(diagnose(input, limits, error)),
    }
}

fn sum_up(input: &mut Input, query: &Query, limits: &DecodeLimits) -> Result<Sites, ReadError> {
    let tables = if let Some(rows) = Rows::early(query.by, &query.filter) {
        let sums = FlatCum::early(rows, query.count_stacks, limits.memory);
        let (tables, sums) = decode_input(input, limits, sums)?;
        if sums.settles(&tables) {
            return Origin::of(input).collect(query, &sums, &tables, limits.memory);
        }
        // The second pass has the memory to itself.
        drop(sums);
        tables
    } else {
        decode_input(input, limits, TablesOnly)?.0
    };
    sum_up_again(input, query, limits, tables)
}

/// The second pass, with complete tables. The input itself sees to it that the bytes are the same.
fn sum_up_again(
    input: &mut Input,
    query: &Query,
    limits: &DecodeLimits,
    mut tables: Tables,
) -> Result<Sites, ReadError> {
    input.rewind()?;
    let rows = Rows::exact(query.by, &query.filter);
    let sums = FlatCum::exact(rows, query.count_stacks, limits.memory);
    match decode_samples(&mut *input, &mut tables, limits, sums) {
        Ok(sums) => Origin::of(input).collect(query, &sums, &tables, limits.memory),
        Err(error) => Err(diagnose(input, limits, error)),
    }
}

/// The calling-context tree of one sample type, which `choose` picks as a column.
///
/// # Errors
/// As [`read`]; and what `choose` says.
pub fn read_tree<E: From<ReadError>>(
    input: &mut Input,
    query: &TreeQuery,
    limits: &DecodeLimits,
    choose: impl FnOnce(&Header) -> Result<usize, E>,
) -> Result<(Header, CallTree), E> {
    let sink = |column| {
        let TreeQuery {
            by,
            filter,
            leaf_first,
        } = query;
        TreeSink::new(*by, filter, column, *leaf_first, limits.memory)
    };
    if !input.can_rewind() {
        let profile = StackProfile::read(input, limits)?;
        let header = Header::of(&profile.tables);
        let mut tree = sink(choose(&header)?);
        let grown = profile
            .stacks
            .try_each(|sample| tree.add(&profile.tables, sample));
        grown.map_err(|error| profile.origin.blame(error.into()))?;
        return Ok((header, tree.finish(query.by, &profile.tables)));
    }
    let (mut tables, _) = decode_input(input, limits, TablesOnly)?;
    let header = Header::of(&tables);
    let tree = sink(choose(&header)?);
    input.rewind().map_err(ReadError::from)?;
    match decode_samples(&mut *input, &mut tables, limits, tree) {
        Ok(tree) => Ok((header, tree.finish(query.by, &tables))),
        Err(error) => Err(diagnose(input, limits, error).into()),
    }
}

fn decode_input<S: Sink>(
    input: &mut Input,
    limits: &DecodeLimits,
    sink: S,
) -> Result<(Tables, S), ReadError> {
    decode(&mut *input, limits, sink).map_err(|error| diagnose(input, limits, error))
}

/// How much of a gzip is read on to see whether it is damaged.
const LOOK_AHEAD: u64 = 64 << 20;

/// Finds what is behind a profile that cannot be decoded: damage of the gzip around it, whose
/// checksum would have come only at the end, or a file of another kind.
fn diagnose(input: &mut Input, limits: &DecodeLimits, mut error: DecodeError) -> ReadError {
    if let DecodeError::Malformed(_) = &error {
        if let Some(first) = first_error(input, limits) {
            error = first;
        }
        if input.is_compressed() {
            let mut rest = (&mut *input).take(LOOK_AHEAD);
            if let Err(error) = io::copy(&mut rest, &mut io::sink()) {
                let error = InputError::from_io(error, input.name());
                // A limit is no damage.
                if error.problem.offset().is_some() {
                    return error.into();
                }
            }
        }
        if let Some(kind) = describe(input.head()) {
            let inside_gzip = input.is_compressed();
            let problem = Problem::NotAProfile { kind, inside_gzip };
            return InputError::new(input.name(), problem).into();
        }
    }
    Origin::of(input).blame(error)
}

/// Reads once more, in order and checking everything: which of several errors was met must not
/// depend on what was asked for and on how many threads looked.
fn first_error(input: &mut Input, limits: &DecodeLimits) -> Option<DecodeError> {
    if !input.can_rewind() || input.rewind().is_err() {
        return None;
    }
    let one_thread = DecodeLimits {
        threads: 1,
        ..*limits
    };
    decode(&mut *input, &one_thread, ChecksOnly).err()
}

/// What errors say of where a profile came from.
#[derive(Debug)]
struct Origin {
    name: String,
    inflated: bool,
}

impl Origin {
    fn of(input: &Input) -> Self {
        Self {
            name: input.name().to_owned(),
            inflated: input.is_compressed(),
        }
    }

    fn printable(&self) -> String {
        crate::escape::line(&self.name).into_owned()
    }

    fn blame(&self, error: DecodeError) -> ReadError {
        match error {
            DecodeError::Io(error) => InputError::from_io(error, &self.name).into(),
            DecodeError::Malformed(malformed) => ReadError::Malformed {
                input: self.printable(),
                inflated: self.inflated,
                malformed,
            },
        }
    }

    /// Spells out the sums, if they fit.
    fn collect(
        &self,
        query: &Query,
        sums: &FlatCum<'_>,
        tables: &Tables,
        limit: u64,
    ) -> Result<Sites, ReadError> {
        if !sums.fits(tables) {
            return Err(ReadError::TooManySites {
                input: self.printable(),
                limit,
            });
        }
        Ok(Sites::collect(query.by, sums, tables))
    }
}

/// A profile with every stack.
#[derive(Debug)]
pub struct StackProfile {
    /// All but the samples.
    pub tables: Tables,
    /// The samples, by distinct stack and size.
    pub stacks: StackTable,
    origin: Origin,
    /// Bytes of memory that sums may take.
    memory: u64,
}

impl StackProfile {
    /// Reads one profile, in one pass.
    ///
    /// # Errors
    /// As [`read`].
    pub fn read(input: &mut Input, limits: &DecodeLimits) -> Result<Self, ReadError> {
        let (tables, stacks) = decode_input(input, limits, StackTable::default())?;
        let origin = Origin::of(input);
        let profile = Self {
            tables,
            stacks,
            origin,
            memory: limits.memory,
        };
        profile
            .check_locations()
            .map_err(|error| profile.origin.blame(error.into()))?;
        Ok(profile)
    }

    /// Sums up what `query` asks for.
    ///
    /// # Errors
    /// When the sites would need more memory than the profile was read with.
    pub fn sites(&self, query: &Query) -> Result<Sites, ReadError> {
        let rows = Rows::exact(query.by, &query.filter);
        let memory = self.memory.saturating_sub(self.stacks.heap_bytes() as u64);
        let mut sums = FlatCum::exact(rows, false, memory);
        let mut rows = 0u64;
        let replayed = self.stacks.try_each(|sample| {
            rows += 1;
            // Now and then, as while reading.
            if rows.is_multiple_of(4096) && sums.heap_bytes() as u64 > memory {
                let limit = self.memory;
                return Err(sample.error("", decode::Problem::MemoryLimit { limit }));
            }
            sums.add_alone(&self.tables, sample)
        });
        replayed.map_err(|error| self.origin.blame(error.into()))?;
        let mut sites = self
            .origin
            .collect(query, &sums, &self.tables, self.memory)?;
        sites.header.stacks = Some(self.stacks.len() as u64);
        if let Some(modules) = &query.hot {
            sites.hot = self.hot(modules)?;
        }
        Ok(sites)
    }

    fn hot(&self, modules: &Modules) -> Result<Option<Hot>, ReadError> {
        let own = modules.resolve(&self.tables);
        let Some(mut paths) = HotPaths::new(own, &self.tables) else {
            return Ok(None);
        };
        let added = self
            .stacks
            .try_each(|sample| paths.add(&self.tables, sample));
        added.map_err(|error| self.origin.blame(error.into()))?;
        Ok(Some(paths.finish(&self.tables)))
    }

    fn check_locations(&self) -> Result<(), Box<Malformed>> {
        self.stacks.try_each(|sample| {
            let mut locations = sample.locations();
            while let Some(id) = locations.next()? {
                if self.tables.location(id).is_none() {
                    return Err(sample.dangling_location(id));
                }
            }
            Ok(())
        })
    }
}
