//! What a device says first.

use esp32_sim::tls::{Stack, Suites};

use crate::pki;
use crate::record::{ClientHello, numbers};
use crate::stacks::{Device, STACKS};

/// TLS_EMPTY_RENEGOTIATION_INFO_SCSV (RFC 5746, 3.3).
const SCSV: u16 = 0x00FF;
const SUPPORTED_GROUPS: u16 = 10;
const SIGNATURE_ALGORITHMS: u16 = 13;
const ALPN: u16 = 16;
const MAX_FRAGMENT_LENGTH: u16 = 1;
const SESSION_TICKET: u16 = 35;
const SUPPORTED_VERSIONS: u16 = 43;

fn device() -> Device {
    Device::trusting(&pki::ca("the CA").pem())
}

fn client_hello(device: &Device, stack: Stack) -> Vec<u8> {
    std::mem::take(device.connect(stack).transmit())
}

#[test]
fn tls_1_2_is_the_only_version() {
    for stack in STACKS {
        let bytes = client_hello(&device(), *stack);
        let hello = ClientHello::parse(&bytes);
        assert_eq!(hello.version, 0x0303, "{stack:?}");
        let older_or_newer =
            hello.extension(SUPPORTED_VERSIONS).is_some_and(|versions| numbers(&versions[1..]) != [0x0303]);
        assert!(!older_or_newer, "{stack:?}");
    }
}

#[test]
fn rustls_offers_the_suites_of_the_chip_that_it_has_in_the_chips_order() {
    let bytes = client_hello(&device(), Stack::Rustls);
    assert_eq!(ClientHello::parse(&bytes).suites, [0xC02C, 0xC030, 0xC02B, 0xC02F, SCSV]);
}

#[test]
fn there_are_38_suites_with_idf_5_and_16_with_idf_6() {
    assert_eq!(Suites::Idf5.numbers().len(), 38);
    assert_eq!(Suites::Idf6.numbers().len(), 16);
    assert!(Suites::Idf5.numbers().starts_with(&Suites::Idf6.numbers()));
}

#[cfg(feature = "mbedtls")]
#[test]
fn mbed_tls_offers_every_suite_of_the_chip() {
    for suites in [Suites::Idf5, Suites::Idf6] {
        let mut device = device();
        device.profile.suites = suites;
        let bytes = client_hello(&device, Stack::Mbedtls);
        let mut offered = ClientHello::parse(&bytes).suites;
        offered.retain(|suite| *suite != SCSV);
        assert_eq!(offered, suites.numbers());
    }
}

#[test]
fn the_groups_are_those_of_the_chip_that_the_stack_has() {
    for stack in STACKS {
        let bytes = client_hello(&device(), *stack);
        let groups = numbers(&ClientHello::parse(&bytes).extension(SUPPORTED_GROUPS).unwrap()[2..]);
        let expected: &[u16] = match stack {
            // ring has no P-521 and no brainpool.
            Stack::Rustls => &[29, 23, 24],
            #[cfg(feature = "mbedtls")]
            Stack::Mbedtls => &[29, 23, 24, 25, 26, 27, 28],
        };
        assert_eq!(groups, expected, "{stack:?}");
    }
}

#[test]
fn no_signature_is_of_sha_1() {
    let bytes = client_hello(&device(), Stack::Rustls);
    let schemes = numbers(&ClientHello::parse(&bytes).extension(SIGNATURE_ALGORITHMS).unwrap()[2..]);
    assert_eq!(schemes, [0x0806, 0x0601, 0x0503, 0x0805, 0x0501, 0x0403, 0x0804, 0x0401]);
}

#[test]
fn sni_is_the_name_to_expect() {
    for stack in STACKS {
        let mut device = device();
        let bytes = client_hello(&device, *stack);
        assert_eq!(ClientHello::parse(&bytes).server_name(), Some(pki::HOST), "{stack:?}");
        device.verification.common_name = Some("other.example".to_owned());
        let bytes = client_hello(&device, *stack);
        assert_eq!(ClientHello::parse(&bytes).server_name(), Some("other.example"), "{stack:?}");
    }
}

#[test]
fn an_address_is_in_sni_with_mbed_tls_alone() {
    for stack in STACKS {
        let mut device = device();
        device.host = "192.0.2.7";
        let bytes = client_hello(&device, *stack);
        let expected = match stack {
            Stack::Rustls => None,
            // As the chip does, against RFC 6066.
            #[cfg(feature = "mbedtls")]
            Stack::Mbedtls => Some("192.0.2.7"),
        };
        assert_eq!(ClientHello::parse(&bytes).server_name(), expected, "{stack:?}");
    }
}

#[test]
fn without_the_common_name_check_rustls_sends_no_sni() {
    let mut device = device();
    device.verification.skip_cert_common_name_check = true;
    let bytes = client_hello(&device, Stack::Rustls);
    assert_eq!(ClientHello::parse(&bytes).server_name(), None);
}

#[test]
fn alpn_is_what_was_configured() {
    for stack in STACKS {
        let mut device = device();
        let bytes = client_hello(&device, *stack);
        assert_eq!(ClientHello::parse(&bytes).extension(ALPN), None, "{stack:?}");
        device.verification.alpn_protos = vec!["mqtt".to_owned()];
        let bytes = client_hello(&device, *stack);
        assert_eq!(
            ClientHello::parse(&bytes).extension(ALPN),
            Some(b"\0\x05\x04mqtt".as_slice()),
            "{stack:?}"
        );
    }
}

#[test]
fn no_smaller_records_are_asked_for() {
    for stack in STACKS {
        let bytes = client_hello(&device(), *stack);
        assert_eq!(ClientHello::parse(&bytes).extension(MAX_FRAGMENT_LENGTH), None, "{stack:?}");
    }
}

#[test]
fn rustls_asks_for_no_ticket_since_no_device_would_use_it() {
    let bytes = client_hello(&device(), Stack::Rustls);
    assert_eq!(ClientHello::parse(&bytes).extension(SESSION_TICKET), None);
}
