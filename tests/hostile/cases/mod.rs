//! The hand-made inputs, by theme. A name begins with the number of its class.

mod foreign;
mod gzip;
mod ids;
mod names;
mod strings;
mod values;
mod wire;

use crate::case::Case;

pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(gzip::cases());
    cases.extend(foreign::cases());
    cases.extend(wire::cases());
    cases.extend(ids::cases());
    cases.extend(strings::cases());
    cases.extend(values::cases());
    cases.extend(names::cases());
    cases
}
