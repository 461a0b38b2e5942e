//! The TLS matrix as a page, and as tables that hang together.

use std::collections::BTreeSet;
use std::fmt::Write;

use mosquitto_fixtures::pki::mutation::{MUTATIONS, Mutation, Ruling};

use crate::project::REPOSITORY;
use table::certificates::{self, LISTENERS};
use table::chains::{self, Row};
use table::starts::{self, LEVEL_0, WEAK};
use table::{ACCEPT, Cell};

#[path = "../it/tls_matrix/table/mod.rs"]
mod table;

const HEAD: &str = "\
# TLS matrix

Every way in which a chain can be wrong, on the real broker of both lines, judged by every stack that will meet it. What
a chain is, and what is changed in it, stands in [chains](chains.md). This page is made from the tables that the tests use.

| stack | what it is |
|---|---|
| rustls | `client::Attempt`, rustls 0.23 with ring, TLS 1.2 and 1.3 |
| OpenSSL | the system's OpenSSL 3.0 at security level 2, which verifies the chain and the name, TLS 1.2 and 1.3 |
| Mbed TLS | Mbed TLS 2.28 as esp-tls sets it up (`set_client_config` in esp_tls_mbedtls.c), TLS 1.2, with dates checked |
| ESP32 | the same, and dates are ignored, as `MBEDTLS_HAVE_TIME_DATE` is n in ESP-IDF's Kconfig |
| `mosquitto_pub` | of the broker's own line, on the chains for localhost and the machine's clock; it has no column |

An attempt goes through to CONNACK, and the broker's log is its second witness. A cell holds `accept`; or the *alert* by
which the client refuses, with the client's own words in parentheses; or *broker:* and the alert by which the broker does.
Where TLS 1.2 and 1.3 differ, both stand there in this order; – is a cell that is not asked: Mbed TLS has no clock but the
machine's. One build of Mbed TLS serves both columns: for the ESP32 a verify callback takes BADCERT_EXPIRED and
BADCERT_FUTURE back, which are never said without the option (x509.c, `mbedtls_x509_time_is_past`). 2.28 is the Mbed TLS
of ESP-IDF 4.4; ESP-IDF 5 has 3.x, and where that is known to decide otherwise, the reason says so.

A verdict of these two columns has three witnesses that must agree: Mbed TLS by itself, and the simulated device on each of
its TLS stacks, which are Mbed TLS and rustls with Mbed TLS's rules. As in 2.28, that device compares no address.

## The client judges the broker
";

/// Chains that some brokers start with, and some do not: before openssl/openssl #31271 (2026) OpenSSL reads who signed the
/// certificate that it is to serve, trips over it, and `SSL_CTX_use_certificate_chain_file` fails.
const UNDECIDED: &[&str] = &["structure.extension-twice"];

fn shown(verdict: &str) -> String {
    if verdict == ACCEPT { verdict.to_owned() } else { format!("*{verdict}*") }
}

fn cell(cell: Cell) -> String {
    let shown: Vec<String> = cell.iter().map(|verdict| shown(verdict)).collect();
    if shown.is_empty() { "–".to_owned() } else { shown.join(" / ") }
}

fn stacks(row: &Row) -> [Cell; 4] {
    [row.rustls, row.openssl, row.mbedtls, row.device]
}

/// How many of the chains that a standard wants this of get it from each stack, in every TLS version.
fn kept(ruling: Ruling) -> String {
    let rows: Vec<&Row> =
        chains::ROWS.iter().filter(|row| Mutation::find(row.id).unwrap().ruling == ruling).collect();
    let cells = (0..4).map(|stack| {
        let asked: Vec<Cell> =
            rows.iter().map(|row| stacks(row)[stack]).filter(|cell| !cell.is_empty()).collect();
        let kept = asked.iter().filter(|cell| !departs(ruling, cell)).count();
        format!("{kept} of {}", asked.len())
    });
    cells.collect::<Vec<_>>().join(" | ")
}

/// Whether a stack does what a standard does not want.
fn departs(ruling: Ruling, cell: Cell) -> bool {
    match ruling {
        Ruling::Accept => cell.iter().any(|verdict| *verdict != ACCEPT),
        Ruling::Refuse => cell.contains(&ACCEPT),
        _ => false,
    }
}

/// The page that belongs to the tables.
fn page() -> String {
    let mut page = HEAD.to_owned();
    writeln!(
        page,
        "\n| chains that a standard | rustls | OpenSSL | Mbed TLS | ESP32 |\n|---|---|---|---|---|"
    )
    .unwrap();
    writeln!(page, "| accepts, and the stack does | {} |", kept(Ruling::Accept)).unwrap();
    writeln!(page, "| refuses, and the stack does | {} |", kept(Ruling::Refuse)).unwrap();
    let mut group = "";
    for row in chains::ROWS {
        let (own, _) = row.id.split_once('.').unwrap();
        if own != group {
            group = own;
            writeln!(page, "\n### {group}\n\n| id | standards | rustls | OpenSSL | Mbed TLS | ESP32 |")
                .unwrap();
            page += "|---|---|---|---|---|---|\n";
        }
        let standards = match Mutation::find(row.id).unwrap().ruling {
            Ruling::Accept => "accept",
            Ruling::Refuse => "refuse",
            _ => "open",
        };
        let cells = stacks(row).map(cell).join(" | ");
        writeln!(page, "| `{}` | {standards} | {cells} |", row.id).unwrap();
    }
    page += "\n### Where they differ\n\nFrom a standard, or from each other where it leaves the choice.\n\n";
    let mut reasons: Vec<(&str, Vec<String>)> = Vec::new();
    for row in chains::ROWS {
        for why in row.why {
            match reasons.iter_mut().find(|(reason, _)| reason == why) {
                Some((_, ids)) => ids.push(format!("`{}`", row.id)),
                None => reasons.push((why, vec![format!("`{}`", row.id)])),
            }
        }
    }
    for (reason, ids) in reasons {
        writeln!(page, "- {}: {reason}.", ids.join(", ")).unwrap();
    }
    page += "\n`mosquitto_pub` does what OpenSSL does under TLS 1.3, but for:\n\n";
    for (_, id, why) in chains::MOSQUITTO_PUB {
        writeln!(page, "- `{id}`: {why}.").unwrap();
    }
    page + &of_broker()
}

