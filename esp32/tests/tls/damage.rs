//! Good certificates with some bytes changed: what Mbed TLS does not read, the other stack does not either.

use std::collections::BTreeMap;

use esp32_sim::client::TransportError;
use esp32_sim::tls::Stack;
use oorandom::Rand32;
use rcgen::{CertificateParams, CustomExtension, DnType, SanType};
use rustls::pki_types::CertificateDer;

use crate::pki::{self, Ca, Shown};
use crate::stacks::Device;
use crate::verdicts::handshake;

/// How many damaged certificates each test makes; more by hand: `DAMAGED_CERTIFICATES=100000 cargo nextest run … damage`.
fn how_many() -> u64 {
    std::env::var("DAMAGED_CERTIFICATES").map_or(300, |many| many.parse().unwrap())
}

/// A certificate with every extension that Mbed TLS looks into, and a name of several attributes.
fn rich(mut params: CertificateParams) -> CertificateParams {
    params.distinguished_name.push(DnType::OrganizationName, "PlantOps");
    params.distinguished_name.push(DnType::CountryName, "DE");
    params.subject_alt_names.extend([
        SanType::DnsName("other.example".try_into().unwrap()),
        SanType::IpAddress("192.0.2.7".parse().unwrap()),
        SanType::Rfc822Name("a@b.example".try_into().unwrap()),
        SanType::OtherName((vec![1, 3, 6, 1, 5, 5, 7, 8, 5], "serial".into())),
    ]);
    let any_policy = [0x30, 0x08, 0x30, 0x06, 0x06, 0x04, 0x55, 0x1D, 0x20, 0x00];
    for (oid, content, critical) in [
        (&[2, 5, 29, 32][..], &any_policy[..], true),
        (&[2, 16, 840, 1, 113730, 1, 1], &[0x03, 0x02, 0x06, 0x40], false),
        (&[2, 5, 29, 19], &[0x30, 0x00], true),
    ] {
        let mut extension = CustomExtension::from_oid_content(oid, content.to_vec());
        extension.set_criticality(critical);
        params.custom_extensions.push(extension);
    }
    params
}

/// Changes a byte or two: a bit, any value, one that DER has in many places, one that stood elsewhere, one more; or, seldom, takes a byte
/// out or puts one in.
fn damage(bytes: &[u8], draw: &mut Rand32) -> Vec<u8> {
    const COMMON: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 0x30, 0x31, 0x7F, 0x80, 0x81, 0x82, 0xA0, 0xA3, 0xFF];
    let mut damaged = bytes.to_vec();
    for _ in 0..=draw.rand_range(0..2) {
        let length = u32::try_from(damaged.len()).unwrap();
        let (at, from) = (draw.rand_range(0..length) as usize, draw.rand_range(0..length) as usize);
        let common = COMMON[draw.rand_range(0..16) as usize];
        match draw.rand_range(0..20) {
            0 => drop(damaged.remove(at)),
            1 => damaged.insert(at, common),
            2..=6 => damaged[at] ^= 1 << draw.rand_range(0..8),
            7..=9 => damaged[at] = draw.rand_range(0..256).try_into().unwrap(),
            10..=13 => damaged[at] = common,
            14..=16 => damaged[at] = damaged[from],
            _ => damaged[at] = damaged[at].wrapping_add(1),
        }
    }
    damaged
}

/// How often the stacks said what of a certificate: first rustls, then Mbed TLS.
#[derive(Debug, Default)]
struct Tally {
    said: BTreeMap<(bool, bool), u64>,
    /// Both refuse, for different reasons.
    reasons: BTreeMap<(u16, u16), u64>,
}

impl Tally {
    fn count(
        &mut self,
        by_rustls: Result<(), TransportError>,
        by_mbedtls: Result<(), TransportError>,
        chain: impl FnOnce() -> String,
    ) {
        assert!(by_rustls.is_err() || by_mbedtls.is_ok(), "{by_mbedtls:?} is passed over in\n{}", chain());
        *self.said.entry((by_rustls.is_ok(), by_mbedtls.is_ok())).or_default() += 1;
        if let (Err(by_rustls), Err(by_mbedtls)) = (by_rustls, by_mbedtls)
            && by_rustls.stack_err != by_mbedtls.stack_err
        {
            *self.reasons.entry((by_rustls.stack_err, by_mbedtls.stack_err)).or_default() += 1;
        }
    }

    fn of(&self, by_rustls: bool, by_mbedtls: bool) -> u64 {
        self.said.get(&(by_rustls, by_mbedtls)).copied().unwrap_or_default()
    }

    /// Neither everything nor nothing was taken, and it is mostly refused for the same reason. A leaf that cannot be read and has a
    /// damaged key has two: Mbed TLS meets the key first.
    fn is_telling(&self) {
        let (taken, refused, by_rustls_alone) =
            (self.of(true, true), self.of(false, false), self.of(false, true));
        let for_other_reasons = self.reasons.values().sum::<u64>();
        println!("both take {taken}, both refuse {refused}, rustls alone {by_rustls_alone}");
        println!("{for_other_reasons} for different reasons: {:04x?}", self.reasons);
        assert!(taken > 10 && refused > 10);
        assert!(for_other_reasons * 3 < refused && by_rustls_alone * 20 < refused);
    }
}

fn pem(der: Vec<u8>) -> String {
    pem::encode(&pem::Pem::new("CERTIFICATE", der))
}

#[test]
fn a_damaged_anchor_that_mbed_tls_does_not_read_is_not_read() {
    let mut authority = rich(pki::ca_params("the CA"));
    authority.custom_extensions.pop();
    let good = pki::ca_of(authority).der().to_vec();
    let mut tally = Tally::default();
    for seed in 0..how_many() {
        let damaged = damage(&good, &mut Rand32::new(seed));
        let device = Device::trusting(&pem(damaged));
        let read = |stack| device.connector(stack).map(|_| ());
        let (by_rustls, by_mbedtls) = (read(Stack::Rustls), read(Stack::Mbedtls));
        tally.count(by_rustls, by_mbedtls, || device.verification.certificate.clone().unwrap());
    }
    tally.is_telling();
}

#[test]
fn a_damaged_leaf_that_mbed_tls_does_not_accept_is_not_accepted() {
    damaged_in_a_chain(|ca, draw| {
        let good = pki::leaf(rich(pki::leaf_params()), ca);
        let der = pki::signed_again(&damage(pki::tbs(&good.chain[0]), draw), &good.chain[0], ca.key());
        Shown { chain: vec![der], ..good }
    });
}

#[test]
fn a_damaged_certificate_beside_a_good_leaf_that_mbed_tls_does_not_read_is_not_read() {
    damaged_in_a_chain(|ca, draw| {
        let mut shown = pki::leaf(pki::leaf_params(), ca);
        let mut authority = rich(pki::ca_params("beside"));
        authority.custom_extensions.pop();
        shown.chain.push(CertificateDer::from(damage(pki::ca_of(authority).der(), draw)));
        shown
    });
}

fn damaged_in_a_chain(show: impl Fn(&Ca, &mut Rand32) -> Shown) {
    let ca = pki::ca("the CA");
    let device = Device::trusting(&ca.pem());
    let mut tally = Tally::default();
    for seed in 0..how_many() {
        let shown = show(&ca, &mut Rand32::new(seed));
        let by = |stack| handshake(stack, &device, &shown).client;
        let (by_rustls, by_mbedtls) = (by(Stack::Rustls), by(Stack::Mbedtls));
        tally.count(by_rustls, by_mbedtls, || shown.chain.iter().map(|der| pem(der.to_vec())).collect());
    }
    tally.is_telling();
}
