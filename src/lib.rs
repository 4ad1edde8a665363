#![doc = "memlens"]
pub mod stats;

pub mod schema {
    #![allow(missing_docs, clippy::all)]
    include!(concat!(env!("OUT_DIR"), "/perftools.profiles.rs"));
}
