#![doc = "memlens"]
pub mod escape;
pub mod input;
pub mod schema {
    #![allow(missing_docs, clippy::all)]
    include!(concat!(env!("OUT_DIR"), "/perftools.profiles.rs"));
}
