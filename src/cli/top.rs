//! `memlens top`: the sites alone, of sums without stacks.

use super::args::RankingArgs;
use super::ranking;

/// Ranks the sites in one or two passes over each input, keeping no stack.
pub(super) fn run(args: &RankingArgs) -> anyhow::Result<()> {
    ranking::run(args, memlens::aggregate::read)
}
