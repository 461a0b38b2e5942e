//! Throwaway certificates, read by parsers that had no part in making them.

use std::time::{SystemTime, UNIX_EPOCH};

use mosquitto_fixtures::fixture::authority;
use mosquitto_fixtures::pki::{Authority, Error};
use mosquitto_fixtures::rustls::pki_types::CertificateDer;
use rstest::rstest;
use x509_parser::extensions::ParsedExtension;
use x509_parser::oid_registry::{OID_EC_P256, OID_KEY_TYPE_EC_PUBLIC_KEY};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

fn parsed<'a>(der: &'a CertificateDer<'_>) -> X509Certificate<'a> {
    let (rest, certificate) = X509Certificate::from_der(der).unwrap();
    assert!(rest.is_empty());
    certificate
}

#[rstest]
fn every_key_is_p256(authority: Authority) {
    let server = authority.issue(&["localhost"]).unwrap();
    for der in [authority.certificate_der(), server.certificate_der()] {
        let certificate = parsed(&der);
        let algorithm = &certificate.public_key().algorithm;
        assert_eq!(algorithm.algorithm, OID_KEY_TYPE_EC_PUBLIC_KEY);
        assert_eq!(algorithm.parameters.as_ref().unwrap().as_oid().unwrap(), OID_EC_P256);
    }
}

#[rstest]
fn names_become_alternatives_of_their_kind(authority: Authority) {
    let names = ["localhost", "*.plant.test", "127.0.0.1", "::1"];
    let der = authority.issue(&names).unwrap().certificate_der();
    let certificate = parsed(&der);
    let alternatives = certificate.subject_alternative_name().unwrap().unwrap();
    let expected = vec![
        GeneralName::DNSName("localhost"),
        GeneralName::DNSName("*.plant.test"),
        GeneralName::IPAddress(&[127, 0, 0, 1]),
        GeneralName::IPAddress(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
    ];
    assert_eq!(alternatives.value.general_names, expected);
    let common_name = certificate.subject().iter_common_name().next().unwrap();
    assert_eq!(common_name.as_str().unwrap(), "localhost");
}

#[rstest]
fn server_certificate_is_for_servers_alone(authority: Authority) {
    let der = authority.issue(&["localhost"]).unwrap().certificate_der();
    let certificate = parsed(&der);
    let purposes = certificate.extended_key_usage().unwrap().unwrap().value;
    assert!(purposes.server_auth);
    assert!(!purposes.any && !purposes.client_auth && !purposes.code_signing && purposes.other.is_empty());
    let usage = certificate.key_usage().unwrap().unwrap().value;
    assert_eq!(usage.to_string(), "Digital Signature");
    assert!(!certificate.is_ca());
}

#[rstest]
fn authority_signs_and_does_nothing_else(authority: Authority) {
    let der = authority.certificate_der();
    let certificate = parsed(&der);
    let constraints = certificate.basic_constraints().unwrap().unwrap();
    assert!(constraints.critical && constraints.value.ca);
    assert_eq!(constraints.value.path_len_constraint, None);
    let usage = certificate.key_usage().unwrap().unwrap().value;
    assert_eq!(usage.to_string(), "Key Cert Sign, CRL Sign");
    assert!(certificate.extended_key_usage().unwrap().is_none());
}

#[rstest]
fn server_certificate_names_the_key_that_signed_it(authority: Authority) {
    let (anchor, server) = (authority.certificate_der(), authority.issue(&["localhost"]).unwrap());
    let (anchor, server) = (parsed(&anchor), server.certificate_der());
    let server = parsed(&server);
    let own = anchor.iter_extensions().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::SubjectKeyIdentifier(key) => Some(key.clone()),
        _ => None,
    });
    let named = server.iter_extensions().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::AuthorityKeyIdentifier(named) => named.key_identifier.clone(),
        _ => None,
    });
    assert!(own.is_some());
    assert_eq!(named, own);
    assert_eq!(server.issuer(), anchor.subject());
}

