//! What a device says of a broker's certificate: the table of Mbed TLS's verify flags, alerts and error codes.

use esp32_sim::client::{EspError, TransportError, verify_flags as flags};
use esp32_sim::tls::Stack;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, DnValue, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, SanType, date_time_ymd,
};
use rustls::AlertDescription;

use crate::pki::{self, Shown};
use crate::server::{self, Outcome, Server};
use crate::stacks::{Device, NOW, STACKS};

const X509_CERT_VERIFY_FAILED: u16 = 0x2700;
const X509_FATAL_ERROR: u16 = 0x3000;
const ECP_VERIFY_FAILED: u16 = 0x4E00;
const SSL_BAD_CERTIFICATE: u16 = 0x7A00;

/// What both stacks have to say.
fn every_stack_refuses(device: &Device, shown: &Shown, flags: u32, alert: AlertDescription) {
    for stack in STACKS {
        refuses(*stack, device, shown, flags, X509_CERT_VERIFY_FAILED, alert);
    }
}

pub(crate) fn refuses(
    stack: Stack,
    device: &Device,
    shown: &Shown,
    flags: u32,
    stack_err: u16,
    alert: AlertDescription,
) {
    let error = TransportError {
        esp_err: EspError::MBEDTLS_SSL_HANDSHAKE_FAILED,
        stack_err,
        verify_flags: flags,
        sock_errno: 0,
    };
    let expected = Outcome { client: Err(error), alert: Some(alert) };
    assert_eq!(handshake(stack, device, shown), expected, "{stack:?}");
}

pub(crate) fn every_stack_accepts(device: &Device, shown: &Shown) {
    for stack in STACKS {
        assert_eq!(handshake(*stack, device, shown), Outcome { client: Ok(()), alert: None }, "{stack:?}");
    }
}

pub(crate) fn handshake(stack: Stack, device: &Device, shown: &Shown) -> Outcome {
    let mut server = Server::new(server::config(shown.copy()));
    let mut session = device.connect(stack);
    let outcome = server.exchange(&mut *session);
    assert_eq!(session.is_handshaking(), outcome.client.is_err());
    outcome
}

/// A CA and the device that trusts it.
fn trusted() -> (pki::Ca, Device) {
    let ca = pki::ca("the CA");
    let device = Device::trusting(&ca.pem());
    (ca, device)
}

fn leaf_with(change: impl FnOnce(&mut CertificateParams), ca: &pki::Ca) -> Shown {
    let mut params = pki::leaf_params();
    change(&mut params);
    pki::leaf(params, ca)
}

#[test]
fn a_good_certificate_is_accepted() {
    let (ca, device) = trusted();
    every_stack_accepts(&device, &pki::leaf(pki::leaf_params(), &ca));
    every_stack_accepts(&device.checking_dates(), &pki::leaf(pki::leaf_params(), &ca));
}

#[test]
fn p_384_is_as_good_as_p_256() {
    let ca = pki::ca_with(pki::ca_params("the CA"), pki::p_384());
    let shown = pki::leaf_of(pki::leaf_params(), &pki::p_384(), &ca);
    every_stack_accepts(&Device::trusting(&ca.pem()), &shown);
}

#[test]
fn a_foreign_ca_is_not_trusted() {
    let (_, device) = trusted();
    let foreign = pki::ca("another CA");
    let shown = pki::leaf(pki::leaf_params(), &foreign);
    every_stack_refuses(&device, &shown, flags::NOT_TRUSTED, AlertDescription::UnknownCA);
}

#[test]
fn a_ca_of_the_same_name_with_another_key_is_not_trusted() {
    let (_, device) = trusted();
    let foreign = pki::ca("the CA");
    let shown = pki::leaf(pki::leaf_params(), &foreign);
    every_stack_refuses(&device, &shown, flags::NOT_TRUSTED, AlertDescription::UnknownCA);
}

#[test]
fn another_name_is_a_mismatch() {
    let (ca, mut device) = trusted();
    device.host = "other.example";
    let shown = pki::leaf(pki::leaf_params(), &ca);
    every_stack_refuses(&device, &shown, flags::CN_MISMATCH, AlertDescription::BadCertificate);
}

