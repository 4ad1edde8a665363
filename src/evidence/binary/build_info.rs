//! What Go's linker notes about a build: the block that `go version -m` reads.

/// With what and of what a program was built.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BuildInfo {
    /// As `runtime.Version()` says it: `go1.26.1`, `devel go1.28-…`.
    pub go_version: String,
    /// The import path of the command; of a test binary that of the package with `.test` behind it.
    /// Empty for programs that were built without the go command.
    pub path: String,
    /// The module of the command, none when it was built outside of any.
    pub main: Option<Module>,
    /// All other modules that packages of the program come from.
    pub dependencies: Vec<Module>,
}

/// A module and what stands in for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Module {
    /// Its path.
    pub path: String,
    /// Its version, `(devel)` for one that is being worked on.
    pub version: String,
    /// The path and version that a `replace` directive puts in its place. A path of the file system
    /// has no version.
    pub replacement: Option<(String, String)>,
}

/// How the block begins, at a multiple of 16 bytes.
const MAGIC: &[u8] = b"\xff Go buildinf:";
const HEADER: usize = 32;

impl BuildInfo {
    /// Reads the block within a section. Those of Go before 1.18 hold addresses instead of texts
    /// and count as none.
    pub(super) fn read(section: &[u8]) -> Option<Self> {
        const INLINE: u8 = 2;
        let block = (section.chunks(16).enumerate())
            .find(|(_, line)| line.starts_with(MAGIC))
            .and_then(|(index, _)| section.get(index * 16..))?;
        let (header, texts) = block.split_at_checked(HEADER)?;
        if header.get(15)? & INLINE == 0 {
            return None;
        }
        let (go_version, rest) = text(texts)?;
        // Programs built without the go command have no second text.
        let (modules, _) = text(rest).unwrap_or_default();
        let mut info = Self::of_modules(&String::from_utf8_lossy(unframed(modules)));
        info.go_version = String::from_utf8_lossy(go_version).into_owned();
        Some(info)
    }

    /// Lines of words with tabs between.
    fn of_modules(lines: &str) -> Self {
        let mut info = Self::default();
        for line in lines.lines() {
            let mut words = line.split('\t').map(str::to_owned);
            let (Some(kind), Some(path)) = (words.next(), words.next()) else {
                continue;
            };
            let version = words.next().unwrap_or_default();
            match kind.as_str() {
                "path" => info.path = path,
                "mod" => info.main = Some(Module::new(path, version)),
                "dep" => info.dependencies.push(Module::new(path, version)),
                // What stands in for the module of the line before.
                "=>" => {
                    let module = match info.dependencies.last_mut() {
                        Some(dependency) => Some(dependency),
                        None => info.main.as_mut(),
                    };
                    if let Some(module) = module {
                        module.replacement = Some((path, version));
                    }
                }
                _ => {}
            }
        }
        info
    }
}

impl Module {
    fn new(path: String, version: String) -> Self {
        Self {
            path,
            version,
            replacement: None,
        }
    }
}

/// A text with its length before it, and what comes behind.
fn text(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut length = 0_u64;
    for (index, &byte) in bytes.iter().take(9).enumerate() {
        length |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            let (_, rest) = bytes.split_at_checked(index + 1)?;
            return rest.split_at_checked(usize::try_from(length).ok()?);
        }
    }
    None
}

/// The text on modules without the 16 bytes on each side that once helped to find it.
fn unframed(text: &[u8]) -> &[u8] {
    match text.len().checked_sub(16).and_then(|end| text.get(16..end)) {
        Some(inner) if inner.ends_with(b"\n") => inner,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(version: &str, modules: &str) -> Vec<u8> {
        let mut block = b"\xff Go buildinf:\x08\x02".to_vec();
        block.resize(HEADER, 0);
        block.push(version.len().try_into().unwrap());
        block.extend(version.as_bytes());
        let framed = [&[1; 16], modules.as_bytes(), &[2; 16]].concat();
        block.push(u8::try_from(framed.len() & 0x7f).unwrap() | 0x80);
        block.push(u8::try_from(framed.len() >> 7).unwrap());
        block.extend(framed);
        block
    }

    const MODULES: &str = "path\texample.com/m/cmd\nmod\texample.com/m\tv1.0.0\th1:x\n\
        dep\ta.com/a\tv1.2.3\n=>\t../a\t\ndep\tb.com/b\tv0.1.0\th1:y\nbuild\tGOOS=linux\n";

    #[test]
    fn versions_and_modules() {
        let bytes = [vec![0; 48], block("go1.26.1", MODULES)].concat();
        let info = BuildInfo::read(&bytes).unwrap();
        assert_eq!(info.go_version, "go1.26.1");
        assert_eq!(info.path, "example.com/m/cmd");
        assert_eq!(info.main.unwrap().path, "example.com/m");
        let [a, b] = info.dependencies.try_into().unwrap();
        assert_eq!((a.path.as_str(), a.version.as_str()), ("a.com/a", "v1.2.3"));
        assert_eq!(a.replacement, Some(("../a".into(), String::new())));
        assert_eq!((b.path.as_str(), b.replacement), ("b.com/b", None));
    }

    #[test]
    fn without_modules() {
        let info = BuildInfo::read(&block("go1.26.1", "")).unwrap();
        assert_eq!(info.go_version, "go1.26.1");
        assert_eq!(info.main, None);
        // A replacement of nothing.
        let info = BuildInfo::read(&block("go1.26.1", "=>\tx\ty\n")).unwrap();
        assert_eq!(info.main, None);
    }

    #[test]
    fn truncated_and_old() {
        let mut block = block("go1.26.1", MODULES);
        for length in 0..block.len() {
            let _ = BuildInfo::read(&block[..length]);
        }
        block[15] = 0;
        assert_eq!(BuildInfo::read(&block), None);
        block[15] = 2;
        block[HEADER..].fill(0xff);
        assert_eq!(BuildInfo::read(&block), None);
    }
}
