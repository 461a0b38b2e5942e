use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    IsCa, KeyPair, KeyUsagePurpose, PublicKeyData, SanType, SignatureAlgorithm, SigningKey,
};
use std::sync::LazyLock;

use esp32_sim::client::Authentication;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The name that devices connect to.
pub(crate) const HOST: &str = "broker.example";

pub(crate) type Ca = CertifiedIssuer<'static, KeyPair>;

/// What a server shows: its chain and, unless it only shows it, its key.
pub(crate) struct Shown {
    /// Its own certificate, PEM.
    pub(crate) pem: String,
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) key: Option<PrivateKeyDer<'static>>,
}

impl Shown {
    pub(crate) fn copy(&self) -> Self {
        let key = self.key.as_ref().map(PrivateKeyDer::clone_key);
        Self { pem: self.pem.clone(), chain: self.chain.clone(), key }
    }
}

pub(crate) fn ca(name: &str) -> Ca {
    ca_of(ca_params(name))
}

pub(crate) fn ca_of(params: CertificateParams) -> Ca {
    ca_with(params, KeyPair::generate().unwrap())
}

pub(crate) fn ca_with(params: CertificateParams, key: KeyPair) -> Ca {
    CertifiedIssuer::self_signed(params, key).unwrap()
}

pub(crate) fn p_384() -> KeyPair {
    KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap()
}

pub(crate) fn intermediate(params: CertificateParams, issuer: &Ca) -> Ca {
    CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), issuer).unwrap()
}

pub(crate) fn ca_params(name: &str) -> CertificateParams {
    let mut params = named(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// As a broker's certificate should be.
pub(crate) fn leaf_params() -> CertificateParams {
    let mut params = named("the broker");
    params.subject_alt_names = vec![SanType::DnsName(HOST.try_into().unwrap())];
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

pub(crate) fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

/// A server's certificate and key, without the chain above it.
pub(crate) fn leaf(params: CertificateParams, issuer: &Ca) -> Shown {
    leaf_of(params, &KeyPair::generate().unwrap(), issuer)
}

pub(crate) fn leaf_of(params: CertificateParams, key: &KeyPair, issuer: &Ca) -> Shown {
    let certificate = params.signed_by(key, issuer).unwrap();
    Shown { pem: certificate.pem(), chain: vec![certificate.der().clone()], key: Some(private(key)) }
}

/// A certificate for a key that nobody here has.
pub(crate) fn leaf_of_foreign_key(params: CertificateParams, key: &impl PublicKeyData, issuer: &Ca) -> Shown {
    let certificate = params.signed_by(key, issuer).unwrap();
    Shown { pem: certificate.pem(), chain: vec![certificate.der().clone()], key: None }
}

pub(crate) fn self_signed(params: CertificateParams) -> Shown {
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    Shown { pem: certificate.pem(), chain: vec![certificate.der().clone()], key: Some(private(&key)) }
}

/// The same certificate in version 1, without extensions, as `openssl x509 -req` makes them (RFC 5280, 4.1).
pub(crate) fn version_1(certificate: &CertificateDer<'_>, issuer: &KeyPair) -> CertificateDer<'static> {
    const VERSION: u8 = 0xA0;
    const EXTENSIONS: u8 = 0xA3;
    let parts = elements(content(certificate));
    let fields: Vec<&[u8]> = elements(content(parts[0]))
        .into_iter()
        .filter(|field| field[0] != VERSION && field[0] != EXTENSIONS)
        .collect();
    let tbs = element(0x30, &fields.concat());
    signed_again(&tbs, certificate, issuer)
}

/// The same certificate, and outside of what is signed it says ecdsa-with-SHA384 instead of ecdsa-with-SHA256
/// (RFC 5758, 3.2).
pub(crate) fn with_another_algorithm(certificate: &CertificateDer<'_>) -> CertificateDer<'static> {
    let parts = elements(content(certificate));
    let mut algorithm = parts[1].to_vec();
    *algorithm.last_mut().unwrap() = 3;
    element(0x30, &[parts[0], &algorithm, parts[2]].concat()).into()
}

/// The same certificate, with the last bit of its key changed; of the curve, every other point is off it.
pub(crate) fn with_point_off_its_curve(certificate: &[u8]) -> Vec<u8> {
    let key = elements(content(elements(content(certificate))[0]))[6];
    let last = key.as_ptr_range().end as usize - certificate.as_ptr() as usize - 1;
    let mut changed = certificate.to_vec();
    changed[last] ^= 1;
    changed
}

/// Changed bytes of what is signed, signed again.
pub(crate) fn signed_again(
    tbs: &[u8],
    certificate: &CertificateDer<'_>,
    issuer: &KeyPair,
) -> CertificateDer<'static> {
    let algorithm = elements(content(certificate))[1];
    let signature = [&[0], issuer.sign(tbs).unwrap().as_slice()].concat();
    element(0x30, &[tbs, algorithm, &element(0x03, &signature)].concat()).into()
}

/// What is signed of a certificate.
pub(crate) fn tbs<'a>(certificate: &'a CertificateDer<'_>) -> &'a [u8] {
    elements(content(certificate))[0]
}

/// Elements of DER, one behind the other.
fn elements(mut der: &[u8]) -> Vec<&[u8]> {
    let mut elements = Vec::new();
    while !der.is_empty() {
        let (header, length) = lengths(der);
        let (element, rest) = der.split_at(header + length);
        elements.push(element);
        der = rest;
    }
    elements
}

fn content(element: &[u8]) -> &[u8] {
    &element[lengths(element).0..]
}

/// Of the header and of the content of the first element.
fn lengths(der: &[u8]) -> (usize, usize) {
    match usize::from(der[1]) {
        short @ 0..0x80 => (2, short),
        long => {
            let octets = long - 0x80;
            (2 + octets, der[2..2 + octets].iter().fold(0, |length, octet| length << 8 | usize::from(*octet)))
        }
    }
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    let header = match length {
        [0, short @ 0..0x80] => vec![tag, short],
        [0, octet] => vec![tag, 0x81, octet],
        [high, low] => vec![tag, 0x82, high, low],
    };
    [header.as_slice(), content].concat()
}

/// What a device shows.
pub(crate) fn client(issuer: &Ca) -> Authentication {
    let mut params = named("a device");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, issuer).unwrap().pem();
    Authentication { password: None, certificate: Some(certificate), key: Some(key.serialize_pem()) }
}

/// A certificate from a file, for a key that was thrown away.
pub(crate) fn keyless(pem: &str) -> Shown {
    Shown {
        pem: pem.to_owned(),
        chain: vec![CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()],
        key: None,
    }
}

/// An RSA key of 1024 bits, of which nobody knows the factors.
pub(crate) struct ShortRsa;

impl PublicKeyData for ShortRsa {
    fn der_bytes(&self) -> &[u8] {
        static KEY: LazyLock<Vec<u8>> = LazyLock::new(|| {
            let mut modulus = [0x55; 128];
            modulus[0] = 0xD5;
            [&[0x30, 0x81, 0x89, 0x02, 0x81, 0x81, 0x00], modulus.as_slice(), &[0x02, 0x03, 0x01, 0x00, 0x01]]
                .concat()
        });
        &KEY
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &rcgen::PKCS_RSA_SHA256
    }
}

pub(crate) fn private(key: &KeyPair) -> PrivateKeyDer<'static> {
    PrivateKeyDer::try_from(key.serialize_der()).unwrap()
}
