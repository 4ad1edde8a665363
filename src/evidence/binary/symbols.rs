//! The symbol table, for programs whose table of functions cannot be read.

use std::collections::BTreeMap;

use object::{BinaryFormat, File, Object as _, ObjectSymbol as _};

use super::operation::{Operation, plain_name};

/// More functions than the runtime has for what [`Operation`] knows.
const MOST: usize = 1 << 12;

/// The functions that stand for an operation, by address. Nobody asks for others, and a program has
/// very many.
#[derive(Debug, Default)]
pub(super) struct Symbols(BTreeMap<u64, String>);

impl Symbols {
    pub(super) fn read(file: &[u8]) -> Self {
        let Ok(file) = File::parse(file) else {
            return Self::default();
        };
        let underscore = file.format() == BinaryFormat::MachO;
        let known = file.symbols().filter_map(|symbol| {
            let name = symbol.name().ok()?;
            let name = if underscore {
                name.strip_prefix('_').unwrap_or(name)
            } else {
                name
            };
            let name = plain_name(name);
            let is_known = symbol.is_definition() && Operation::of("", name) != Operation::Other;
            is_known.then(|| (symbol.address(), name.to_owned()))
        });
        Self(known.take(MOST).collect())
    }

    /// The name of the function that starts at an address.
    pub(super) fn starting_at(&self, address: u64) -> Option<&str> {
        self.0.get(&address).map(String::as_str)
    }
}
