//! Holds the generator to what benches take for granted: `cargo test --example genprofile`.

use std::collections::HashSet;
use std::io::Read;

use flate2::read::GzDecoder;
use memlens::schema::{Profile, Sample};
use prost::Message;

use super::generate::{Order, Shape, Summary, generate, generate_raw};

type Outcome = Result<(), Box<dyn std::error::Error>>;

const SIZE: u64 = 300_000;

fn raw(shape: Shape, order: Order, seed: u64) -> std::io::Result<(Vec<u8>, Summary)> {
    let mut bytes = Vec::new();
    let summary = generate_raw(shape, order, SIZE, seed, &mut bytes)?;
    Ok((bytes, summary))
}

fn block_size(sample: &Sample) -> Option<i64> {
    sample.label.first().map(|label| label.num)
}

/// Every combination decodes, refers to nothing that is not there, and holds what was counted.
#[test]
fn profiles_are_valid() -> Outcome {
    for (_, shape) in Shape::ALL {
        for (_, order) in Order::ALL {
            let (bytes, summary) = raw(shape, order, 1)?;
            assert_eq!(bytes.len() as u64, summary.inflated_bytes);
            assert!(
                // A profile ends with the record that reaches its size, and its tables.
                bytes.len().abs_diff(SIZE as usize) < 2000,
                "{shape} {order}: {}",
                bytes.len()
            );

            let profile = Profile::decode(bytes.as_slice())?;
            let locations: HashSet<_> = profile.location.iter().map(|it| it.id).collect();
            let functions: HashSet<_> = profile.function.iter().map(|it| it.id).collect();
            let strings = 1..profile.string_table.len() as i64;
            assert_eq!(profile.string_table.first().map(Vec::len), Some(0));
            assert!(profile.sample.iter().all(|it| it.value.len() == 4));
            assert!(
                profile
                    .sample
                    .iter()
                    .flat_map(|it| &it.location_id)
                    .all(|id| locations.contains(id))
            );
            let mut lines = profile.location.iter().flat_map(|it| &it.line);
            assert!(lines.all(|it| functions.contains(&it.function_id)));
            let mut names = profile
                .function
                .iter()
                .flat_map(|it| [it.name, it.filename]);
            assert!(names.all(|name| strings.contains(&name)));

            let stacks: HashSet<_> = profile.sample.iter().map(|it| &it.location_id).collect();
            let frames: usize = profile.sample.iter().map(|it| it.location_id.len()).sum();
            assert_eq!(profile.sample.len() as u64, summary.samples);
            assert_eq!(stacks.len() as u64, summary.stacks);
            assert_eq!(frames as u64, summary.frames);
            assert_eq!(locations.len() as u64, summary.locations);
            assert_eq!(functions.len() as u64, summary.functions);
        }
    }
    Ok(())
}

/// As in a profile of the runtime: a bucket for each stack and size, some stacks with several.
#[test]
fn no_stack_and_size_comes_twice() -> Outcome {
    for (_, shape) in Shape::ALL {
        let (bytes, summary) = raw(shape, Order::Runtime, 2)?;
        let profile = Profile::decode(bytes.as_slice())?;
        let buckets: HashSet<_> = profile
            .sample
            .iter()
            .map(|it| (&it.location_id, block_size(it)))
            .collect();
        assert_eq!(buckets.len() as u64, summary.samples);
        assert!(summary.stacks < summary.samples);
    }
    Ok(())
}

/// Stacks of one and two frames are written another way than longer ones: there must be some.
#[test]
fn some_stacks_are_shallow() -> Outcome {
    let (bytes, _) = raw(Shape::Server, Order::Runtime, 3)?;
    let profile = Profile::decode(bytes.as_slice())?;
    for depth in [1, 2] {
        assert!(
            profile
                .sample
                .iter()
                .any(|it| it.location_id.len() == depth)
        );
    }
    assert!(profile.sample.iter().all(|it| it.location_id.len() <= 32));
    Ok(())
}

#[test]
fn the_seed_decides() -> Outcome {
    let bytes = |seed| raw(Shape::Entropy, Order::Pprof, seed).map(|(bytes, _)| bytes);
    assert_eq!(bytes(4)?, bytes(4)?);
    assert_ne!(bytes(4)?, bytes(5)?);
    Ok(())
}

/// The compressed file holds the same bytes, and each order its own ends first and last.
#[test]
fn orders_are_those_of_the_writers() -> Outcome {
    for (order, first_field, last_field) in [(Order::Runtime, 11, 6), (Order::Pprof, 1, 14)] {
        let (bytes, _) = raw(Shape::Compiler, order, 6)?;
        let mut file = Vec::new();
        generate(Shape::Compiler, order, SIZE, 6, &mut file)?;
        let mut inflated = Vec::new();
        GzDecoder::new(file.as_slice()).read_to_end(&mut inflated)?;
        assert_eq!(inflated, bytes);

        let fields = fields(&bytes)?;
        assert_eq!(fields.first(), Some(&first_field));
        assert_eq!(fields.last(), Some(&last_field));
        let last_sample = fields.iter().rposition(|&field| field == 2);
        let first_location = fields.iter().position(|&field| field == 4);
        assert_eq!(first_location < last_sample, order == Order::Runtime);
    }
    Ok(())
}

/// The numbers of a profile's fields, in their order.
fn fields(mut bytes: &[u8]) -> Result<Vec<u32>, prost::DecodeError> {
    use prost::encoding::{DecodeContext, decode_key, skip_field};
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let (field, wire_type) = decode_key(&mut bytes)?;
        skip_field(wire_type, field, &mut bytes, DecodeContext::default())?;
        fields.push(field);
    }
    Ok(fields)
}
