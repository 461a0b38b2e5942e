//! The catalogue as a page: what it says is what is tested.

use std::fmt::Write;

use mosquitto_fixtures::pki::mutation::{MUTATIONS, Mutation, Ruling};

use super::judge::ACCEPT;
use super::rows::{NOT_LOADED, ROWS};
use crate::project::REPOSITORY;

const HEAD: &str = "\
# Chains

A sound chain with exactly one thing changed, by name: `pki::mutation`. The first row is the control; when a client
refuses it, no other verdict means anything. A chain holds what the server sends, its private key, what the client
trusts, the name it connects to, and by which clock it is to be judged.

The drawing begins at the root; what is changed stands in parentheses, and ╳ is a link that does not hold. Under
*standards* stands what they want of a client, where `open` leaves it the choice; under *OpenSSL* what `openssl verify`
of OpenSSL 3.0 complains of at security level 2; under *rustls* the error of rustls 0.23. Both judge the certificates
alone, without a handshake. This page is made from the tables that the tests use.
";

const NOT_STARTED: &str = "
## What no server starts with

OpenSSL does not load it, so Mosquitto ends at its start. `structure.extension-twice` is a case between: `s_server`
loads it, SSL_CTX_use_certificate_chain_file(3), which Mosquitto calls, does not.

";

/// The page that belongs to the tables.
fn page() -> String {
    let mut page = HEAD.to_owned();
    let mut group = "";
    for (mutation, row) in MUTATIONS.iter().zip(ROWS) {
        let Mutation { id, summary, drawing, reference, ruling, .. } = mutation;
        let (own, _) = id.split_once('.').unwrap();
        if own != group {
            group = own;
            writeln!(page, "\n## {group}\n").unwrap();
            page += "| id | chain | what is changed | clause | standards | OpenSSL | rustls |\n";
            page += "|---|---|---|---|---|---|---|\n";
        }
        let standards = match ruling {
            Ruling::Accept => "accept",
            Ruling::Refuse => "refuse",
            _ => "open",
        };
        let verdict = |said: &str| if said == ACCEPT { said.to_owned() } else { format!("*{said}*") };
        let (openssl, rustls) = (verdict(row.openssl), verdict(row.rustls));
        writeln!(
            page,
            "| `{id}` | {drawing} | {summary} | {reference} | {standards} | {openssl} | {rustls} |"
        )
        .unwrap();
    }
    page += "\n## Where they differ\n\nFrom each other, or from a standard that leaves no choice.\n\n";
    for row in ROWS.iter().filter(|row| !row.why.is_empty()) {
        writeln!(page, "- `{}`: {}.", row.id, row.why).unwrap();
    }
    page += NOT_STARTED;
    for (id, complaint) in NOT_LOADED {
        writeln!(page, "- `{id}`: *{complaint}*").unwrap();
    }
    page
}

#[test]
fn page_is_what_is_tested() {
    let page = page();
    let found = std::fs::read_to_string(format!("{REPOSITORY}/docs/chains.md")).unwrap_or_default();
    assert!(found == page, "docs/chains.md must read:\n{page}");
}
