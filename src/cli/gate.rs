//! `--fail-on`: whether findings are to fail a build, and which.

use memlens::findings::{Confidence, Finding};

use super::exit::{Outcome, note};

/// Refuses when a finding at a line is at least so sure, and names each. What is said of the whole
/// profile is no fault of the code under review.
pub(super) fn decide(findings: &[Finding], least: Confidence) -> Outcome {
    let mut outcome = Outcome::Done;
    for finding in findings {
        if finding.confidence < least {
            continue;
        }
        let Some(file) = finding.path.as_ref().or(finding.file.as_ref()) else {
            continue;
        };
        outcome = Outcome::Refused;
        note(&format!(
            "{}:{}: {} {}: {}",
            file,
            finding.line.unwrap_or(0),
            finding.rule,
            finding.confidence.name(),
            finding.title
        ));
    }
    outcome
}

#[cfg(test)]
mod tests {
    use memlens::findings::{Impact, Saving};

    use super::*;

    fn finding(confidence: Confidence, file: Option<&str>) -> Finding {
        Finding {
            rule: "ML01",
            name: "preallocate",
            title: "rows grows".into(),
            confidence,
            function: None,
            file: file.map(str::to_owned),
            line: file.map(|_| 7),
            path: None,
            source_line: None,
            columns: None,
            also_at: Vec::new(),
            evidence: Vec::new(),
            impact: Impact::default(),
            saving: Saving::default(),
            saving_basis: String::new(),
            suggestion: String::new(),
            code: None,
            subject: None,
            others: Vec::new(),
        }
    }

    #[test]
    fn findings_at_a_line_that_are_sure_enough() {
        use Confidence::{High, Low, Medium};
        for (confidence, file, least, outcome) in [
            (High, Some("a.go"), High, Outcome::Refused),
            (Medium, Some("a.go"), High, Outcome::Done),
            (Medium, Some("a.go"), Medium, Outcome::Refused),
            (Low, Some("a.go"), Medium, Outcome::Done),
            (High, None, Medium, Outcome::Done),
        ] {
            let findings = [finding(Low, Some("b.go")), finding(confidence, file)];
            assert_eq!(decide(&findings, least), outcome);
        }
        assert_eq!(decide(&[], Medium), Outcome::Done);
    }
}
