//! What OpenSSL and rustls say of each chain.

use std::time::Duration;

use mosquitto_fixtures::pki::mutation::{Chain, Clock, MUTATIONS, Mutation, Ruling};

use super::judge::{ACCEPT, by_openssl, by_rustls, by_server};
use super::rows::{NOT_LOADED, ROWS, Row};
use crate::openssl::openssl;
use crate::project::Project;

/// Builds every chain and collects what is not as expected, so that one run shows all of it.
fn judge_all(expected: impl Fn(&Row) -> &str, judge: impl Fn(&Chain) -> String) {
    let surprises = ROWS.iter().filter_map(|row| {
        let said = judge(&Mutation::find(row.id).unwrap().build().unwrap());
        (said != expected(row)).then(|| format!("{}: {said}, not {}", row.id, expected(row)))
    });
    let surprises: Vec<String> = surprises.collect();
    assert!(surprises.is_empty(), "{surprises:#?}");
}

#[test]
fn openssl_judges_as_expected() {
    judge_all(|row| row.openssl, by_openssl);
}

/// A chain for the right time is judged alike all day long, so that a slow test or a wrong time zone is no verdict.
#[test]
fn rustls_judges_as_expected_for_a_day() {
    let day = Duration::from_secs(24 * 3600 - 1);
    let judge = |chain: &Chain| {
        let said = by_rustls(chain, Duration::ZERO);
        if let Clock::System(_) = chain.clock() {
            assert_eq!(by_rustls(chain, day), said, "{chain:?}");
        }
        said
    };
    judge_all(|row| row.rustls, judge);
}

#[test]
fn openssl_server_loads_all_but_a_few() {
    let complaint =
        |id: &str| NOT_LOADED.iter().find(|(refused, _)| *refused == id).map(|(_, complaint)| *complaint);
    judge_all(|row| complaint(row.id).unwrap_or(ACCEPT), by_server);
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
