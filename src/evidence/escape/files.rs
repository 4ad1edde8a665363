//! Which file of the compiler's output is which file of a profile.
//!
//! The two name files differently: the compiler relative to the folder it was called in, or
//! absolutely, or (`-trimpath`) by import path; the profile absolutely, perhaps on another
//! machine, or by import path. What both know is the package. A package is one folder, so a
//! file is certain by its package and its base name; all else is compared by the path's end, and
//! where two files fit equally well, none is taken.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::collect::RawFile;

/// The files, to be looked up by a profile's names.
#[derive(Debug, Default)]
pub(super) struct Files {
    files: Vec<File>,
    by_base: HashMap<Box<str>, Vec<u32>>,
    /// By package, then base name.
    at_home: HashMap<Arc<str>, HashMap<Box<str>, u32>>,
}

/// Of more files with one base name than this, no path's end is compared. The largest trees of
/// sources have some hundreds.
const MOST_OF_ONE_BASE: usize = 4096;

#[derive(Debug)]
struct File {
    path: Path,
    /// The package whose folder it is in. The compiler also speaks of files of others, of generic
    /// functions that the package instantiates.
    home: Option<Arc<str>>,
}

/// A name with one kind of slash, without dots, drive, module versions and `!` escapes.
#[derive(Debug, PartialEq, Eq)]
struct Path {
    text: Box<str>,
    absolute: bool,
}

impl Path {
    fn of(name: &str) -> Self {
        let slashed = name.replace('\\', "/");
        let (absolute, rest) = match slashed.as_bytes() {
            [b'/', ..] => (true, slashed.as_str()),
            [letter, b':', b'/', ..] if letter.is_ascii_alphabetic() => {
                (true, slashed.get(2..).unwrap_or_default())
            }
            _ => (false, slashed.as_str()),
        };
        let mut text = String::with_capacity(rest.len());
        for element in rest.split('/') {
            // The module cache writes `!b` for B and puts the version behind an @.
            let element = element.split_once('@').map_or(element, |(path, _)| path);
            if matches!(element, "" | "." | "..") {
                continue;
            }
            if !text.is_empty() {
                text.push('/');
            }
            let mut upper = false;
            for c in element.chars() {
                match c {
                    '!' => upper = true,
                    c if std::mem::take(&mut upper) => text.push(c.to_ascii_uppercase()),
                    c => text.push(c),
                }
            }
        }
        Self {
            text: text.into(),
            absolute,
        }
    }

    fn base(&self) -> &str {
        self.text
            .rsplit_once('/')
            .map_or(&*self.text, |(_, base)| base)
    }

