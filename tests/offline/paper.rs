//! The clauses that are judged without a broker.

use mosquitto_fixtures::contract::{Clause, Outcome, Report, Verification, verify};

use crate::project::Project;

pub(crate) const BASE: &str = "docker-compose.yml";
pub(crate) const PRODUCTION: &str = "docker-compose.prod.yml";

/// Those that need one all the same.
const ON_A_BROKER: [&str; 5] = [
    "exposure.network-reaches-only-tls",
    "hardening.data-survives",
    "hardening.health-check-verifies",
    "permissions.host-unchanged",
    "permissions.no-warnings",
];

/// Of TLS, those that do not.
pub(crate) const OF_THE_CHAIN: [&str; 6] = [
    "tls.chain-complete",
    "tls.names-covered",
    "tls.for-servers",
    "tls.strong",
    "tls.valid-long-enough",
    "tls.esp32-loads-chain",
];

pub(crate) async fn judge(project: &Project, profile: &str, group: &str) -> Report {
    let selected = |clause: &Clause| {
        let needs_none = match group {
            "tls" => OF_THE_CHAIN.contains(&clause.id),
            _ => !ON_A_BROKER.contains(&clause.id),
        };
        clause.id.split_once('.').is_some_and(|(of, _)| of == group) && needs_none
    };
    let verification = Verification { profile: Some(profile.to_owned()), ..Verification::default() };
    let report = verify(project.root(), &verification, selected, |_| {}).await.unwrap();
    assert!(report.broker.is_none() && !report.clauses.is_empty(), "{report:#?}");
    report
}

/// The broken clauses of a group, every other one being held.
pub(crate) async fn broken(project: &Project, profile: &str, group: &str) -> Vec<&'static str> {
    let report = judge(project, profile, group).await;
    assert_eq!(report.with(Outcome::Skipped).count(), 0, "{report:#?}");
    report.broken()
}
