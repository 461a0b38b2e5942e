//! The tables of docs/operations.md say what the library predicts, and `tests/it` measures on the real broker.

use mosquitto_fixtures::broker::Line;
use mosquitto_fixtures::broker::start::{Outcome, Placement, Role, Start, Warning};
use mosquitto_fixtures::deployment::Ownership;
use rstest::rstest;

use crate::permission_cells::{MOUNTS, ORDINARY, cells};
use crate::project::REPOSITORY;

/// Line and user of each column.
const COLUMNS: [(Line, Option<&str>, &str); 6] = [
    (Line::V2_0, None, "2.0, root"),
    (Line::V2_0, Some("1883:1883"), "2.0, 1883"),
    (Line::V2_0, Some("1000:1000"), "2.0, 1000"),
    (Line::V2_1, None, "2.1, root"),
    (Line::V2_1, Some("1883:1883"), "2.1, 1883"),
    (Line::V2_1, Some("1000:1000"), "2.1, 1000"),
];

/// A row before its mounts are joined: what tells it from others, how it is mounted, its cells.
struct Row {
    subject: String,
    mount: &'static str,
    cells: Vec<String>,
}

fn mounted(mount: Placement) -> &'static str {
    match mount {
        Placement::File => "file `:ro`",
        Placement::Folder => "folder `:ro`",
        Placement::WritableFile => "file, writable",
        Placement::WritableFolder => "folder, writable",
        Placement::Copy => "copied in",
    }
}

fn outcome(start: &Start) -> String {
    let warnings = match start.outcome().unwrap() {
        Outcome::Exits { code, .. } => return format!("exit {code}"),
        Outcome::Runs(warnings) => warnings,
    };
    let mut said = vec!["runs".to_owned()];
    let word = |warning: &Warning| match warning {
        Warning::World => "world",
        Warning::Owner => "owner",
        Warning::Group => "group",
        Warning::NotSaved | Warning::NoLog => panic!("{start:?}"),
    };
    if !warnings.is_empty() {
        said.push(format!("warns: {}", warnings.iter().map(word).collect::<Vec<_>>().join(" ")));
    }
    let host = start.afterwards().unwrap();
    if host != start.ownership {
        said.push(format!("host file becomes {}:{}", host.uid, host.gid));
    }
    said.join(", ")
}

/// The cells that this selects, a row for each file, its mounts joined where they make no difference.
fn table(first: &str, select: impl Fn(&Start) -> Option<String>) -> String {
    let starts = cells(ORDINARY);
    let mut rows: Vec<Row> = Vec::new();
    let selected = |start: &Start| {
        let is_first = (start.line, start.user.as_deref()) == (COLUMNS[0].0, COLUMNS[0].1);
        is_first.then(|| select(start)).flatten()
    };
    for start in &starts {
        let Some(subject) = selected(start) else { continue };
        let cells = COLUMNS.map(|(line, user, _)| {
            let same = Start { line, user: user.map(str::to_owned), ..start.clone() };
            assert!(starts.contains(&same), "{same:?} is not measured");
            outcome(&same)
        });
        rows.push(Row { subject, mount: mounted(start.mount), cells: cells.to_vec() });
    }
    let order: Vec<String> = rows.iter().map(|row| row.subject.clone()).collect();
    rows.sort_by_key(|row| order.iter().position(|subject| *subject == row.subject));
    let mut text = format!("| {first} | mount |");
    COLUMNS.iter().for_each(|(.., name)| text.push_str(&format!(" {name} |")));
    text.push_str(&format!("\n{}|\n", "|---".repeat(COLUMNS.len() + 2)));
    while !rows.is_empty() {
        let (subject, cells) = (rows[0].subject.clone(), rows[0].cells.clone());
        let (alike, rest): (Vec<Row>, Vec<Row>) =
            rows.into_iter().partition(|row| row.subject == subject && row.cells == cells);
        let mounts: Vec<&str> = alike.iter().map(|row| row.mount).collect();
        let mounts = if mounts.len() == MOUNTS.len() { "any".to_owned() } else { mounts.join("; ") };
        text.push_str(&format!("| {subject} | {mounts} | {} |\n", cells.join(" | ")));
        rows = rest;
    }
    text
}

fn page() -> String {
    std::fs::read_to_string(format!("{REPOSITORY}/docs/operations.md")).unwrap()
}

fn is_plain(start: &Start) -> bool {
    !start.link && start.folder == Ownership::new(ORDINARY.uid, ORDINARY.gid, 0o755)
}

#[rstest]
#[case::key("`server.key`", |start: &Start| {
    (start.role == Role::Key && is_plain(start)).then(|| start.ownership.to_string())
})]
#[case::password_file("`passwd`", |start: &Start| {
    let link = if start.link { ", a link to it is named" } else { "" };
    (start.role == Role::PasswordFile).then(|| start.ownership.to_string() + link)
})]
fn document_says_what_comes_of_owner_mode_and_mount(
    #[case] first: &str,
    #[case] select: fn(&Start) -> Option<String>,
) {
    let table = table(first, select);
    assert!(page().contains(&table), "docs/operations.md has to hold this table:\n{table}");
}

/// They share their rules, so one table tells of both.
#[test]
fn password_and_acl_file_are_judged_alike() {
    for start in cells(ORDINARY).into_iter().filter(|start| start.role == Role::AclFile) {
        let like_passwords = outcome(&Start { role: Role::PasswordFile, ..start.clone() });
        assert_eq!(outcome(&start), like_passwords, "{start:?}");
    }
}

#[test]
fn every_cell_is_there_once_and_document_says_how_many_there_are() {
    let cells = cells(ORDINARY);
    assert!(page().contains(&format!(" {} starts", cells.len())), "{}", cells.len());
    for (index, cell) in cells.iter().enumerate() {
        assert!(!cells[..index].contains(cell), "{cell:?}");
    }
}
