//! Any bytes, as the inflated bytes of a profile: decoded or refused.
//!
//! The gzip is left out, since nearly every change to one only breaks its checksum.
#![no_main]

use libfuzzer_sys::fuzz_target;
use memlens::aggregate::StackTable;
use memlens::decode::{self, DecodeError, DecodeLimits};

fuzz_target!(|data: &[u8]| {
    match decode::decode(data, &DecodeLimits::default(), StackTable::default()) {
        Ok((tables, stacks)) => {
            assert_eq!(tables.totals.len(), tables.sample_types.len());
            assert!(stacks.len() as u64 <= tables.samples);
        }
        Err(DecodeError::Malformed(error)) => {
            assert!(error.offset <= data.len() as u64, "{error}");
            let message = error.to_string();
            assert!(!message.contains(char::is_control), "{message}");
        }
        Err(error) => panic!("a slice cannot fail: {error}"),
    }
});
