//! This repository's deployment keeps its contract, on both lines of the broker.

use mosquitto_fixtures::broker::Line;
use mosquitto_fixtures::contract::{CLAUSES, Outcome, Verification, verify};
use rstest::rstest;

use crate::deployment_copy::{DeploymentCopy, broker_clauses, repository};

#[rstest]
#[case::line_2_0(Line::V2_0)]
#[case::line_2_1(Line::V2_1)]
#[tokio::test]
async fn every_clause_holds(#[case] line: Line) {
    let verification =
        Verification { line: Some(line), throwaway_certificates: true, ..Verification::default() };
    let report = verify(&repository(), &verification, |_| true, |_| {}).await.unwrap();
    let promised: usize = CLAUSES.iter().map(|clause| clause.profiles.len()).sum();
    assert_eq!(report.with(Outcome::Holds).count(), promised, "{report:#?}");
}

#[tokio::test]
async fn every_clause_on_the_broker_holds_with_certificates_of_its_own() {
    let copy = DeploymentCopy::new().certificates(&["localhost", "mosquitto", "127.0.0.1", "::1"]);
    let report = copy.verify().await;
    assert!(!report.throwaway_certificates);
    assert_eq!(report.with(Outcome::Holds).count(), broker_clauses(), "{report:#?}");
}
