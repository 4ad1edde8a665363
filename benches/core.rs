//! The core over generated profiles in memory: inflating alone, decoding with a sink that keeps
//! nothing, `top` by function and by line, and the table of distinct stacks.
//!
//! `cargo bench` runs all; `cargo bench -- runtime/30MB/top` some. Throughput is of inflated bytes.

#[path = "genprofile/generate.rs"]
mod generate;

use std::hint::black_box;
use std::io::Read;

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use generate::{Order, Shape, generate};
use memlens::aggregate::{self, By, Query, StackProfile};
use memlens::decode::{DecodeLimits, Malformed, Samples, Sink, TablesSoFar, decode};
use memlens::input::{Input, Limits};

/// Sizes before compression, in bytes.
const SIZES: [(&str, u64); 2] = [("3MB", 3_000_000), ("30MB", 30_000_000)];

struct Nothing;

impl Sink for Nothing {
    fn samples(
        &mut self,
        _: TablesSoFar<'_>,
        samples: &mut Samples<'_>,
    ) -> Result<(), Box<Malformed>> {
        while let Some(sample) = samples.next()? {
            black_box(sample.stack);
        }
        Ok(())
    }

    fn heap_bytes(&self) -> usize {
        0
    }
}

fn input(profile: &[u8]) -> Input {
    Input::from_bytes("generated", profile, &Limits::default())
        .expect("generated profiles are sound")
}

fn inflate(profile: &[u8]) -> u64 {
    let mut input = input(profile);
    let mut buffer = vec![0; 256 * 1024];
    let mut inflated = 0;
    loop {
        match input
            .read(&mut buffer)
            .expect("generated profiles are sound")
        {
            0 => return inflated,
            read => inflated += read as u64,
        }
    }
}

fn top(profile: &[u8], by: By) -> usize {
    let query = Query {
        by,
        ..Query::default()
    };
    let sites = aggregate::read(&mut input(profile), &query, &DecodeLimits::default());
    sites.expect("generated profiles are sound").rows.len()
}

fn core(criterion: &mut Criterion) {
    for (order, order_name) in [(Order::Runtime, "runtime"), (Order::Pprof, "pprof")] {
        for (size_name, size) in SIZES {
            let mut profile = Vec::new();
            generate(Shape::Compiler, order, size, 1, &mut profile).expect("writing to memory");
            let mut group = criterion.benchmark_group(format!("{order_name}/{size_name}"));
            group.throughput(Throughput::Bytes(inflate(&profile)));
            group.sample_size(10).sampling_mode(SamplingMode::Flat);
            group.bench_function("inflate", |bench| bench.iter(|| inflate(&profile)));
            group.bench_function("decode", |bench| {
                bench.iter(|| {
                    decode(input(&profile), &DecodeLimits::default(), Nothing)
                        .expect("generated profiles are sound")
                        .0
                        .samples
                });
            });
            group.bench_function("top/function", |bench| {
                bench.iter(|| top(&profile, By::Function));
            });
            group.bench_function("top/line", |bench| bench.iter(|| top(&profile, By::Line)));
            group.bench_function("stacks", |bench| {
                bench.iter(|| {
                    StackProfile::read(&mut input(&profile), &DecodeLimits::default())
                        .expect("generated profiles are sound")
                        .stacks
                        .len()
                });
            });
            group.finish();
        }
    }
}

criterion_group!(benches, core);
criterion_main!(benches);