#[test]
fn a_foreign_ca_and_another_name_are_both_told_and_the_name_makes_the_alert() {
    let (_, mut device) = trusted();
    device.host = "other.example";
    let shown = pki::leaf(pki::leaf_params(), &pki::ca("another CA"));
    let both = flags::CN_MISMATCH | flags::NOT_TRUSTED;
    every_stack_refuses(&device, &shown, both, AlertDescription::BadCertificate);
}

#[test]
fn verify_flags_are_zero_where_the_build_does_not_report_them() {
    let (_, mut device) = trusted();
    device.profile.reports_verify_flags = false;
    let shown = pki::leaf(pki::leaf_params(), &pki::ca("another CA"));
    every_stack_refuses(&device, &shown, 0, AlertDescription::UnknownCA);
}

#[test]
fn the_common_name_counts_where_there_is_no_san() {
    let (ca, mut device) = trusted();
    let mut params = pki::named(pki::HOST);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    every_stack_accepts(&device, &pki::leaf(params.clone(), &ca));
    device.host = "other.example";
    every_stack_refuses(
        &device,
        &pki::leaf(params, &ca),
        flags::CN_MISMATCH,
        AlertDescription::BadCertificate,
    );
}

#[test]
fn a_certificate_of_version_1_is_accepted() {
    let (ca, device) = trusted();
    let mut shown = pki::leaf(pki::named(pki::HOST), &ca);
    shown.chain = vec![pki::version_1(&shown.chain[0], ca.key())];
    every_stack_accepts(&device, &shown);
}

#[test]
fn the_common_name_does_not_count_where_there_is_a_san() {
    let (ca, mut device) = trusted();
    device.host = "common.example";
    let mut params = pki::named("common.example");
    params.subject_alt_names = vec![SanType::DnsName(pki::HOST.try_into().unwrap())];
    every_stack_refuses(
        &device,
        &pki::leaf(params, &ca),
        flags::CN_MISMATCH,
        AlertDescription::BadCertificate,
    );
}

#[test]
fn a_wildcard_stands_for_one_label() {
    let (ca, mut device) = trusted();
    let shown = leaf_with(
        |params| params.subject_alt_names = vec![SanType::DnsName("*.plant.example".try_into().unwrap())],
        &ca,
    );
    device.host = "Broker.Plant.example";
    every_stack_accepts(&device, &shown);
    for host in ["plant.example", "a.b.plant.example"] {
        device.host = host;
        every_stack_refuses(&device, &shown, flags::CN_MISMATCH, AlertDescription::BadCertificate);
    }
}

#[test]
fn an_address_is_compared_with_ip_sans_from_mbed_tls_3_5_on() {
    let (ca, mut device) = trusted();
    device.host = "192.0.2.7";
    let address = "192.0.2.7".parse().unwrap();
    let shown = leaf_with(|params| params.subject_alt_names = vec![SanType::IpAddress(address)], &ca);
    assert_eq!(handshake(Stack::Rustls, &device, &shown).client, Ok(()));
    device.profile.checks_ip_address = false;
    // Mbed TLS 2.28 has only this way.
    every_stack_refuses(&device, &shown, flags::CN_MISMATCH, AlertDescription::BadCertificate);
}

#[test]
fn skipping_the_common_name_check_accepts_any_name() {
    let (ca, mut device) = trusted();
    device.host = "other.example";
    device.verification.skip_cert_common_name_check = true;
    every_stack_accepts(&device, &pki::leaf(pki::leaf_params(), &ca));
}

#[test]
fn a_configured_common_name_stands_in_for_the_host() {
    let (ca, mut device) = trusted();
    device.host = "192.0.2.7";
    device.verification.common_name = Some(pki::HOST.to_owned());
    every_stack_accepts(&device, &pki::leaf(pki::leaf_params(), &ca));
}