    fn folder(&self) -> &str {
        self.text.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

/// How many elements at the end are the same, and whether one path is all of the other's end.
fn common_end(a: &str, b: &str) -> (usize, bool) {
    let mut a = a.rsplit('/').filter(|element| !element.is_empty());
    let mut b = b.rsplit('/').filter(|element| !element.is_empty());
    let mut common = 0;
    loop {
        match (a.next(), b.next()) {
            (Some(a), Some(b)) if a == b => common += 1,
            (Some(_), Some(_)) => return (common, false),
            _ => return (common, true),
        }
    }
}

impl Files {
    /// Takes the files of the compiler's output; `facts` is how many facts each has. Returns with
    /// the table the number of each file in it.
    pub(super) fn new(raw: &[RawFile], facts: &[usize]) -> (Self, Vec<u32>) {
        let paths: Vec<Path> = raw.iter().map(|file| Path::of(&file.name)).collect();
        let homes = homes(raw, &paths, facts);
        let mut files = Self::default();
        let mut numbers = vec![0; raw.len()];
        // Each name stands for one file, unless it is relative to several folders.
        let mut by_name: HashMap<&str, Option<u32>> = HashMap::new();
        let mut guests = Vec::new();
        for (index, (file, path)) in raw.iter().zip(paths).enumerate() {
            let home = file.package.as_ref().filter(|package| {
                homes
                    .get(*package)
                    .is_some_and(|home| home == path.folder())
            });
            let Some(home) = home else {
                guests.push((index, path));
                continue;
            };
            let known = files
                .at_home
                .get(home)
                .and_then(|names| names.get(path.base()));
            let number = match known {
                Some(number) => *number,
                None => {
                    let base = path.base().into();
                    let number = files.add(File {
                        path,
                        home: Some(Arc::clone(home)),
                    });
                    let names = files.at_home.entry(Arc::clone(home)).or_default();
                    names.insert(base, number);
                    number
                }
            };
            by_name
                .entry(&file.name)
                .and_modify(|same| *same = same.filter(|same| *same == number))
                .or_insert(Some(number));
            if let Some(slot) = numbers.get_mut(index) {
                *slot = number;
            }
        }
        for (index, path) in guests {
            let Some(file) = raw.get(index) else { continue };
            let number = match by_name.get(&*file.name) {
                Some(Some(number)) => *number,
                known => {
                    let unclear = known.is_some();
                    let number = files.add(File { path, home: None });
                    if !unclear {
                        by_name.insert(&file.name, Some(number));
                    }
                    number
                }
            };
            if let Some(slot) = numbers.get_mut(index) {
                *slot = number;
            }
        }
        (files, numbers)
    }

    fn add(&mut self, file: File) -> u32 {
        let number = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        self.by_base
            .entry(file.path.base().into())
            .or_default()
            .push(number);
        self.files.push(file);
        number
    }

    pub(super) fn len(&self) -> usize {
        self.files.len()
    }

    /// The file that a profile calls `name`, in a function of `package`.
    pub(super) fn find(&self, name: &str, package: &str) -> Option<u32> {
        let path = Path::of(name);
        let same_base = self.by_base.get(path.base())?;
        let files = || {
            same_base.iter().filter_map(|&number| {
                let file = self.files.get(usize::try_from(number).ok()?)?;
                Some((number, file))
            })
        };
        // Every program's functions are called main.
        let package = Some(package).filter(|package| !matches!(*package, "" | "main"));
        if let Some(package) = package {
            let names = [Some(package), package.strip_suffix("_test")];
            for package in names.into_iter().flatten() {
                let names = self.at_home.get(package);
                if let Some(number) = names.and_then(|names| names.get(path.base())) {
                    return Some(*number);
                }
            }
        }
        if same_base.len() > MOST_OF_ONE_BASE {
            return None;
        }
        let mut best: Option<(Fit, u32)> = None;
        let mut tied = false;
        for (number, file) in files() {
            if package.is_some() && file.home.is_some() {
                continue;
            }
            let Some(fit) = fit(&path, file) else {
                continue;
            };
            match &best {
                Some((other, _)) if *other > fit => {}
                Some((other, _)) if *other == fit => tied = true,
                _ => {
                    best = Some((fit, number));
                    tied = false;
                }
            }
        }
        let (fit, number) = best.filter(|_| !tied)?;
        // A base name alone is enough only where no other file has it.
        (fit.elements > 1 || same_base.len() == 1).then_some(number)
    }
}

/// How well two names fit: better ones are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    whole: bool,
    elements: usize,
}

fn fit(path: &Path, file: &File) -> Option<Fit> {
    let (elements, whole) = common_end(&path.text, &file.path.text);
    let by_name = Fit { whole, elements };
    let by_package = file.home.as_ref().map(|home| {
        let import_path = format!("{home}/{}", file.path.base());
        let (elements, whole) = common_end(&path.text, &import_path);
        Fit { whole, elements }
    });
    // A trimmed name holds the import path, so the two must agree; a folder on disk may have any
    // name above the module.
    let trimmed = !path.absolute && path.text.contains('/');
    if trimmed && let Some(by_package) = by_package {
        return by_package.whole.then_some(by_package);
    }
    let best = by_package.map_or(by_name, |by_package| by_package.max(by_name));
    // Names from two machines, or one from disk and one trimmed: the folder at least is the same.
    let two_roots = file.path.absolute || path.absolute;
    (best.whole || two_roots && best.elements >= 2).then_some(best)
}

/// The folder of each package: the one named like it, or else the one it has most to say of.
fn homes(raw: &[RawFile], paths: &[Path], facts: &[usize]) -> HashMap<Arc<str>, String> {
    let mut folders: HashMap<&Arc<str>, BTreeMap<&str, usize>> = HashMap::new();
    for ((file, path), facts) in raw.iter().zip(paths).zip(facts) {
        if let Some(package) = &file.package {
            *folders
                .entry(package)
                .or_default()
                .entry(path.folder())
                .or_default() += facts;
        }
    }
    folders
        .iter()
        .filter_map(|(package, folders)| {
            Some((Arc::clone(package), home(package, folders)?.to_owned()))
        })
        .collect()
}

/// The likeliest of the folders that the compiler named; with each, how many facts it has.
fn home<'a>(package: &str, folders: &BTreeMap<&'a str, usize>) -> Option<&'a str> {
    let named = folders
        .iter()
        .map(|(folder, facts)| {
            let (common, whole) = common_end(folder, package);
            (whole && common > 0, common, *facts, *folder)
        })
        .filter(|(_, common, ..)| *common > 0)
        .max();
    // The folder where the compiler was called has no name.
    let here = folders.get("").copied();
    match (named, here) {
        (Some((true, _, _, folder)), _) => Some(folder),
        (Some((false, _, facts, folder)), here) if here.is_none_or(|here| facts > here) => {
            Some(folder)
        }
        (_, Some(_)) => Some(""),
        _ => folders
            .iter()
            .max_by_key(|(_, facts)| **facts)
            .map(|(folder, _)| *folder),
    }
}
