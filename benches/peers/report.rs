//! Prints the figures as Markdown.
#![expect(clippy::print_stdout, reason = "a program's own report")]

use std::time::Duration;

use super::inputs::Input;
use super::machine;
use super::measure::{Program, Programs, Run};
use super::targets;

/// Says what was measured, with what, and on which machine.
pub fn introduction(programs: &Programs) -> anyhow::Result<()> {
    let cores = match machine::cores() {
        1 => "1 core".to_owned(),
        cores => format!("{cores} cores"),
    };
    let processor = machine::processor().unwrap_or_else(|| "unknown processor".to_owned());
    let go = programs.go_version.as_deref().unwrap_or("no Go");
    println!("{cores}, {processor}, {}, {go}.", std::env::consts::OS);
    if let Some(load) = machine::load() {
        println!("Load average at the start: {load}.");
    }
    println!(
        "`pprof` is the bare binary (`go tool -n pprof`), without the go command in front of it; \
         sample type {}.",
        programs.sample_type
    );
    println!("Medians; the programs took turns on each profile; output went to a pipe.");
    println!(
        "Peak memory cannot be seen below {} MiB, what is charged here to a program that does \
         nothing.",
        mebibytes(programs.least_memory()?)
    );
    for missing in &programs.missing {
        println!("**{missing}.**");
    }
    Ok(())
}

/// memlens against pprof and inflating alone, a row for each profile: the table of the README.
pub fn comparison(results: &[(Input, Vec<Run>)]) {
    println!(
        "\n| profile | on disk | inflated | pprof -top | memlens top, one core | all cores | faster | less memory | of inflating alone |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|");
    for (input, runs) in results {
        let of = |wanted| find(runs, wanted);
        let (alone, memlens) = (of(Program::MemlensAlone), of(Program::Memlens));
        let (pprof, inflate) = (of(Program::Pprof), of(Program::Inflate));
        println!(
            "| {} | {} | {} | {} | {} | {} | {}, {} | {} | {}, {} |",
            input.name,
            bytes(input.compressed),
            bytes(input.inflated),
            time_and_memory(pprof),
            time_and_memory(alone),
            time_and_memory(memlens),
            ratio(wall(pprof), wall(alone)),
            ratio(wall(pprof), wall(memlens)),
            ratio(memory(pprof), memory(memlens)),
            ratio(wall(alone), wall(inflate)),
            ratio(wall(memlens), wall(inflate)),
        );
    }
}

/// What was to be reached, and what was.
pub fn against_targets(results: &[(Input, Vec<Run>)]) {
    println!("\n| profile | what | target | measured | |");
    println!("|---|---|--:|--:|---|");
    for (input, runs) in results {
        for target in targets::of(input) {
            let Some(measured) = target.measure(|program| {
                let run = find(runs, program)?;
                Some((median(&run.wall).as_secs_f64(), median(&run.memory) as f64))
            }) else {
                continue;
            };
            println!(
                "| {} | {} | {} | {} | {} |",
                input.name,
                target.what(),
                target.bound(),
                three_digits(measured),
                if target.is_met(measured) {
                    ""
                } else {
                    "**missed**"
                },
            );
        }
    }
}

fn find(runs: &[Run], program: Program) -> Option<&Run> {
    runs.iter()
        .find(|run| run.program == program && run.failure.is_none())
}

/// Every program on every profile.
pub fn details(results: &[(Input, Vec<Run>)]) {
    println!("\n| profile | program | runs | wall ms | spread | user + sys ms | peak MiB |");
    println!("|---|---|--:|--:|--:|--:|--:|");
    for (input, runs) in results {
        for run in runs {
            let (profile, program) = (&input.name, run.program.name());
            match &run.failure {
                Some(failure) => println!("| {profile} | {program} | failed: {failure} | | | | |"),
                None => println!(
                    "| {profile} | {program} | {} | {} | {} | {} | {} |",
                    run.wall.len(),
                    milliseconds(median(&run.wall)),
                    spread(&run.wall),
                    milliseconds(median(&run.cpu)),
                    mebibytes(median(&run.memory)),
                ),
            }
        }
    }
}

/// The middle one of sorted figures, the lower one of two.
fn median<T: Copy + Default>(sorted: &[T]) -> T {
    sorted
        .get(sorted.len().saturating_sub(1) / 2)
        .copied()
        .unwrap_or_default()
}

/// The range of sorted times, in per cent of their median.
fn spread(sorted: &[Duration]) -> String {
    let (Some(least), Some(most)) = (sorted.first(), sorted.last()) else {
        return String::new();
    };
    let range = (*most - *least).as_secs_f64() / median(sorted).as_secs_f64();
    format!("{:.0} %", 100.0 * range)
}

fn wall(run: Option<&Run>) -> Option<f64> {
    run.map(|run| median(&run.wall).as_secs_f64())
}

fn memory(run: Option<&Run>) -> Option<f64> {
    run.map(|run| median(&run.memory) as f64)
}

fn ratio(of: Option<f64>, to: Option<f64>) -> String {
    match (of, to) {
        (Some(of), Some(to)) if of / to < 10.0 => format!("{:.1}×", of / to),
        (Some(of), Some(to)) => format!("{:.0}×", of / to),
        _ => "–".to_owned(),
    }
}

fn time_and_memory(run: Option<&Run>) -> String {
    run.map_or_else(
        || "–".to_owned(),
        |run| {
            let (wall, memory) = (median(&run.wall), median(&run.memory));
            format!("{} ms, {} MiB", milliseconds(wall), mebibytes(memory))
        },
    )
}

fn milliseconds(time: Duration) -> String {
    three_digits(time.as_secs_f64() * 1e3)
}

fn mebibytes(bytes: u64) -> String {
    three_digits(bytes as f64 / f64::from(1 << 20))
}

fn three_digits(number: f64) -> String {
    let digits = match number {
        ..1.0 => 2,
        ..10.0 => 1,
        _ => 0,
    };
    format!("{number:.digits$}")
}

fn bytes(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} KB", three_digits(bytes as f64 / 1e3)),
        _ => format!("{} MB", three_digits(bytes as f64 / 1e6)),
    }
}
