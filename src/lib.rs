//! Reads Go heap profiles, and any other profile in pprof's format.

pub mod aggregate;
pub mod decode;
pub mod escape;
pub mod evidence;
pub mod findings;
pub mod gosym;
pub mod input;
pub mod render;
pub mod report;
#[expect(
    missing_docs,
    clippy::doc_markdown,
    reason = "generated from proto/profile.proto"
)]
pub mod schema {
    include!(concat!(env!("OUT_DIR"), "/perftools.profiles.rs"));
}
pub mod stats;
mod units;
