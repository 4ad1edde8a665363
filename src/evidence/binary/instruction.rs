//! Calls in machine code: as much of two instruction sets as it takes to find where a direct call
//! goes.

use super::outline::Chunk;

/// An instruction set whose calls can be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Machine {
    Amd64,
    Arm64,
}

/// Where the call goes that returns to `address + 1`: profiles hold the return address less one,
/// so that it lies within the call.
///
/// A call through a register names no target; neither does anything that is no call.
pub(super) fn call_target(machine: Machine, code: &Chunk, address: u64) -> Option<u64> {
    match machine {
        // Instructions have any length, so that what stands before an address can only be guessed:
        // the five bytes may also be the tail of something longer. Whoever asks must check that
        // the target is the start of a function.
        Machine::Amd64 => {
            let after = address.checked_add(1)?;
            let [0xe8, distance @ ..] = code.at::<5>(after.checked_sub(5)?)? else {
                return None;
            };
            after.checked_add_signed(i32::from_le_bytes(distance).into())
        }
        // `BL`: six bits of operation, 26 bits of signed distance in instructions.
        Machine::Arm64 => {
            let at = address & !3;
            let word = u32::from_le_bytes(code.at(at)?);
            if word >> 26 != 0b10_0101 {
                return None;
            }
            let distance = (word << 6).cast_signed() >> 4;
            at.checked_add_signed(distance.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(bytes: &[u8]) -> Chunk {
        Chunk {
            address: 0x1000,
            bytes: bytes.to_vec(),
        }
    }

    #[test]
    fn calls_of_amd64() {
        let forward = code(&[0x90, 0xe8, 0x10, 0, 0, 0, 0x90]);
        let target = |code: &Chunk, address| call_target(Machine::Amd64, code, address);
        assert_eq!(target(&forward, 0x1005), Some(0x1016));
        assert_eq!(target(&forward, 0x1004), None);
        assert_eq!(target(&forward, 0x1006), None);
        assert_eq!(target(&forward, 0x1003), None);
        assert_eq!(target(&forward, 0), None);
        assert_eq!(target(&forward, u64::MAX), None);
        let backward = code(&[0xe8, 0xfb, 0xff, 0xff, 0xff]);
        assert_eq!(target(&backward, 0x1004), Some(0x1000));
        let before_all = Chunk {
            address: 0,
            bytes: vec![0xe8, 0, 0, 0, 0x80],
        };
        assert_eq!(target(&before_all, 4), None);
    }

    #[test]
    fn calls_of_arm64() {
        let target = |word: u32, address| {
            call_target(
                Machine::Arm64,
                &code(&[[0; 4], word.to_le_bytes()].concat()),
                address,
            )
        };
        // The return address is that of the next instruction, the profile's one less.
        assert_eq!(target(0x9400_0004, 0x1007), Some(0x1014));
        assert_eq!(target(0x97ff_ffff, 0x1007), Some(0x1000));
        assert_eq!(target(0x9400_0004, 0x1003), None);
        // `B`, `BLR x1`, behind the end.
        assert_eq!(target(0x1400_0004, 0x1007), None);
        assert_eq!(target(0xd63f_0020, 0x1007), None);
        assert_eq!(target(0x9400_0004, 0x1008), None);
    }
}
