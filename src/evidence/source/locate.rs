//! Which file of a source tree a profile's file name means.
//!
//! Profiles name files as the compiler saw them: by the absolute path on the machine that built,
//! or with `-trimpath` by the module path. So a name is first read as one of a module
//! (`go.mod` and the package's import path say the folder), and else matched from its end.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use crate::gosym;

use super::NotRead;

/// Folders that hold no code of the module.
const SKIPPED: [&str; 2] = [".git", "node_modules"];
/// A go.mod is some lines; what is longer is not read.
const MAX_GO_MOD: u64 = 1 << 20;
/// So many folders up a go.mod is looked for.
const MAX_PARENTS: usize = 32;

/// What a name means.
pub(super) enum Place {
    /// A file of the tree, relative to its root. `sure` when a module path led there, not only
    /// the end of the name.
    Tree {
        /// Relative to the root.
        path: PathBuf,
        /// Whether the package agrees.
        sure: bool,
    },
    /// A file of the standard library, relative to `GOROOT/src`.
    Standard(PathBuf),
    /// A file of the module cache, relative to it.
    ModuleCache(PathBuf),
}

/// The Go files and modules of a source tree.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// The folders of files, by the file's own name.
    files: HashMap<String, Vec<PathBuf>>,
    /// The folder and the module path of each go.mod, the longest path first.
    modules: Vec<(PathBuf, String)>,
    /// Whether there was more than may be looked at.
    pub(super) truncated: bool,
}

impl Index {
    /// Lists the tree under `root`, at most `max_entries` of its entries. Links to folders are
    /// not followed. `testdata` folders come last, so that they take nothing from the rest.
    pub(super) fn of(root: &Path, module: Option<&str>, max_entries: usize) -> Self {
        let mut index = Self::default();
        let mut left = max_entries;
        let mut open = vec![PathBuf::new()];
        let mut testdata = Vec::new();
        while let Some(folder) = open.pop().or_else(|| testdata.pop()) {
            let Ok(entries) = std::fs::read_dir(root.join(&folder)) else {
                continue;
            };
            for entry in entries.flatten() {
                match left.checked_sub(1) {
                    Some(fewer) => left = fewer,
                    None => {
                        index.truncated = true;
                        break;
                    }
                }
                let name = entry.file_name();
                let Some(name) = name.to_str() else {
                    continue;
                };
                let Ok(kind) = entry.file_type() else {
                    continue;
                };
                if kind.is_dir() {
                    if name == "testdata" {
                        testdata.push(folder.join(name));
                    } else if !SKIPPED.contains(&name) {
                        open.push(folder.join(name));
                    }
                } else if name == "go.mod" {
                    if let Some(path) = module_path(&root.join(&folder).join(name)) {
                        index.modules.push((folder.clone(), path));
                    }
                } else if name.ends_with(".go") {
                    index
                        .files
                        .entry(name.to_owned())
                        .or_default()
                        .push(folder.clone());
                }
            }
            if index.truncated {
                break;
            }
        }
        if let Some(module) = module
            && !index.modules.iter().any(|(_, path)| path == module)
        {
            index.modules.push((PathBuf::new(), module.to_owned()));
        }
        // The order of a folder's entries is the file system's; ours is not.
        index
            .modules
            .sort_by(|a, b| b.1.len().cmp(&a.1.len()).then_with(|| a.cmp(b)));
        for folders in index.files.values_mut() {
            folders.sort();
        }
        index
    }

    fn has(&self, folder: &Path, name: &str) -> bool {
        self.files
            .get(name)
            .is_some_and(|folders| folders.iter().any(|found| found == folder))
    }

    /// The folder in the tree of an import path that belongs to one of its modules.
    fn folder(&self, package: &str) -> impl Iterator<Item = PathBuf> {
        self.modules.iter().filter_map(move |(folder, module)| {
            let rest = package.strip_prefix(module.as_str())?;
            match rest.strip_prefix('/') {
                Some(rest) => Some(folder.join(rest)),
                None if rest.is_empty() => Some(folder.clone()),
                None => None,
            }
        })
    }

