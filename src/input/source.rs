//! What the user named, and where the bytes are.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::buffer::Raw;
use super::error::{InputError, Problem};
use super::inflate::{Input, Limits};
use super::sniff::{Kind, sniff};

/// One place that a profile is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file, or anything else with a path that can be read: a pipe, a device.
    File(PathBuf),
    /// Standard input.
    Stdin,
}

impl Source {
    /// The name to show: the path as given, `-` for standard input. What is not UTF-8 is
    /// replaced; control characters are not escaped (see [`escape::line`](crate::escape::line)).
    #[must_use]
    pub fn name(&self) -> Cow<'_, str> {
        match self {
            Source::File(path) => path.to_string_lossy(),
            Source::Stdin => Cow::Borrowed("-"),
        }
    }

    /// How many bytes a regular file has; `None` for all else, and where nothing can be told.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        let Source::File(path) = self else {
            return None;
        };
        let metadata = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
        Some(metadata.len())
    }

    /// Opens the bytes as they are stored.
    pub(super) fn raw(&self) -> Result<Raw, Problem> {
        let Source::File(path) = self else {
            return Ok(Raw::Stream(Box::new(io::stdin())));
        };
        let file = File::open(path)?;
        // Of the open file: the path may by now lead elsewhere.
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(Problem::IsDirectory);
        }
        Ok(if metadata.is_file() {
            Raw::File(file)
        } else {
            Raw::Stream(Box::new(file))
        })
    }
}

/// What a list of arguments came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expanded {
    /// The sources, in the order of the arguments; those of a directory by name.
    pub sources: Vec<Source>,
    /// The files of directories that are no profiles.
    pub skipped: Vec<Skipped>,
}

/// A file of a directory that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Its path.
    pub path: PathBuf,
    /// Why, in the words of [`Problem`] or [`Kind`].
    pub reason: String,
}

/// Finds the sources that command line arguments mean.
///
/// A path is a file, `-` is standard input, and a directory is every profile directly in it:
/// regular files (or links to such) whose name does not begin with a dot and whose first bytes
/// look like a profile. Files that hold something else are listed in [`Expanded::skipped`]. Nothing
/// but the files of directories is opened; directories in them are not entered.
///
/// # Errors
/// When a path leads nowhere, a directory cannot be listed or has no profile, a file in one is
/// damaged or cannot be read, or `-` occurs twice.
pub fn expand(args: &[PathBuf]) -> Result<Expanded, InputError> {
    let mut expanded = Expanded::default();
    for path in args {
        let fail = |problem| InputError::new(path.to_string_lossy(), problem);
        if path.as_os_str() == "-" {
            if expanded.sources.contains(&Source::Stdin) {
                return Err(fail(Problem::StdinTwice));
            }
            expanded.sources.push(Source::Stdin);
        } else if is_directory(path).map_err(fail)? {
            expand_directory(path, &mut expanded)?;
        } else {
            expanded.sources.push(Source::File(path.clone()));
        }
    }
    Ok(expanded)
}

fn is_directory(path: &Path) -> Result<bool, Problem> {
    match fs::metadata(path).map_err(Problem::from) {
        Ok(metadata) => Ok(metadata.is_dir()),
        Err(Problem::NotFound) if path.to_string_lossy().contains(['*', '?', '[']) => {
            Err(Problem::Unexpanded)
        }
        Err(problem) => Err(problem),
    }
}

fn expand_directory(directory: &Path, expanded: &mut Expanded) -> Result<(), InputError> {
    let of_directory = |problem| InputError::new(directory.to_string_lossy(), problem);
    let paths = visible_entries(directory).map_err(|error| of_directory(error.into()))?;
    let (sources, skipped) = (expanded.sources.len(), expanded.skipped.len());
    let mut folders = 0;
    for path in paths {
        let metadata =
            fs::metadata(&path).map_err(|error| InputError::new(path.to_string_lossy(), error))?;
        // Pipes and devices would block or never end; directories are not entered.
        if !metadata.is_file() {
            folders += usize::from(metadata.is_dir());
            continue;
        }
        let source = Source::File(path.clone());
        match reason_to_skip(&source)? {
            None => expanded.sources.push(source),
            Some(reason) => expanded.skipped.push(Skipped { path, reason }),
        }
    }
    if expanded.sources.len() == sources {
        let skipped = expanded.skipped.len() - skipped;
        return Err(of_directory(Problem::NoProfiles { skipped, folders }));
    }
    Ok(())
}

/// What is in a directory, by name; names that begin with a dot are hidden.
fn visible_entries(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".") {
            paths.push(entry.path());
        }
    }
    paths.sort_unstable();
    Ok(paths)
}

/// Why a file is no profile; nothing if it looks like one. What may be a profile, damaged, is an
/// error: left out, it would be missed by nobody.
fn reason_to_skip(source: &Source) -> Result<Option<String>, InputError> {
    match Input::open(source, &Limits::default()) {
        Ok(input) => Ok(match sniff(input.head()) {
            Kind::Profile => None,
            kind => Some(kind.to_string()),
        }),
        Err(error) => match error.problem {
            Problem::NotAProfile { .. } => Ok(Some(error.problem.to_string())),
            // Not these limits count but those of the reader, who will tell.
            Problem::CompressedLimit { .. } | Problem::InflatedLimit { .. } => Ok(None),
            _ => Err(error),
        },
    }
}
