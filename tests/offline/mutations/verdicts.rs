//! What OpenSSL and rustls say of each chain.

use std::time::Duration;

use mosquitto_fixtures::pki::mutation::{Chain, Clock, MUTATIONS, Mutation, Ruling};

use super::judge::{ACCEPT, by_openssl, by_rustls, by_server};
use super::rows::{NOT_LOADED, ROWS};
use crate::openssl::openssl;
use crate::project::Project;

/// One run shows everything that is not as expected.
#[test]
fn every_chain_is_judged_as_expected() {
    let mut surprises = Vec::new();
    for row in ROWS {
        let chain = Mutation::find(row.id).unwrap().build().unwrap();
        let server =
            NOT_LOADED.iter().find(|(id, _)| *id == row.id).map_or(ACCEPT, |(_, complaint)| complaint);
        let judges = [
            ("OpenSSL", by_openssl(&chain), row.openssl),
            ("rustls", by_rustls(&chain, Duration::ZERO), row.rustls),
            ("rustls at the end of the day", by_rustls(&chain, rest_of_the_day(&chain)), row.rustls),
            ("OpenSSL as a server", by_server(&chain), server),
        ];
        let surprising = judges.iter().filter(|(_, said, expected)| said != expected);
        surprises.extend(
            surprising.map(|(judge, said, expected)| format!("{}: {judge}: {said}, not {expected}", row.id)),
        );
    }
    assert!(surprises.is_empty(), "{surprises:#?}");
}

/// A chain for the right time is judged alike all day long, so that a slow test or a wrong time zone is no verdict.
fn rest_of_the_day(chain: &Chain) -> Duration {
    match chain.clock() {
        Clock::System(_) => Duration::from_secs(24 * 3600 - 1),
        _ => Duration::ZERO,
    }
}

/// Those around the last second of a certificate are judged otherwise a second later.
#[test]
fn verdict_at_an_instant_may_change_within_a_second() {
    let chain = Mutation::find("validity.end-entity-last-second").unwrap().build().unwrap();
    assert_eq!(by_rustls(&chain, Duration::ZERO), ACCEPT);
    assert_eq!(by_rustls(&chain, Duration::from_secs(1)), "Expired");
}

/// It keeps to more of RFC 5280 than a client needs.
#[test]
fn control_is_accepted_by_a_strict_verifier() {
    let chain = MUTATIONS[0].build().unwrap();
    let folder = Project::empty();
    folder.write("anchors.pem", chain.anchors_pem());
    folder.write("served.pem", chain.served_pem());
    let strict =
        ["verify", "-x509_strict", "-check_ss_sig", "-purpose", "sslserver", "-CAfile", "anchors.pem"];
    let said = openssl(folder.root(), &[&strict[..], &["-untrusted", "served.pem", "served.pem"]].concat());
    assert_eq!(said.unwrap(), "served.pem: OK\n");
}

#[test]
fn every_departure_has_its_reason_and_nothing_else_has_one() {
    for (row, mutation) in ROWS.iter().zip(MUTATIONS) {
        let accepts = [row.openssl == ACCEPT, row.rustls == ACCEPT];
        let departs = match mutation.ruling {
            Ruling::Accept => accepts != [true, true],
            Ruling::Refuse => accepts != [false, false],
            _ => accepts[0] != accepts[1],
        };
        assert_eq!(!row.why.is_empty(), departs, "{}", row.id);
        assert!(!row.why.contains(['|', '\n']) && !row.why.ends_with('.'), "{}", row.id);
    }
}
