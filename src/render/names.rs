//! How the names of sites are set in the table for a terminal: beside the numbers or below them,
//! shortened where need be, never cut in the middle.

use std::borrow::Cow;
use std::collections::HashMap;

use unicode_width::UnicodeWidthStr;

use super::label;
use super::symbol;
use super::table::GAP;
use super::wrap::{cut, width, wrap_name};
use crate::escape;
use crate::report::{By, Report, Site};

/// Room for names, beside the numbers, from which a site is one line.
const NAME_COLUMN: usize = 44;
/// How far names on a line of their own are set in.
pub(super) const INDENT: usize = 4;

/// The lines that name one site.
pub(super) struct SetName {
    pub(super) lines: Vec<NameLine>,
    /// Whether it is one that stands beside the numbers, not below them.
    pub(super) is_beside: bool,
}

/// A line that names a site.
pub(super) struct NameLine {
    pub(super) name: String,
    pub(super) place: Option<String>,
}

/// How all names are set: beside the numbers, in the room there, if it is enough for nearly all of
/// them; else below. A page that has them now here, now there is hard to read.
pub(super) struct Names<'r> {
    by: By,
    beside: Option<Beside>,
    /// Room below the numbers.
    below: usize,
    /// How far the import path of each name is shortened at least, by package: all of one package
    /// alike, as the longest of them needs it.
    path_forms: HashMap<&'r str, usize>,
}

#[derive(Clone, Copy)]
struct Beside {
    room: usize,
    /// How wide the widest name is that stands there.
    widest: usize,
}

impl<'r> Names<'r> {
    /// For lines of `width`, which have `room` beside the numbers.
    pub(super) fn new(report: &'r Report, width: usize, room: usize) -> Self {
        let set_in = |room| Self {
            by: report.view.by,
            beside: None,
            below: width - INDENT,
            path_forms: path_forms(report, room),
        };
        if room < NAME_COLUMN {
            return set_in(width - INDENT);
        }
        let mut names = set_in(room);
        let (mut widest, mut too_long) = (0, 0);
        for site in &report.sites {
            match Name::of(site, names.by).on_one_line(room, names.path_form(site)) {
                Some(line) => widest = line.width().max(widest),
                None => too_long += 1,
            }
        }
        if too_long * 10 > report.sites.len() {
            return set_in(width - INDENT);
        }
        names.beside = Some(Beside { room, widest });
        names
    }

    /// How wide the widest name beside the numbers is; `None` if all are below.
    pub(super) fn widest_beside(&self) -> Option<usize> {
        self.beside.map(|beside| beside.widest)
    }

    /// The name of a site.
    pub(super) fn of(&self, site: &Site) -> SetName {
        let name = Name::of(site, self.by);
        let path_form = self.path_form(site);
        let (lines, is_beside) = match self.beside {
            None => (name.below(self.below, path_form), false),
            Some(Beside { room, .. }) => match name.on_one_line(room, path_form) {
                Some(line) => (vec![line], true),
                None => (name.below(self.below, 0), false),
            },
        };
        SetName { lines, is_beside }
    }

    fn path_form(&self, site: &Site) -> usize {
        let package = site.package.as_deref();
        let form = package.and_then(|package| self.path_forms.get(package));
        form.copied().unwrap_or(0)
    }
}

/// Which form of its import path each package needs for all its names to fit. A name that fits in
/// no form does not count.
fn path_forms(report: &Report, room: usize) -> HashMap<&str, usize> {
    let mut needed: HashMap<&str, usize> = HashMap::new();
    for site in &report.sites {
        let form = || Name::of(site, report.view.by).path_form(room);
        if let Some(package) = site.package.as_deref()
            && let Some(form) = form()
        {
            let most = needed.entry(package).or_default();
            *most = form.max(*most);
        }
    }
    needed
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
