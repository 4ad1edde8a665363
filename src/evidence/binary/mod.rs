//! What the program behind a profile says: which runtime function an allocation site calls, of which
//! build the program is, and what it was built of.
//!
//! Go leaves the runtime's own functions out of a heap profile: the first frame of a stack is the
//! line that had something allocated, not how. Yet its address is that of a call, and the program's
//! code says where the call goes: to `runtime.growslice`, `runtime.convT64`,
//! `runtime.concatstring2`. [`Binary::call_before`] reads that.
//!
//! Programs are read as they are, stripped or not: functions are looked up in `.gopclntab`, which
//! the runtime itself needs. The symbol table serves only where that table cannot be read, say
//! because a later Go laid it out in another way.
//!
//! Read are ELF, Mach-O and PE, calls of amd64 and arm64. A universal Mach-O file, which holds
//! several programs, is none of them.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        clippy::indexing_slicing
    )
)]

mod bounded;
mod build_ids;
mod build_info;
mod error;
mod instruction;
mod operation;
mod outline;
mod pclntab;
mod symbols;
#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use object::BinaryFormat;

use bounded::Bounded;
pub use build_ids::{BuildIds, Identity};
pub use build_info::{BuildInfo, Module};
pub use error::BinaryError;
use instruction::Machine;
pub use operation::{Boxed, Operation};
use outline::{Chunk, Extent, Outline, Part};
use pclntab::Pclntab;
use symbols::Symbols;

/// What a binary may cost.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes that the file may have. Of a usual program, code and table of functions are kept, half
    /// of the file; a forged one can cost four times its size while it is read.
    pub file: u64,
}

impl Default for Limits {
    /// 1 GiB: the largest Go programs in use have some hundred MiB.
    fn default() -> Self {
        Self { file: 1 << 30 }
    }
}

/// Where the program stood in memory: the profile's mapping that an address belongs to.
///
/// One with a limit of 0 is none: the program stood where it was linked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    /// The first address.
    pub start: u64,
    /// The address behind the last.
    pub limit: u64,
    /// The byte of the file that stands at `start`.
    pub offset: u64,
}

/// A call of an allocation site.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Call {
    /// The function called, as Go names it: `runtime.growslice`.
    pub target: String,
    /// What it is for.
    pub operation: Operation,
}

/// A program, as far as this channel needs it.
#[derive(Debug)]
pub struct Binary {
    format: BinaryFormat,
    machine: Option<Machine>,
    base: u64,
    segments: Vec<Extent>,
    code: Chunk,
    functions: Functions,
    build_ids: BuildIds,
    build_info: Option<BuildInfo>,
}

#[derive(Debug)]
enum Functions {
    Pclntab(Pclntab),
    Symbols(Symbols),
}

impl Binary {
    /// Reads a file.
    ///
    /// # Errors
    /// When the file cannot be read, is not a regular one, has more bytes than allowed, or is no
    /// executable. An executable without anything of Go in it is no error: it knows of no call.
    pub fn open(path: &Path, limits: &Limits) -> Result<Self, BinaryError> {
        // Before it is opened: opening a pipe waits for someone to write into it.
        if !fs::metadata(path)?.is_file() {
            return Err(BinaryError::NotRegular);
        }
        Self::read(File::open(path)?, limits)
    }

    /// Reads what can be read at any place.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn read<R: Read + Seek>(mut reader: R, limits: &Limits) -> Result<Self, BinaryError> {
        let size = reader.seek(SeekFrom::End(0))?;
        if size > limits.file {
            return Err(BinaryError::TooLarge {
                size,
                limit: limits.file,
            });
        }
        // Honest headers claim each byte once; names are read in larger pieces than needed.
        let budget = size.saturating_add(1 << 20);
        let outline = Outline::read(&mut Bounded::new(&mut reader, budget))?;
        let mut parts = Bounded::new(&mut reader, budget);
        let mut part = |part| outline.part(part, &mut parts);