#[test]
fn an_expired_certificate_is_noticed_only_with_the_date_check() {
    let (ca, device) = trusted();
    let shown = leaf_with(|params| params.not_after = date_time_ymd(2025, 12, 31), &ca);
    every_stack_accepts(&device, &shown);
    let device = device.checking_dates();
    every_stack_refuses(&device, &shown, flags::EXPIRED, AlertDescription::CertificateExpired);
}

#[test]
fn a_certificate_of_the_future_is_noticed_only_with_the_date_check() {
    let (ca, device) = trusted();
    let shown = leaf_with(|params| params.not_before = date_time_ymd(2026, 1, 2), &ca);
    every_stack_accepts(&device, &shown);
    let device = device.checking_dates();
    every_stack_refuses(&device, &shown, flags::FUTURE, AlertDescription::CertificateUnknown);
}

#[test]
fn the_first_and_the_last_second_belong_to_a_certificate() {
    let (ca, device) = trusted();
    let shown = leaf_with(
        |params| {
            (params.not_before, params.not_after) = (date_time_ymd(2026, 1, 1), date_time_ymd(2026, 1, 2))
        },
        &ca,
    );
    let mut device = device.checking_dates();
    for last in [NOW, NOW + 86_400] {
        device.clock = last;
        every_stack_accepts(&device, &shown);
    }
    device.clock = NOW - 1;
    every_stack_refuses(&device, &shown, flags::FUTURE, AlertDescription::CertificateUnknown);
    device.clock = NOW + 86_401;
    every_stack_refuses(&device, &shown, flags::EXPIRED, AlertDescription::CertificateExpired);
}

#[test]
fn an_unset_clock_makes_every_certificate_one_of_the_future() {
    let (ca, device) = trusted();
    let mut device = device.checking_dates();
    device.clock = 0;
    let shown = pki::leaf(pki::leaf_params(), &ca);
    every_stack_refuses(&device, &shown, flags::FUTURE, AlertDescription::CertificateUnknown);
}

#[test]
fn an_expired_ca_counts_with_the_date_check() {
    let mut params = pki::ca_params("the CA");
    params.not_after = date_time_ymd(2025, 12, 31);
    let ca = pki::ca_of(params);
    let device = Device::trusting(&ca.pem());
    let shown = pki::leaf(pki::leaf_params(), &ca);
    every_stack_accepts(&device, &shown);
    let device = device.checking_dates();
    every_stack_refuses(&device, &shown, flags::EXPIRED, AlertDescription::CertificateExpired);
}

#[test]
fn an_rsa_key_of_1024_bits_is_weak() {
    let (ca, device) = trusted();
    let shown = pki::leaf_of_foreign_key(pki::leaf_params(), &pki::ShortRsa, &ca);
    every_stack_refuses(&device, &shown, flags::BAD_KEY, AlertDescription::UnsupportedCertificate);
}

#[test]
fn a_curve_outside_the_profile_is_a_bad_key() {
    let shown = pki::keyless(include_str!("certificates/secp256k1.pem"));
    let device = Device::trusting(&shown.pem);
    for stack in STACKS {
        let stack_err = match stack {
            Stack::Rustls => X509_CERT_VERIFY_FAILED,
            // The profile of 2.28 has every curve: there it is TLS that refuses what is not in the ClientHello.
            #[cfg(feature = "mbedtls")]
            Stack::Mbedtls => SSL_BAD_CERTIFICATE,
        };
        refuses(*stack, &device, &shown, flags::BAD_KEY, stack_err, AlertDescription::UnsupportedCertificate);
    }
}

#[test]
fn sha_1_is_a_weak_hash() {
    let shown = pki::keyless(include_str!("certificates/sha1.pem"));
    let device = Device::trusting(&shown.pem);
    every_stack_refuses(&device, &shown, flags::BAD_MD, AlertDescription::CertificateUnknown);
}

