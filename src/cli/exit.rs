//! How a run ends.
//!
//! | code | meaning |
//! |---|---|
//! | 0 | done; also when the reader of the output has seen enough (`memlens … \| head`) |
//! | 1 | a gate said no (`--fail-on`), one line on standard error for each reason |
//! | 2 | wrong usage, an input that cannot be read, an output that cannot be written |

use std::io::{self, Write};
use std::process::ExitCode;

use memlens::escape;

/// Something that could not be done: one line on standard error, nothing on standard output.
const ERROR: u8 = 2;

/// A gate said no: the report was written all the same.
const REFUSED: u8 = 1;

/// How a command ended that could be carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// All is well.
    Done,
    /// A gate said no, and why.
    Refused,
}

/// Turns the result of a command into its exit code, and says what went wrong.
pub(super) fn code(ended: anyhow::Result<Outcome>) -> ExitCode {
    let error = match ended {
        Ok(Outcome::Done) => return ExitCode::SUCCESS,
        Ok(Outcome::Refused) => return ExitCode::from(REFUSED),
        Err(error) => error,
    };
    if is_closed_pipe(&error) {
        return ExitCode::SUCCESS;
    }
    note(&format!("{error:#}"));
    ExitCode::from(ERROR)
}

/// One line on standard error, whatever is in it.
pub(super) fn note(message: &str) {
    // Where standard error is closed nobody wants to know.
    _ = writeln!(io::stderr(), "memlens: {}", escape::line(message));
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    })
}
