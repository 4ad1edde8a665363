//! The numbers of a table, as text, column by column.
//!
//! A column is a way to write a cell, not the cells: a table of all the sites of a large program
//! would hold millions of them.

use crate::report::{Report, Site};
use crate::units;

/// One column.
pub(super) struct Column<'r> {
    /// Two lines; either may be empty. May hold text of the profile, so it must be escaped.
    pub(super) title: [String; 2],
    pub(super) role: Role,
    /// Writes the cell of a site.
    pub(super) cell: Box<dyn Fn(&Site) -> String + 'r>,
}

/// What a column is for; where there is no room for all, the last of these go first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// The value that ranks, and what it is of the total.
    Flat,
    FlatShare,
    /// The 95 % interval of flat.
    Interval,
    Cum,
    CumShare,
    /// How many allocations were sampled.
    Samples,
    /// flat of another type, by its place.
    Other(usize),
}

/// Marks sites of which a single allocation was sampled.
pub(super) const ONE_SAMPLE_MARK: &str = "¹";

/// What the mark says.
pub(super) const ONE_SAMPLE_NOTE: &str =
    "¹ one sample: go by the interval, the true value may be anywhere in it";

/// Whether a single sampled allocation is all that is known of a site, and leaves much open: one
/// of a large object is as good as certain.
pub(super) fn is_one_sample(report: &Report, site: &Site) -> bool {
    let column = report.view.column;
    let flat = site.flat.get(column).copied().unwrap_or(0);
    let interval = site.interval.get(column).copied().flatten();
    sampled(report, site) == Some(1)
        && interval.is_some_and(|interval| units::is_wide(flat, interval))
}

fn sampled(report: &Report, site: &Site) -> Option<u64> {
    site.sampled_behind(report.profile.sample_types.get(report.view.column)?)
}

/// The columns of a report, at most `others` of them for types that do not rank. With marks only
/// where the notes say what they mean.
pub(super) fn columns(report: &Report, others: usize, has_notes: bool) -> Vec<Column<'_>> {
    let profile = &report.profile;
    let ranking = report.view.column;
    let unit = profile.sample_types.get(ranking);
    let unit = unit.map_or("", |kind| kind.unit.as_str());
    let total = profile.totals.get(ranking).copied().unwrap_or(0);
    let flat = move |site: &Site| site.flat.get(ranking).copied().unwrap_or(0);
    let cum = move |site: &Site| site.cum.get(ranking).copied().unwrap_or(0);

    let mut columns = vec![
        column(["", "flat"], Role::Flat, move |site| {
            units::amount(flat(site), unit)
        }),
        column(["% of", "total"], Role::FlatShare, move |site| {
            units::share(flat(site), total)
        }),
        column(["95%", "interval"], Role::Interval, move |site| {
            let interval = site.interval.get(ranking).copied().flatten();
            interval.map_or_else(String::new, |interval| {
                units::spread(flat(site), interval, unit)
            })
        }),
        column(["", "cum"], Role::Cum, move |site| {
            units::amount(cum(site), unit)
        }),
        column(["% of", "total"], Role::CumShare, move |site| {
            units::share(cum(site), total)
        }),
    ];
    let types = profile.sample_types.iter().enumerate();
    let other_types = types.filter(|&(other, _)| other != ranking).take(others);
    for (other, kind) in other_types {
        let (first, second) = match kind.name.split_once('_') {
            Some((first, second)) => (first, second),
            None => ("", kind.name.as_str()),
        };
        columns.push(column([first, second], Role::Other(other), move |site| {
            let value = site.flat.get(other).copied().unwrap_or(0);
            units::amount(value, &kind.unit)
        }));
    }
    columns.push(column(
        ["", "samples"],
        Role::Samples,
        move |site| match sampled(report, site) {
            Some(count) if has_notes && is_one_sample(report, site) => {
                units::count(count) + ONE_SAMPLE_MARK
            }
            Some(count) => units::count(count),
            None => String::new(),
        },
    ));
    // Intervals that all say "exact" say nothing, nor do counts that nobody sampled.
    columns.retain(|column| {
        let mut cells = report.sites.iter().map(|site| (column.cell)(site));
        match column.role {
            Role::Interval => cells.any(|cell| !cell.is_empty() && cell != "exact"),
            Role::Samples => profile.period != Some(1) && cells.any(|cell| !cell.is_empty()),
            _ => true,
        }
    });
    columns
}

fn column<'r>(title: [&str; 2], role: Role, cell: impl Fn(&Site) -> String + 'r) -> Column<'r> {
    Column {
        title: title.map(str::to_owned),
        role,
        cell: Box::new(cell),
    }
}
