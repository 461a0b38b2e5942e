//! Certificates that Mbed TLS does not even read, and what comes of it.

use esp32_sim::client::{EspError, TransportError};
use rcgen::{CertificateParams, CustomExtension};
use rustls::AlertDescription;

use esp32_sim::tls::Stack;

use crate::pki::{self, Ca, Shown};
use crate::server::Outcome;
use crate::stacks::{Device, STACKS};
use crate::verdicts::{every_stack_accepts, handshake, refuses};

/// ASN1_UNEXPECTED_TAG is added to it.
const X509_INVALID_EXTENSIONS: u16 = 0x2500;
const ASN1_UNEXPECTED_TAG: u16 = 0x0062;
const X509_FEATURE_UNAVAILABLE: u16 = 0x2080;
const X509_SIG_MISMATCH: u16 = 0x2680;
const SSL_FEATURE_UNAVAILABLE: u16 = 0x7080;

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
    every_stack_cannot_read(&device, &leaf(true), X509_INVALID_EXTENSIONS + ASN1_UNEXPECTED_TAG);
    for critical in [false, true] {
        let lower =
            pki::intermediate(with_extension(pki::ca_params("lower"), UNKNOWN, &[5, 0], critical), &ca);
        let mut shown = pki::leaf(pki::leaf_params(), &lower);
        shown.chain.push(lower.der().clone());
        if critical {
            every_stack_cannot_read(&device, &shown, X509_INVALID_EXTENSIONS + ASN1_UNEXPECTED_TAG);
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
            stack_err: X509_INVALID_EXTENSIONS + ASN1_UNEXPECTED_TAG,
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
