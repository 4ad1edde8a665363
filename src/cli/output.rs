//! Where the report goes: standard output, or a file that is written whole or not at all.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice};
use anyhow::{anyhow, bail};

use memlens::input::Source;

/// A place to write to, found fit for it.
#[derive(Debug)]
pub(super) enum Output {
    Stdout,
    /// A device or a pipe that the user named: written through, there is nothing to replace.
    Device(PathBuf),
    /// A regular file, replaced at once when all is written.
    File {
        /// As the user named it, for messages.
        name: PathBuf,
        /// Where it is, links resolved: a link stays one.
        target: PathBuf,
    },
}

impl Output {
    /// Finds out where `path` leads (`None` and `-` to standard output), and that it can be
    /// written to.
    pub(super) fn new(path: Option<&Path>, inputs: &[Source]) -> anyhow::Result<Self> {
        let Some(path) = path.filter(|path| path.as_os_str() != "-") else {
            return Ok(Self::Stdout);
        };
        // Opened anew, it would be written from its start.
        if path == Path::new("/dev/stdout") {
            return Ok(Self::Stdout);
        }
        match fs::metadata(path) {
            Ok(there) if there.is_dir() => bail!("{}: is a directory", path.display()),
            Ok(there) if !there.is_file() => return Ok(Self::Device(path.to_owned())),
            Ok(_) if is_among(path, inputs) => {
                bail!("{}: is one of the inputs", path.display());
            }
            _ => {}
        }
        let target = resolve(path);
        // Without a name, so that nothing is left behind however the run ends.
        tempfile::tempfile_in(folder(&target)).map_err(|error| cannot_write(path, &error))?;
        Ok(Self::File {
            name: path.to_owned(),
            target,
        })
    }

    /// Writes what `render` gives; `colored` says whether there may be colours in it.
    pub(super) fn write(
        self,
        colored: bool,
        render: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        match self {
            Self::Stdout => {
                let stdout = io::stdout();
                let choice = choice(colored, || AutoStream::choice(&stdout));
                write_all(AutoStream::new(stdout.lock(), choice), render)
                    .map_err(|error| cannot_write(Path::new("standard output"), &error))
            }
            Self::Device(name) => {
                let device = OpenOptions::new().write(true).open(&name);
                let written = device.and_then(|device| write_file(&device, colored, render));
                written.map_err(|error| cannot_write(&name, &error))
            }
            Self::File { name, target } => {
                replace(&target, |file| write_file(file, colored, render))
                    .map_err(|error| cannot_write(&name, &error))
            }
        }
    }
}

fn choice(colored: bool, for_stream: impl FnOnce() -> ColorChoice) -> ColorChoice {
    match colored {
        true => for_stream(),
        // Nothing to strip: let the bytes through as they are.
        false => ColorChoice::AlwaysAnsi,
    }
}

fn write_file(
    file: &File,
    colored: bool,
    render: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut file = file.try_clone()?;
    let choice = choice(colored, || AutoStream::choice(&file));
    write_all(AutoStream::new(&mut file, choice), render)
}

/// Buffered, and flushed so that the last error is seen too.
fn write_all(
    out: impl Write,
    render: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(64 << 10, out);
    render(&mut out)?;
    out.flush()
}

/// Writes a new file beside `target` and puts it in its place.
fn replace(target: &Path, write: impl FnOnce(&File) -> io::Result<()>) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".memlens-").suffix(".tmp");
    let mode = mode_of_new_files();
    if let Some(mode) = mode {
        builder.permissions(mode);
    }
    let file = builder.tempfile_in(folder(target))?;
    if let Ok(there) = fs::metadata(target) {
        file.as_file().set_permissions(there.permissions())?;
    }
    write(file.as_file())?;
    // A rename that survives a crash its contents did not would be half a file.
    file.as_file().sync_all()?;
    file.persist(target).map_err(|error| error.error)?;
    Ok(())
}

/// What the system gives to any new file, less the user's mask; temporary files are private.
#[cfg(unix)]
fn mode_of_new_files() -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn mode_of_new_files() -> Option<Permissions> {
    None
}

fn folder(target: &Path) -> &Path {
    match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// The file itself, where `path` is a link to one.
fn resolve(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

fn is_among(path: &Path, inputs: &[Source]) -> bool {
    inputs.iter().any(|input| match input {
        Source::File(input) => is_same_file(path, input),
        Source::Stdin => is_stdin(path),
    })
}

/// Whether standard input was redirected from the file.
#[cfg(unix)]
fn is_stdin(path: &Path) -> bool {
    use std::os::fd::AsFd;
    // Of the open file: the name it was opened by is not known.
    let stdin = io::stdin().as_fd().try_clone_to_owned().map(File::from);
    let stdin = stdin.and_then(|stdin| stdin.metadata());
    matches!((fs::metadata(path), stdin), (Ok(a), Ok(b)) if identity(&a) == identity(&b))
}

#[cfg(not(unix))]
fn is_stdin(_: &Path) -> bool {
    false
}

/// Under whatever names: links, hard ones too.
#[cfg(unix)]
fn is_same_file(a: &Path, b: &Path) -> bool {
    matches!((fs::metadata(a), fs::metadata(b)), (Ok(a), Ok(b)) if identity(&a) == identity(&b))
}

/// Device and inode: what is the same file has the same.
#[cfg(unix)]
fn identity(file: &fs::Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (file.dev(), file.ino())
}

#[cfg(not(unix))]
fn is_same_file(a: &Path, b: &Path) -> bool {
    matches!((fs::canonicalize(a), fs::canonicalize(b)), (Ok(a), Ok(b)) if a == b)
}

/// The error without its number, which says nothing to people; a closed pipe stays what it is.
fn cannot_write(path: &Path, error: &io::Error) -> anyhow::Error {
    let reason = match error.kind() {
        io::ErrorKind::NotFound => "no such folder".to_owned(),
        io::ErrorKind::NotADirectory => "its folder is a file".to_owned(),
        io::ErrorKind::PermissionDenied => "no permission to write there".to_owned(),
        io::ErrorKind::StorageFull => "no space left on the device".to_owned(),
        io::ErrorKind::BrokenPipe => return io::Error::from(error.kind()).into(),
        _ => error.to_string(),
    };
    anyhow!("{}: {reason}", path.display())
}
