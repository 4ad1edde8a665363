//! The table for a terminal.
//!
//! comfy-table sets the numbers; names are set in `names.rs`, because they may not be broken where
//! a column happens to end. Where the numbers leave room for names, a site is one line; else it is
//! two, numbers above and the name below.
//!
//! All sites are looked at for the widths, then set some at a time: their cells together would
//! take several times the memory of the report.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use comfy_table::{CellAlignment, ColumnConstraint, LineStyle, TableStyle, Width};
use unicode_width::UnicodeWidthStr;

use super::columns::{self, Column, ONE_SAMPLE_NOTE, Role};
use super::findings;
use super::names::{INDENT, NameLine, Names, SetName};
use super::summary::{self, Fact, Part};
use super::wrap::{cut, wrap_words};
use super::{Format, Page};
use crate::escape;
use crate::report::{Report, Site};

/// What `--format table` means.
pub(super) struct Table;

/// Below this no layout makes sense; the terminal wraps what is left over.
const LEAST_WIDTH: usize = 20;
/// Between numbers and names, and between a name and its place.
pub(super) const GAP: usize = 2;
/// A type's name, which is a column's title, is cut there.
const TITLE: usize = 14;
/// How many rows are set at once.
const ROWS_AT_ONCE: usize = 1024;
/// From this share of the total, in percent, a site stands out.
const LARGE_SHARE: i128 = 10;

const STRONG: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();
const LARGE: Style = AnsiColor::Red.on_default().bold();
const PLAIN: Style = Style::new();

impl Format for Table {
    fn name(&self) -> &'static str {
        "table"
    }

    fn about(&self) -> &'static str {
        "For reading, as wide as the terminal"
    }

    fn default_limit(&self) -> Option<usize> {
        Some(20)
    }

    fn is_colored(&self) -> bool {
        true
    }

    fn render(&self, report: &Report, page: &Page, out: &mut dyn Write) -> io::Result<()> {
        let width = page.width.max(LEAST_WIDTH);
        if !page.bare {
            let facts = summary::facts(report, page.now);
            let label = facts.iter().map(|fact| fact.label.len()).max().unwrap_or(0);
            for fact in &facts {
                write_fact(fact, label, width, out)?;
            }
            for warning in &report.profile.warnings {
                let said = format!("warning: {warning}");
                for line in wrap_words(&escape::line(&said), width, 2) {
                    writeln!(out, "{STRONG}{line}{STRONG:#}")?;
                }
            }
        }
        if !report.sites.is_empty() {
            if !page.bare {
                writeln!(out)?;
            }
            write_sites(report, width, !page.bare, out)?;
        }
        let is_one = |site| columns::is_one_sample(report, site);
        if !page.bare && report.sites.iter().any(is_one) {
            writeln!(out)?;
            for line in wrap_words(ONE_SAMPLE_NOTE, width, 2) {
                writeln!(out, "{FAINT}{line}{FAINT:#}")?;
            }
        }
        if !page.bare {
            findings::table::write(report, width, out)?;
        }
        Ok(())
    }
}

fn write_fact(fact: &Fact, label: usize, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut said = String::new();
    for part in &fact.parts {
        match part {
            Part::Text(text) => said.push_str(text),
            Part::Name(name) => said.push_str(&escape::line(name)),
        }
    }
    let indent = label + GAP;
    let mut lines = wrap_words(&said, width.saturating_sub(indent), 0).into_iter();
    let first = lines.next().unwrap_or_default();
    writeln!(out, "{FAINT}{:label$}{FAINT:#}  {first}", fact.label)?;
    for line in lines {
        writeln!(out, "{:indent$}{line}", "")?;
    }
    Ok(())
}

fn write_sites(
    report: &Report,
    width: usize,
    has_notes: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let numbers = Numbers::new(report, width, has_notes);
    let names = Names::new(report, width, width.saturating_sub(numbers.width + GAP));

    let what = summary::noun(report.view.by, 1);
    let title = numbers.title();
    let last_title = title.len().saturating_sub(1);
    for (index, line) in title.iter().enumerate() {
        match names.widest_beside() {
            Some(_) if index == last_title => {
                writeln!(out, "{STRONG}{line}{:GAP$}{what}{STRONG:#}", "")?;
            }
            _ => writeln!(out, "{STRONG}{}{STRONG:#}", line.trim_end())?,
        }
    }
    let rule = match names.widest_beside() {
        Some(widest) => numbers.width + GAP + widest.max(what.len()),
        None => numbers.width,
    };
    writeln!(out, "{FAINT}{}{FAINT:#}", "─".repeat(rule))?;

    for sites in report.sites.chunks(ROWS_AT_ONCE) {
        for (site, line) in sites.iter().zip(numbers.rows(sites)) {
            write_site(report, site, &line, numbers.head, &names.of(site), out)?;
        }
    }
    Ok(())
}

fn write_site(
    report: &Report,
    site: &Site,
    numbers: &str,
    head: usize,
    name: &SetName,
    out: &mut dyn Write,
) -> io::Result<()> {
    let is_large = is_large(report, site);
    let (head_style, tail_style) = if columns::is_one_sample(report, site) {
        (FAINT, FAINT)
    } else if is_large {
        (LARGE, PLAIN)
    } else {
        (PLAIN, PLAIN)
    };
    let name_style = if is_large { STRONG } else { PLAIN };
    let line = match name.is_beside {
        true => numbers,
        false => numbers.trim_end(),
    };
    let head = line.char_indices().nth(head);
    let (head, tail) = line.split_at(head.map_or(line.len(), |(at, _)| at));
    write!(
        out,
        "{head_style}{head}{head_style:#}{tail_style}{tail}{tail_style:#}"
    )?;
    let indent = if name.is_beside { GAP } else { INDENT };
    for NameLine { name: text, place } in &name.lines {
        if !name.is_beside {
            writeln!(out)?;
        }
        write!(out, "{:indent$}{name_style}{text}{name_style:#}", "")?;
        if let Some(place) = place {
            let gap = if text.is_empty() { 0 } else { GAP };
            write!(out, "{:gap$}{FAINT}{place}{FAINT:#}", "")?;
        }
    }
    writeln!(out)
}

