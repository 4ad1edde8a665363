//! The profiles to measure on: generated once and kept, or given.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

use super::generate::{self, Order, Shape};
use super::machine;
use super::size::Size;

/// A profile to measure on.
pub struct Input {
    /// What the report calls it.
    pub name: String,
    /// One file, or the same many times.
    pub paths: Vec<PathBuf>,
    /// Whether all samples stand before what they refer to.
    pub is_samples_first: bool,
    /// Bytes on disk, of all.
    pub compressed: u64,
    /// Bytes before compression, of all.
    pub inflated: u64,
}

const MB: u64 = 1_000_000;

/// How many profiles are added up.
const MANY: usize = 1000;

/// Shape, order, bytes before compression, and how often it is read. The first is about 5 KB on disk.
const GENERATED: [(Shape, Order, u64, usize); 9] = [
    (Shape::Compiler, Order::Runtime, 8_000, 1),
    (Shape::Compiler, Order::Runtime, 3 * MB, 1),
    (Shape::Compiler, Order::Runtime, 30 * MB, 1),
    (Shape::Compiler, Order::Runtime, 100 * MB, 1),
    (Shape::Server, Order::Runtime, 100 * MB, 1),
    (Shape::Entropy, Order::Runtime, 100 * MB, 1),
    (Shape::Compiler, Order::Pprof, 100 * MB, 1),
    (Shape::Compiler, Order::Runtime, MB, MANY),
    (Shape::Compiler, Order::Runtime, HUGE, 1),
];

const HUGE: u64 = 1000 * MB;

/// The generated profiles whose names contain `only`, made where need be.
pub fn generated(directory: &Path, only: &str, with_huge: bool) -> anyhow::Result<Vec<Input>> {
    let mut inputs = Vec::new();
    for (shape, order, bytes, copies) in GENERATED {
        let size = Size(bytes);
        let mut name = format!("{shape} {size}");
        if order == Order::Pprof {
            name += ", samples first";
        }
        if copies > 1 {
            name = format!("{copies} of {name}");
        }
        if !name.contains(only) || (bytes == HUGE && !with_huge) {
            continue;
        }
        let path = directory.join(format!("{shape}-{order}-{size}.pb.gz"));
        if !is_current(&path)? {
            generate_in_child(shape, order, size, &path)?;
        }
        let input = Input::new(name, vec![path; copies])?;
        inputs.push(Input {
            is_samples_first: order == Order::Pprof,
            ..input
        });
    }
    Ok(inputs)
}

impl Input {
    /// A profile that the user named.
    pub fn given(path: &Path) -> anyhow::Result<Self> {
        let name = path.file_name().unwrap_or(path.as_os_str());
        Self::new(name.to_string_lossy().into_owned(), vec![path.to_owned()])
    }

    /// Has the files inflated once, which also brings them into the page cache.
    fn new(name: String, paths: Vec<PathBuf>) -> anyhow::Result<Self> {
        let mut inflate = Command::new(std::env::current_exe()?);
        let length = machine::first_line_of(inflate.arg("inflate").args(&paths));
        let inflated = length
            .and_then(|length| length.parse().ok())
            .with_context(|| format!("cannot read {name}"))?;
        let mut compressed = 0;
        for path in &paths {
            compressed += path.metadata()?.len();
        }
        Ok(Self {
            name,
            paths,
            is_samples_first: false,
            compressed,
            inflated,
        })
    }
}

/// Writes a generated profile, whole or not at all.
pub fn generate(shape: Shape, order: Order, size: Size, path: &Path) -> anyhow::Result<()> {
    let unfinished = path.with_extension("unfinished");
    let file = File::create(&unfinished)
        .with_context(|| format!("cannot create {}", unfinished.display()))?;
    generate::generate(shape, order, size.0, 1, BufWriter::new(file))
        .with_context(|| format!("cannot write {}", unfinished.display()))?;
    fs::rename(&unfinished, path)?;
    Ok(())
}

fn generate_in_child(shape: Shape, order: Order, size: Size, path: &Path) -> anyhow::Result<()> {
    let status = Command::new(std::env::current_exe()?)
        .args([
            "generate",
            &shape.to_string(),
            &order.to_string(),
            &size.to_string(),
        ])
        .arg(path)
        .status()?;
    anyhow::ensure!(status.success(), "generating {} failed", path.display());
    Ok(())
}

/// Whether a profile is there and no older than the generator, which is part of this program.
fn is_current(path: &Path) -> anyhow::Result<bool> {
    let generator = std::env::current_exe()?.metadata()?.modified()?;
    let profile = path.metadata().and_then(|metadata| metadata.modified());
    Ok(profile.is_ok_and(|modified| modified >= generator))
}

/// `peers/` in the target directory, two levels above `release/examples/peers`.
pub fn default_directory() -> anyhow::Result<PathBuf> {
    let runner = std::env::current_exe()?;
    let target = runner
        .ancestors()
        .nth(3)
        .context("not in a target directory: give --dir")?;
    Ok(target.join("peers"))
}
