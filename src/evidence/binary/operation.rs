//! What a call into the runtime is for.

/// What a line of Go does when it allocates, by the runtime function the compiler has it call.
///
/// Names were looked up in `cmd/compile/internal/typecheck/_builtin/runtime.go` and measured with
/// programs of Go 1.22 to 1.27.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// `append` beyond the capacity: `growslice`, `growsliceBuf` and `growsliceBufNoAlias` (Go 1.26,
    /// with a first buffer on the stack), `reflect_growslice`.
    GrowSlice,
    /// `make` of a slice: `makeslice`, `makeslice64`, `makeslicecopy` (a `make` with the `copy`
    /// behind it).
    MakeSlice,
    /// An appended slice leaves the stack, at its final size: `moveSlice`, `moveSliceNoScan`,
    /// `moveSliceNoCap`, `moveSliceNoCapNoScan` (Go 1.26).
    MoveSlice,
    /// `+` of strings, also when the result is converted to `[]byte`: `concatstring2` to `5`,
    /// `concatstrings`, `concatbyte2` to `5`, `concatbytes`.
    Concat,
    /// A value becomes an interface: `convT` and its kin.
    Box(Boxed),
    /// `new`, `&T{}`, a variable that escapes, a closure, a method value: `newobject`, `mallocgc`
    /// and, since Go 1.27, one `mallocgc…` for each size class.
    NewObject,
    /// `string(bytes)`: `slicebytetostring`.
    BytesToString,
    /// `[]byte(text)`: `stringtoslicebyte`.
    StringToBytes,
    /// `string(runes)` and `string(rune)`: `slicerunetostring`, `intstring`.
    RunesToString,
    /// `[]rune(text)`: `stringtoslicerune`.
    StringToRunes,
    /// A map without a hint, or one of at most 8: `makemap_small`.
    MakeMapSmall,
    /// A map with a hint: `makemap`, `makemap64`.
    MakeMap,
    /// A map grows, or keeps a key or value apart: `mapassign` and `mapassign_fast…`.
    MapAssign,
    /// A channel: `makechan`, `makechan64`.
    MakeChan,
    /// Bytes that need no zeros, as in `strings.Builder.Grow`: whatever
    /// `internal/bytealg.MakeNoZero` calls, and calls of it.
    RawBytes,
    /// Any other function, also a visible one that was not inlined.
    Other,
}

/// What was boxed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Boxed {
    /// A number of 2, 4 or 8 bytes, or what has the layout of one: `convT16`, `convT32`, `convT64`.
    Word,
    /// `convTstring`.
    String,
    /// `convTslice`.
    Slice,
    /// A struct, an array or another value with pointers in it: `convT`.
    Pointers,
    /// The same without pointers: `convTnoptr`.
    NoPointers,
}

impl Operation {
    /// The operation of a call, by the names of the function that calls and of the one called.
    ///
    /// The compiler lets small runtime functions of its own call the allocator, not their callers:
    /// of all visible functions only `MakeNoZero` stands for something by itself.
    pub fn of(caller: &str, target: &str) -> Self {
        const MAKE_NO_ZERO: &str = "internal/bytealg.MakeNoZero";
        if caller == MAKE_NO_ZERO || target == MAKE_NO_ZERO {
            return Self::RawBytes;
        }
        match target.strip_prefix("runtime.") {
            Some(name) => Self::of_runtime(name),
            None => Self::Other,
        }
    }

    fn of_runtime(name: &str) -> Self {
        match name {
            "growslice" | "growsliceBuf" | "growsliceBufNoAlias" | "reflect_growslice" => {
                Self::GrowSlice
            }
            "makeslice" | "makeslice64" | "makeslicecopy" => Self::MakeSlice,
            "moveSlice" | "moveSliceNoScan" | "moveSliceNoCap" | "moveSliceNoCapNoScan" => {
                Self::MoveSlice
            }
            "concatstring2" | "concatstring3" | "concatstring4" | "concatstring5"
            | "concatstrings" | "concatbyte2" | "concatbyte3" | "concatbyte4" | "concatbyte5"
            | "concatbytes" => Self::Concat,
            "convT16" | "convT32" | "convT64" => Self::Box(Boxed::Word),
            "convTstring" => Self::Box(Boxed::String),
            "convTslice" => Self::Box(Boxed::Slice),
            "convT" => Self::Box(Boxed::Pointers),
            "convTnoptr" => Self::Box(Boxed::NoPointers),
            "newobject" => Self::NewObject,
            "slicebytetostring" => Self::BytesToString,
            "stringtoslicebyte" => Self::StringToBytes,
            "slicerunetostring" | "intstring" => Self::RunesToString,
            "stringtoslicerune" => Self::StringToRunes,
            "makemap_small" => Self::MakeMapSmall,
            "makemap" | "makemap64" => Self::MakeMap,
            "makechan" | "makechan64" => Self::MakeChan,
            "mapassign"
            | "mapassign_fast32"
            | "mapassign_fast32ptr"
            | "mapassign_fast64"
            | "mapassign_fast64ptr"
            | "mapassign_faststr" => Self::MapAssign,
            _ if name.starts_with("mallocgc") => Self::NewObject,
            _ => Self::Other,
        }
    }
}

/// The name of a symbol as Go's own table has it: system linkers put `local.` before names that
/// they keep to one file, Go's linker `.abi0` and `.abiinternal` behind those that have both.
pub(super) fn plain_name(symbol: &str) -> &str {
    let symbol = symbol.strip_prefix("local.").unwrap_or(symbol);
    [".abi0", ".abiinternal"]
        .iter()
        .find_map(|suffix| symbol.strip_suffix(suffix))
        .unwrap_or(symbol)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations() {
        for (target, operation) in [
            ("runtime.growslice", Operation::GrowSlice),
            ("runtime.convT64", Operation::Box(Boxed::Word)),
            ("runtime.mallocgc", Operation::NewObject),
            ("runtime.mallocgcSmallNoScanSC2", Operation::NewObject),
            ("runtime.mapassign_faststr", Operation::MapAssign),
            ("internal/bytealg.MakeNoZero", Operation::RawBytes),
            ("runtime.gopanic", Operation::Other),
            ("main.growslice", Operation::Other),
            ("growslice", Operation::Other),
            ("", Operation::Other),
        ] {
            assert_eq!(Operation::of("main.main", target), operation, "{target}");
        }
        assert_eq!(
            Operation::of("internal/bytealg.MakeNoZero", "runtime.mallocgc"),
            Operation::RawBytes
        );
    }

    #[test]
    fn plain_names() {
        for symbol in [
            "runtime.newobject",
            "local.runtime.newobject",
            "runtime.newobject.abi0",
            "local.runtime.newobject.abiinternal",
        ] {
            assert_eq!(plain_name(symbol), "runtime.newobject", "{symbol}");
        }
    }
}