#[rstest]
fn no_two_authorities_share_a_name(authority: Authority) {
    let (one, other) = (authority.certificate_der(), Authority::new().unwrap().certificate_der());
    assert_ne!(parsed(&one).subject().to_string(), parsed(&other).subject().to_string());
}

#[rstest]
#[case::one_day(1)]
#[case::a_year(365)]
#[case::beyond_2050(365 * 40)]
#[case::a_thousand_years(365_000)]
fn validity_starts_an_hour_ago_and_ends_in_days(#[case] days: u32) {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64;
    let before = now();
    let authority = Authority::valid_for_days(days).unwrap();
    let server = authority.issue(&["localhost"]).unwrap();
    let after = now();
    for der in [authority.certificate_der(), server.certificate_der()] {
        let certificate = parsed(&der);
        let validity = certificate.validity();
        assert!((before - 3600..=after - 3600).contains(&validity.not_before.timestamp()));
        let span = i64::from(days) * 86_400;
        assert!((before + span..=after + span).contains(&validity.not_after.timestamp()));
    }
}

/// Across the end of a second, which is what a certificate counts in.
#[rstest]
fn what_is_issued_later_ends_with_its_authority(authority: Authority) {
    let end = |der: CertificateDer<'_>| parsed(&der).validity().not_after.timestamp();
    let second = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let made = second();
    while second() <= made + 1 {
        std::thread::yield_now();
    }
    let server = authority.issue(&["localhost"]).unwrap();
    assert_eq!(end(server.certificate_der()), end(authority.certificate_der()));
}

#[rstest]
#[case::none(0)]
#[case::beyond_the_year_9999(365_001)]
#[case::all_there_are(u32::MAX)]
fn impossible_days_are_refused(#[case] days: u32) {
    let error = Authority::valid_for_days(days).unwrap_err();
    assert!(matches!(error, Error::Validity(refused) if refused == days), "{error}");
}

#[rstest]
#[case::empty("")]
#[case::blank("plant 7")]
#[case::line_break("plant\n7")]
#[case::url("mqtt://plant.test")]
#[case::port("plant.test:8883")]
#[case::umlaut("gewächshaus.test")]
#[case::empty_label("plant..test")]
#[case::leading_dot(".plant.test")]
#[case::trailing_dot("plant.test.")]
#[case::leading_hyphen("-plant.test")]
#[case::long_label("123456789-123456789-123456789-123456789-123456789-123456789-plant.test")]
#[case::nearly_an_address("300.1.1.1")]
#[case::network("10.0.0.0/8")]
#[case::bracketed_address("[::1]")]
#[case::wildcard_alone("*")]
#[case::wildcard_of_nothing("*.")]
#[case::wildcard_inside("plant.*.test")]
fn impossible_names_are_refused(#[case] name: &str, authority: Authority) {
    let error = authority.issue(&["localhost", name]).unwrap_err();
    assert_eq!(error.to_string(), format!("{name:?} is neither a DNS name nor an IP address"));
}

#[rstest]
fn server_without_a_name_is_refused(authority: Authority) {
    let error = authority.issue::<&str>(&[]).unwrap_err();
    assert!(matches!(error, Error::Name(_)), "{error}");
}

#[rstest]
fn debug_does_not_show_a_key(authority: Authority) {
    let server = authority.issue(&["localhost"]).unwrap();
    let key = server.key_pem();
    let shown = format!("{server:?} {server:#?} {authority:?}");
    assert!(shown.contains("BEGIN CERTIFICATE"));
    assert!(!shown.contains("PRIVATE KEY"));
    let secret_lines = key.lines().filter(|line| !line.starts_with('-'));
    for line in secret_lines {
        assert!(!shown.contains(line), "{shown}");
    }
    // As the bytes of a derived Debug.
    let bytes = server.key_der().secret_der().to_vec();
    assert!(!shown.contains(format!("{bytes:?}").trim_matches(['[', ']'])), "{shown}");
}
