//! What can be asked for.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use regex::bytes::Regex;

use memlens::aggregate::{By, Filter};
use memlens::decode::DecodeLimits;
use memlens::findings::{Confidence, RULES};
use memlens::input::Limits;
use memlens::render::{FORMATS, Format};
use memlens::report::Sort;

/// Go heap profiles, ranked by allocation site, with exact numbers and error bars
#[derive(Parser)]
#[command(
    name = "memlens",
    version,
    max_term_width = 100,
    subcommand_value_name = "COMMAND",
    after_help = "Exit status: 0 done; 1 a gate said no (--fail-on); 2 usage, input or output error."
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,

    /// When to use colours
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        ignore_case = true,
        hide_possible_values = true,
        help = "When to use colours: auto (on a terminal, unless NO_COLOR is set), always, never"
    )]
    pub(super) color: Color,
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// Rank the allocation sites of a profile, and say what to change there
    Analyze(AnalyzeArgs),
    /// The ranking alone: what `analyze` begins with
    Top(RankingArgs),
    /// Draw a flame graph, as SVG
    Flamegraph(FlamegraphArgs),
    /// List the rules that findings come from
    Rules,
    /// Say what a rule finds, why it costs and when it is wrong
    Explain(ExplainArgs),
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

impl Color {
    /// Makes it the choice of every stream that asks.
    pub(super) fn write_global(self) {
        match self {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }
}

/// `analyze`: the ranking, then what to change.
#[derive(Args)]
pub(super) struct AnalyzeArgs {
    #[command(flatten)]
    pub(super) ranking: RankingArgs,

    #[command(flatten)]
    pub(super) evidence: EvidenceArgs,

    #[command(flatten)]
    pub(super) findings: FindingArgs,
}

/// `flamegraph`.
#[derive(Args)]
pub(super) struct FlamegraphArgs {
    /// Profiles, directories of profiles, or `-` for standard input; several are added up
    #[arg(value_name = "PROFILE", required = true, value_hint = ValueHint::AnyPath)]
    pub(super) profiles: Vec<PathBuf>,

    /// Write to this file, whole or not at all
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) output: Option<PathBuf>,

    /// The values to draw: alloc_space, alloc_objects, inuse_space, inuse_objects or another type
    /// of the profile [default: the profile's own]
    #[arg(long, value_name = "TYPE")]
    pub(super) sample_type: Option<String>,

    /// What a frame is
    #[arg(
        long,
        value_name = "WHAT",
        default_value = "function",
        ignore_case = true
    )]
    pub(super) by: By,

    /// Put the root at the top
    #[arg(long)]
    pub(super) inverted: bool,

    /// Begin with what allocates, its callers behind it
    #[arg(long)]
    pub(super) reverse: bool,

    /// Leave out frames narrower than this many percent of the whole
    #[arg(long, value_name = "PERCENT", default_value_t = 0.05, value_parser = percent)]
    pub(super) min_width: f64,

    /// What stands above the picture [default: the type and the names of the inputs]
    #[arg(long, value_name = "TEXT")]
    pub(super) title: Option<String>,

    /// The path of the module whose code is coloured as your own [default: that of the benchmarks]
    #[arg(long, value_name = "PATH")]
    pub(super) module: Option<String>,

    #[command(flatten)]
    pub(super) filters: FilterArgs,

    #[command(flatten)]
    pub(super) limits: LimitArgs,
}

/// What there is beside the profile.
#[derive(Args)]
#[command(next_help_heading = "Evidence")]
pub(super) struct EvidenceArgs {
    /// The program's sources [default: the module around the working directory, if the profile
    /// is of it]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) source: Option<PathBuf>,

    /// The program's binary [default: the test binary beside the profile, if it is the one that
    /// ran]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) binary: Option<PathBuf>,

    /// What `go build -gcflags=-m=2` printed, or the directory of `-gcflags=-json=0,DIR`
    #[arg(long, value_name = "FILE", value_hint = ValueHint::AnyPath)]
    pub(super) escape: Option<PathBuf>,

    /// What `go test -benchmem` printed; also GODEBUG=gctrace=1 lines, or a heap profile as text
    /// (debug=1) for its memory statistics
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) bench: Vec<PathBuf>,

    /// The path of the module under study [default: of the sources, the binary or the benchmarks]
    #[arg(long, value_name = "PATH")]
    pub(super) module: Option<String>,
}

/// Which findings to show.
#[derive(Args)]
#[command(next_help_heading = "Findings")]
pub(super) struct FindingArgs {
    /// Leave out findings that are less sure than this
    #[arg(long, value_name = "HOW", default_value = "medium", ignore_case = true)]
    pub(super) min_confidence: Confidence,

    /// Only these rules, e.g. ML01,ML04
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = rule_parser(), ignore_case = true)]
    pub(super) rules: Vec<String>,

    /// End with status 1 if there is a finding at a line that is at least so sure
    #[arg(long, value_name = "HOW", value_parser = gate_parser(), ignore_case = true)]
    pub(super) fail_on: Option<Confidence>,
}

