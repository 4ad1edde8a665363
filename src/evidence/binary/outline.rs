//! What the headers of an executable say, the same for ELF, Mach-O and PE.

use std::io::{Read, Seek, SeekFrom};

use object::read::ReadCache;
use object::{
    Architecture, BinaryFormat, File, Object as _, ObjectSection as _, ObjectSegment as _,
};

use super::bounded::Bounded;
use super::error::BinaryError;
use super::instruction::Machine;

/// Go's linker makes some dozens of sections.
const SECTIONS: usize = 1 << 12;

/// A section worth reading. Of each the first counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Machine code.
    Code,
    /// The table of functions by address, `runtime.pclntab`.
    Functions,
    /// The block of `debug/buildinfo`.
    BuildInfo,
    /// The ELF note with Go's build id.
    GoBuildId,
    /// `runtime.firstmoduledata`, which has a section of its own since Go 1.26.
    Module,
    /// Constants, with the table of functions somewhere among them: so in PE, and where the
    /// system's linker made a program that may lie at any address (Go before 1.26).
    Constants,
    /// PE only: variables, with the build info first and the module data somewhere among them.
    Variables,
}

impl Part {
    fn of(section: &[u8], format: BinaryFormat) -> Option<Self> {
        Some(match section {
            b".text" | b"__text" => Self::Code,
            // In programs of Go before 1.26 that may lie at any address, the second.
            b".gopclntab" | b".data.rel.ro.gopclntab" | b"__gopclntab" => Self::Functions,
            b".go.buildinfo" | b"__go_buildinfo" => Self::BuildInfo,
            b".note.go.buildid" => Self::GoBuildId,
            b".go.module" | b"__go_module" => Self::Module,
            b".data.rel.ro" => Self::Constants,
            b".rdata" if format == BinaryFormat::Pe => Self::Constants,
            b".data" if format == BinaryFormat::Pe => Self::Variables,
            _ => return None,
        })
    }
}

/// Where something stands, in memory as linked and in the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    pub(super) address: u64,
    pub(super) offset: u64,
    pub(super) size: u64,
}

/// Bytes of the file and the address they are linked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Chunk {
    pub(super) address: u64,
    pub(super) bytes: Vec<u8>,
}

impl Chunk {
    pub(super) fn contains(&self, address: u64) -> bool {
        address
            .checked_sub(self.address)
            .is_some_and(|offset| offset < self.bytes.len() as u64)
    }

    /// The `N` bytes linked for an address.
    pub(super) fn at<const N: usize>(&self, address: u64) -> Option<[u8; N]> {
        let offset = usize::try_from(address.checked_sub(self.address)?).ok()?;
        self.bytes.get(offset..)?.first_chunk().copied()
    }
}

/// The headers of an executable, as far as this channel needs them.
#[derive(Debug)]
pub(super) struct Outline {
    pub(super) format: BinaryFormat,
    /// `None` for machines whose calls this channel cannot decode.
    pub(super) machine: Option<Machine>,
    /// The address a PE image is linked for.
    pub(super) base: u64,
    /// The segments that are executed.
    pub(super) segments: Vec<Extent>,
    parts: Vec<(Part, Extent)>,
    pub(super) gnu_build_id: Option<Vec<u8>>,
    /// What stands for a build id in Mach-O.
    pub(super) uuid: Option<[u8; 16]>,
}

impl Outline {
    pub(super) fn read<R: Read + Seek>(reader: &mut Bounded<R>) -> Result<Self, BinaryError> {
        let cache = ReadCache::new(reader);
        let file = File::parse(&cache)?;
        let format = file.format();
        let mut parts: Vec<(Part, Extent)> = Vec::new();
        for section in file.sections().take(SECTIONS) {
            // One bad section says nothing about the others.
            let (Ok(name), Some((offset, size))) = (section.name_bytes(), section.file_range())
            else {
                continue;
            };
            let extent = Extent {
                address: section.address(),
                offset,
                size,
            };
            match Part::of(name, format) {
                Some(part) if parts.iter().all(|(other, _)| *other != part) => {
                    parts.push((part, extent));
                }
                _ => {}
            }
        }
        let segments = file
            .segments()
            .take(SECTIONS)
            .filter(|segment| segment.permissions().executable());
        Ok(Self {
            format,
            machine: match file.architecture() {
                _ if !(file.is_64() && file.is_little_endian()) => None,
                Architecture::X86_64 => Some(Machine::Amd64),
                Architecture::Aarch64 => Some(Machine::Arm64),
                _ => None,
            },
            base: file.relative_address_base(),
            segments: segments
                .map(|segment| {
                    let (offset, size) = segment.file_range();
                    Extent {
                        address: segment.address(),
                        offset,
                        size,
                    }
                })
                .collect(),
            parts,
            gnu_build_id: file.build_id().ok().flatten().map(<[u8]>::to_vec),
            uuid: file.mach_uuid().ok().flatten(),
        })
    }

    /// Reads a part. One that cannot be read is none: the others may still serve.
    pub(super) fn part<R: Read + Seek>(
        &self,
        part: Part,
        reader: &mut Bounded<R>,
    ) -> Option<Chunk> {
        let (_, extent) = self.parts.iter().find(|(other, _)| *other == part)?;
        let mut bytes = Vec::new();
        reader.seek(SeekFrom::Start(extent.offset)).ok()?;
        // Behind the end of the file nothing is read, and a half part is better than none.
        reader.take(extent.size).read_to_end(&mut bytes).ok()?;
        Some(Chunk {
            address: extent.address,
            bytes,
        })
    }
}
