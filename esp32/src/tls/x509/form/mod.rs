//! The form that Mbed TLS demands of a certificate (`x509_crt_parse_der_core`), read from its first byte to its last: x509-parser
//! passes over much that is not as it should be.

mod extensions;
mod public_key;
mod reader;
mod signature_algorithm;

use crate::tls::failure::stack_err;
pub(super) use public_key::check_point;
use reader::{CONTEXT, INTEGER, OID, Reader, SEQUENCE, SET};

/// The code of Mbed TLS for what it would not read.
pub(super) fn check(der: &[u8]) -> Result<(), u16> {
    let mut outer = Reader::new(der, stack_err::X509_INVALID_FORMAT);
    let mut certificate = outer.within(SEQUENCE).map_err(|_| stack_err::X509_INVALID_FORMAT)?;
    let mut tbs = certificate.within(SEQUENCE)?;
    let version = version(&mut tbs)?;
    serial(&mut tbs)?;
    let algorithm = part(&mut tbs, stack_err::X509_INVALID_ALG, Reader::algorithm)?;
    if version > V3 {
        return Err(stack_err::X509_UNKNOWN_VERSION);
    }
    signature_algorithm::check(&algorithm)?;
    name(tbs.within(SEQUENCE)?)?;
    part(&mut tbs, stack_err::X509_INVALID_DATE, dates)?;
    let subject = tbs.within(SEQUENCE)?;
    if !subject.is_empty() {
        name(subject)?;
    }
    part(&mut tbs, stack_err::PK_KEY_INVALID_FORMAT, public_key::check)?;
    if version > V1 {
        tbs.optional(CONTEXT + 1)?;
        tbs.optional(CONTEXT + 2)?;
    }
    if version == V3 && !tbs.is_empty() {
        part(&mut tbs, stack_err::X509_INVALID_EXTENSIONS, extensions::check)?;
    }
    tbs.end()?;
    if algorithm != part(&mut certificate, stack_err::X509_INVALID_ALG, Reader::algorithm)? {
        return Err(stack_err::X509_SIG_MISMATCH);
    }
    part(&mut certificate, stack_err::X509_INVALID_SIGNATURE, Reader::whole_bit_string)?;
    certificate.end()
}

const V1: u32 = 0;
const V3: u32 = 2;

/// Reads the next part with a code of its own.
fn part<'a, T>(
    reader: &mut Reader<'a>,
    base: u16,
    read: impl FnOnce(&mut Reader<'a>) -> Result<T, u16>,
) -> Result<T, u16> {
    let mut part = reader.as_part(base);
    let found = read(&mut part)?;
    *reader = part.as_part(stack_err::X509_INVALID_FORMAT);
    Ok(found)
}

/// Of a certificate that does not say, the first (`x509_get_version`).
fn version(tbs: &mut Reader<'_>) -> Result<u32, u16> {
    let Some(version) = tbs.optional(CONTEXT)? else { return Ok(V1) };
    let mut version = version.as_part(stack_err::X509_INVALID_VERSION);
    let number = version.integer()?;
    version.end()?;
    Ok(number)
}

/// An INTEGER of any length (`mbedtls_x509_get_serial`).
fn serial(tbs: &mut Reader<'_>) -> Result<(), u16> {
    part(tbs, stack_err::X509_INVALID_SERIAL, |serial| serial.within(INTEGER).map(|_| ()))
}

/// A Name with at least one attribute, and at least one in each set (`mbedtls_x509_get_name`).
fn name(name: Reader<'_>) -> Result<(), u16> {
    let mut name = name.as_part(stack_err::X509_INVALID_NAME);
    loop {
        let mut set = name.within(SET)?;
        loop {
            let mut attribute = set.within(SEQUENCE)?;
            attribute.within(OID)?;
            let (tag, _) = attribute.any()?;
            if !STRINGS.contains(&tag) {
                return Err(name.error(stack_err::ASN1_UNEXPECTED_TAG));
            }
            attribute.end()?;
            if set.is_empty() {
                break;
            }
        }
        if name.is_empty() {
            return Ok(());
        }
    }
}

/// BIT STRING, and the strings UTF8, Printable, T61, IA5, Universal and BMP.
const STRINGS: [u8; 7] = [0x03, 0x0C, 0x13, 0x14, 0x16, 0x1C, 0x1E];

/// notBefore and notAfter to the second, with `Z` or nothing behind them (`x509_get_dates`). Whether they are on the calendar, x509-parser
/// knows.
fn dates(reader: &mut Reader<'_>) -> Result<(), u16> {
    let mut validity = reader.within(SEQUENCE)?;
    for _ in 0..2 {
        let (tag, time) = validity.any()?;
        let digits = match tag {
            UTC_TIME => 12,
            GENERALIZED_TIME => 14,
            _ => return Err(validity.error(stack_err::ASN1_UNEXPECTED_TAG)),
        };
        let is_time = time.bytes().split_at_checked(digits).is_some_and(|(digits, zone)| {
            digits.iter().all(u8::is_ascii_digit) && [b"".as_slice(), b"Z"].contains(&zone)
        });
        if !is_time {
            return Err(stack_err::X509_INVALID_DATE);
        }
    }
    validity.end()
}

const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
