//! How large a block Go's allocator hands out for a request.

/// The sizes in bytes of small blocks: the 67 classes of Go 1.22 to 1.27 that hold objects
/// (the 68th is the class of large objects, of no fixed size).
pub const SIZE_CLASSES: [u64; 67] = [
    8,
    16,
    24,
    32,
    48,
    64,
    80,
    96,
    112,
    128,
    144,
    160,
    176,
    192,
    208,
    224,
    240,
    256,
    288,
    320,
    352,
    384,
    416,
    448,
    480,
    512,
    576,
    640,
    704,
    768,
    896,
    1024,
    1152,
    1280,
    1408,
    1536,
    1792,
    2048,
    2304,
    2688,
    3072,
    3200,
    3456,
    4096,
    4864,
    5376,
    6144,
    6528,
    6784,
    6912,
    8192,
    9472,
    9728,
    10240,
    10880,
    12288,
    13568,
    14336,
    16384,
    18432,
    19072,
    20480,
    21760,
    24576,
    27264,
    28672,
    LARGEST_CLASS,
];

/// The largest small block.
pub const LARGEST_CLASS: u64 = 32_768;

/// Large blocks are whole pages of this many bytes.
pub const PAGE: u64 = 8192;

/// Objects of up to this size keep their pointer map elsewhere; larger small ones in a header.
const HEADER_ABOVE: u64 = 512;

/// The header of a small object with pointers.
const HEADER: u64 = 8;

/// Objects without pointers below this size share blocks of this size.
pub const TINY: u64 = 16;

/// The size of the block that holds an object of `bytes`: a size class, or whole pages above 32 KiB.
/// 0 for 0 bytes, which need no block.
///
/// From 513 bytes on a small object with pointers has a header of 8 bytes in its block.
pub fn round_up(bytes: u64, has_pointers: bool) -> u64 {
    if bytes == 0 {
        return 0;
    }
    let header = header(bytes, has_pointers);
    let large = bytes > LARGEST_CLASS - HEADER;
    let class = SIZE_CLASSES.partition_point(|&class| class < bytes.saturating_add(header));
    match SIZE_CLASSES.get(class) {
        Some(&class) if !large => class,
        _ => bytes.div_ceil(PAGE).saturating_mul(PAGE),
    }
}

/// The size that a profile states for an object of `bytes`: as [`round_up`], but 16 for tiny
/// objects without pointers, which share blocks. Only the first object in such a block is counted.
pub fn recorded(bytes: u64, has_pointers: bool) -> u64 {
    if !has_pointers && (1..TINY).contains(&bytes) {
        TINY
    } else {
        round_up(bytes, has_pointers)
    }
}

/// How many bytes of a block of `block` bytes an object may use.
pub fn usable(block: u64, has_pointers: bool) -> u64 {
    if has_pointers && block > HEADER_ABOVE && block <= LARGEST_CLASS {
        block - HEADER
    } else {
        block
    }
}

fn header(bytes: u64, has_pointers: bool) -> u64 {
    if has_pointers && bytes > HEADER_ABOVE && bytes <= LARGEST_CLASS - HEADER {
        HEADER
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_blocks() {
        assert_eq!(round_up(0, true), 0);
        assert_eq!(round_up(1, false), 8);
        assert_eq!(round_up(33, false), 48);
        assert_eq!(round_up(512, true), 512);
        assert_eq!(round_up(513, true), 576);
        // Measured: a struct of 1024 bytes with pointers is labelled 1152.
        assert_eq!(round_up(1024, true), 1152);
        assert_eq!(round_up(1024, false), 1024);
        assert_eq!(round_up(32_760, true), 32_768);
        assert_eq!(round_up(32_768, true), 32_768);
        assert_eq!(round_up(32_769, false), 40_960);
        assert_eq!(recorded(8, false), 16);
        assert_eq!(recorded(8, true), 8);
        assert_eq!(usable(1152, true), 1144);
        assert_eq!(usable(512, true), 512);
    }

    proptest! {
        #[test]
        fn a_block_holds_its_object_and_the_rounding_is_stable(bytes: u64, pointers: bool) {
            for bytes in [bytes >> 16, bytes >> 48] {
                let block = round_up(bytes, pointers);
                prop_assert!(usable(block, pointers) >= bytes || block == LARGEST_CLASS);
                prop_assert_eq!(round_up(usable(block, pointers), pointers), block);
            }
        }

        #[test]
        fn any_size_has_an_answer(bytes: u64, pointers: bool) {
            let _ = (round_up(bytes, pointers), recorded(bytes, pointers), usable(bytes, pointers));
        }
    }
}