fn of_broker() -> String {
    let mut page = "
## The broker judges the client

The same verdict on rustls, OpenSSL, Mbed TLS and the simulated device on each of its stacks. Under TLS 1.3 the client has
finished its handshake when it is refused, and learns of it where it reads CONNACK; an alert that a reset of the connection
overtook is made good by the broker's log.

| id | the client shows | its name | listener | TLS 1.2 | TLS 1.3 | the broker's log |
|---|---|---|---|---|---|---|
"
    .to_owned();
    for row in certificates::ROWS {
        let (first, last) = (shown(row.verdict[0]), shown(row.verdict[row.verdict.len() - 1]));
        let certificates::Row { id, summary, identity, listener, says, .. } = row;
        writeln!(page, "| `{id}` | {summary} | {identity} | {listener} | {first} | {last} | `{says}` |")
            .unwrap();
    }
    page += "
A CRL counts for the client's own certificate alone, so that an authority cannot be revoked (Mosquitto net.c,
X509_V_FLAG_CRL_CHECK without X509_V_FLAG_CRL_CHECK_ALL). With `crlfile`, whoever is below an authority without a CRL that
is in date is shut out. Without a user name in its certificate a client is refused at CONNECT (Mosquitto handle_connect.c).
";
    page += "\n| listener | its options |\n|---|---|\n";
    for (name, options) in LISTENERS {
        writeln!(page, "| {name} | `{}` |", options.join("`, `")).unwrap();
    }
    writeln!(
        page,
        "
## What the broker does not start with

On both lines. An expired certificate is not among it: the broker serves that, and its clients refuse.
`{}` are served above with `{LEVEL_0}`.
OpenSSL no longer asks who signed a certificate that it serves since openssl/openssl #31271 (2026): a newer one starts
with `keys.sha1-signature` without that, and with `{}`, which is not asked here.

| id | listener | exit code | the broker's log | OpenSSL's reason |
|---|---|---|---|---|",
        WEAK.join("` and `"),
        UNDECIDED.join("` and `"),
    )
    .unwrap();
    for row in starts::ROWS {
        let (id, code, says) = (row.id, row.exit_code, row.says);
        let reason = if row.reason.is_empty() { "–".to_owned() } else { format!("`{}`", row.reason) };
        writeln!(page, "| `{id}` | `{}` | {code} | `{says}` | {reason} |", row.listener.join("`, `"))
            .unwrap();
    }
    page
}

#[test]
fn page_is_what_is_tested() {
    let page = page();
    let found = std::fs::read_to_string(format!("{REPOSITORY}/docs/tls-matrix.md")).unwrap_or_default();
    assert!(found == page, "docs/tls-matrix.md must read:\n{page}");
}

#[test]
fn every_mutation_is_served_or_ends_the_broker() {
    let ends = |id: &&str| starts::ROWS.iter().any(|row| row.id == *id) && !WEAK.contains(id);
    let ids = MUTATIONS.iter().map(|mutation| mutation.id).filter(|id| !UNDECIDED.contains(id));
    let served: Vec<&str> = ids.filter(|id| !ends(id)).collect();
    let rows: Vec<&str> = chains::ROWS.iter().map(|row| row.id).collect();
    assert_eq!(rows, served);
}

#[test]
fn the_control_comes_first_and_every_stack_accepts_it() {
    assert_eq!(stacks(&chains::ROWS[0]), [[ACCEPT].as_slice(); 4]);
    assert_eq!(certificates::ROWS[0].verdict, [ACCEPT]);
}

#[test]
fn whoever_departs_has_a_reason_and_nobody_else() {
    for row in chains::ROWS {
        let ruling = Mutation::find(row.id).unwrap().ruling;
        let asked: Vec<Cell> = stacks(row).into_iter().filter(|cell| !cell.is_empty()).collect();
        let departs = match ruling {
            Ruling::Open => {
                let accepting = asked.iter().filter(|cell| cell.contains(&ACCEPT)).count();
                let unready = asked.iter().any(|cell| cell[0].starts_with("no client"));
                unready || (1..asked.len()).contains(&accepting)
            }
            _ => asked.iter().any(|cell| departs(ruling, cell)),
        };
        assert_eq!(departs, !row.why.is_empty(), "{}", row.id);
    }
}

#[test]
fn every_reason_names_its_source() {
    let of_rows = chains::ROWS.iter().flat_map(|row| row.why);
    for why in of_rows.chain(chains::MOSQUITTO_PUB.iter().map(|(_, _, why)| why)) {
        assert!(why.contains('(') && !why.ends_with('.'), "{why}");
    }
}

#[test]
fn every_row_is_named_once_and_every_listener_is_met() {
    let ids = certificates::ROWS.iter().map(|row| row.id).chain(starts::ROWS.iter().map(|row| row.id));
    let unique: BTreeSet<&str> = ids.clone().collect();
    assert_eq!(unique.len(), ids.count());
    let met: BTreeSet<&str> = certificates::ROWS.iter().map(|row| row.listener).collect();
    assert_eq!(met, LISTENERS.iter().map(|(name, _)| *name).collect());
}
