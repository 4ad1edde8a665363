//! What `analyze` and `top` share: from arguments to a report on its way out.

use std::path::PathBuf;

use memlens::aggregate::Query;
use memlens::input::{self, Expanded};
use memlens::report::{Filters, Options, Report};

use super::args::{AnalyzeArgs, RankingArgs};
use super::evidence::Opened;
use super::exit::{Outcome, note};
use super::gate;
use super::output::Output;
use super::page;
use super::progress::Bar;
use super::reading::Reading;

/// The ranking, then what to change.
pub(super) fn analyze(args: &AnalyzeArgs) -> anyhow::Result<Outcome> {
    args.findings.check()?;
    run(&args.ranking, Some(args))
}

/// The ranking alone.
pub(super) fn top(args: &RankingArgs) -> anyhow::Result<Outcome> {
    let format = args.format;
    anyhow::ensure!(
        !format.is_of_findings(),
        "--format {} holds findings, which only `memlens analyze` looks for",
        format.name()
    );
    run(args, None)
}

/// Reads every input, adds them up and writes the report.
fn run(args: &RankingArgs, analysis: Option<&AnalyzeArgs>) -> anyhow::Result<Outcome> {
    let Expanded { sources, skipped } = input::expand(&args.profiles)?;
    // An output that cannot be written is known before the work begins.
    let output = Output::new(args.output.as_deref(), &sources)?;

    let evidence = analysis
        .map(|args| Opened::new(args, &sources))
        .transpose()?;
    let mut query = query(args);
    query.hot = evidence.as_ref().map(Opened::modules);
    let options = options(args, &query);
    let bar = Bar::new(&sources, args.quiet);
    let reading = Reading {
        query,
        limits: args.limits.input(),
        decode: args.limits.decode(),
        threads: args.threads,
        progress: bar.progress(),
    };
    let mut sites = reading.sum(&sources, |source, sites, took| {
        if args.verbose {
            let (name, samples) = (source.name(), sites.header.samples);
            let rows = sites.rows.len();
            bar.above(|| {
                note(&format!(
                    "{name}: {samples} samples, {rows} sites, read in {took:.1?}"
                ));
            });
        }
    })?;
    drop(bar);
    let hot = sites.hot.take();
    let taken = sites.header.time_nanos;

    let names = sources
        .iter()
        .map(|source| source.name().into_owned())
        .collect();
    let skipped = skipped.into_iter().map(|skipped| lossy(skipped.path));
    let mut report = Report::new(sites, names, skipped.collect(), &options)?;
    if let Some((evidence, hot)) = evidence.zip(hot) {
        let notes = evidence.judge(&mut report, taken, &hot);
        if args.verbose {
            notes.iter().for_each(|said| note(said));
        }
    }
    output.write(args.format.is_colored(), |out| {
        let page = page::page(args.quiet);
        args.format.render(&report, &page, out)
    })?;
    let gate = analysis.and_then(|args| args.findings.fail_on);
    Ok(gate.map_or(Outcome::Done, |least| gate::decide(&report.findings, least)))
}

fn query(args: &RankingArgs) -> Query {
    Query {
        by: args.ranking.by,
        filter: args.filters.filter(),
        count_stacks: args.format.counts_stacks(),
        hot: None,
    }
}

fn options(args: &RankingArgs, query: &Query) -> Options {
    Options {
        by: args.ranking.by,
        sample_type: args.ranking.sample_type.clone(),
        sort: args.ranking.sort,
        limit: match args.ranking.limit {
            None => args.format.default_limit(),
            Some(0) => None,
            Some(limit) => Some(limit),
        },
        filters: Filters::from(&query.filter),
    }
}

fn lossy(path: PathBuf) -> String {
    path.to_string_lossy().into_owned()
}
