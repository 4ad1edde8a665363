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
    pub path: PathBuf,
    /// Bytes on disk.
    pub compressed: u64,
    /// Bytes before compression.
    pub inflated: u64,
}

impl Input {
    /// Every combination of shapes, orders and sizes, generated where need be, then `files`.
    pub fn all(
        shapes: &[Shape],
        orders: &[Order],
        sizes: &[Size],
        directory: &Path,
        files: &[PathBuf],
    ) -> anyhow::Result<Vec<Self>> {
        let mut inputs = Vec::new();
        for &shape in shapes {
            for &order in orders {
                for &size in sizes {
                    let name = match order {
                        Order::Runtime => format!("{shape} {size}"),
                        Order::Pprof => format!("{shape} {size}, samples first"),
                    };
                    let path = directory.join(format!("{shape}-{order}-{size}.pb.gz"));
                    if !is_current(&path)? {
                        generate_in_child(shape, order, size, &path)?;
                    }
                    inputs.push(Self::new(name, path)?);
                }
            }
        }
        for path in files {
            let name = path
                .file_name()
                .unwrap_or(path.as_os_str())
                .to_string_lossy();
            inputs.push(Self::new(name.into_owned(), path.clone())?);
        }
        Ok(inputs)
    }

    /// Has the file inflated once, which also brings it into the page cache.
    fn new(name: String, path: PathBuf) -> anyhow::Result<Self> {
        let mut inflate = Command::new(std::env::current_exe()?);
        let length = machine::first_line_of(inflate.arg("inflate").arg(&path));
        let inflated = length
            .and_then(|length| length.parse().ok())
            .with_context(|| format!("cannot read {}", path.display()))?;
        let compressed = path.metadata()?.len();
        Ok(Self {
            name,
            path,
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
