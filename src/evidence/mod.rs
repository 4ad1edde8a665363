//! What is known about an allocation site beyond its sums: five channels, each of which
//! looks at one thing, knows nothing of the others and nothing of the rules.

pub mod bench;
pub mod binary;
pub mod escape;
mod lines;
pub mod runtime;
pub mod shape;
pub mod source;
mod test_events;
