//! Prints the figures as Markdown.
#![expect(clippy::print_stdout, reason = "a program's own report")]

use std::time::Duration;

use super::inputs::Input;
use super::machine;
use super::measure::{Program, Programs, Run};

/// Says what was measured, with what, and on which machine.
pub fn introduction(programs: &Programs, pinned: Option<usize>) -> anyhow::Result<()> {
    let cores = match (machine::cores(), pinned) {
        (1, _) => "1 core".to_owned(),
        (cores, _) => format!("{cores} cores"),
    };
    let pinned = if pinned.is_some() { " (pinned)" } else { "" };
    let processor = machine::processor().unwrap_or_else(|| "unknown processor".to_owned());
    let go = programs.go_version.as_deref().unwrap_or("no Go");
    println!(
        "{cores}{pinned}, {processor}, {}, {go}.",
        std::env::consts::OS
    );
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

/// memlens against each of the others, a row for each profile.
pub fn comparison(programs: &Programs, results: &[(Input, Vec<Run>)]) {
    if !programs.missing.is_empty() {
        println!("\nNo comparison without both memlens and pprof.");
        return;
    }
    println!(
        "\n| profile | on disk | inflated | memlens top | pprof -top | faster | less memory | of inflating alone |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|");
    for (input, runs) in results {
        let of = |wanted| {
            runs.iter()
                .find(|run| run.program == wanted && run.failure.is_none())
        };
        let (memlens, pprof) = (of(Program::Memlens), of(Program::Pprof));
        let inflate = of(Program::Inflate);
        println!(
            "| {} | {} | {} | {} | {} | {} | {} | {} |",
            input.name,
            bytes(input.compressed),
            bytes(input.inflated),
            time_and_memory(memlens),
            time_and_memory(pprof),
            ratio(wall(pprof), wall(memlens)),
            ratio(memory(pprof), memory(memlens)),
            ratio(wall(memlens), wall(inflate)),
        );
    }
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
    let digits = if number < 10.0 { 1 } else { 0 };
    format!("{number:.digits$}")
}

fn bytes(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} KB", three_digits(bytes as f64 / 1e3)),
        _ => format!("{} MB", three_digits(bytes as f64 / 1e6)),
    }
}
