//! Finds the real profiles that tests compare on.

use std::path::{Path, PathBuf};

/// The profiles of the repository.
pub fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/profiles")
}

/// Every profile there is to compare on: the repository's own, those of the directory that
/// `MEMLENS_SHARED` names, which need not exist, and those of each directory in
/// `MEMLENS_PROFILES`, separated by colons, which must.
pub fn all() -> Vec<PathBuf> {
    let mut found = below(&testdata());
    assert!(!found.is_empty(), "testdata/profiles holds no profile");
    if let Some(shared) = std::env::var_os("MEMLENS_SHARED").map(PathBuf::from)
        && shared.is_dir()
    {
        found.extend(below(&shared));
    }
    if let Some(directories) = std::env::var_os("MEMLENS_PROFILES") {
        for directory in std::env::split_paths(&directories) {
            let more = below(&directory);
            assert!(!more.is_empty(), "{}: no profile", directory.display());
            found.extend(more);
        }
    }
    found
}

/// The profiles in a directory and those below it, by their names, in order.
fn below(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut left = vec![directory.to_owned()];
    while let Some(directory) = left.pop() {
        let entries = std::fs::read_dir(&directory)
            .unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
        for entry in entries {
            let path = entry.expect("a directory that can be read").path();
            if path.is_dir() {
                left.push(path);
            } else if is_profile(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn is_profile(path: &Path) -> bool {
    let name = path.to_string_lossy();
    [".out", ".pb.gz", ".pb", ".pprof"]
        .iter()
        .any(|ending| name.ends_with(ending))
}
