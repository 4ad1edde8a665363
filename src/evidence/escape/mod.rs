//! What the Go compiler says of escapes: `go build -gcflags=-m=2`.
//!
//! Read is the text of `-m`, `-m=2` (of `go build`, `go test -c` or `go vet`-like logs around it),
//! or the folder of `-gcflags=-json=0,DIR`. Both give [`Fact`]s by file and line, which are looked
//! up by the names that a profile has for files and functions.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::evidence::lines::Lines;
use crate::gosym;

mod collect;
mod expression;
mod fact;
mod files;
mod json;
mod message;
#[cfg(test)]
mod tests;
mod text;

pub use expression::What;
pub use fact::{Fact, Inlined, Kind, Leak, Reason, Step};

use collect::Collector;
use files::Files;
use json::Json;
use text::Text;

/// How much is read and kept at most. What is beyond is passed over, see [`Escape::truncated`].
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes read in all.
    pub bytes: u64,
    /// Bytes kept of one line of text. Long lines are types and bodies of functions, whose start
    /// says enough.
    pub line: usize,
    /// Bytes of one line of JSON, which for `go build -json` is all that is said of a package; a
    /// longer one is passed over.
    pub json_line: usize,
    /// Bytes of memory for facts, about.
    pub memory: usize,
    /// Steps kept of one flow.
    pub steps: usize,
    /// Files read of a folder.
    pub files: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 512 << 20,
            line: 16 << 10,
            json_line: 32 << 20,
            memory: 256 << 20,
            steps: 32,
            files: 20_000,
        }
    }
}

/// Why nothing could be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file or folder cannot be opened or read.
    #[error("cannot read {path}: {source}", path = path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is neither a regular file nor a folder.
    #[error("{path} is neither a file nor a folder", path = path.display())]
    Special {
        /// Which.
        path: PathBuf,
    },
    /// The text is UTF-16.
    #[error("{path} is UTF-16 text: was it written by a PowerShell redirection?", path = path.display())]
    Utf16 {
        /// Which.
        path: PathBuf,
    },
}

/// Facts by file and line.
#[derive(Debug, Default)]
pub struct Escape {
    /// By file, then line, column, kind and expression.
    facts: Vec<Fact>,
    /// Where the facts of each file begin, and at last where they end.
    starts: Vec<usize>,
    files: Files,
    truncated: bool,
}

/// One frame of an address in a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The function's symbol.
    pub function: &'a str,
    /// Its file, as the profile names it.
    pub file: &'a str,
    /// 1-based line.
    pub line: u32,
}

/// Facts that may belong to an address, by the frame at whose line they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameFacts<'a> {
    /// Which of the frames.
    pub frame: usize,
    /// Not empty.
    pub facts: Vec<&'a Fact>,
}

impl Escape {
    /// Reads a file of text or a folder of JSON.
    ///
    /// Text without any fact is no error: of generic code that its own package does not instantiate
    /// the compiler says nothing.
    ///
    /// # Errors
    ///
    /// If `path` cannot be read or is UTF-16 text.
    pub fn read(path: &Path, limits: &Limits) -> Result<Self, Error> {
        let io = |source| Error::Io {
            path: path.to_owned(),
            source,
        };
        let metadata = fs::metadata(path).map_err(io)?;
        if metadata.is_dir() {
            Self::read_folder(path, limits)
        } else if metadata.is_file() {
            let file = File::open(path).map_err(io)?;
            let mut reader = BufReader::with_capacity(64 << 10, file);
            if matches!(
                reader.fill_buf().map_err(io)?,
                [0xff, 0xfe, ..] | [0xfe, 0xff, ..]
            ) {
                let path = path.to_owned();
                return Err(Error::Utf16 { path });
            }
            Self::read_text(reader, limits).map_err(io)
        } else {
            Err(Error::Special {
                path: path.to_owned(),
            })
        }
    }

    /// Reads text.
    ///
    /// # Errors
    ///
    /// What the reader says.
    pub fn read_text(reader: impl BufRead, limits: &Limits) -> io::Result<Self> {
        let mut collector = Collector::new(limits);
        let mut limited = reader.take(limits.bytes);
        let mut lines = Lines::new(&mut limited, limits.line).with_json_limit(limits.json_line);
        let mut text = Text::new(&mut collector);
        while let Some(line) = lines.next()? {
            text.line(line);
        }
        text.finish();
        if limited.limit() == 0 {
            collector.truncated = true;
        }
        Ok(Self::of(collector))
    }

    fn read_folder(folder: &Path, limits: &Limits) -> Result<Self, Error> {
        let (files, all) = json_files(folder, limits.files)?;
        let mut collector = Collector::new(limits);
        collector.truncated = !all;
        let mut left = limits.bytes;
        for path in files {
            let io = |source| Error::Io {
                path: path.clone(),
                source,
            };
            let mut limited = BufReader::new(File::open(&path).map_err(io)?).take(left);
            let mut lines = Lines::new(&mut limited, limits.json_line);
            let mut json = Json::new(&mut collector);
            while let Some(line) = lines.next().map_err(io)? {
                json.line(line);
            }
            json.finish();
            left = limited.limit();
            if left == 0 {
                collector.truncated = true;
                break;
            }
        }
        Ok(Self::of(collector))
    }