        let code = part(Part::Code).unwrap_or_default();
        let table = part(Part::Functions).or_else(|| Pclntab::find(&part(Part::Constants)?));
        let mut module = part(Part::Module);
        let mut build_info = part(Part::BuildInfo);
        let note = part(Part::GoBuildId);
        if outline.format == BinaryFormat::Pe {
            module = module.or_else(|| part(Part::Variables));
            build_info = build_info.or_else(|| module.clone());
        }
        let pclntab = table.and_then(|table| Pclntab::new(table, &code, module.as_ref()));
        let functions = match pclntab {
            Some(pclntab) => Functions::Pclntab(pclntab),
            None => Functions::Symbols(read_symbols(&mut reader, size)?),
        };
        Ok(Self {
            build_ids: BuildIds {
                gnu: outline.gnu_build_id.as_deref().map(build_ids::hex),
                go: match note {
                    Some(note) => build_ids::of_note(&note.bytes),
                    None => build_ids::of_code(&code.bytes),
                },
                uuid: outline.uuid.map(|uuid| build_ids::hex(&uuid)),
            },
            build_info: build_info.and_then(|section| BuildInfo::read(&section.bytes)),
            format: outline.format,
            machine: outline.machine,
            base: outline.base,
            segments: outline.segments,
            code,
            functions,
        })
    }

    /// The ids the binary carries.
    pub fn build_ids(&self) -> &BuildIds {
        &self.build_ids
    }

    /// Whether a profile whose mapping has this build id was taken of this binary.
    ///
    /// Where this is [`Unknown`](Identity::Unknown), compare [`function_at`](Self::function_at)
    /// with what the profile says of some addresses.
    pub fn identity(&self, mapping_build_id: &str) -> Identity {
        self.build_ids.identity(mapping_build_id)
    }

    /// What Go's linker noted; none for programs of Go before 1.18 and of other languages.
    pub fn build_info(&self) -> Option<&BuildInfo> {
        self.build_info.as_ref()
    }

    /// The call at a location's address, which is the return address of the first visible frame
    /// less one, as profiles have it.
    ///
    /// None when there is no direct call at that address, when it does not go to the start of a
    /// function, or when the binary's machine or functions are unknown. The operation is
    /// [`Other`](Operation::Other) when the call goes to a visible function: the site is then not
    /// the first frame of its stack.
    pub fn call_before(&self, mapping: Mapping, address: u64) -> Option<Call> {
        let address = self.linked_address(mapping, address)?;
        let target = instruction::call_target(self.machine?, &self.code, address)?;
        let (caller, target) = match &self.functions {
            Functions::Pclntab(table) => {
                // Bytes that only look like a call lead to the middle of something.
                let function = table
                    .at(target)
                    .filter(|function| function.start == target)?;
                let caller = table.at(address).map(|caller| caller.name);
                (caller.unwrap_or_default(), function.name)
            }
            Functions::Symbols(symbols) => (&[][..], symbols.starting_at(target)?.as_bytes()),
        };
        let target = String::from_utf8_lossy(target).into_owned();
        Some(Call {
            operation: Operation::of(&String::from_utf8_lossy(caller), &target),
            target,
        })
    }

    /// The name of the function that an address lies in, not counting what was inlined into it.
    pub fn function_at(&self, mapping: Mapping, address: u64) -> Option<String> {
        let address = self.linked_address(mapping, address)?;
        match &self.functions {
            Functions::Pclntab(table) => {
                let function = table.at(address)?;
                Some(String::from_utf8_lossy(function.name).into_owned())
            }
            // These know only where functions start.
            Functions::Symbols(_) => None,
        }
    }

    /// From an address of the process to that of the file: programs that may lie at any address do
    /// not run where they were linked for.
    fn linked_address(&self, mapping: Mapping, address: u64) -> Option<u64> {
        if mapping.limit == 0 {
            return Some(address);
        }
        let distance = address.checked_sub(mapping.start)?;
        if address >= mapping.limit {
            return None;
        }
        match self.format {
            // The base is where the headers stand, which the mapping begins with.
            BinaryFormat::Pe => self.base.checked_add(distance),
            // Likewise; what macOS calls offset is not that of the file.
            BinaryFormat::MachO => self.segments.first()?.address.checked_add(distance),
            _ => {
                let offset = mapping.offset.checked_add(distance)?;
                self.segments.iter().find_map(|segment| {
                    let within = offset.checked_sub(segment.offset)?;
                    let address = segment.address.checked_add(within)?;
                    (within < segment.size).then_some(address)
                })
            }
        }
    }
}

fn read_symbols<R: Read + Seek>(reader: &mut R, size: u64) -> Result<Symbols, BinaryError> {
    let mut file = Vec::new();
    reader.rewind()?;
    reader.take(size).read_to_end(&mut file)?;
    Ok(Symbols::read(&file))
}
