//! Certificates that Mbed TLS does not even read, and what comes of it.

use esp32_sim::client::{EspError, TransportError};
use rcgen::{CertificateParams, CustomExtension};
use rustls::AlertDescription;

use esp32_sim::tls::Stack;

use crate::pki::{self, Ca, Shown};
use crate::server::Outcome;
use crate::stacks::{Device, STACKS};
use crate::verdicts::{every_stack_accepts, handshake, refuses};

/// An error of ASN.1 is added to it.
const X509_INVALID_EXTENSIONS: u16 = 0x2500;
const OUT_OF_DATA: u16 = 0x0060;
const UNEXPECTED_TAG: u16 = 0x0062;
const INVALID_LENGTH: u16 = 0x0064;
const LENGTH_MISMATCH: u16 = 0x0066;
const X509_FEATURE_UNAVAILABLE: u16 = 0x2080;
const X509_SIG_MISMATCH: u16 = 0x2680;
const ECP_INVALID_KEY: u16 = 0x4C80;
const SSL_FEATURE_UNAVAILABLE: u16 = 0x7080;

const SUBJECT_ALT_NAME: &[u64] = &[2, 5, 29, 17];
const BASIC_CONSTRAINTS: &[u64] = &[2, 5, 29, 19];
const EXT_KEY_USAGE: &[u64] = &[2, 5, 29, 37];
const NETSCAPE_CERT_TYPE: &[u64] = &[2, 16, 840, 1, 113730, 1, 1];
const KEY_USAGE: &[u64] = &[2, 5, 29, 15];
const CERTIFICATE_POLICIES: &[u64] = &[2, 5, 29, 32];
/// Of an enterprise that has none.
const UNKNOWN: &[u64] = &[1, 3, 6, 1, 4, 1, 99999, 1];

fn with_extension(
    mut params: CertificateParams,
    oid: &[u64],
    content: &[u8],
    critical: bool,
) -> CertificateParams {
    let mut extension = CustomExtension::from_oid_content(oid, content.to_vec());
    extension.set_criticality(critical);
    params.custom_extensions.push(extension);
    params
}

/// DER of policies with one that is 2.5.29.32.0, which is any, or 2.5.29.32.1.
fn policies(last: u8) -> [u8; 10] {
    [0x30, 0x08, 0x30, 0x06, 0x06, 0x04, 0x55, 0x1D, 0x20, last]
}

fn every_stack_cannot_read(device: &Device, shown: &Shown, stack_err: u16) {
    for stack in STACKS {
        refuses(*stack, device, shown, 0, stack_err, AlertDescription::BadCertificate);
    }
}

fn trusted() -> (Ca, Device) {
    let ca = pki::ca("the CA");
    let device = Device::trusting(&ca.pem());
    (ca, device)
}

#[test]
fn an_unknown_extension_must_not_be_critical() {
    let (ca, device) = trusted();
    let leaf = |critical| pki::leaf(with_extension(pki::leaf_params(), UNKNOWN, &[5, 0], critical), &ca);
    every_stack_accepts(&device, &leaf(false));
    every_stack_cannot_read(&device, &leaf(true), X509_INVALID_EXTENSIONS + UNEXPECTED_TAG);
    for critical in [false, true] {
        let lower =
            pki::intermediate(with_extension(pki::ca_params("lower"), UNKNOWN, &[5, 0], critical), &ca);
        let mut shown = pki::leaf(pki::leaf_params(), &lower);
        shown.chain.push(lower.der().clone());
        if critical {
            every_stack_cannot_read(&device, &shown, X509_INVALID_EXTENSIONS + UNEXPECTED_TAG);
        } else {
            every_stack_accepts(&device, &shown);
        }
    }
}