    /// What `name`, of the package with the import path `package`, means. `root` is the tree's
    /// absolute path, of which the last parts may be in the name too.
    pub(super) fn find(&self, root: &Path, name: &str, package: &str) -> Result<Place, NotRead> {
        let name = name.replace('\\', "/");
        let parts: Vec<&str> = name
            .split('/')
            .filter(|part| !part.is_empty() && *part != ".")
            .collect();
        let Some((&file, folders)) = parts.split_last() else {
            return Err(NotRead::NoGoFile);
        };
        if !file.ends_with(".go") || file.starts_with('<') || parts.contains(&"..") {
            return Err(NotRead::NoGoFile);
        }
        let package = gosym::unescape(package);
        let package = package
            .strip_suffix("_test")
            .or_else(|| package.strip_suffix(".test"))
            .unwrap_or(&package);
        // By the package's path: right wherever the tree was when it was built.
        for folder in self.folder(package) {
            if self.has(&folder, file) {
                return Ok(Place::Tree {
                    path: folder.join(file),
                    sure: true,
                });
            }
        }
        // By the name's own path, as -trimpath writes it: `example.com/m/pkg/file.go`.
        let trimmed = folders.join("/");
        for folder in self.folder(&trimmed) {
            if self.has(&folder, file) {
                return Ok(Place::Tree {
                    path: folder.join(file),
                    sure: true,
                });
            }
        }
        if let Some(place) = self.versioned(folders, file)? {
            return Ok(place);
        }
        if let Some(path) = standard(folders, file, package) {
            return Ok(Place::Standard(path));
        }
        self.by_end(root, folders, file, package)
    }

    /// A file of a versioned module: `…/pkg/mod/github.com/!burnt!sushi/toml@v1.3.2/decode.go`,
    /// or without what is before the module path.
    fn versioned(&self, folders: &[&str], file: &str) -> Result<Option<Place>, NotRead> {
        let Some(at) = folders.iter().position(|part| part.contains('@')) else {
            return Ok(None);
        };
        let start = folders
            .windows(2)
            .position(|pair| pair == ["pkg", "mod"])
            .filter(|&start| start + 2 <= at)
            .map_or(0, |start| start + 2);
        let (Some(module), Some(rest)) = (folders.get(start..=at), folders.get(at + 1..)) else {
            return Ok(None);
        };
        let module = module.join("/");
        let (path, version) = module.split_once('@').unwrap_or((&module, ""));
        let path = unescaped(path);
        if path == "golang.org/toolchain" {
            let rest = rest.strip_prefix(&["src"]).unwrap_or(rest);
            return Ok(Some(Place::Standard(joined(rest, file))));
        }
        // The tree may be that module itself, used as a dependency, or hold it in vendor.
        let within = rest.join("/");
        let whole = match within.is_empty() {
            true => path.clone(),
            false => format!("{path}/{within}"),
        };
        let vendored = self
            .modules
            .iter()
            .map(|(folder, _)| folder.clone())
            .chain(std::iter::once(PathBuf::new()))
            .map(|folder| folder.join("vendor").join(&whole));
        for folder in self.folder(&whole).chain(vendored) {
            if self.has(&folder, file) {
                return Ok(Some(Place::Tree {
                    path: folder.join(file),
                    sure: true,
                }));
            }
        }
        let mut cached = PathBuf::from(format!("{}@{version}", escaped(&path)));
        cached.extend(rest);
        cached.push(file);
        match is_plain(&cached) {
            true => Ok(Some(Place::ModuleCache(cached))),
            false => Err(NotRead::NotFound),
        }
    }

    /// The file of the tree that shares the longest end with the name.
    fn by_end(
        &self,
        root: &Path,
        folders: &[&str],
        file: &str,
        package: &str,
    ) -> Result<Place, NotRead> {
        let candidates = self.files.get(file).ok_or(NotRead::NotFound)?;
        let root_parts: Vec<&str> = parts_of(root);
        let package_parts: Vec<&str> = package.split('/').collect();
        let mut best: Vec<&PathBuf> = Vec::new();
        let mut best_score = (0, 0);
        for folder in candidates {
            let own = parts_of(folder);
            let whole = root_parts.iter().chain(&own).rev();
            let by_name = common(folders.iter().rev(), whole.clone());
            let by_package = common(package_parts.iter().rev(), whole);
            let score = (by_name, by_package);
            if score > best_score || best.is_empty() {
                best_score = score;
                best.clear();
                best.push(folder);
            } else if score == best_score {
                best.push(folder);
            }
        }
        let [folder] = *best.as_slice() else {
            return Err(NotRead::Ambiguous { files: best.len() });
        };
        // Nothing but the file's own name in common: a file beside go.mod, of a tree that had
        // another name, or quite another file. The caller looks at the package clause then.
        let at_top = folder.as_os_str().is_empty()
            || self.modules.iter().any(|(module, _)| module == folder);
        if best_score.0 == 0 && !at_top {
            return Err(NotRead::NotFound);
        }
        Ok(Place::Tree {
            path: folder.join(file),
            sure: best_score.0 > 0,
        })
    }

