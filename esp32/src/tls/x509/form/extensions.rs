use x509_parser::oid_registry::{self as oid, Oid, asn1_rs::oid};

use super::reader::{BIT_STRING, BOOLEAN, CONTEXT, OCTET_STRING, OID, Reader, SEQUENCE};
use crate::tls::failure::stack_err;

/// The content of one extension.
type Form = fn(Reader<'_>) -> Result<(), u16>;

/// The extensions that Mbed TLS knows (`mbedtls_oid_get_x509_ext_type`).
static KNOWN: [(Oid<'static>, Form); 6] = [
    (oid::OID_X509_EXT_BASIC_CONSTRAINTS, basic_constraints),
    (oid::OID_X509_EXT_KEY_USAGE, key_usage),
    (oid::OID_X509_EXT_EXTENDED_KEY_USAGE, extended_key_usage),
    (oid::OID_X509_EXT_SUBJECT_ALT_NAME, subject_alt_name),
    (oid::OID_X509_EXT_CERT_TYPE, netscape_cert_type),
    (oid::OID_X509_EXT_CERTIFICATE_POLICIES, certificate_policies),
];

/// `x509_get_crt_ext`.
pub(super) fn check(tbs: &mut Reader<'_>) -> Result<(), u16> {
    let mut explicit = tbs.within(CONTEXT + 3)?;
    let mut extensions = explicit.within(SEQUENCE)?;
    explicit.end()?;
    let mut met: Vec<&[u8]> = Vec::new();
    while !extensions.is_empty() {
        let mut extension = extensions.within(SEQUENCE)?;
        let oid = extension.within(OID)?.bytes();
        let is_critical = match extension.optional(BOOLEAN)?.map(|critical| critical.bytes()) {
            None => false,
            Some([critical]) => *critical != 0,
            Some(_) => return Err(extension.error(stack_err::ASN1_INVALID_LENGTH)),
        };
        let content = extension.within(OCTET_STRING)?;
        extension.end()?;
        let Some((_, form)) = KNOWN.iter().find(|(known, _)| known.as_bytes() == oid) else {
            if is_critical {
                return Err(extension.error(stack_err::ASN1_UNEXPECTED_TAG));
            }
            continue;
        };
        if met.contains(&oid) {
            return Err(stack_err::X509_INVALID_EXTENSIONS);
        }
        met.push(oid);
        match form(content) {
            Err(stack_err::X509_FEATURE_UNAVAILABLE) if !is_critical => {}
            found => found?,
        }
    }
    Ok(())
}

/// cA as a BOOLEAN, then the length of the path.
fn basic_constraints(mut content: Reader<'_>) -> Result<(), u16> {
    let mut constraints = content.within(SEQUENCE)?;
    content.end()?;
    if let Some(ca) = constraints.optional(BOOLEAN)?
        && ca.bytes().len() != 1
    {
        return Err(constraints.error(stack_err::ASN1_INVALID_LENGTH));
    }
    if constraints.is_empty() {
        return Ok(());
    }
    let length = constraints.integer()?;
    constraints.end()?;
    if length == i32::MAX.unsigned_abs() {
        return Err(constraints.error(stack_err::ASN1_INVALID_LENGTH));
    }
    Ok(())
}

fn key_usage(content: Reader<'_>) -> Result<(), u16> {
    match bits(content)? {
        [] => Err(content.error(stack_err::ASN1_INVALID_LENGTH)),
        _ => Ok(()),
    }
}

fn netscape_cert_type(content: Reader<'_>) -> Result<(), u16> {
    match bits(content)? {
        [_] => Ok(()),
        _ => Err(content.error(stack_err::ASN1_INVALID_LENGTH)),
    }
}

/// The octets of a BIT STRING that is all there is (`mbedtls_asn1_get_bitstring`).
fn bits(mut content: Reader<'_>) -> Result<&[u8], u16> {
    let string = content.within(BIT_STRING)?;
    let octets = match string.bytes() {
        [] => return Err(content.error(stack_err::ASN1_OUT_OF_DATA)),
        [0..=7, octets @ ..] => octets,
        _ => return Err(content.error(stack_err::ASN1_INVALID_LENGTH)),
    };
    content.end()?;
    Ok(octets)
}

/// At least one purpose.
fn extended_key_usage(mut content: Reader<'_>) -> Result<(), u16> {
    let mut purposes = content.within(SEQUENCE)?;
    content.end()?;
    if purposes.is_empty() {
        return Err(content.error(stack_err::ASN1_INVALID_LENGTH));
    }
    while !purposes.is_empty() {
        purposes.within(OID)?;
    }
    Ok(())
}

/// Names of any kind; what one of them says counts only in an otherName.
fn subject_alt_name(mut content: Reader<'_>) -> Result<(), u16> {
    let mut names = content.within(SEQUENCE)?;
    content.end()?;
    while !names.is_empty() {
        let (tag, name) = names.any()?;
        if tag & CLASS != CONTEXT_SPECIFIC {
            return Err(names.error(stack_err::ASN1_UNEXPECTED_TAG));
        }
        if tag & NUMBER == OTHER_NAME {
            other_name(name)?;
        }
    }
    Ok(())
}

const CLASS: u8 = 0xC0;
const CONTEXT_SPECIFIC: u8 = 0x80;
const NUMBER: u8 = 0x1F;
const OTHER_NAME: u8 = 0;

/// id-on-hardwareModuleName (RFC 4108, 5), the one kind that Mbed TLS looks into (`x509_get_other_name`).
const HARDWARE_MODULE_NAME: Oid<'static> = oid!(1.3.6.1.5.5.7.8.4);

fn other_name(mut name: Reader<'_>) -> Result<(), u16> {
    if name.within(OID)?.bytes() != HARDWARE_MODULE_NAME.as_bytes() {
        return Ok(());
    }
    let mut explicit = name.within(CONTEXT)?;
    name.end()?;
    let mut module = explicit.within(SEQUENCE)?;
    explicit.end()?;
    module.within(OID)?;
    module.within(OCTET_STRING)?;
    module.end()
}

/// At least one policy, each with an OID and perhaps qualifiers; no other than anyPolicy is understood.
fn certificate_policies(mut content: Reader<'_>) -> Result<(), u16> {
    let mut policies = content.within(SEQUENCE)?;
    content.end()?;
    if policies.is_empty() {
        return Err(content.error(stack_err::ASN1_LENGTH_MISMATCH));
    }
    let mut understood = Ok(());
    while !policies.is_empty() {
        let mut policy = policies.within(SEQUENCE)?;
        if policy.within(OID)?.bytes() != ANY_POLICY.as_bytes() {
            understood = Err(stack_err::X509_FEATURE_UNAVAILABLE);
        }
        if !policy.is_empty() {
            policy.within(SEQUENCE)?;
        }
        policy.end()?;
    }
    understood
}

/// anyPolicy (RFC 5280, 4.2.1.4).
const ANY_POLICY: Oid<'static> = oid!(2.5.29.32.0);
