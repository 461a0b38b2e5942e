//! rustls with Mbed TLS's rules and Mbed TLS itself, before chains of every kind.

use esp32_sim::tls::Stack;
use oorandom::Rand32;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose,
    SanType, date_time_ymd,
};

use crate::pki::{self, Ca, Shown};
use crate::stacks::Device;
use crate::verdicts::handshake;

/// How many chains.
const CHAINS: u64 = 300;

#[test]
fn both_stacks_say_the_same_of_any_chain() {
    let mut accepted = 0;
    for seed in 0..CHAINS {
        let (device, shown) = Draw(Rand32::new(seed)).meeting();
        let by_rustls = handshake(Stack::Rustls, &device, &shown);
        assert_eq!(by_rustls, handshake(Stack::Mbedtls, &device, &shown), "seed {seed}");
        accepted += u64::from(by_rustls.client.is_ok());
    }
    assert!((CHAINS / 20..CHAINS / 2).contains(&accepted), "{accepted} of {CHAINS} accepted: too one-sided");
}

struct Draw(Rand32);

impl Draw {
    fn one_in(&mut self, many: u32) -> bool {
        self.0.rand_range(0..many) == 0
    }

    fn meeting(&mut self) -> (Device, Shown) {
        let dates = self.one_in(2);
        let root = pki::ca_of(self.authority("root", dates));
        let (mut issuers, mut chain) = (vec![root], Vec::new());
        for number in 0..self.0.rand_range(0..4) {
            // A name that comes twice has two candidates, one of them with the wrong key.
            let name = format!("intermediate {}", if self.one_in(6) { 0 } else { number });
            let issuer = pki::intermediate(self.authority(&name, dates), issuers.last().unwrap());
            chain.insert(0, issuer.der().clone());
            issuers.push(issuer);
        }
        let mut shown = pki::leaf(self.broker(dates), issuers.last().unwrap());
        self.disturb(&mut chain);
        shown.chain.extend(chain);
        let mut device = Device::trusting(&self.anchors(&issuers, &shown));
        device.profile.date_check = dates;
        (device, shown)
    }

    fn authority(&mut self, name: &str, dates: bool) -> CertificateParams {
        let mut params = pki::ca_params(name);
        if self.one_in(4) {
            params.is_ca = match self.0.rand_range(0..6) {
                0 => IsCa::NoCa,
                1 => IsCa::ExplicitNoCa,
                length => IsCa::Ca(BasicConstraints::Constrained(u8::try_from(length - 2).unwrap())),
            };
        }
        if self.one_in(8) {
            params.key_usages = [vec![KeyUsagePurpose::CrlSign], vec![]][usize::from(self.one_in(2))].clone();
        }
        if self.one_in(20) {
            params.custom_extensions.push(self.unknown_extension());
        }
        self.dates(&mut params, dates);
        params
    }

    fn unknown_extension(&mut self) -> CustomExtension {
        let mut extension = CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 99999, 1], vec![5, 0]);
        extension.set_criticality(self.one_in(2));
        extension
    }

    fn broker(&mut self, dates: bool) -> CertificateParams {
        let mut params = if self.one_in(4) { pki::named(pki::HOST) } else { pki::leaf_params() };
        if self.one_in(8) {
            params.subject_alt_names = vec![SanType::DnsName("other.example".try_into().unwrap())];
        }
        if self.one_in(8) {
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        }
        if self.one_in(8) {
            params.key_usages = vec![KeyUsagePurpose::KeyAgreement];
        }
        if self.one_in(20) {
            params.custom_extensions.push(self.unknown_extension());
        }
        self.dates(&mut params, dates);
        params
    }

    /// Only where they count: the library that is compared with prefers a parent that is in date even if they do not.
    fn dates(&mut self, params: &mut CertificateParams, count: bool) {
        if count && self.one_in(8) {
            params.not_after = date_time_ymd(2025, 1, 1);
        }
        if count && self.one_in(8) {
            params.not_before = date_time_ymd(2100, 1, 1);
        }
    }

    /// Drops, doubles or swaps.
    fn disturb<T: Clone>(&mut self, chain: &mut Vec<T>) {
        if chain.is_empty() || !self.one_in(3) {
            return;
        }
        let at = self.0.rand_range(0..u32::try_from(chain.len()).unwrap()) as usize;
        match self.0.rand_range(0..3) {
            0 => drop(chain.remove(at)),
            1 => chain.push(chain[at].clone()),
            _ => chain.swap(0, at),
        }
    }

    fn anchors(&mut self, issuers: &[Ca], shown: &Shown) -> String {
        let mut anchors = pki::ca("root").pem();
        if self.one_in(6) {
            anchors += &shown.pem;
        }
        for (depth, issuer) in issuers.iter().enumerate() {
            let is_trusted = if depth == 0 { !self.one_in(6) } else { self.one_in(6) };
            if is_trusted {
                anchors += &issuer.pem();
            }
        }
        anchors
    }
}
