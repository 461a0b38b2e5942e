//! A report may only be sound when every clause that was selected holds, whatever was selected.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use mosquitto_fixtures::contract::{CLAUSES, Clause, Conclusion, Outcome, Report};

use crate::deployment_copy::{DeploymentCopy, is_about_the_broker};

/// How many selections of a mutant's report are looked at.
const SELECTIONS: u64 = 20;

/// How many of them are also verified on brokers of their own: none, or what `make selections` asks for.
const VERIFIED: &str = "VERIFIED_SELECTIONS";

/// One clause, a few, or half of them: by a number, the same every time.
fn selects(number: u64, clause: &Clause) -> bool {
    let hash = |text: &str| BuildHasherDefault::<DefaultHasher>::default().hash_one((number, text));
    let few = [CLAUSES.len() as u64 / 2, 8, 2][number as usize % 3];
    is_about_the_broker(clause) && hash(clause.id).is_multiple_of(few)
}

/// Of those that the deployment promises.
fn selected(number: u64, full: &Report) -> Vec<&'static str> {
    let promised = |clause: &&Clause| full.clauses.iter().any(|promised| promised.id == clause.id);
    let clauses = CLAUSES.iter().filter(promised).filter(|clause| selects(number, clause));
    clauses.map(|clause| clause.id).collect()
}

/// Fails where a report on these clauses is sound and one of them is not known to hold.
fn is_honest(report: &Report, selected: &[&str]) {
    let holds = |id: &&str| report.with(Outcome::Holds).any(|clause| clause.id == *id);
    let honest = !selected.is_empty() && selected.iter().all(holds);
    assert!(report.conclusion() != Conclusion::Sound || honest, "{selected:?}: {report:#?}");
}

/// Looks at selections of a full report, and at reports on as many as the environment asks for.
pub(crate) async fn are_honest(copy: &DeploymentCopy, full: &Report) {
    for number in 0..SELECTIONS {
        let selected = selected(number, full);
        let mut part = full.clone();
        part.clauses.retain(|clause| selected.contains(&clause.id));
        is_honest(&part, &selected);
    }
    let verified = std::env::var(VERIFIED).map_or(0, |number| number.parse().unwrap());
    for number in 0..verified {
        let selected = selected(number, full);
        if selected.is_empty() {
            continue;
        }
        let report = copy.verify_only(|clause| selects(number, clause)).await;
        is_honest(&report, &selected);
        for clause in &report.clauses {
            let alike = full.clauses.iter().find(|other| other.id == clause.id);
            assert_eq!(alike.map(|other| other.outcome), Some(clause.outcome), "{clause:#?}");
        }
    }
}
