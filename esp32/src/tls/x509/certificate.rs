use x509_parser::certificate::X509Certificate;
use x509_parser::oid_registry as oid;
use x509_parser::parse_x509_certificate;

use super::form;
use crate::tls::failure::stack_err;

/// Reads a certificate as Mbed TLS does, or has its error code.
pub(in crate::tls) fn read(der: &[u8]) -> Result<X509Certificate<'_>, u16> {
    let certificate = read_all_but_key(der)?;
    form::check_point(certificate.public_key())?;
    Ok(certificate)
}

/// The same for one whose key proves itself by a signature, or was looked at before: a point costs as much as a key exchange.
///
/// What Mbed TLS reads and x509-parser does not is refused as well, rather than judged without it.
pub(super) fn read_all_but_key(der: &[u8]) -> Result<X509Certificate<'_>, u16> {
    form::check(der)?;
    let (_, certificate) = parse_x509_certificate(der).map_err(|_| stack_err::X509_INVALID_FORMAT)?;
    let is_unread = certificate
        .iter_extensions()
        .any(|extension| JUDGED.contains(&extension.oid) && extension.parsed_extension().error().is_some());
    if is_unread { Err(stack_err::X509_INVALID_EXTENSIONS) } else { Ok(certificate) }
}

/// The extensions that something is decided by.
const JUDGED: [oid::Oid<'static>; 4] = [
    oid::OID_X509_EXT_BASIC_CONSTRAINTS,
    oid::OID_X509_EXT_KEY_USAGE,
    oid::OID_X509_EXT_EXTENDED_KEY_USAGE,
    oid::OID_X509_EXT_SUBJECT_ALT_NAME,
];
