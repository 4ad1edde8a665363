//! Classes 64 and 66: what a path can lead to, and what a file can be called.

use std::path::Path;

use memlens::aggregate::{self, Query};
use memlens::decode::DecodeLimits;
use memlens::input::{Input, Limits, Source};

use super::wire::{Layout, Profile};

fn read(path: &Path) -> Result<Vec<i64>, String> {
    let source = Source::File(path.to_owned());
    let mut input = Input::open(&source, &Limits::default()).map_err(|e| e.to_string())?;
    let sites = aggregate::read(&mut input, &Query::default(), &DecodeLimits::default());
    sites.map(|sites| sites.totals).map_err(|e| e.to_string())
}

#[test]
fn what_is_no_file_is_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing");
    let says = |path: &Path, reason: &str| {
        assert_eq!(read(path), Err(format!("{}: {reason}", path.display())));
    };
    says(&path, "no such file");
    says(folder.path(), "is a directory");
    #[cfg(unix)]
    {
        says(Path::new("/dev/null"), "file is empty");
        let link = folder.path().join("loop");
        std::os::unix::fs::symlink(&link, &link).unwrap();
        let message = read(&link).unwrap_err();
        assert!(message.contains("symbolic links"), "{message}");
    }
}

#[cfg(unix)]
#[test]
fn any_file_name_is_read_and_shown_on_one_safe_line() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::small();
    let bytes = profile.bytes(Layout::Go);
    for (name, shown) in [
        (&b"\x1b[31mred"[..], r"\x1b[31mred"),
        (b"a\n::error::b", r"a\n::error::b"),
        (b"\xff\xfe", "\u{fffd}\u{fffd}"),
        (&[b'n'; 255], &"n".repeat(255)),
        (b"-", "-"),
        (b" ", " "),
    ] {
        let path = folder.path().join(OsStr::from_bytes(name));
        std::fs::write(&path, &bytes).unwrap();
        assert_eq!(read(&path), Ok(profile.totals()));
        for (damaged, what) in [
            (&bytes[..bytes.len() - 1], "profile: length"),
            (b"\x1f\x8b".as_slice(), "file is cut short"),
        ] {
            std::fs::write(&path, damaged).unwrap();
            let message = read(&path).unwrap_err();
            let start = format!("{}/{shown}: byte ", folder.path().display());
            assert!(
                message.starts_with(&start) && message.contains(what),
                "{message}"
            );
            assert!(!message.contains(char::is_control), "{message}");
        }
        std::fs::remove_file(&path).unwrap();
    }
}