/// Whether a site holds a large part of the whole.
fn is_large(report: &Report, site: &Site) -> bool {
    let column = report.view.column;
    let value =
        |values: &crate::report::ByType<i64>| i128::from(values.get(column).copied().unwrap_or(0));
    let total = value(&report.profile.totals);
    total > 0 && value(&site.flat) * 100 >= total * LARGE_SHARE
}

/// How the numbers of all sites are set.
struct Numbers<'r> {
    columns: Vec<SetColumn<'r>>,
    /// Between columns.
    gap: usize,
    /// Of a whole line.
    width: usize,
    /// How much of a line flat and its share take.
    head: usize,
}

/// A column that is as wide as its widest cell.
struct SetColumn<'r> {
    column: Column<'r>,
    width: usize,
    /// Numbers with a mark stand one further to the right than those without.
    has_marks: bool,
}

impl<'r> Numbers<'r> {
    fn new(report: &'r Report, width: usize, has_notes: bool) -> Self {
        // No column is narrower than three, so more cannot fit.
        let columns = columns::columns(report, width / 3, has_notes);
        let set = |column| SetColumn::new(column, &report.sites);
        let mut columns: Vec<SetColumn<'_>> = columns.into_iter().map(set).collect();
        let gap = drop_what_does_not_fit(&mut columns, width);
        let mut numbers = Self {
            columns,
            gap,
            width: 0,
            head: 0,
        };
        numbers.width = numbers.widths(|_| true).sum();
        numbers.head = numbers.widths(|role| role <= Role::FlatShare).sum();
        numbers
    }

    /// How wide some of the columns are, with what is before them.
    fn widths(&self, wanted: impl Fn(Role) -> bool) -> impl Iterator<Item = usize> {
        self.columns
            .iter()
            .enumerate()
            .filter(move |(_, set)| wanted(set.column.role))
            .map(|(index, set)| self.gap_before(index) + set.width)
    }

    fn gap_before(&self, index: usize) -> usize {
        match self.columns.get(index) {
            Some(set) if index > 0 => gap_before(&set.column, self.gap),
            _ => 0,
        }
    }

    fn title(&self) -> Vec<String> {
        let mut table = comfy_table::Table::new();
        table.set_header(self.columns.iter().map(|set| set.column.title.join("\n")));
        let mut lines = self.set(table);
        lines.truncate(2);
        lines
    }

    fn rows(&self, sites: &[Site]) -> Vec<String> {
        let mut table = comfy_table::Table::new();
        for site in sites {
            table.add_row(self.columns.iter().map(|set| set.cell(site)));
        }
        self.set(table)
    }

    fn set(&self, mut table: comfy_table::Table) -> Vec<String> {
        table.load_style(TableStyle::new().header_separator(LineStyle::none().fill('─')));
        for (index, column) in table.column_iter_mut().enumerate() {
            let gap = self.gap_before(index);
            let width = gap + self.columns.get(index).map_or(0, |set| set.width);
            let sixteen_bits = |width| u16::try_from(width).unwrap_or(1);
            column.set_padding((sixteen_bits(gap), 0));
            column.set_cell_alignment(CellAlignment::Right);
            let width = Width::Fixed(sixteen_bits(width));
            column.set_constraint(ColumnConstraint::Absolute(width));
        }
        table.lines().collect()
    }
}

impl<'r> SetColumn<'r> {
    fn new(mut column: Column<'r>, sites: &[Site]) -> Self {
        let is_marked = |site| (column.cell)(site).ends_with(columns::ONE_SAMPLE_MARK);
        let has_marks = column.role == Role::Samples && sites.iter().any(is_marked);
        for line in &mut column.title {
            *line = cut(&escape::line(line), TITLE).into_owned();
            if has_marks {
                line.push(' ');
            }
        }
        let title = column.title.iter().map(|line| line.width()).max();
        let mut set = Self {
            width: title.unwrap_or(0),
            column,
            has_marks,
        };
        let cells = sites.iter().map(|site| set.cell(site).width()).max();
        set.width = set.width.max(cells.unwrap_or(0));
        set
    }

    fn cell(&self, site: &Site) -> String {
        let mut cell = (self.column.cell)(site);
        if self.has_marks && !cell.ends_with(columns::ONE_SAMPLE_MARK) {
            cell.push(' ');
        }
        cell
    }
}

/// Takes columns away, the least important first, until the rest fits; gives the gap between them.
fn drop_what_does_not_fit(columns: &mut Vec<SetColumn<'_>>, width: usize) -> usize {
    let needs = |columns: &[SetColumn<'_>], gap: usize| -> usize {
        let widths = columns
            .iter()
            .map(|set| set.width + gap_before(&set.column, gap));
        widths.sum::<usize>() - gap
    };
    loop {
        for gap in [GAP, 1] {
            if needs(columns, gap) <= width || columns.len() == 1 {
                return gap;
            }
        }
        let last = columns
            .iter()
            .enumerate()
            .max_by_key(|(_, set)| set.column.role)
            .map(|(index, _)| index);
        if let Some(index) = last {
            columns.remove(index);
        }
    }
}

/// Shares stand close to what they are of.
fn gap_before(column: &Column<'_>, gap: usize) -> usize {
    match column.role {
        Role::FlatShare | Role::CumShare => 1,
        _ => gap,
    }
}