    fn of(collector: Collector<'_>) -> Self {
        let truncated = collector.truncated;
        let (raw, mut facts) = collector.into_parts();
        let mut counts = vec![0; raw.len()];
        for (file, _) in &facts {
            if let Some(count) = usize::try_from(*file)
                .ok()
                .and_then(|file| counts.get_mut(file))
            {
                *count += 1;
            }
        }
        let (files, numbers) = Files::new(&raw, &counts);
        for (file, _) in &mut facts {
            *file = usize::try_from(*file)
                .ok()
                .and_then(|file| numbers.get(file))
                .copied()
                .unwrap_or_default();
        }
        facts.sort_by(|(file_a, a), (file_b, b)| file_a.cmp(file_b).then_with(|| a.order(b)));
        facts.dedup_by(|(file_b, b), (file_a, a)| file_a == file_b && a.absorb(b));
        let starts = (0..=files.len())
            .map(|number| {
                facts.partition_point(|(file, _)| usize::try_from(*file).is_ok_and(|f| f < number))
            })
            .collect();
        Self {
            facts: facts.into_iter().map(|(_, fact)| fact).collect(),
            starts,
            files,
            truncated,
        }
    }

    /// Whether a limit was met, so that facts may be missing.
    #[must_use]
    pub fn truncated(&self) -> bool {
        self.truncated
    }

    /// How many facts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.facts.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }

    /// All facts of a file, by line. `file` is the profile's name for it and `package` the import
    /// path of the function there, unescaped. Nothing if the file is not there, or if it could be
    /// more than one.
    #[must_use]
    pub fn file(&self, file: &str, package: &str) -> &[Fact] {
        let range = self.files.find(file, package).and_then(|number| {
            let number = usize::try_from(number).ok()?;
            Some(*self.starts.get(number)?..*self.starts.get(number + 1)?)
        });
        range
            .and_then(|range| self.facts.get(range))
            .unwrap_or_default()
    }

    /// The facts of a line; see [`Escape::file`] for the names.
    #[must_use]
    pub fn at(&self, file: &str, package: &str, line: u32) -> &[Fact] {
        let facts = self.file(file, package);
        let start = facts.partition_point(|fact| fact.line < line);
        let end = facts.partition_point(|fact| fact.line <= line);
        facts.get(start..end).unwrap_or_default()
    }

    /// The facts for one address of a profile, whose frames are given innermost first.
    ///
    /// The compiler speaks of an inlined callee at the line that calls it, so the outermost frame's
    /// line comes first here, and the callees' own lines, where the compiler speaks of the copies
    /// that are not inlined, behind it. Facts that are known to belong to another callee are left
    /// out.
    #[must_use]
    pub fn for_frames<'a>(&'a self, frames: &[Frame<'_>]) -> Vec<FrameFacts<'a>> {
        let mut found = Vec::new();
        for (index, frame) in frames.iter().enumerate().rev() {
            let package = gosym::package(frame.function.as_bytes());
            let package = String::from_utf8_lossy(package);
            // Within the frame's line, the callees that led to the address: the outermost first.
            let callees = frames.get(..index).unwrap_or_default();
            let facts: Vec<&Fact> = self
                .at(frame.file, &gosym::unescape(&package), frame.line)
                .iter()
                .filter(|fact| {
                    fact.inlined.is_empty()
                        || fact.inlined.len() == callees.len()
                            && fact
                                .inlined
                                .iter()
                                .zip(callees.iter().rev())
                                .all(|(place, callee)| place.line == callee.line)
                })
                .collect();
            if !facts.is_empty() {
                found.push(FrameFacts {
                    frame: index,
                    facts,
                });
            }
        }
        found
    }
}

/// The JSON files of a folder and of the folders in it, and whether these are all. Links are not
/// followed: the compiler makes none.
fn json_files(folder: &Path, limit: usize) -> Result<(Vec<PathBuf>, bool), Error> {
    let io = |path: &Path, source| Error::Io {
        path: path.to_owned(),
        source,
    };
    let mut files = Vec::new();
    let mut folders = vec![(folder.to_owned(), true)];
    let mut seen = 0;
    while let Some((folder, top)) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|source| io(&folder, source))? {
            let entry = entry.map_err(|source| io(&folder, source))?;
            seen += 1;
            if seen > limit {
                files.sort();
                return Ok((files, false));
            }
            let path = entry.path();
            let kind = entry.file_type().map_err(|source| io(&path, source))?;
            if kind.is_dir() && top {
                folders.push((path, false));
            } else if kind.is_file() && path.extension().is_some_and(|end| end == "json") {
                files.push(path);
            }
        }
    }
    // The same facts in the same order whatever the file system.
    files.sort();
    Ok((files, true))
}