/// Which ring cannot check: what is signed so is refused in any case, and the alert is that of a sound signature.
#[test]
fn sha_1_of_a_trusted_ca_is_nothing_but_a_weak_hash() {
    let shown = pki::keyless(include_str!("certificates/sha1-of-a-ca.pem"));
    let device = Device::trusting(include_str!("certificates/ca.pem"));
    every_stack_refuses(&device, &shown, flags::BAD_MD, AlertDescription::CertificateUnknown);
}

#[test]
fn a_certificate_for_clients_does_not_do_for_a_server() {
    let (ca, device) = trusted();
    let shown =
        leaf_with(|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth], &ca);
    for stack in STACKS {
        let alert = AlertDescription::UnsupportedCertificate;
        refuses(*stack, &device, &shown, flags::EXT_KEY_USAGE, SSL_BAD_CERTIFICATE, alert);
    }
}

#[test]
fn a_certificate_for_any_purpose_or_for_none_in_particular_does() {
    let (ca, device) = trusted();
    for purposes in [vec![ExtendedKeyUsagePurpose::Any], vec![]] {
        every_stack_accepts(&device, &leaf_with(|params| params.extended_key_usages = purposes, &ca));
    }
}

#[test]
fn a_certificate_that_may_not_sign_does_not_do_for_ecdhe() {
    let (ca, device) = trusted();
    let shown = leaf_with(|params| params.key_usages = vec![KeyUsagePurpose::KeyEncipherment], &ca);
    for stack in STACKS {
        let alert = AlertDescription::UnsupportedCertificate;
        refuses(*stack, &device, &shown, flags::KEY_USAGE, SSL_BAD_CERTIFICATE, alert);
    }
}

#[test]
fn a_self_signed_certificate_can_be_pinned() {
    let shown = pki::self_signed(pki::leaf_params());
    every_stack_accepts(&Device::trusting(&shown.pem), &shown);
    let (_, device) = trusted();
    every_stack_refuses(&device, &shown, flags::NOT_TRUSTED, AlertDescription::UnknownCA);
}

#[test]
fn a_certificate_of_a_ca_cannot_be_pinned() {
    let shown = pki::leaf(pki::leaf_params(), &pki::ca("the CA"));
    let device = Device::trusting(&shown.pem);
    every_stack_refuses(&device, &shown, flags::NOT_TRUSTED, AlertDescription::UnknownCA);
}

#[test]
fn an_intermediate_is_followed_in_the_order_of_the_chain_alone() {
    let (ca, device) = trusted();
    let upper = pki::intermediate(pki::ca_params("upper"), &ca);
    let lower = pki::intermediate(pki::ca_params("lower"), &upper);
    let mut shown = pki::leaf(pki::leaf_params(), &lower);
    shown.chain.extend([lower.der().clone(), upper.der().clone()]);
    every_stack_accepts(&device, &shown);
    shown.chain.swap(1, 2);
    every_stack_refuses(&device, &shown, flags::NOT_TRUSTED, AlertDescription::UnknownCA);
    shown.chain.truncate(1);
    every_stack_refuses(&device, &shown, flags::NOT_TRUSTED, AlertDescription::UnknownCA);
}

#[test]
fn an_unrelated_certificate_in_the_chain_is_passed_over() {
    let (ca, device) = trusted();
    let lower = pki::intermediate(pki::ca_params("lower"), &ca);
    let mut shown = pki::leaf(pki::leaf_params(), &lower);
    shown.chain.extend([pki::ca("another CA").der().clone(), lower.der().clone(), ca.der().clone()]);
    every_stack_accepts(&device, &shown);
}

#[test]
fn an_intermediate_that_is_trusted_itself_is_enough() {
    let lower = pki::intermediate(pki::ca_params("lower"), &pki::ca("the CA"));
    every_stack_accepts(&Device::trusting(&lower.pem()), &pki::leaf(pki::leaf_params(), &lower));
}

