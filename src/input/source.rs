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
/// look like a profile. Files that do not are listed in [`Expanded::skipped`]. Nothing but the
/// files of directories is opened.
///
/// # Errors
/// When a path leads nowhere, a directory cannot be listed or has no profile, or `-` occurs twice.
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
            expand_directory(path, &mut expanded).map_err(fail)?;
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

fn expand_directory(directory: &Path, expanded: &mut Expanded) -> Result<(), Problem> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".") {
            paths.push(entry.path());
        }
    }
    paths.sort_unstable();
    let (sources, skipped) = (expanded.sources.len(), expanded.skipped.len());
    for path in paths {
        match fs::metadata(&path) {
            // Pipes and devices would block or never end; directories are not entered.
            Ok(metadata) if !metadata.is_file() => continue,
            Ok(_) => {}
            Err(error) => {
                let reason = Problem::from(error).to_string();
                expanded.skipped.push(Skipped { path, reason });
                continue;
            }
        }
        let source = Source::File(path.clone());
        match reason_to_skip(&source) {
            None => expanded.sources.push(source),
            Some(reason) => expanded.skipped.push(Skipped { path, reason }),
        }
    }
    if expanded.sources.len() == sources {
        let skipped = expanded.skipped.len() - skipped;
        return Err(Problem::NoProfiles { skipped });
    }
    Ok(())
}

fn reason_to_skip(source: &Source) -> Option<String> {
    match Input::open(source, &Limits::default()) {
        Err(error) => Some(error.problem.to_string()),
        Ok(input) => match sniff(input.head()) {
            Kind::Profile => None,
            kind => Some(kind.to_string()),
        },
    }
}
