//! What the certificate files of a deployment promise, judged on chains with exactly one thing changed.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use mosquitto_fixtures::contract::{Evidence, Report, Verification, verify};
use mosquitto_fixtures::pki::mutation::{MUTATIONS, Mutation};
use mosquitto_fixtures::pki::{Authority, Pem};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rstest::rstest;

use crate::paper::{OF_THE_CHAIN, judge};
use crate::project::Project;

/// This repository's configuration with these files in `certs/`, without Compose, which has no say in them.
fn deployment(certificate: &str, key: &str, anchors: &str) -> Project {
    let project = Project::with_config(include_str!("../../mosquitto/mosquitto.conf"));
    let files = [("ca.crt", anchors), ("server.crt", certificate), ("server.key", key), ("passwd", "")];
    project.write("broker-contract.toml", include_str!("../../broker-contract.toml"));
    for (name, text) in files {
        project.write(&format!("certs/{name}"), text);
    }
    project
}

async fn of_mutation(id: &str) -> Report {
    let chain = Mutation::find(id).unwrap().build().unwrap();
    let project = deployment(&chain.served_pem(), chain.key_pem(), &chain.anchors_pem());
    judge(&project, "dev", "tls").await
}

/// Names are judged below: the chains are for `localhost`, whatever they are about.
fn broken_but_names(report: &Report) -> BTreeSet<&'static str> {
    report.broken().into_iter().filter(|id| *id != "tls.names-covered").collect()
}

const COMPLETE: &str = "tls.chain-complete";
const SERVERS: &str = "tls.for-servers";
const STRONG: &str = "tls.strong";
const LONG: &str = "tls.valid-long-enough";
const ESP32: &str = "tls.esp32-loads-chain";

#[rstest]
#[case::control("control.sound", &[])]
#[case::p384("keys.p384", &[])]
#[case::rsa_2048("keys.rsa-2048", &[])]
#[case::rsa_1024("keys.rsa-1024", &[STRONG])]
#[case::sha1("keys.sha1-signature", &[STRONG])]
#[case::ed25519("keys.ed25519", &[ESP32])]
#[case::expired("validity.end-entity-expired", &[LONG])]
#[case::not_yet_valid("validity.end-entity-not-yet-valid", &[LONG])]
#[case::intermediate_expired("validity.intermediate-expired", &[LONG])]
#[case::root_expired("validity.root-expired", &[LONG])]
#[case::beyond_2049("validity.ends-beyond-2049", &[])]
#[case::client_alone("usages.client-alone", &[SERVERS])]
#[case::no_purpose("usages.no-purpose", &[])]
#[case::any_purpose("usages.any-purpose", &[])]
#[case::server_and_client("usages.server-and-client", &[])]
#[case::intermediate_not_sent("structure.intermediate-not-sent", &[COMPLETE])]
#[case::reversed("structure.order-reversed", &[COMPLETE])]
#[case::stranger_added("structure.unrelated-added", &[COMPLETE])]
#[case::two_intermediates("structure.two-intermediates", &[])]
#[case::intermediates_out_of_order("structure.intermediates-out-of-order", &[COMPLETE])]
#[case::root_sent("structure.root-sent", &[])]
#[case::self_signed("structure.self-signed", &[COMPLETE])]
#[case::larger_than_a_record("structure.larger-than-16-kib", &[ESP32])]
#[case::unknown_root("trust.unknown-root", &[COMPLETE])]
#[case::two_roots("trust.two-roots", &[])]
#[case::cross_signed("trust.cross-signed-new-root", &[])]
#[case::intermediate_is_anchor("trust.intermediate-alone", &[])]
#[case::end_entity_is_anchor("trust.end-entity-alone", &[])]
#[case::self_signed_and_anchor("trust.self-signed", &[])]
#[tokio::test]
async fn chain_breaks(#[case] id: &str, #[case] expected: &[&str]) {
    let report = of_mutation(id).await;
    assert_eq!(broken_but_names(&report), expected.iter().copied().collect(), "{report:#?}");
}

/// Whatever is wrong with a chain: what cannot be read is said, and nothing panics.
#[tokio::test]
async fn every_chain_is_judged() {
    for mutation in MUTATIONS.iter().filter(|mutation| !mutation.id.starts_with("keys.rsa")) {
        let report = of_mutation(mutation.id).await;
        assert_eq!(report.clauses.len(), OF_THE_CHAIN.len(), "{}", mutation.id);
    }
}

async fn names(names: &[&str], hosts: &[&str]) -> Report {
    let authority = Authority::new().unwrap();
    let server = authority.issue(names).unwrap();
    let project = deployment(&server.certificate_pem(), &server.key_pem(), &authority.certificate_pem());
    let hosts = hosts.iter().map(|&host| host.to_owned()).collect();
    let verification = Verification { profile: Some("dev".to_owned()), hosts, ..Verification::default() };
    verify(project.root(), &verification, |clause| clause.id == "tls.names-covered", |_| {}).await.unwrap()
}

