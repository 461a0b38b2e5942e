use mosquitto_fixtures::contract::{Evidence, Report};
use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use crate::error::Error;

/// One test suite, one test case a clause.
pub(crate) fn render(report: &Report) -> Result<String, Error> {
    let mut suite = TestSuite::new("contract");
    for clause in &report.clauses {
        let mut case = TestCase::new(clause.id, TestCaseStatus::success());
        match &clause.evidence {
            Evidence::Holds { .. } => {}
            Evidence::Skipped { reason, .. } => {
                case.status = TestCaseStatus::skipped();
                case.status.set_message(reason.clone());
            }
            Evidence::Broken { expected, seen, log } => {
                case.status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                case.status.set_message(format!("expected {expected}, seen {seen}"));
                case.status.set_description(log.join("\n"));
            }
        }
        case.set_classname(clause.summary);
        suite.add_test_case(case);
    }
    let mut junit = quick_junit::Report::new("mosquitto-fixtures verify");
    junit.add_test_suite(suite);
    Ok(junit.to_string()?)
}
