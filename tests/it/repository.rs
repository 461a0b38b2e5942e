//! This repository's deployment keeps its contract, on both lines of the broker.

use std::collections::BTreeSet;

use mosquitto_fixtures::broker::Line;
use mosquitto_fixtures::contract::{CLAUSES, Outcome, Verification, verify};
use rstest::rstest;

use crate::deployment_copy::{DeploymentCopy, repository};

#[rstest]
#[case::line_2_0(Line::V2_0)]
#[case::line_2_1(Line::V2_1)]
#[tokio::test]
async fn every_clause_holds(#[case] line: Line) {
    let verification =
        Verification { line: Some(line), throwaway_certificates: true, ..Verification::default() };
    let report = verify(&repository(), &verification, |_| true, |_| {}).await.unwrap();
    assert_eq!(report.with(Outcome::Holds).count(), report.clauses.len(), "{report:#?}");
    let judged: BTreeSet<&str> = report.clauses.iter().map(|clause| clause.id).collect();
    assert_eq!(judged, CLAUSES.iter().map(|clause| clause.id).collect());
}

#[tokio::test]
async fn every_clause_on_the_broker_holds_with_certificates_of_its_own() {
    let copy = DeploymentCopy::new().certificates(&["localhost", "mosquitto", "127.0.0.1", "::1"]);
    let report = copy.verify().await;
    assert!(!report.throwaway_certificates);
    assert_eq!(report.with(Outcome::Holds).count(), report.clauses.len(), "{report:#?}");
    assert!(report.clauses.len() > 40, "{report:#?}");
}

/// Nothing is wrong with a deployment of which nobody has said what it is for.
#[tokio::test]
async fn without_its_contract_what_is_judged_holds_and_the_rest_is_undeclared() {
    let copy = DeploymentCopy::with_compose();
    std::fs::remove_file(copy.path("broker-contract.toml")).unwrap();
    let report = verify(copy.root(), &Verification::default(), |_| true, |_| {}).await.unwrap();
    let count = |outcome| report.with(outcome).count();
    assert_eq!(count(Outcome::Holds) + count(Outcome::Undeclared), report.clauses.len(), "{report:#?}");
    assert!(count(Outcome::Holds) > 50 && report.contract.is_none(), "{report:#?}");
}
