//! The table for a terminal.
//!
//! comfy-table sets the numbers; names are set here, because they may not be broken where a
//! column happens to end. Where the numbers leave room for names, a site is one line; else it is
//! two, numbers above and the name below.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use comfy_table::{CellAlignment, LineStyle, TableStyle};
use unicode_width::UnicodeWidthStr;

use super::columns::{self, Column, ONE_SAMPLE_NOTE, Role};
use super::label;
use super::summary::{self, Fact, Part};
use super::symbol;
use super::wrap::{cut, width, wrap_name, wrap_words};
use super::{Format, Page};
use crate::escape;
use crate::report::{By, Report, Site};

/// What `--format table` means.
pub(super) struct Table;

/// Below this no layout makes sense; the terminal wraps what is left over.
const LEAST_WIDTH: usize = 20;
/// Room for names, beside the numbers, from which a site is one line.
const NAME_COLUMN: usize = 44;
/// How far names on a line of their own are set in.
const INDENT: usize = 4;
/// Between numbers and names, and between a name and its place.
const GAP: usize = 2;
/// A type's name, which is a column's title, is cut there.
const TITLE: usize = 14;
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
        if report.sites.is_empty() {
            return Ok(());
        }
        if !page.bare {
            writeln!(out)?;
        }
        write_sites(report, width, !page.bare, out)?;
        let is_one = |site| columns::is_one_sample(report, site);
        if !page.bare && report.sites.iter().any(is_one) {
            writeln!(out)?;
            for line in wrap_words(ONE_SAMPLE_NOTE, width, 2) {
                writeln!(out, "{FAINT}{line}{FAINT:#}")?;
            }
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

/// The numbers of all sites, set.
struct Numbers {
    title: Vec<String>,
    rows: Vec<String>,
    width: usize,
    /// How much of a line flat and its share take.
    head: usize,
}

fn write_sites(
    report: &Report,
    width: usize,
    has_notes: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let numbers = set_numbers(report, width, has_notes);
    let (names, is_one_line) = set_names(report, width, width.saturating_sub(numbers.width + GAP));
    let beside = names.iter().filter(|name| name.is_beside);
    let widths = beside.flat_map(|name| name.lines.iter().map(NameLine::width));
    let widest = widths.max().unwrap_or(0);

    let what = summary::noun(report.view.by, 1);
    let last_title = numbers.title.len().saturating_sub(1);
    for (index, line) in numbers.title.iter().enumerate() {
        match is_one_line && index == last_title {
            true => writeln!(out, "{STRONG}{line}{:GAP$}{what}{STRONG:#}", "")?,
            false => writeln!(out, "{STRONG}{}{STRONG:#}", line.trim_end())?,
        }
    }
    let rule = if is_one_line {
        numbers.width + GAP + widest.max(what.len())
    } else {
        numbers.width
    };
    writeln!(out, "{FAINT}{}{FAINT:#}", "─".repeat(rule))?;

    for ((site, line), name) in report.sites.iter().zip(&numbers.rows).zip(&names) {
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
            true => line,
            false => line.trim_end(),
        };
        let head = line.char_indices().nth(numbers.head);
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
        writeln!(out)?;
    }
    Ok(())
}

/// The lines that name one site.
struct SetName {
    lines: Vec<NameLine>,
    /// Whether it is one that stands beside the numbers, not below them.
    is_beside: bool,
}

/// Names beside the numbers, in the `room` there, if it is enough for nearly all of them; else
/// below. A page that has them now here, now there is hard to read.
fn set_names(report: &Report, width: usize, room: usize) -> (Vec<SetName>, bool) {
    let by = report.view.by;
    let names: Vec<Name> = report.sites.iter().map(|site| Name::of(site, by)).collect();
    if room >= NAME_COLUMN {
        let path_forms = path_forms(report, &names, room);
        let beside = names.iter().zip(path_forms);
        let beside: Vec<_> = beside
            .map(|(name, form)| name.on_one_line(room, form))
            .collect();
        let too_long = beside.iter().filter(|line| line.is_none()).count();
        if too_long * 10 <= names.len() {
            let set = |(name, line): (&Name, Option<NameLine>)| match line {
                Some(line) => SetName {
                    lines: vec![line],
                    is_beside: true,
                },
                None => SetName {
                    lines: name.below(width - INDENT, 0),
                    is_beside: false,
                },
            };
            return (names.iter().zip(beside).map(set).collect(), true);
        }
    }
    let room = width - INDENT;
    let path_forms = path_forms(report, &names, room);
    let set = |(name, form): (&Name, usize)| SetName {
        lines: name.below(room, form),
        is_beside: false,
    };
    (names.iter().zip(path_forms).map(set).collect(), false)
}

/// How far the import path of each name is shortened at least: all of one package alike, as the
/// longest of them needs it. A name that fits in no form does not count.
fn path_forms(report: &Report, names: &[Name], room: usize) -> Vec<usize> {
    let packages = || report.sites.iter().map(|site| site.package.as_deref());
    let mut needed: HashMap<&str, usize> = HashMap::new();
    for (package, name) in packages().zip(names) {
        if let (Some(package), Some(form)) = (package, name.path_form(room)) {
            let most = needed.entry(package).or_default();
            *most = form.max(*most);
        }
    }
    let form = |package: Option<&str>| needed.get(package?).copied();
    packages()
        .map(|package| form(package).unwrap_or(0))
        .collect()
}

/// Whether a site holds a large part of the whole.
fn is_large(report: &Report, site: &Site) -> bool {
    let column = report.view.column;
    let value =
        |values: &crate::report::ByType<i64>| i128::from(values.get(column).copied().unwrap_or(0));
    let total = value(&report.profile.totals);
    total > 0 && value(&site.flat) * 100 >= total * LARGE_SHARE
}