impl FindingArgs {
    /// A gate that does not see what it is to stop at would let it pass.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        if let Some(least) = self.fail_on {
            anyhow::ensure!(
                least >= self.min_confidence,
                "--fail-on {} needs --min-confidence {} or lower",
                least.name(),
                least.name()
            );
        }
        Ok(())
    }
}

/// Which rule to explain, and how.
#[derive(Args)]
pub(super) struct ExplainArgs {
    /// The rule, by id or name: ML01, preallocate
    #[arg(value_name = "RULE", value_parser = rule_parser(), ignore_case = true)]
    pub(super) rule: String,

    /// How to write it [default: text on a terminal, else markdown]
    #[arg(long, value_name = "FORMAT", ignore_case = true)]
    pub(super) format: Option<PageFormat>,
}

/// How a page of documentation is written.
#[derive(Clone, Copy, ValueEnum, PartialEq, Eq)]
pub(super) enum PageFormat {
    /// For reading, as wide as the terminal
    Text,
    /// As it is
    Markdown,
}

/// What the commands that rank sites have in common.
#[derive(Args)]
pub(super) struct RankingArgs {
    /// Profiles, directories of profiles, or `-` for standard input; several are added up
    #[arg(value_name = "PROFILE", required = true, value_hint = ValueHint::AnyPath)]
    pub(super) profiles: Vec<PathBuf>,

    /// How to write the report
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = FORMATS[0].name(),
        value_parser = format_parser(),
        ignore_case = true
    )]
    pub(super) format: &'static dyn Format,

    /// Write to this file instead of standard output, whole or not at all
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) output: Option<PathBuf>,

    /// Leave out what stands above and below the table
    #[arg(short, long, conflicts_with = "verbose")]
    pub(super) quiet: bool,

    /// Say on standard error what was read, and how long it took
    #[arg(short, long)]
    pub(super) verbose: bool,

    /// How many threads may read, one profile or several [default: one for each core]
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<NonZeroUsize>,

    #[command(flatten)]
    pub(super) ranking: Ranking,

    #[command(flatten)]
    pub(super) filters: FilterArgs,

    #[command(flatten)]
    pub(super) limits: LimitArgs,
}

#[derive(Args)]
#[command(next_help_heading = "What to rank")]
pub(super) struct Ranking {
    /// What a site is
    #[arg(
        long,
        value_name = "WHAT",
        default_value = "function",
        ignore_case = true
    )]
    pub(super) by: By,

    /// The values to rank by: alloc_space, alloc_objects, inuse_space, inuse_objects or another
    /// type of the profile [default: the profile's own]
    #[arg(long, value_name = "TYPE")]
    pub(super) sample_type: Option<String>,

    /// What ranks: what a site allocates itself, or with all that it calls
    #[arg(long, value_name = "VALUE", default_value = "flat", ignore_case = true)]
    pub(super) sort: Sort,

    /// Show so many sites, 0 for all [default: 20 in table and markdown, else all]
    #[arg(short = 'n', long, value_name = "N")]
    pub(super) limit: Option<usize>,
}

/// Which samples and frames count.
#[derive(Args)]
#[command(next_help_heading = "Filters (searched for in function, file and binary names)")]
pub(super) struct FilterArgs {
    /// Only samples with a matching frame
    #[arg(long, value_name = "REGEX", value_parser = regex)]
    focus: Option<Regex>,

    /// No samples with a matching frame
    #[arg(long, value_name = "REGEX", value_parser = regex)]
    ignore: Option<Regex>,

    /// Remove matching frames; their values go to the caller
    #[arg(long, value_name = "REGEX", value_parser = regex)]
    hide: Option<Regex>,

    /// Remove all frames but the matching ones
    #[arg(long, value_name = "REGEX", value_parser = regex)]
    show: Option<Regex>,
}

impl FilterArgs {
    pub(super) fn filter(&self) -> Filter {
        let Self {
            focus,
            ignore,
            hide,
            show,
        } = self;
        Filter {
            focus: focus.clone(),
            ignore: ignore.clone(),
            hide: hide.clone(),
            show: show.clone(),
        }
    }
}

#[derive(Args)]
#[command(next_help_heading = "Limits for untrusted input")]
pub(super) struct LimitArgs {
    /// Refuse files larger than this
    #[arg(long, value_name = "SIZE", default_value = MAX_COMPRESSED, value_parser = size)]
    max_compressed: u64,

    /// Refuse profiles that are larger than this when inflated
    #[arg(long, value_name = "SIZE", default_value = MAX_INFLATED, value_parser = size)]
    max_inflated: u64,

    /// Refuse profiles with a single record larger than this
    #[arg(long, value_name = "SIZE", default_value = MAX_RECORD, value_parser = size)]
    max_record: u64,

