//! The core over generated profiles in memory: inflating alone, decoding with a sink that keeps
//! nothing, `top` by function and by line, the table of distinct stacks, adding up many profiles,
//! reports as text, and the whole program on a small profile.
//!
//! `cargo bench` runs all; `cargo bench -- runtime/30MB/top` some. Throughput is of inflated bytes.
//! A group is a function; what is measured later (findings, differences, pictures) becomes one
//! more.

#[path = "genprofile/generate.rs"]
mod generate;

use std::hint::black_box;
use std::io::{self, Read};
use std::process::{Command, Stdio};

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use generate::{Order, Shape, generate};
use memlens::aggregate::{self, By, Merge, Query, Sites, StackProfile};
use memlens::decode::{DecodeLimits, Malformed, Samples, Sink, TablesSoFar, decode};
use memlens::input::{Input, Limits};
use memlens::render::{FORMATS, Page};
use memlens::report::{Options, Report};

/// Sizes before compression, in bytes.
const SIZES: [(&str, u64); 2] = [("3MB", 3_000_000), ("30MB", 30_000_000)];

const SOUND: &str = "generated profiles are sound";

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

    fn fork(&self) -> Option<Self> {
        Some(Self)
    }
}

fn profile(shape: Shape, order: Order, size: u64, seed: u64) -> Vec<u8> {
    let mut profile = Vec::new();
    generate(shape, order, size, seed, &mut profile).expect("writing to memory");
    profile
}

fn input(profile: &[u8]) -> Input {
    Input::from_bytes("generated", profile, &Limits::default()).expect(SOUND)
}

fn inflate(profile: &[u8]) -> u64 {
    let mut input = input(profile);
    let mut buffer = vec![0; 256 * 1024];
    let mut inflated = 0;
    loop {
        match input.read(&mut buffer).expect(SOUND) {
            0 => return inflated,
            read => inflated += read as u64,
        }
    }
}

fn sites(profile: &[u8], by: By) -> Sites {
    let query = Query {
        by,
        ..Query::default()
    };
    aggregate::read(&mut input(profile), &query, &DecodeLimits::default()).expect(SOUND)
}

/// From the bytes of one profile to its sums.
fn reading(criterion: &mut Criterion) {
    for (order, order_name) in [(Order::Runtime, "runtime"), (Order::Pprof, "pprof")] {
        for (size_name, size) in SIZES {
            let profile = profile(Shape::Compiler, order, size, 1);
            let mut group = criterion.benchmark_group(format!("{order_name}/{size_name}"));
            group.throughput(Throughput::Bytes(inflate(&profile)));
            group.sample_size(10).sampling_mode(SamplingMode::Flat);
            group.bench_function("inflate", |bench| bench.iter(|| inflate(&profile)));
            group.bench_function("decode", |bench| {
                let limits = DecodeLimits::default();
                bench.iter(|| decode(input(&profile), &limits, Nothing).expect(SOUND).0);
            });
            group.bench_function("top/function", |bench| {
                bench.iter(|| sites(&profile, By::Function));
            });
            group.bench_function("top/line", |bench| bench.iter(|| sites(&profile, By::Line)));
            group.bench_function("stacks", |bench| {
                let limits = DecodeLimits::default();
                bench.iter(|| StackProfile::read(&mut input(&profile), &limits).expect(SOUND));
            });
            group.finish();
        }
    }
}

/// The sums of 20 runs of one program, without reading them.
fn merging(criterion: &mut Criterion) {
    let runs: Vec<Sites> = (0..20)
        .map(|_| profile(Shape::Compiler, Order::Runtime, 1_000_000, 1))
        .map(|profile| sites(&profile, By::Function))
        .collect();
    let mut group = criterion.benchmark_group("merge");
    group.throughput(Throughput::Elements(runs.len() as u64));
    group.bench_function("20", |bench| {
        bench.iter(|| {
            let mut merge = Merge::default();
            for run in &runs {
                merge.add(run.clone()).expect("equal types");
            }
            merge.finish()
        });
    });
    group.finish();
}

/// Every site of a program that has very many, in every format.
fn writing(criterion: &mut Criterion) {
    let sites = sites(
        &profile(Shape::Wide, Order::Runtime, 3_000_000, 1),
        By::Function,
    );
    let report = || {
        let inputs = vec!["generated".to_owned()];
        Report::new(sites.clone(), inputs, vec![], &Options::default()).expect("the default type")
    };
    let page = Page {
        width: 100,
        now: None,
        bare: false,
    };
    let mut group = criterion.benchmark_group("all-sites");
    group.throughput(Throughput::Elements(sites.rows.len() as u64));
    group.sample_size(10);
    group.bench_function("report", |bench| bench.iter(report));
    let report = report();
    for format in FORMATS {
        group.bench_function(format.name(), |bench| {
            bench.iter(|| {
                format
                    .render(&report, &page, &mut io::sink())
                    .expect("a sink")
            });
        });
    }
    group.finish();
}

/// The program itself from start to end.
fn starting(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("small.pb.gz");
    let small = profile(Shape::Compiler, Order::Runtime, 8_000, 1);
    std::fs::write(&path, small).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_memlens"));
    command.arg("top").arg(path).stdout(Stdio::null());
    criterion.bench_function("start-up", |bench| {
        bench.iter(|| assert!(command.status().expect("memlens starts").success()));
    });
}

criterion_group!(benches, reading, merging, writing, starting);
criterion_main!(benches);
