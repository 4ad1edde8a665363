//! `memlens rules` and `memlens explain`: what findings are about.

use std::io::{self, IsTerminal};

use memlens::findings::RULES;
use memlens::render::manual;

use super::args::{ExplainArgs, PageFormat};
use super::exit::Outcome;
use super::output::Output;
use super::page;

/// The list.
pub(super) fn rules() -> anyhow::Result<Outcome> {
    let width = RULES
        .iter()
        .map(|rule| rule.name().len())
        .max()
        .unwrap_or(0);
    Output::Stdout.write(true, |out| {
        for rule in RULES {
            let (id, name) = (rule.id(), rule.name());
            writeln!(out, "{id}  {name:width$}  {}", rule.technique())?;
        }
        Ok(())
    })?;
    Ok(Outcome::Done)
}

/// One rule's page.
pub(super) fn explain(args: &ExplainArgs) -> anyhow::Result<Outcome> {
    let rule = RULES.iter().find(|rule| rule.id() == args.rule);
    let text = rule.map_or("", |rule| rule.page());
    let format = args.format.unwrap_or(match io::stdout().is_terminal() {
        true => PageFormat::Text,
        false => PageFormat::Markdown,
    });
    Output::Stdout.write(true, |out| match format {
        PageFormat::Text => manual::write(text, page::page(false).width, out),
        PageFormat::Markdown => out.write_all(text.as_bytes()),
    })?;
    Ok(Outcome::Done)
}
