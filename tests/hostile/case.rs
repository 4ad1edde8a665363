//! One hand-made input and what must become of it.

use std::ops::Range;

/// What memlens must say.
pub enum Verdict {
    /// It is read, with these totals by sample type.
    Reads(Vec<i64>),
    /// It is refused with this message, in which `…` stands for any text.
    Rejects(String),
}

/// What `go tool pprof` must say.
pub enum Peer {
    /// The same verdict.
    Agrees,
    /// The other one; why we differ.
    Differs(&'static str),
}

pub struct Case {
    /// The row of the list of bad-input classes that it belongs to: the number is the prefix.
    pub name: String,
    pub bytes: Vec<u8>,
    pub verdict: Verdict,
    /// Where the offset in the message must lie, if the message leaves it open.
    pub within: Option<Range<usize>>,
    pub peer: Peer,
}

pub fn reads(name: impl Into<String>, bytes: Vec<u8>, totals: Vec<i64>) -> Case {
    Case {
        name: name.into(),
        bytes,
        verdict: Verdict::Reads(totals),
        within: None,
        peer: Peer::Agrees,
    }
}

/// `message` is what follows the input's name.
pub fn rejects(name: impl Into<String>, bytes: Vec<u8>, message: impl Into<String>) -> Case {
    Case {
        name: name.into(),
        bytes,
        verdict: Verdict::Rejects(message.into()),
        within: None,
        peer: Peer::Agrees,
    }
}

impl Case {
    /// pprof's verdict is the other one.
    pub fn differs(self, reason: &'static str) -> Self {
        Self {
            peer: Peer::Differs(reason),
            ..self
        }
    }
}

/// Whether `text` is `pattern`, in which `…` stands for any text.
pub fn matches(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('…');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else {
        return rest.is_empty();
    };
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}
