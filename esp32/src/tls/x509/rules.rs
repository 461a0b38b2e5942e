use std::time::Duration;

use rustls::pki_types::CertificateDer;
use x509_parser::certificate::X509Certificate;

use super::{algorithms, certificate, chain, name};
use crate::client::verify_flags as flags;
use crate::tls::failure::stack_err;

/// What a device asks of a server's certificate.
#[derive(Debug)]
pub(in crate::tls) struct Rules {
    pub(in crate::tls) anchors: Vec<CertificateDer<'static>>,
    pub(in crate::tls) name: Option<String>,
    pub(in crate::tls) checks_ip_address: bool,
    pub(in crate::tls) date_check: bool,
}

impl Rules {
    /// The verify flags of a server whose own certificate is presented first, `now` after 1970; the error code of one
    /// that cannot be read.
    pub(in crate::tls) fn judge(&self, presented: &[&CertificateDer<'_>], now: Duration) -> Result<u32, u16> {
        let presented = presented.iter().enumerate().filter_map(|(depth, der)| match depth {
            0 => Some(certificate::read_all_but_key(der)),
            _ => Some(certificate::read(der)).filter(|read| !is_passed_over(read)),
        });
        let presented = presented.collect::<Result<Vec<_>, _>>()?;
        let anchors = self.anchors.iter().map(|der| certificate::read_all_but_key(der));
        let anchors = anchors.collect::<Result<Vec<_>, _>>()?;
        let leaf = presented.first().ok_or(stack_err::X509_INVALID_FORMAT)?;
        let now = self.date_check.then(|| i64::try_from(now.as_secs()).unwrap_or(i64::MAX));
        let bears_name =
            self.name.as_ref().is_none_or(|expected| name::bears(leaf, expected, self.checks_ip_address));
        let name = if bears_name { 0 } else { flags::CN_MISMATCH };
        let path = chain::judge(&presented, &anchors, now);
        Ok(name | algorithms::of_key(leaf.public_key()) | path | usage(leaf))
    }
}

/// Above the leaf a signature of an algorithm that nobody knows does no harm: there may be a way around it
/// (`ssl_parse_certificate_chain`).
fn is_passed_over<T>(read: &Result<T, u16>) -> bool {
    matches!(read, Err(code) if *code == stack_err::X509_UNKNOWN_SIG_ALG + stack_err::OID_NOT_FOUND)
}

/// keyUsage with digitalSignature and extendedKeyUsage with serverAuth, where there are such extensions
/// (`mbedtls_ssl_check_cert_usage`, for ECDHE).
fn usage(leaf: &X509Certificate<'_>) -> u32 {
    let may_sign =
        leaf.key_usage().is_ok_and(|found| found.is_none_or(|usage| usage.value.digital_signature()));
    let may_serve = leaf
        .extended_key_usage()
        .is_ok_and(|found| found.is_none_or(|purposes| purposes.value.any || purposes.value.server_auth));
    let key_usage = if may_sign { 0 } else { flags::KEY_USAGE };
    let ext_key_usage = if may_serve { 0 } else { flags::EXT_KEY_USAGE };
    key_usage | ext_key_usage
}
