//! What to change where: the rules of the guide, held against the evidence.
//!
//! A [`Spot`] is a line of the program's own code that allocates. A [`Scene`] is all that the
//! channels of evidence know about it. Each [`Rule`] looks at a scene and stays silent or drafts
//! what it would say; [`judge`] decides what is said. A wrong finding costs more trust than a missed
//! one: a rule must name what it saw, and counter-evidence silences it.

mod channels;
mod draft;
mod finding;
mod judge;
mod rule;
pub mod rules;
mod scene;
mod spot;
mod whole;

pub use channels::Channels;
pub use draft::Draft;
pub use finding::{Channel, Confidence, Evidence, Finding, Impact, Other, Saving};
pub use judge::{Accepted, Choice, Verdict, judge};
pub use rule::Rule;
pub use rules::RULES;
pub use scene::{Code, Said, Scene};
pub use spot::{Part, Spot, Totals, Way};
pub use whole::Whole;
