//! `memlens analyze`: the sites, and then what to change at them.

use memlens::aggregate::{Query, ReadError, Sites, StackProfile};
use memlens::decode::DecodeLimits;
use memlens::escape;
use memlens::input::Input;

use super::args::RankingArgs;
use super::ranking;

/// Ranks the sites of whole stacks, which advice is drawn from.
pub(super) fn run(args: &RankingArgs) -> anyhow::Result<()> {
    ranking::run(args, read)
}

fn read(input: &mut Input, query: &Query, limits: &DecodeLimits) -> Result<Sites, ReadError> {
    let profile = StackProfile::read(input, limits)?;
    profile
        .sites(query)
        .map_err(|malformed| ReadError::Malformed {
            input: escape::line(input.name()).into_owned(),
            inflated: input.is_compressed(),
            malformed,
        })
}
