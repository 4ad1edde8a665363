//! What a rule is.

use super::draft::Draft;
use super::scene::Scene;
use super::whole::Whole;

/// One technique of the guide.
pub trait Rule: Sync {
    /// Its id, e.g. `ML01`.
    fn id(&self) -> &'static str;

    /// Its name, e.g. `preallocate`.
    fn name(&self) -> &'static str;

    /// The technique, in one line.
    fn technique(&self) -> &'static str;

    /// Its page of documentation, in Markdown: what it finds, why it costs, the evidence needed, Go
    /// before and after, when it is wrong, thresholds and where they come from.
    fn page(&self) -> &'static str;

    /// Looks at one line; `None` when there is nothing to say.
    fn look(&self, scene: &Scene<'_>) -> Option<Draft> {
        _ = scene;
        None
    }

    /// Looks at the profile as a whole.
    fn look_at_all(&self, whole: &Whole<'_>) -> Vec<Draft> {
        _ = whole;
        Vec::new()
    }
}