#[test]
fn an_intermediate_that_is_no_ca_or_may_not_sign_is_no_parent() {
    let (ca, device) = trusted();
    let mut no_ca = pki::ca_params("lower");
    no_ca.is_ca = IsCa::ExplicitNoCa;
    let mut not_for_signing = pki::ca_params("lower");
    not_for_signing.key_usages = vec![KeyUsagePurpose::CrlSign];
    for params in [no_ca, not_for_signing] {
        let lower = pki::intermediate(params, &ca);
        let mut shown = pki::leaf(pki::leaf_params(), &lower);
        shown.chain.push(lower.der().clone());
        every_stack_refuses(&device, &shown, flags::NOT_TRUSTED, AlertDescription::UnknownCA);
    }
}

#[test]
fn a_path_length_counts_the_intermediates_below() {
    for (length, accepted) in [(0, false), (1, true)] {
        let mut params = pki::ca_params("the CA");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(length));
        let ca = pki::ca_of(params);
        let device = Device::trusting(&ca.pem());
        let lower = pki::intermediate(pki::ca_params("lower"), &ca);
        let mut shown = pki::leaf(pki::leaf_params(), &lower);
        shown.chain.push(lower.der().clone());
        if accepted {
            every_stack_accepts(&device, &shown);
        } else {
            every_stack_refuses(&device, &shown, flags::NOT_TRUSTED, AlertDescription::UnknownCA);
        }
    }
}

#[test]
fn an_issuer_is_found_in_another_case_where_both_names_are_utf_8_or_printable() {
    let key = KeyPair::generate().unwrap();
    let named = |name: DnValue| {
        let mut params = pki::ca_params("");
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        pki::ca_with(params, KeyPair::from_pem(&key.serialize_pem()).unwrap())
    };
    let printable = |name: &str| DnValue::PrintableString(name.try_into().unwrap());
    let ia5 = |name: &str| DnValue::Ia5String(name.try_into().unwrap());
    let utf_8 = |name: &str| DnValue::Utf8String(name.to_owned());
    for (issuer, anchor, found) in [
        (utf_8("the CA"), printable("THE ca"), true),
        (printable("the CA"), printable("THE ca"), true),
        (ia5("the CA"), ia5("the CA"), true),
        (ia5("the CA"), ia5("THE ca"), false),
        (ia5("the CA"), utf_8("the CA"), false),
    ] {
        let shown = pki::leaf(pki::leaf_params(), &named(issuer));
        let device = Device::trusting(&named(anchor).pem());
        if found {
            every_stack_accepts(&device, &shown);
        } else {
            every_stack_refuses(&device, &shown, flags::NOT_TRUSTED, AlertDescription::UnknownCA);
        }
    }
}

#[test]
fn a_certificate_without_its_key_is_refused_by_its_signature() {
    let (ca, device) = trusted();
    let mut shown = pki::leaf(pki::leaf_params(), &ca);
    shown.key = pki::leaf(pki::leaf_params(), &ca).key;
    for stack in STACKS {
        refuses(*stack, &device, &shown, 0, ECP_VERIFY_FAILED, AlertDescription::DecryptError);
    }
}

#[test]
fn a_path_has_8_intermediates_and_no_more() {
    let ca = pki::ca("the CA");
    let device = Device::trusting(&ca.pem());
    let mut lowest = ca;
    let mut chain = Vec::new();
    for number in 1..=9 {
        lowest = pki::intermediate(pki::ca_params(&format!("intermediate {number}")), &lowest);
        chain.insert(0, lowest.der().clone());
        let mut shown = pki::leaf(pki::leaf_params(), &lowest);
        shown.chain.extend(chain.clone());
        if number <= 8 {
            every_stack_accepts(&device, &shown);
        } else {
            for stack in STACKS {
                refuses(*stack, &device, &shown, u32::MAX, X509_FATAL_ERROR, AlertDescription::AccessDenied);
            }
        }
    }
}

#[test]
fn old_and_new_ca_side_by_side_are_both_trusted() {
    let (old, new) = (pki::ca("the CA"), pki::ca("the CA"));
    let device = Device::trusting(&(old.pem() + &new.pem()));
    every_stack_accepts(&device, &pki::leaf(pki::leaf_params(), &old));
    every_stack_accepts(&device, &pki::leaf(pki::leaf_params(), &new));
}
