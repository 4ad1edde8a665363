//! The verdicts of `go tool pprof` on the same inputs.
//!
//! Without Go the test is skipped, unless `MEMLENS_REQUIRE_GO=1` says that there must be one.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::case::{Case, Peer, Verdict};
use super::cases;

#[test]
fn verdicts_are_those_of_go_tool_pprof() {
    let Some(pprof) = pprof() else { return };
    let cases = cases::all();
    let folder = tempfile::tempdir().unwrap();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut wrong = Vec::new();
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            let file = folder.path().join(format!("{:p}", case));
            std::fs::write(&file, &case.bytes).unwrap();
            wrong.extend(compare(case, &pprof, &file).err());
        }
        wrong
    };
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect()
    });
    assert!(
        wrong.is_empty(),
        "{} cases:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// The program behind `go tool pprof`, which starts faster without the `go` command before it.
fn pprof() -> Option<PathBuf> {
    let output = Command::new("go").args(["tool", "-n", "pprof"]).output();
    let path = output
        .ok()
        .filter(|output| output.status.success())
        .map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    if path.is_none() {
        assert_ne!(
            std::env::var("MEMLENS_REQUIRE_GO").as_deref(),
            Ok("1"),
            "MEMLENS_REQUIRE_GO=1, but `go tool pprof` does not run"
        );
        println!("skipped: `go tool pprof` does not run here");
    }
    path
}

fn compare(case: &Case, pprof: &Path, file: &Path) -> Result<(), String> {
    let differs = match &case.peer {
        Peer::Agrees => false,
        Peer::Differs(reason) => !reason.is_empty(),
    };
    let output = Command::new(pprof)
        .args(["-top", "-nodecount=5", "-symbolize=none"])
        .arg(file)
        // No converter of foreign formats is to be found and started.
        .env_clear()
        .env("HOME", file.parent().unwrap())
        .env("PPROF_TMPDIR", file.parent().unwrap())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let we_read = matches!(case.verdict, Verdict::Reads(_));
    let agrees = output.status.success() == we_read;
    if agrees != differs {
        return Ok(());
    }
    let says = String::from_utf8_lossy(&output.stderr);
    let says = says
        .lines()
        .next()
        .unwrap_or("nothing")
        .escape_debug()
        .to_string();
    let verb = if output.status.success() {
        "reads"
    } else {
        "refuses"
    };
    Err(format!("{}: pprof {verb} it: {says:.200}", case.name))
}
