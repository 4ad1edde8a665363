//! Go's own table of functions, which a stripped program still has: the runtime needs it.
//!
//! Only names by address are read. Layout, from `runtime.pcHeader` and `cmd/link/internal/ld/pcln.go`
//! (Go 1.18 to 1.27, 64-bit, little endian):
//!
//! | offset | bytes | what |
//! |---:|---:|---|
//! | 0 | 4 | magic, `0xfffffff0` (Go 1.18, 1.19) or `0xfffffff1` (since 1.20) |
//! | 4 | 4 | 0, 0, size of the smallest instruction, size of a pointer |
//! | 8 | 8 | number of functions |
//! | 24 | 8 | address of `runtime.text`; unused since Go 1.26 |
//! | 32 | 8 | offset of the names, each with a zero behind it |
//! | 64 | 8 | offset of the functions |
//!
//! The functions are pairs of 32-bit numbers in order of address: where the function begins,
//! counted from `runtime.text`, and where its record stands, counted from the functions. Behind
//! the last pair stands where the last function ends. The record has, 4 bytes in, the offset of
//! its name among the names.

use super::outline::Chunk;

/// Names are as long as the types they mention, but not longer than this.
const NAME: usize = 1 << 16;

const HEADER: usize = 72;

/// The table, with what its header says checked.
#[derive(Debug)]
pub(super) struct Pclntab {
    table: Chunk,
    /// The address that all others count from.
    text: u64,
    count: usize,
    names: usize,
    functions: usize,
}

/// A function of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Function<'a> {
    pub(super) start: u64,
    pub(super) name: &'a [u8],
}

impl Pclntab {
    /// `None` for what is no such table, or none of a layout known here.
    pub(super) fn new(table: Chunk, code: &Chunk, module: Option<&Chunk>) -> Option<Self> {
        let header = table.bytes.first_chunk::<HEADER>()?;
        if !starts_table(header) {
            return None;
        }
        let offset = |at| usize::try_from(u64_at(header, at)?).ok();
        let (count, names, functions) = (offset(8)?, offset(32)?, offset(64)?);
        let end = count.checked_mul(8)?.checked_add(4)?;
        table.bytes.get(functions..)?.get(..end)?;
        table.bytes.get(names..)?;

        // Programs linked with the help of the system's linker have other code before Go's.
        let candidates = [
            u64_at(header, 24),
            module.and_then(|module| text_of_module(module, &table, names)),
        ];
        let text = candidates
            .into_iter()
            .flatten()
            .find(|&text| code.contains(text))
            .unwrap_or(code.address);
        Some(Self {
            text,
            count,
            names,
            functions,
            table,
        })
    }

    /// Finds the table in a section that holds other things too.
    pub(super) fn find(constants: &Chunk) -> Option<Chunk> {
        let is_table = |at: &usize| {
            let bytes = constants.bytes.get(*at..).unwrap_or_default();
            let Some(header) = bytes.first_chunk::<HEADER>().filter(|it| starts_table(it)) else {
                return false;
            };
            // The offsets rise, and the names stand right behind the header, at a multiple of 8 or
            // 32 bytes.
            let offsets = [32, 40, 48, 56, 64].map(|at| u64_at(header, at));
            (Some(HEADER as u64)..=Some(96)).contains(&offsets[0])
                && offsets.is_sorted()
                && offsets[4] < Some(bytes.len() as u64)
        };
        let at = (0..constants.bytes.len()).step_by(8).find(is_table)?;
        Some(Chunk {
            address: constants.address.checked_add(at as u64)?,
            bytes: constants.bytes.get(at..)?.to_vec(),
        })
    }