    /// The path of the module at the root of the tree.
    pub(super) fn root_module(&self) -> Option<&str> {
        self.modules
            .iter()
            .find(|(folder, _)| folder.as_os_str().is_empty())
            .map(|(_, path)| path.as_str())
    }
}

/// How many leading parts two paths have in common.
fn common<'a>(a: impl Iterator<Item = &'a &'a str>, b: impl Iterator<Item = &'a &'a str>) -> usize {
    a.zip(b).take_while(|(a, b)| a == b).count()
}

fn parts_of(path: &Path) -> Vec<&str> {
    path.components()
        .filter_map(|part| match part {
            Component::Normal(name) => name.to_str(),
            _ => None,
        })
        .collect()
}

fn joined(folders: &[&str], file: &str) -> PathBuf {
    let mut path: PathBuf = folders.iter().collect();
    path.push(file);
    path
}

fn is_plain(path: &Path) -> bool {
    path.components()
        .all(|part| matches!(part, Component::Normal(_)))
}

/// The path below `GOROOT/src` of a standard library's file.
fn standard(folders: &[&str], file: &str, package: &str) -> Option<PathBuf> {
    let is_standard = |path: &[&str]| path.first().is_some_and(|first| gosym::is_standard(first));
    let package: Vec<&str> = package.split('/').collect();
    // With -trimpath the name is the package's path alone.
    let below = match folders.iter().position(|&part| part == "src") {
        Some(source) => folders.get(source + 1..).unwrap_or_default(),
        None => folders,
    };
    (is_standard(&package) && is_standard(below) && below == package.as_slice())
        .then(|| joined(below, file))
}

/// Undoes the module cache's escapes: `!burnt!sushi` is `BurntSushi`.
fn unescaped(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut characters = path.chars();
    while let Some(character) = characters.next() {
        match character {
            '!' => out.extend(characters.next().map(|next| next.to_ascii_uppercase())),
            other => out.push(other),
        }
    }
    out
}

fn escaped(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for character in path.chars() {
        if character.is_ascii_uppercase() {
            out.push('!');
        }
        out.push(character.to_ascii_lowercase());
    }
    out
}

/// The module path in a go.mod.
fn module_path(go_mod: &Path) -> Option<String> {
    let length = std::fs::metadata(go_mod)
        .ok()
        .filter(|found| found.is_file())?
        .len();
    if length > MAX_GO_MOD {
        return None;
    }
    let text = std::fs::read_to_string(go_mod).ok()?;
    text.lines().find_map(|line| {
        let line = line.split("//").next().unwrap_or_default().trim();
        let path = line
            .strip_prefix("module")
            .filter(|rest| rest.starts_with([' ', '\t', '"', '`']))?
            .trim()
            .trim_matches(['"', '`']);
        (!path.is_empty()).then(|| path.to_owned())
    })
}

/// The folder and path of the module that `folder` is in: of the nearest go.mod there or above.
pub fn main_module(folder: &Path) -> Option<(PathBuf, String)> {
    let absolute = folder.canonicalize().ok()?;
    absolute
        .ancestors()
        .take(MAX_PARENTS)
        .find_map(|folder| Some((folder.to_owned(), module_path(&folder.join("go.mod"))?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_the_module_cache() {
        assert_eq!(
            unescaped("github.com/!burnt!sushi/toml"),
            "github.com/BurntSushi/toml"
        );
        assert_eq!(
            escaped("github.com/BurntSushi/toml"),
            "github.com/!burnt!sushi/toml"
        );
    }

    #[test]
    fn standard_library() {
        let path = |name: &str, package| {
            let parts: Vec<&str> = name.split('/').filter(|part| !part.is_empty()).collect();
            let (file, folders) = parts.split_last().unwrap();
            standard(folders, file, package)
        };
        let print = Some(PathBuf::from("fmt/print.go"));
        assert_eq!(path("/usr/local/go/src/fmt/print.go", "fmt"), print);
        assert_eq!(path("fmt/print.go", "fmt"), print);
        assert_eq!(
            path(
                "/home/x/go1.24/src/encoding/json/decode.go",
                "encoding/json"
            ),
            Some(PathBuf::from("encoding/json/decode.go"))
        );
        assert_eq!(path("/src/fmt/print.go", "example.com/m/fmt"), None);
        assert_eq!(path("/src/app/fmt/print.go", "app/fmt"), None);
    }
}
