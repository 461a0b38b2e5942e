use ring::agreement::{self, ECDH_P256, ECDH_P384, EphemeralPrivateKey, UnparsedPublicKey};
use ring::rand::SystemRandom;
use x509_parser::oid_registry::{self as oid, Oid, asn1_rs::oid};
use x509_parser::x509::SubjectPublicKeyInfo;

use super::reader::{self, INTEGER, Reader, SEQUENCE};
use crate::tls::failure::stack_err;

/// A SubjectPublicKeyInfo of RSA or of a curve that Mbed TLS knows (`mbedtls_pk_parse_subpubkey`).
pub(super) fn check(tbs: &mut Reader<'_>) -> Result<(), u16> {
    let mut key = tbs.within(SEQUENCE)?.as_part(stack_err::PK_INVALID_ALG);
    let algorithm = key.algorithm()?;
    let is_rsa = algorithm.oid == oid::OID_PKCS1_RSAENCRYPTION.as_bytes();
    let is_ec = [oid::OID_KEY_TYPE_EC_PUBLIC_KEY, ID_EC_DH].iter().any(|ec| ec.as_bytes() == algorithm.oid);
    if !is_rsa && !is_ec {
        return Err(stack_err::PK_UNKNOWN_PK_ALG);
    }
    if is_rsa && !algorithm.is_plain() {
        return Err(stack_err::PK_INVALID_ALG);
    }
    key = key.as_part(stack_err::PK_INVALID_PUBKEY);
    let octets = key.whole_bit_string()?;
    key.end()?;
    if is_rsa {
        return rsa(Reader::new(octets, stack_err::PK_INVALID_PUBKEY));
    }
    match algorithm.parameters {
        Some((reader::OID, curve)) => ec(curve, octets),
        _ => Err(stack_err::PK_KEY_INVALID_FORMAT + stack_err::ASN1_UNEXPECTED_TAG),
    }
}

const ID_EC_DH: Oid<'static> = oid!(1.3.132.1.12);

/// Each with the bytes of a coordinate: NIST, Koblitz and brainpool.
static CURVES: [(Oid<'static>, usize); 11] = [
    (oid!(1.2.840.10045.3.1.1), 24),
    (oid!(1.3.132.0.33), 28),
    (oid!(1.2.840.10045.3.1.7), 32),
    (oid!(1.3.132.0.34), 48),
    (oid!(1.3.132.0.35), 66),
    (oid!(1.3.132.0.31), 24),
    (oid!(1.3.132.0.32), 28),
    (oid!(1.3.132.0.10), 32),
    (oid!(1.3.36.3.3.2.8.1.1.7), 32),
    (oid!(1.3.36.3.3.2.8.1.1.11), 48),
    (oid!(1.3.36.3.3.2.8.1.1.13), 64),
];

/// A point that is not compressed, of the curve's length.
fn ec(curve: &[u8], point: &[u8]) -> Result<(), u16> {
    let (_, length) = CURVES
        .iter()
        .find(|(known, _)| known.as_bytes() == curve)
        .ok_or(stack_err::PK_UNKNOWN_NAMED_CURVE)?;
    match point {
        [4, coordinates @ ..] if coordinates.len() == 2 * length => Ok(()),
        [1..=3 | 5.., ..] => Err(stack_err::ECP_FEATURE_UNAVAILABLE),
        _ => Err(stack_err::ECP_BAD_INPUT_DATA),
    }
}

/// Two odd numbers, the modulus the larger one and of 128 bits at least (`mbedtls_rsa_check_pubkey`).
fn rsa(mut key: Reader<'_>) -> Result<(), u16> {
    let mut numbers = key.within(SEQUENCE)?;
    key.end()?;
    let modulus = significant(numbers.within(INTEGER)?.bytes());
    let exponent = significant(numbers.within(INTEGER)?.bytes());
    numbers.end()?;
    let is_odd = |number: &[u8]| number.last().is_some_and(|last| last & 1 == 1);
    let is_shorter =
        exponent.len() < modulus.len() || (exponent.len() == modulus.len() && exponent < modulus);
    let is_key = is_odd(modulus) && is_odd(exponent) && exponent != [1] && is_shorter && bits(modulus) >= 128;
    if is_key { Ok(()) } else { Err(stack_err::PK_INVALID_PUBKEY) }
}

fn significant(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    number.get(zeros..).unwrap_or_default()
}

/// Of a number without leading zeros.
fn bits(number: &[u8]) -> usize {
    number.len() * 8 - number.first().map_or(0, |first| first.leading_zeros() as usize)
}

/// The point of a key must be on its curve (`mbedtls_ecp_check_pubkey`), as far as ring knows the curve.
pub(in crate::tls::x509) fn check_point(key: &SubjectPublicKeyInfo<'_>) -> Result<(), u16> {
    let curve = key.algorithm.parameters.as_ref().and_then(|parameters| parameters.as_oid().ok());
    let algorithm = match curve {
        Some(curve) if curve == oid::OID_EC_P256 => &ECDH_P256,
        Some(curve) if curve == oid::OID_NIST_EC_P384 => &ECDH_P384,
        _ => return Ok(()),
    };
    let point = UnparsedPublicKey::new(algorithm, &key.subject_public_key.data);
    EphemeralPrivateKey::generate(algorithm, &SystemRandom::new())
        .and_then(|ours| agreement::agree_ephemeral(ours, &point, |_| ()))
        .map_err(|_| stack_err::ECP_INVALID_KEY)
}
