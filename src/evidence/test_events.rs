//! `go test -json` and `go build -json` wrap each piece of output in an event of its own.

use std::borrow::Cow;

use serde::Deserialize;

/// The output that one event carries, and whose it is.
#[derive(Deserialize)]
pub(super) struct Event<'a> {
    /// The import path of the package under test.
    #[serde(rename = "Package", borrow, default)]
    pub(super) package: Option<Cow<'a, str>>,
    /// A piece of text: a line, a part of one, or nothing.
    #[serde(rename = "Output", borrow, default)]
    pub(super) output: Option<Cow<'a, str>>,
    // Read only to tell an event from any other JSON in a log.
    #[serde(rename = "Action", borrow)]
    _action: Cow<'a, str>,
}

/// The event on this line, if it is one.
pub(super) fn event(line: &[u8]) -> Option<Event<'_>> {
    if line.first() != Some(&b'{') {
        return None;
    }
    serde_json::from_slice(line).ok()
}
