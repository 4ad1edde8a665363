//! `flamegraph`: from arguments to a picture on its way out.

use std::io::{self, IsTerminal};

use anyhow::{Context, bail};

use memlens::aggregate::{CallTree, Header, Modules, Own, TreeQuery, read_tree};
use memlens::input::{self, Expanded, Input};
use memlens::render::flamegraph::{Picture, svg};

use super::args::FlamegraphArgs;
use super::exit::note;
use super::output::Output;
use super::progress::Bar;

/// Reads every input, adds their trees up and draws the sum.
pub(super) fn run(args: &FlamegraphArgs) -> anyhow::Result<()> {
    let Expanded { sources, skipped } = input::expand(&args.profiles)?;
    let output = Output::new(args.output.as_deref(), &sources)?;
    if args.output.is_none() && io::stdout().is_terminal() {
        bail!("a picture is not for a terminal: name a file, -o mem.svg");
    }
    for skipped in &skipped {
        note(&format!(
            "skipped, as no profile: {}",
            skipped.path.display()
        ));
    }
    let query = TreeQuery {
        by: args.by,
        filter: args.filters.filter(),
        leaf_first: args.reverse,
    };
    let bar = Bar::new(&sources, false);
    let mut sum: Option<(Header, usize, CallTree)> = None;
    for source in &sources {
        let mut input = Input::open(source, &args.limits.input())?;
        input.tell(bar.progress());
        let mut column = 0;
        let read = read_tree(&mut input, &query, &args.limits.decode(), |header| {
            column = choose(header, args.sample_type.as_deref())?;
            Ok::<usize, anyhow::Error>(column)
        });
        let (header, tree) = read?;
        match &mut sum {
            None => sum = Some((header, column, tree)),
            Some((first, at, sum)) => {
                let of = |header: &Header, at: usize| header.sample_types.get(at).cloned();
                if of(first, *at) != of(&header, column) {
                    bail!("{}: its values are of another type or unit", source.name());
                }
                sum.join(&tree);
            }
        }
    }
    drop(bar);
    let (header, column, tree) = sum.context("no input")?;
    let sample_type = header.sample_types.get(column).cloned();
    let sample_type = sample_type.context("the profile has no sample types")?;
    let names: Vec<_> = sources.iter().map(|source| source.name()).collect();
    let total = tree.nodes.first().map_or(0, |root| root.total);
    let picture = Picture {
        title: args
            .title
            .clone()
            .unwrap_or_else(|| format!("{} of {}", sample_type.name, names.join(", "))),
        subtitle: format!("{total} {} in all", sample_type.unit),
        sample_type,
        inverted: args.inverted,
        min_width: args.min_width,
        own: own(&tree, args.module.clone()),
    };
    output.write(false, |out| svg(&tree, &picture, out))
}

/// The column of the type asked for, else the profile's own choice.
fn choose(header: &Header, name: Option<&str>) -> anyhow::Result<usize> {
    let Some(name) = name else {
        return Ok(header.default_column());
    };
    header.column(name).with_context(|| {
        let types: Vec<&str> = header
            .sample_types
            .iter()
            .map(|kind| kind.name.as_str())
            .collect();
        format!(
            "no sample type {name}; the profile has {}",
            types.join(", ")
        )
    })
}

/// The module whose code is the program's own, if anything says.
fn own(tree: &CallTree, module: Option<String>) -> Own {
    let candidates = module.into_iter().collect();
    Modules { candidates }.among(tree.names.iter().map(|name| name.text.as_str()))
}
