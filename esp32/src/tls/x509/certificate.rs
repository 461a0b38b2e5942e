use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{ParsedExtension, X509Extension};
use x509_parser::oid_registry::{self as oid, asn1_rs::oid};
use x509_parser::parse_x509_certificate;

use crate::tls::failure::stack_err;

/// Reads a certificate. What Mbed TLS does not read (`x509_crt.c`, `x509_crt_parse_der_core`) has its error code.
pub(in crate::tls) fn read(der: &[u8]) -> Result<X509Certificate<'_>, u16> {
    let (_, certificate) = parse_x509_certificate(der).map_err(|_| stack_err::X509_INVALID_FORMAT)?;
    let extensions = certificate.extensions();
    for (index, extension) in extensions.iter().enumerate() {
        let is_repeated = extensions.iter().take(index).any(|earlier| earlier.oid == extension.oid);
        refuse_extension(extension, is_repeated)?;
    }
    if certificate.signature == certificate.signature_algorithm {
        Ok(certificate)
    } else {
        Err(stack_err::X509_SIG_MISMATCH)
    }
}

/// `x509_get_crt_ext`.
fn refuse_extension(extension: &X509Extension<'_>, is_repeated: bool) -> Result<(), u16> {
    let is_known = [
        oid::OID_X509_EXT_BASIC_CONSTRAINTS,
        oid::OID_X509_EXT_KEY_USAGE,
        oid::OID_X509_EXT_EXTENDED_KEY_USAGE,
        oid::OID_X509_EXT_SUBJECT_ALT_NAME,
        oid::OID_X509_EXT_CERT_TYPE,
        oid::OID_X509_EXT_CERTIFICATE_POLICIES,
    ]
    .contains(&extension.oid);
    match extension.parsed_extension() {
        _ if !is_known && extension.critical => {
            Err(stack_err::X509_INVALID_EXTENSIONS + stack_err::ASN1_UNEXPECTED_TAG)
        }
        _ if is_known && is_repeated => Err(stack_err::X509_INVALID_EXTENSIONS),
        ParsedExtension::CertificatePolicies(policies)
            if extension.critical && policies.iter().any(|policy| policy.policy_id != ANY_POLICY) =>
        {
            Err(stack_err::X509_FEATURE_UNAVAILABLE)
        }
        _ => Ok(()),
    }
}

/// anyPolicy (RFC 5280, 4.2.1.4).
const ANY_POLICY: oid::Oid<'static> = oid!(2.5.29.32.0);