    /// Refuse profiles that need more memory than this for what is distinct in them
    #[arg(long, value_name = "SIZE", default_value = MAX_MEMORY, value_parser = size)]
    max_memory: u64,
}

/// The library's own defaults, in words.
const MAX_COMPRESSED: &str = "4GiB";
const MAX_INFLATED: &str = "16GiB";
const MAX_RECORD: &str = "64MiB";
const MAX_MEMORY: &str = "512MiB";

impl LimitArgs {
    pub(super) fn input(&self) -> Limits {
        Limits {
            compressed: self.max_compressed,
            inflated: self.max_inflated,
        }
    }

    pub(super) fn decode(&self) -> DecodeLimits {
        let mut limits = DecodeLimits::default();
        limits.record = self.max_record;
        limits.memory = self.max_memory;
        limits
    }
}

fn gate_parser() -> impl TypedValueParser<Value = Confidence> {
    let choices = [Confidence::High, Confidence::Medium];
    PossibleValuesParser::new(choices.map(Confidence::name)).try_map(move |name| {
        let choice = choices
            .into_iter()
            .find(|choice| choice.name().eq_ignore_ascii_case(&name));
        choice.ok_or("no such confidence")
    })
}

fn percent(text: &str) -> Result<f64, String> {
    let number = text.trim_end_matches('%').parse::<f64>().ok();
    number
        .filter(|percent| (0.0..=100.0).contains(percent))
        .ok_or_else(|| "expected a number from 0 to 100".to_owned())
}

fn rule_parser() -> impl TypedValueParser<Value = String> {
    let names = RULES.iter().map(|rule| {
        PossibleValue::new(rule.id())
            .alias(rule.name())
            .help(rule.technique())
    });
    PossibleValuesParser::new(names).try_map(|id| {
        let rule = RULES.iter().find(|rule| {
            rule.id().eq_ignore_ascii_case(&id) || rule.name().eq_ignore_ascii_case(&id)
        });
        rule.map(|rule| rule.id().to_owned()).ok_or("no such rule")
    })
}

fn format_parser() -> impl TypedValueParser<Value = &'static dyn Format> {
    let names = FORMATS
        .iter()
        .map(|format| PossibleValue::new(format.name()).help(format.about()));
    PossibleValuesParser::new(names).try_map(|name| {
        let format = FORMATS
            .iter()
            .find(|format| format.name().eq_ignore_ascii_case(&name));
        format.copied().ok_or("no such format")
    })
}

/// A regular expression; of what is wrong with one the last line, which says it.
fn regex(pattern: &str) -> Result<Regex, String> {
    Regex::new(pattern).map_err(|error| {
        let text = error.to_string();
        let reason = text.lines().last().unwrap_or_default();
        reason.trim_start_matches("error: ").to_owned()
    })
}

/// A size such as `512MiB`; `K`, `M`, `G` and `T` are binary too.
fn size(text: &str) -> Result<u64, String> {
    const WRONG: &str = "expected a size such as 1048576, 512MiB or 4GiB";
    let digits = text.find(|c: char| !c.is_ascii_digit());
    let (number, unit) = text.split_at(digits.unwrap_or(text.len()));
    let number: u64 = number.parse().map_err(|_| WRONG.to_owned())?;
    let unit = unit.trim_start().to_ascii_lowercase();
    let shift = match unit.as_str() {
        "" | "b" => 0,
        "k" | "kib" => 10,
        "m" | "mib" => 20,
        "g" | "gib" => 30,
        "t" | "tib" => 40,
        _ => return Err(WRONG.to_owned()),
    };
    number
        .checked_mul(1 << shift)
        .ok_or_else(|| "larger than any size".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn clap_finds_nothing_wrong() {
        Cli::command().debug_assert();
    }

    #[test]
    fn sizes() {
        for (text, bytes) in [
            ("0", Ok(0)),
            ("1048576", Ok(1 << 20)),
            ("512MiB", Ok(512 << 20)),
            ("4gib", Ok(4 << 30)),
            ("64 KiB", Ok(64 << 10)),
            ("2T", Ok(2 << 40)),
            ("7B", Ok(7)),
        ] {
            assert_eq!(size(text), bytes, "{text}");
        }
        for wrong in [
            "",
            "MiB",
            "-1",
            "1.5GiB",
            "1MB",
            "1 ib",
            "99999999999T",
            "1e9",
        ] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_defaults_of_the_help_are_those_of_the_library() {
        let input = Limits::default();
        let decode = DecodeLimits::default();
        for (text, bytes) in [
            (MAX_COMPRESSED, input.compressed),
            (MAX_INFLATED, input.inflated),
            (MAX_RECORD, decode.record),
            (MAX_MEMORY, decode.memory),
        ] {
            assert_eq!(size(text), Ok(bytes));
        }
    }

    #[test]
    fn a_bad_expression_is_told_in_one_line() {
        let reason = regex("(a").unwrap_err();
        assert_eq!(reason, "unclosed group");
    }
}
