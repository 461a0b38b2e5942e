use mosquitto_fixtures::contract::{ClauseReport, Evidence, Report};
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use crate::error::Error;

/// One test suite for each profile, one test case for each clause of it.
pub(crate) fn render(report: &Report) -> Result<String, Error> {
    let mut junit = quick_junit::Report::new("mosquitto-fixtures verify");
    for clauses in report.clauses.chunk_by(|one, other| one.profile == other.profile) {
        let mut suite = TestSuite::new(clauses[0].profile.to_string());
        suite.add_test_cases(clauses.iter().map(case));
        junit.add_test_suite(suite);
    }
    Ok(junit.to_string()?)
}

fn case(clause: &ClauseReport) -> TestCase {
    let mut case = TestCase::new(clause.id, TestCaseStatus::success());
    match &clause.evidence {
        Evidence::Holds { .. } => {}
        Evidence::Waived { waived: reason, .. }
        | Evidence::Undeclared { reason, .. }
        | Evidence::Skipped { reason } => {
            case.status = TestCaseStatus::skipped();
            case.status.set_message(reason.clone());
        }
        Evidence::Broken { expected, seen, at, log, remedy } => {
            case.status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            case.status.set_message(format!("expected {expected}, seen {seen}"));
            let at = at.iter().map(|at| format!("look at {at}"));
            let lines = log.iter().cloned().chain(at).chain([remedy.clone()]);
            case.status.set_description(lines.collect::<Vec<_>>().join("\n"));
        }
    }
    case.set_classname(clause.summary.clone());
    case
}
