//! What keeps a device from connecting at all.

use esp32_sim::client::{Authentication, EspError, TransportError};
use esp32_sim::tls::{Connector, Profile, Stack, Suites};

use crate::pki;
use crate::stacks::{Device, STACKS};

fn refused(device: &Device, stack: Stack) -> TransportError {
    device.connector(stack).unwrap_err()
}

#[test]
fn without_a_certificate_to_trust_nothing_is_connected() {
    for stack in STACKS {
        let mut device = Device::trusting("");
        device.verification.certificate = None;
        let expected =
            TransportError { esp_err: EspError::MBEDTLS_SSL_SETUP_FAILED, ..TransportError::default() };
        assert_eq!(refused(&device, *stack), expected, "{stack:?}");
    }
}

#[test]
fn a_certificate_that_is_none_is_a_parse_error() {
    for stack in STACKS {
        for pem in ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            let error = refused(&Device::trusting(pem), *stack);
            assert_eq!(error.esp_err, EspError::MBEDTLS_X509_CRT_PARSE_FAILED, "{stack:?}, {pem}");
        }
    }
}

#[test]
fn a_bundle_counts_as_far_as_it_can_be_read() {
    let pem = pki::ca("the CA").pem() + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for stack in STACKS {
        assert!(Device::trusting(&pem).connector(*stack).is_ok(), "{stack:?}");
    }
}

#[test]
fn a_client_certificate_and_its_key_come_together() {
    let ca = pki::ca("the CA");
    let complete = pki::client(&ca);
    let keyless = Authentication { key: None, ..complete.clone() };
    let without_certificate = Authentication { certificate: None, ..complete.clone() };
    let unreadable = Authentication { key: Some("nonsense".to_owned()), ..complete.clone() };
    let invalid_state = EspError(0x103);
    for stack in STACKS {
        let mut device = Device::trusting(&ca.pem());
        for (authentication, expected) in [
            (&keyless, invalid_state),
            (&without_certificate, invalid_state),
            (&unreadable, EspError::MBEDTLS_PK_PARSE_KEY_FAILED),
        ] {
            device.authentication = authentication.clone();
            assert_eq!(refused(&device, *stack).esp_err, expected, "{stack:?}");
        }
    }
}

#[test]
fn records_have_room_for_32_to_16384_bytes() {
    let mut device = Device::trusting(&pki::ca("the CA").pem());
    for stack in STACKS {
        for (length, possible) in [(0, false), (31, false), (32, true), (16384, true), (16385, false)] {
            device.profile.out_content_len = length;
            assert_eq!(device.connector(*stack).and_then(|connector| connector.connect()).is_ok(), possible);
        }
    }
}

#[test]
fn one_connector_serves_every_thread() {
    const fn is_shared<T: Send + Sync>() {}
    const { is_shared::<Connector>() }
}

#[test]
fn a_profile_is_data() {
    let written = r#"
        date-check = true
        reports-verify-flags = true
        suites = "idf-6"
    "#;
    let profile: Profile = toml::from_str(written).unwrap();
    let expected =
        Profile { date_check: true, reports_verify_flags: true, suites: Suites::Idf6, ..Profile::default() };
    assert_eq!(profile, expected);
    let misspelt = toml::from_str::<Profile>("datecheck = true").unwrap_err();
    assert!(misspelt.message().contains("datecheck"), "{misspelt}");
}
