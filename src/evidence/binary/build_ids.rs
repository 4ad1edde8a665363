//! Which build a binary is, and whether a profile was taken of it.

/// The ids that a binary carries. Any may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BuildIds {
    /// The id of the note `.note.gnu.build-id`, in lower-case hexadecimal digits: what profiles of
    /// programs on Linux hold. Go's linker writes it by itself since 1.24.
    pub gnu: Option<String>,
    /// What `go tool buildid` prints.
    pub go: Option<String>,
    /// The UUID of a Mach-O file, in lower-case hexadecimal digits.
    pub uuid: Option<String>,
}

/// Whether a profile was taken of a binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// The ids are the same.
    Same,
    /// They are not: addresses of the one mean nothing in the other.
    Different,
    /// One has no id, or the ids are of different kinds.
    Unknown,
}

impl BuildIds {
    /// Compares with the build id of a profile's mapping.
    ///
    /// Go fills it in on Linux only, from the GNU id. On macOS it is empty, on Windows it is the
    /// name of the file and when it was written; other profilers take the Go id or the UUID.
    pub(super) fn identity(&self, mapping: &str) -> Identity {
        let is_hex = mapping.bytes().all(|byte| byte.is_ascii_hexdigit());
        let same = |id: &Option<String>| {
            id.as_ref()
                .is_some_and(|id| id.eq_ignore_ascii_case(mapping))
        };
        if mapping.is_empty() {
            Identity::Unknown
        } else if same(&self.gnu) || same(&self.uuid) || self.go.as_deref() == Some(mapping) {
            Identity::Same
        } else if is_hex && (self.gnu.is_some() || self.uuid.is_some()) {
            Identity::Different
        } else {
            Identity::Unknown
        }
    }
}

/// Go's id in an ELF note: sizes of owner and id, the type, then the owner, filled up to four bytes,
/// and the id.
pub(super) fn of_note(note: &[u8]) -> Option<String> {
    let size = u32::from_le_bytes(*note.get(4..)?.first_chunk()?);
    let is_go =
        note.get(..4) == Some(&[4, 0, 0, 0]) && note.get(8..16) == Some(b"\x04\0\0\0Go\0\0");
    let id = note.get(16..)?.get(..usize::try_from(size).ok()?)?;
    is_go.then(|| String::from_utf8_lossy(id).into_owned())
}

/// Go's id at the begin of the code, where formats without notes have it.
pub(super) fn of_code(code: &[u8]) -> Option<String> {
    // As far as `go tool buildid` looks.
    let head = code.get(..1 << 15).unwrap_or(code);
    let prefix = b"\xff Go build ID: \"";
    let at = head
        .windows(prefix.len())
        .position(|window| window == prefix)?;
    let id = head.get(at + prefix.len()..)?;
    let end = id.iter().position(|&byte| byte == b'"')?;
    Some(String::from_utf8_lossy(id.get(..end)?).into_owned())
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities() {
        let ids = BuildIds {
            gnu: Some("0aff".into()),
            go: Some("action/content".into()),
            uuid: None,
        };
        assert_eq!(ids.identity("0aff"), Identity::Same);
        assert_eq!(ids.identity("0AFF"), Identity::Same);
        assert_eq!(ids.identity("action/content"), Identity::Same);
        assert_eq!(ids.identity("0afe"), Identity::Different);
        assert_eq!(ids.identity(""), Identity::Unknown);
        assert_eq!(ids.identity(r"C:\a.exe2026-01-01"), Identity::Unknown);
        assert_eq!(BuildIds::default().identity("0aff"), Identity::Unknown);
    }

    #[test]
    fn ids_of_go() {
        let note = b"\x04\0\0\0\x03\0\0\0\x04\0\0\0Go\0\0a/b\0";
        assert_eq!(of_note(note).as_deref(), Some("a/b"));
        for length in 0..19 {
            assert_eq!(of_note(&note[..length]), None);
        }
        let code = b"\xcc\xcc\xff Go build ID: \"a/b\"\n \xff";
        assert_eq!(of_code(code).as_deref(), Some("a/b"));
        assert_eq!(of_code(&code[..20]), None);
        assert_eq!(hex(&[0, 0xaf]), "00af");
    }
}
