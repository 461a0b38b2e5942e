//! The contract as a document: what it says is what is checked.

use std::collections::BTreeSet;

use mosquitto_fixtures::contract::CLAUSES;

use crate::project::REPOSITORY;

const GROUPS: [&str; 6] = ["listeners", "tls", "access", "exposure", "hardening", "permissions"];

/// The rows of the tables in docs/contract.md: id, what is promised, what it needs, summary, what it catches; under the heading they stand below.
fn rows() -> Vec<(String, [String; 5])> {
    let text = std::fs::read_to_string(format!("{REPOSITORY}/docs/contract.md")).unwrap();
    let mut heading = String::new();
    let mut rows = Vec::new();
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            heading = title.to_owned();
        }
        // The keys of a contract have a table too.
        if !GROUPS.contains(&heading.as_str()) {
            continue;
        }
        let Some(cells) = line.strip_prefix("| `").and_then(|line| line.strip_suffix(" |")) else { continue };
        let cells: Vec<String> = cells.split(" | ").map(str::to_owned).collect();
        let [id, promise, needs, summary, catches] =
            <[String; 5]>::try_from(cells).unwrap_or_else(|_| panic!("{line}"));
        rows.push((heading.clone(), [id.trim_end_matches('`').to_owned(), promise, needs, summary, catches]));
    }
    rows
}

#[test]
fn ids_are_unique() {
    let ids: BTreeSet<&str> = CLAUSES.iter().map(|clause| clause.id).collect();
    assert_eq!(ids.len(), CLAUSES.len());
}

#[test]
fn every_id_is_a_group_and_a_name() {
    let plain = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    for clause in CLAUSES {
        let (group, name) = clause.id.split_once('.').unwrap_or_else(|| panic!("{clause:?}"));
        assert!(GROUPS.contains(&group) && plain(name), "{clause:?}");
    }
}

#[test]
fn groups_stand_together() {
    let mut groups: Vec<&str> = CLAUSES.iter().filter_map(|clause| clause.id.split('.').next()).collect();
    groups.dedup();
    assert_eq!(groups, GROUPS);
}

#[test]
fn every_summary_is_one_sentence_for_a_table() {
    for clause in CLAUSES {
        let summary = clause.summary();
        assert!(
            !summary.is_empty() && !summary.contains(['|', '\n']) && !summary.ends_with('.'),
            "{summary}"
        );
    }
}

#[test]
fn every_remedy_is_an_instruction_of_one_line() {
    for clause in CLAUSES {
        let remedy = clause.remedy();
        assert!(remedy.starts_with(|c: char| c.is_ascii_lowercase()), "{remedy}");
        assert!((10..=150).contains(&remedy.len()) && !remedy.contains('\n'), "{remedy}");
    }
}

#[test]
fn document_lists_every_clause_in_its_order() {
    let documented: Vec<[String; 4]> = rows()
        .into_iter()
        .map(|(_, [id, promise, needs, summary, _])| [id, promise, needs, summary])
        .collect();
    let checked: Vec<[String; 4]> = CLAUSES
        .iter()
        .map(|clause| {
            [clause.id.to_owned(), clause.promise.to_string(), clause.needs().to_string(), clause.summary()]
        })
        .collect();
    assert_eq!(documented, checked);
}

#[test]
fn document_says_what_each_clause_catches() {
    for (group, [id, _, _, _, catches]) in rows() {
        assert!(id.starts_with(&format!("{group}.")), "{id} stands below {group}");
        assert!(catches.len() > 10, "{id}: {catches}");
    }
}
