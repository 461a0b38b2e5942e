use x509_parser::oid_registry::{self as oid, Oid, asn1_rs::oid};

use super::reader::{Algorithm, CONTEXT, NULL, OID, Reader, SEQUENCE};
use crate::tls::failure::stack_err;

/// One that Mbed TLS knows, with the parameters that go with it (`mbedtls_x509_get_sig_alg`).
pub(super) fn check(algorithm: &Algorithm<'_>) -> Result<(), u16> {
    if algorithm.oid == oid::OID_PKCS1_RSASSAPSS.as_bytes() {
        return match algorithm.parameters {
            Some((SEQUENCE, parameters)) => pss(Reader::new(parameters, stack_err::X509_INVALID_ALG)),
            _ => Err(stack_err::X509_INVALID_ALG + stack_err::ASN1_UNEXPECTED_TAG),
        };
    }
    if !is_among(&WITHOUT_PARAMETERS, algorithm.oid) {
        return Err(stack_err::X509_UNKNOWN_SIG_ALG + stack_err::OID_NOT_FOUND);
    }
    if algorithm.is_plain() { Ok(()) } else { Err(stack_err::X509_INVALID_ALG) }
}

static WITHOUT_PARAMETERS: [Oid<'static>; 12] = [
    oid!(1.2.840.113549.1.1.4),
    oid::OID_PKCS1_SHA1WITHRSA,
    oid::OID_SHA1_WITH_RSA,
    oid::OID_PKCS1_SHA224WITHRSA,
    oid::OID_PKCS1_SHA256WITHRSA,
    oid::OID_PKCS1_SHA384WITHRSA,
    oid::OID_PKCS1_SHA512WITHRSA,
    oid!(1.2.840.10045.4.1),
    oid::OID_SIG_ECDSA_WITH_SHA224,
    oid::OID_SIG_ECDSA_WITH_SHA256,
    oid::OID_SIG_ECDSA_WITH_SHA384,
    oid::OID_SIG_ECDSA_WITH_SHA512,
];

/// MD5, SHA-1 and SHA-2.
static HASHES: [Oid<'static>; 6] = [
    oid!(1.2.840.113549.2.5),
    oid!(1.3.14.3.2.26),
    oid!(2.16.840.1.101.3.4.2.4),
    oid!(2.16.840.1.101.3.4.2.1),
    oid!(2.16.840.1.101.3.4.2.2),
    oid!(2.16.840.1.101.3.4.2.3),
];

const MGF1: Oid<'static> = oid!(1.2.840.113549.1.1.8);

/// RSASSA-PSS-params (RFC 4055, 3.1; `mbedtls_x509_get_rsassa_pss_params`).
fn pss(mut parameters: Reader<'_>) -> Result<(), u16> {
    if let Some(mut hash) = parameters.optional(CONTEXT)? {
        let algorithm = hash.algorithm()?;
        if !algorithm.is_plain() {
            return Err(hash.error(stack_err::ASN1_UNEXPECTED_TAG));
        }
        known_hash(algorithm.oid)?;
        hash.end()?;
    }
    if let Some(mut mask) = parameters.optional(CONTEXT + 1)? {
        let Algorithm { oid, parameters } = mask.algorithm()?;
        if oid != MGF1.as_bytes() {
            return Err(stack_err::X509_FEATURE_UNAVAILABLE + stack_err::OID_NOT_FOUND);
        }
        let Some((SEQUENCE, hash)) = parameters else {
            return Err(mask.error(stack_err::ASN1_UNEXPECTED_TAG));
        };
        let mut hash = Reader::new(hash, stack_err::X509_INVALID_ALG);
        known_hash(hash.within(OID)?.bytes())?;
        if !hash.is_empty() {
            hash.within(NULL)?.end()?;
        }
        hash.end()?;
        mask.end()?;
    }
    if let Some(mut salt_length) = parameters.optional(CONTEXT + 2)? {
        salt_length.integer()?;
        salt_length.end()?;
    }
    if let Some(mut trailer) = parameters.optional(CONTEXT + 3)? {
        let field = trailer.integer()?;
        trailer.end()?;
        if field != 1 {
            return Err(stack_err::X509_INVALID_ALG);
        }
    }
    parameters.end()
}

fn known_hash(oid: &[u8]) -> Result<(), u16> {
    if is_among(&HASHES, oid) { Ok(()) } else { Err(stack_err::X509_INVALID_ALG + stack_err::OID_NOT_FOUND) }
}

fn is_among(known: &[Oid<'_>], oid: &[u8]) -> bool {
    known.iter().any(|known| known.as_bytes() == oid)
}