fn set_numbers(report: &Report, width: usize, has_notes: bool) -> Numbers {
    // No column is narrower than three, so more cannot fit.
    let mut columns = columns::columns(report, width / 3, has_notes);
    for line in columns.iter_mut().flat_map(|column| &mut column.title) {
        *line = cut(&escape::line(line), TITLE).into_owned();
    }
    align_marks(&mut columns);
    let gap = drop_what_does_not_fit(&mut columns, width);

    let mut table = comfy_table::Table::new();
    table.load_style(TableStyle::new().header_separator(LineStyle::none().fill('─')));
    table.set_header(columns.iter().map(|column| column.title.join("\n")));
    for row in 0..report.sites.len() {
        table.add_row(
            columns
                .iter()
                .map(|column| column.cells.get(row).map_or("", |cell| cell)),
        );
    }
    let gaps: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(index, column)| {
            if index == 0 {
                0
            } else {
                gap_before(column, gap)
            }
        })
        .collect();
    for (set, &gap) in table.column_iter_mut().zip(&gaps) {
        set.set_padding((u16::try_from(gap).unwrap_or(1), 0));
        set.set_cell_alignment(CellAlignment::Right);
    }
    let head = columns
        .iter()
        .zip(&gaps)
        .filter(|(column, _)| column.role <= Role::FlatShare)
        .map(|(column, gap)| gap + column_width(column))
        .sum();
    let mut lines = table.lines();
    let title: Vec<String> = lines.by_ref().take(2).collect();
    let rows = lines.skip(1).collect();
    Numbers {
        width: title.iter().map(|line| line.width()).max().unwrap_or(0),
        title,
        rows,
        head,
    }
}

/// Numbers with a mark stand one further to the right than those without.
fn align_marks(columns: &mut [Column]) {
    let is_marked = |cell: &String| cell.ends_with(columns::ONE_SAMPLE_MARK);
    for column in columns {
        if column.cells.iter().any(is_marked) {
            column.title.iter_mut().for_each(|line| line.push(' '));
            for cell in column.cells.iter_mut().filter(|cell| !is_marked(cell)) {
                cell.push(' ');
            }
        }
    }
}

/// Takes columns away, the least important first, until the rest fits; gives the gap between them.
fn drop_what_does_not_fit(columns: &mut Vec<Column>, width: usize) -> usize {
    let needs = |columns: &[Column], gap: usize| -> usize {
        let widths = columns
            .iter()
            .map(|column| column_width(column) + gap_before(column, gap));
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
            .max_by_key(|(_, column)| column.role)
            .map(|(index, _)| index);
        if let Some(index) = last {
            columns.remove(index);
        }
    }
}

/// Shares stand close to what they are of.
fn gap_before(column: &Column, gap: usize) -> usize {
    match column.role {
        Role::FlatShare | Role::CumShare => 1,
        _ => gap,
    }
}

fn column_width(column: &Column) -> usize {
    let texts = column.title.iter().chain(&column.cells);
    texts.map(|text| text.width()).max().unwrap_or(0)
}

/// A line that names a site.
struct NameLine {
    name: String,
    place: Option<String>,
}

impl NameLine {
    fn width(&self) -> usize {
        let place = self.place.as_ref().map_or(0, |place| GAP + place.width());
        self.name.width() + place
    }
}

/// What a site is called and where it is, escaped.
struct Name {
    name: String,
    is_file: bool,
    place: Option<String>,
}

impl Name {
    fn of(site: &Site, by: By) -> Self {
        Self {
            name: escape::line(label::name(site, by)).into_owned(),
            is_file: by == By::File,
            place: label::place(site, by).map(|place| escape::line(&place).into_owned()),
        }
    }

    fn forms(&self) -> Box<dyn Iterator<Item = Cow<'_, str>> + '_> {
        if self.is_file {
            Box::new(symbol::path_forms(&self.name))
        } else {
            Box::new(symbol::symbol_forms(&self.name))
        }
    }

    /// The longest form from the `from`th on that leaves room for the place too, and its number.
    fn fit(&self, room: usize, from: usize) -> Option<(usize, Cow<'_, str>)> {
        let place = self.place.as_ref().map_or(0, |place| GAP + width(place));
        let mut forms = self.forms().enumerate().skip(from);
        forms.find(|(_, form)| width(form) + place <= room)
    }

    /// Which form of its import path the name needs to fit.
    fn path_form(&self, room: usize) -> Option<usize> {
        let (number, _) = self.fit(room, 0)?;
        Some(number / symbol::FORMS_OF_ONE_PATH)
    }

    /// Name and place together, the import path at least as short as its form says.
    fn on_one_line(&self, room: usize, path_form: usize) -> Option<NameLine> {
        let (_, name) = self.fit(room, path_form * symbol::FORMS_OF_ONE_PATH)?;
        Some(NameLine {
            name: name.into_owned(),
            place: self.place.clone(),
        })
    }

    /// As many lines as it takes.
    fn below(&self, room: usize, path_form: usize) -> Vec<NameLine> {
        if let Some(line) = self.on_one_line(room, path_form) {
            return vec![line];
        }
        let name = self.forms().find(|form| width(form) <= room);
        let name = name.or_else(|| self.forms().last()).unwrap_or_default();
        let mut lines: Vec<NameLine> = wrap_name(&name, room)
            .into_iter()
            .map(|name| NameLine { name, place: None })
            .collect();
        if let Some(place) = &self.place {
            lines.push(NameLine {
                name: String::new(),
                place: Some(cut(place, room).into_owned()),
            });
        }
        lines
    }
}