#[rstest]
#[case::all(&["localhost", "127.0.0.1", "mosquitto"], &[], None)]
#[case::wildcard_for_a_host(&["localhost", "127.0.0.1", "mosquitto", "*.plant.example"], &["seven.plant.example"], None)]
#[case::service_is_missing(&["localhost", "127.0.0.1"], &[], Some("a certificate for mosquitto"))]
#[case::address_is_missing(&["localhost", "mosquitto"], &[], Some("a certificate for 127.0.0.1"))]
#[case::host_is_missing(
    &["localhost", "127.0.0.1", "mosquitto"], &["broker.example", "10.0.0.7"],
    Some("a certificate for broker.example, 10.0.0.7"),
)]
#[tokio::test]
async fn names_that_clients_connect_to_are_covered(
    #[case] issued: &[&str],
    #[case] hosts: &[&str],
    #[case] missing: Option<&str>,
) {
    let report = names(issued, hosts).await;
    match (&report.clauses[0].evidence, missing) {
        (Evidence::Holds { .. }, None) => {}
        (Evidence::Broken { expected, .. }, Some(missing)) => assert_eq!(expected, missing),
        (evidence, _) => panic!("{evidence:?}"),
    }
}

#[tokio::test]
async fn common_name_covers_nothing() {
    let report = of_mutation("names.common-name-alone").await;
    assert_eq!(report.broken(), ["tls.names-covered"]);
    let clause = report.clauses.iter().find(|clause| clause.id == "tls.names-covered").unwrap();
    let Evidence::Broken { seen, .. } = &clause.evidence else { panic!("{clause:?}") };
    assert_eq!(seen, "no names in subjectAltName");
}

#[rstest]
#[case::certificate_of_29_days(29, 30, true)]
#[case::certificate_of_31_days(31, 30, false)]
#[case::more_is_asked_for(31, 60, true)]
#[tokio::test]
async fn days_left_are_counted(#[case] days: u32, #[case] days_left: u32, #[case] broken: bool) {
    let authority = Authority::valid_for_days(days).unwrap();
    let server = authority.issue(&["localhost"]).unwrap();
    let project = deployment(&server.certificate_pem(), &server.key_pem(), &authority.certificate_pem());
    let days_left = Some(days_left);
    let verification = Verification { profile: Some("dev".to_owned()), days_left, ..Verification::default() };
    let report = verify(project.root(), &verification, |clause| clause.id == LONG, |_| {}).await.unwrap();
    assert_eq!(report.broken() == [LONG], broken, "{report:#?}");
}

/// Days of lifetime, days of it that are left.
#[rstest]
#[case::a_year_with_a_month_left(365, 31, false)]
#[case::a_year_with_less_than_a_month_left(365, 29, true)]
#[case::ninety_days_renewed_at_two_thirds(90, 30, false)]
#[case::ninety_days_not_renewed(90, 20, true)]
#[case::forty_five_days_renewed_at_two_thirds(45, 15, false)]
#[case::forty_five_days_not_renewed(45, 10, true)]
#[case::six_days_renewed_at_two_thirds(6, 2, false)]
#[case::six_days_not_renewed(6, 1, true)]
#[tokio::test]
async fn a_quarter_of_the_lifetime_must_be_left(
    #[case] lifetime: u64,
    #[case] left: u64,
    #[case] broken: bool,
) {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + Duration::from_secs(60);
    let not_after = now + DAY * u32::try_from(left).unwrap();
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.not_after = date_time_ymd(1970, 1, 1) + not_after;
    params.not_before = date_time_ymd(1970, 1, 1) + (not_after - DAY * u32::try_from(lifetime).unwrap());
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap().pem();
    let report = judge(&deployment(&certificate, &key.serialize_pem(), &certificate), "dev", "tls").await;
    assert_eq!(report.broken().contains(&LONG), broken, "{report:#?}");
}

#[rstest]
#[case::empty("", "the file is empty")]
#[case::rubbish("rubbish", "there is no certificate in it")]
#[case::broken_base64("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n", "not PEM")]
#[case::der_that_is_text("0\u{1}a", "DER, not PEM")]
#[case::ten_mebibytes(&"x".repeat(10 << 20), "larger than 1 MiB")]
#[tokio::test]
async fn file_that_is_no_certificate_is_named(#[case] text: &str, #[case] cause: &str) {
    let project = deployment(text, "", text);
    assert!(Pem::read(&project.at("certs/server.crt")).and_then(|pem| pem.certificates()).is_err());
    let report = judge(&project, "dev", "tls").await;
    let Evidence::Broken { seen, .. } = &report.clauses[0].evidence else { panic!("{report:?}") };
    assert!(seen.contains("certs/server.crt") && seen.contains(cause), "{seen}");
}