    /// The function that an address lies in.
    pub(super) fn at(&self, address: u64) -> Option<Function<'_>> {
        let offset = u32::try_from(address.checked_sub(self.text)?).ok()?;
        // Behind the last function stands its end.
        let (mut from, mut to) = (0, self.count.checked_add(1)?);
        while from < to {
            let middle = from.midpoint(to);
            if self.start(middle)? <= offset {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        let index = from.checked_sub(1).filter(|&index| index < self.count)?;
        let start = self.text.checked_add(self.start(index)?.into())?;
        let pair = self.functions.checked_add(index.checked_mul(8)?)?;
        let record = self.u32_at(pair.checked_add(4)?)?;
        let record = self.functions.checked_add(usize::try_from(record).ok()?)?;
        let name = self.u32_at(record.checked_add(4)?)?;
        let name = self.names.checked_add(usize::try_from(name).ok()?)?;
        let name = self.table.bytes.get(name..)?;
        let name = name.get(..NAME).unwrap_or(name);
        let end = name.iter().position(|&byte| byte == 0)?;
        Some(Function {
            start,
            name: name.get(..end)?,
        })
    }

    fn start(&self, index: usize) -> Option<u32> {
        self.u32_at(self.functions.checked_add(index.checked_mul(8)?)?)
    }

    fn u32_at(&self, at: usize) -> Option<u32> {
        let bytes = self.table.bytes.get(at..)?.first_chunk()?;
        Some(u32::from_le_bytes(*bytes))
    }
}

fn starts_table(header: &[u8; HEADER]) -> bool {
    matches!(header, [0xf0 | 0xf1, 0xff, 0xff, 0xff, 0, 0, 1 | 4, 8, ..])
}

/// `text` of `runtime.moduledata`, where its address is known to the runtime since Go 1.26. The
/// module data begin with the address of the table and that of its names.
fn text_of_module(module: &Chunk, table: &Chunk, names: usize) -> Option<u64> {
    const TEXT: usize = 176;
    let first = table.address;
    let second = first.checked_add(names as u64)?;
    let starts_module = |at: &usize| {
        let bytes = module.bytes.get(*at..).unwrap_or_default();
        u64_at(bytes, 0) == Some(first) && u64_at(bytes, 8) == Some(second)
    };
    let at = (0..module.bytes.len()).step_by(8).find(starts_module)?;
    u64_at(module.bytes.get(at..)?, TEXT)
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A table as the linker writes it: functions by their offsets from the text and the end.
    pub(in super::super) fn table(text: u64, functions: &[(u32, &str)], end: u32) -> Vec<u8> {
        let mut names = Vec::new();
        let mut records = Vec::new();
        let mut pairs = Vec::new();
        let pairs_size = functions.len() * 8 + 4;
        for (start, name) in functions {
            pairs.extend(start.to_le_bytes());
            pairs.extend(
                u32::try_from(pairs_size + records.len())
                    .unwrap()
                    .to_le_bytes(),
            );
            records.extend(start.to_le_bytes());
            records.extend(u32::try_from(names.len()).unwrap().to_le_bytes());
            names.extend(name.as_bytes());
            names.push(0);
        }
        pairs.extend(end.to_le_bytes());
        let after_names = (HEADER + names.len()) as u64;
        let mut table = vec![0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8];
        table.extend((functions.len() as u64).to_le_bytes());
        table.extend(0_u64.to_le_bytes());
        table.extend(text.to_le_bytes());
        table.extend((HEADER as u64).to_le_bytes());
        table.extend([after_names.to_le_bytes(); 4].concat());
        table.extend([names, pairs, records].concat());
        table
    }

    fn code() -> Chunk {
        Chunk {
            address: 0x1000,
            bytes: vec![0; 0x1000],
        }
    }

    fn chunk(bytes: Vec<u8>) -> Chunk {
        Chunk {
            address: 0x9000,
            bytes,
        }
    }

    const FUNCTIONS: [(u32, &str); 3] = [
        (0, "runtime.growslice"),
        (0x40, "main.main"),
        (0x80, "main.F[...]"),
    ];

    #[test]
    fn names_by_address() {
        let table = chunk(table(0x1100, &FUNCTIONS, 0x90));
        let table = Pclntab::new(table, &code(), None).unwrap();
        let name = |address| table.at(address).map(|function| function.name);
        assert_eq!(name(0x1100), Some(b"runtime.growslice".as_slice()));
        assert_eq!(name(0x113f), Some(b"runtime.growslice".as_slice()));
        assert_eq!(name(0x1140), Some(b"main.main".as_slice()));
        assert_eq!(name(0x118f), Some(b"main.F[...]".as_slice()));
        assert_eq!(table.at(0x1150).unwrap().start, 0x1140);
        for outside in [0, 0x10ff, 0x1190, u64::MAX] {
            assert_eq!(name(outside), None, "{outside:#x}");
        }
    }

    #[test]
    fn the_text_begins_where_the_module_says() {
        let table = || chunk(table(0, &FUNCTIONS, 0x90));
        let mut module = vec![0; 256];
        module[16..24].copy_from_slice(&0x9000_u64.to_le_bytes());
        module[24..32].copy_from_slice(&(0x9000 + HEADER as u64).to_le_bytes());
        module[192..200].copy_from_slice(&0x1200_u64.to_le_bytes());
        let module = Chunk {
            address: 0xa000,
            bytes: module,
        };
        let text = |module| Pclntab::new(table(), &code(), module).unwrap().text;
        assert_eq!(text(Some(&module)), 0x1200);
        assert_eq!(text(None), 0x1000);
    }

    #[test]
    fn is_found_among_constants() {
        let table = table(0x1100, &FUNCTIONS, 0x90);
        // A lone magic is no table.
        let lone = [table[..8].to_vec(), vec![0; 16]].concat();
        let found = Pclntab::find(&chunk([lone, table].concat())).unwrap();
        assert_eq!(found.address, 0x9018);
        assert!(Pclntab::new(found, &code(), None).is_some());
    }

    #[test]
    fn truncated() {
        let whole = table(0x1100, &FUNCTIONS, 0x90);
        for length in 0..whole.len() {
            let table = chunk(whole.get(..length).unwrap().to_vec());
            if let Some(table) = Pclntab::new(table, &code(), None) {
                for address in 0x10ff..0x1191 {
                    let _ = table.at(address);
                }
            }
        }
    }
}