#[test]
fn an_extension_comes_once() {
    let (ca, device) = trusted();
    let content = [0x03, 0x02, 0x07, 0x80];
    let twice = |oid| {
        let once = with_extension(pki::leaf_params(), oid, &content, false);
        pki::leaf(with_extension(once, oid, &content, false), &ca)
    };
    every_stack_cannot_read(&device, &twice(KEY_USAGE), X509_INVALID_EXTENSIONS);
    every_stack_accepts(&device, &twice(UNKNOWN));
}

#[test]
fn a_critical_policy_is_any_policy() {
    let (ca, device) = trusted();
    for (last, critical, is_read) in [(0, true, true), (1, false, true), (1, true, false)] {
        let params = with_extension(pki::leaf_params(), CERTIFICATE_POLICIES, &policies(last), critical);
        let shown = pki::leaf(params, &ca);
        if is_read {
            every_stack_accepts(&device, &shown);
        } else {
            every_stack_cannot_read(&device, &shown, X509_FEATURE_UNAVAILABLE);
        }
    }
}

/// What stands in an extension of a broker's certificate whose common name would do, and the code of Mbed TLS for it.
const BROKEN: [(&str, &[u64], &[u8], u16); 18] = [
    ("a SAN longer than itself", SUBJECT_ALT_NAME, &[0x30, 0x03, 0x82, 0x02, b'a'], OUT_OF_DATA),
    (
        "a SAN shorter than its extension",
        SUBJECT_ALT_NAME,
        &[0x30, 0x03, 0x82, 0x01, b'a', 0],
        LENGTH_MISMATCH,
    ),
    ("a SAN that is a SET", SUBJECT_ALT_NAME, &[0x31, 0x03, 0x82, 0x01, b'a'], UNEXPECTED_TAG),
    ("a SAN of another class", SUBJECT_ALT_NAME, &[0x30, 0x03, 0x16, 0x01, b'a'], UNEXPECTED_TAG),
    ("an otherName that is none", SUBJECT_ALT_NAME, &[0x30, 0x04, 0xA0, 0x02, 0x05, 0x00], UNEXPECTED_TAG),
    ("constraints that are none", BASIC_CONSTRAINTS, &[0x05, 0x00], UNEXPECTED_TAG),
    ("constraints longer than themselves", BASIC_CONSTRAINTS, &[0x30, 0x03, 0x01, 0x01], OUT_OF_DATA),
    ("a BOOLEAN of two bytes", BASIC_CONSTRAINTS, &[0x30, 0x04, 0x01, 0x02, 0xFF, 0xFF], INVALID_LENGTH),
    (
        "a negative length",
        BASIC_CONSTRAINTS,
        &[0x30, 0x06, 0x01, 0x01, 0xFF, 0x02, 0x01, 0x80],
        INVALID_LENGTH,
    ),
    ("policies that are none", CERTIFICATE_POLICIES, &[0x05, 0x00], UNEXPECTED_TAG),
    ("no policy at all", CERTIFICATE_POLICIES, &[0x30, 0x00], LENGTH_MISMATCH),
    ("a policy without an OID", CERTIFICATE_POLICIES, &[0x30, 0x02, 0x30, 0x00], OUT_OF_DATA),
    ("policies longer than themselves", CERTIFICATE_POLICIES, &[0x30, 0x08, 0x30, 0x06], OUT_OF_DATA),
    ("a key usage without a bit", KEY_USAGE, &[0x03, 0x01, 0x00], INVALID_LENGTH),
    ("a key usage with eight bits unused", KEY_USAGE, &[0x03, 0x02, 0x08, 0x80], INVALID_LENGTH),
    ("no purpose at all", EXT_KEY_USAGE, &[0x30, 0x00], INVALID_LENGTH),
    ("a purpose that is no OID", EXT_KEY_USAGE, &[0x30, 0x02, 0x05, 0x00], UNEXPECTED_TAG),
    ("two bytes of Netscape's type", NETSCAPE_CERT_TYPE, &[0x03, 0x03, 0x00, 0x40, 0x00], INVALID_LENGTH),
];

