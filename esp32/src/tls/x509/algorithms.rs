use x509_parser::certificate::X509Certificate;
use x509_parser::oid_registry as oid;
use x509_parser::oid_registry::Oid;
use x509_parser::public_key::PublicKey;
use x509_parser::signature_algorithm::RsaSsaPssParams;
use x509_parser::x509::SubjectPublicKeyInfo;

use crate::client::verify_flags as flags;

/// `rsa_min_bitlen`.
const RSA_MIN_BITS: usize = 2048;

/// brainpoolP256r1, P384r1 and P512r1 (RFC 5639).
const BRAINPOOL: [&str; 3] = ["1.3.36.3.3.2.8.1.1.7", "1.3.36.3.3.2.8.1.1.11", "1.3.36.3.3.2.8.1.1.13"];

/// What `mbedtls_x509_crt_profile_default` (Mbed TLS 3.6 `x509_crt.c`) says against the hash of a signature: SHA-256,
/// SHA-384 and SHA-512 are in it.
pub(super) fn of_signature(certificate: &X509Certificate<'_>) -> u32 {
    let algorithm = &certificate.signature_algorithm;
    let strong_hash = [
        oid::OID_SIG_ECDSA_WITH_SHA256,
        oid::OID_SIG_ECDSA_WITH_SHA384,
        oid::OID_SIG_ECDSA_WITH_SHA512,
        oid::OID_PKCS1_SHA256WITHRSA,
        oid::OID_PKCS1_SHA384WITHRSA,
        oid::OID_PKCS1_SHA512WITHRSA,
    ]
    .contains(&algorithm.algorithm);
    let strong_pss = || {
        let parameters = algorithm.parameters.as_ref().and_then(|any| RsaSsaPssParams::try_from(any).ok());
        algorithm.algorithm == oid::OID_PKCS1_RSASSAPSS
            && parameters.is_some_and(|parameters| {
                [oid::OID_NIST_HASH_SHA256, oid::OID_NIST_HASH_SHA384, oid::OID_NIST_HASH_SHA512]
                    .contains(parameters.hash_algorithm_oid())
            })
    };
    if strong_hash || strong_pss() { 0 } else { flags::BAD_MD }
}

/// What the same profile says against a key: RSA from 2048 bits, P-256, P-384, P-521 and brainpool from 256 bits are in
/// it.
pub(super) fn of_key(key: &SubjectPublicKeyInfo<'_>) -> u32 {
    let strong = match key.parsed() {
        Ok(PublicKey::RSA(key)) => bits(key.modulus) >= RSA_MIN_BITS,
        Ok(PublicKey::EC(_)) => curve(key).is_some_and(|curve| {
            [oid::OID_EC_P256, oid::OID_NIST_EC_P384, oid::OID_NIST_EC_P521].contains(&curve)
                || BRAINPOOL.contains(&curve.to_id_string().as_str())
        }),
        _ => false,
    };
    if strong { 0 } else { flags::BAD_KEY }
}

fn curve<'a>(key: &'a SubjectPublicKeyInfo<'_>) -> Option<Oid<'a>> {
    key.algorithm.parameters.as_ref()?.as_oid().ok()
}

fn bits(modulus: &[u8]) -> usize {
    let significant = modulus.iter().skip_while(|byte| **byte == 0);
    let first = significant.clone().next().map_or(0, |byte| byte.leading_zeros() as usize);
    significant.count() * 8 - first
}