#[test]
fn an_extension_that_is_not_der_is_not_read_whether_critical_or_not() {
    let (ca, device) = trusted();
    every_stack_accepts(&device, &pki::leaf(pki::named(pki::HOST), &ca));
    for (what, oid, content, asn1) in BROKEN {
        for critical in [false, true] {
            println!("{what}, critical: {critical}");
            let shown = pki::leaf(with_extension(pki::named(pki::HOST), oid, content, critical), &ca);
            every_stack_cannot_read(&device, &shown, X509_INVALID_EXTENSIONS + asn1);
        }
    }
}

#[test]
fn an_intermediate_that_nobody_needs_must_be_readable_to_its_key() {
    let (ca, device) = trusted();
    let mut shown = pki::leaf(pki::leaf_params(), &ca);
    let beside = pki::ca("beside").der().to_vec();
    shown.chain.push(beside.clone().into());
    every_stack_accepts(&device, &shown);
    shown.chain[1] = pki::with_point_off_its_curve(&beside).into();
    every_stack_cannot_read(&device, &shown, ECP_INVALID_KEY);
}

#[test]
fn the_algorithm_of_a_signature_stands_twice_in_a_certificate_and_is_one() {
    let (ca, device) = trusted();
    let mut shown = pki::leaf(pki::leaf_params(), &ca);
    shown.chain = vec![pki::with_another_algorithm(&shown.chain[0])];
    every_stack_cannot_read(&device, &shown, X509_SIG_MISMATCH);
}

#[test]
fn an_anchor_that_cannot_be_read_is_none() {
    let constrained = pki::ca_of(with_extension(pki::ca_params("the CA"), UNKNOWN, &[5, 0], true));
    let (other, _) = trusted();
    for stack in STACKS {
        let expected = TransportError {
            esp_err: EspError::MBEDTLS_X509_CRT_PARSE_FAILED,
            stack_err: X509_INVALID_EXTENSIONS + UNEXPECTED_TAG,
            ..TransportError::default()
        };
        assert_eq!(
            Device::trusting(&constrained.pem()).connector(*stack).unwrap_err(),
            expected,
            "{stack:?}"
        );
    }
    let device = Device::trusting(&(constrained.pem() + &other.pem()));
    every_stack_accepts(&device, &pki::leaf(pki::leaf_params(), &other));
}

/// Certificates of which the message about them has so many bytes.
fn chain_of(message: usize, ca: &Ca) -> Shown {
    let of = |padding: usize| {
        let ballast = with_extension(pki::ca_params("ballast"), UNKNOWN, &vec![0; padding], false);
        let mut shown = pki::leaf(pki::leaf_params(), ca);
        shown.chain.push(pki::ca_of(ballast).der().clone());
        let length = shown.chain.iter().fold(4 + 3, |length, certificate| length + 3 + certificate.len());
        (shown, length)
    };
    let mut padding = message / 2;
    // A signature has 70 to 72 bytes.
    loop {
        let (shown, length) = of(padding);
        if length == message {
            return shown;
        }
        padding = padding + message - length;
    }
}

#[test]
fn certificates_that_fit_no_record_end_the_connection_without_an_alert() {
    let (ca, device) = trusted();
    let closed = TransportError {
        esp_err: EspError::MBEDTLS_SSL_HANDSHAKE_FAILED,
        stack_err: SSL_FEATURE_UNAVAILABLE,
        ..TransportError::default()
    };
    let refused = Outcome { client: Err(closed), alert: None };
    every_stack_accepts(&device, &chain_of(16_000, &ca));
    for stack in STACKS {
        assert_eq!(handshake(*stack, &device, &chain_of(20_000, &ca)), refused, "{stack:?}");
    }
    // This server puts two messages into a record, which Mosquitto does not: there Mbed TLS cannot be asked.
    let accepted = Outcome { client: Ok(()), alert: None };
    assert_eq!(handshake(Stack::Rustls, &device, &chain_of(16_384, &ca)), accepted);
    assert_eq!(handshake(Stack::Rustls, &device, &chain_of(16_385, &ca)), refused);
}
