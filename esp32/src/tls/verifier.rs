use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, PeerIncompatible, SignatureScheme};
use x509_parser::certificate::X509Certificate;
use x509_parser::parse_x509_certificate;

use super::{algorithms, chain, name};
use crate::client::verify_flags as flags;

/// What a device asks of a server's certificate.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) anchors: Vec<CertificateDer<'static>>,
    pub(super) name: Option<String>,
    pub(super) checks_ip_address: bool,
    pub(super) date_check: bool,
    pub(super) algorithms: WebPkiSupportedAlgorithms,
}

impl Rules {
    /// The verify flags (`mbedtls_ssl_verify_certificate`), or `None` if a certificate is none.
    fn judge(&self, presented: &[&CertificateDer<'_>], now: UnixTime) -> Option<u32> {
        let presented = presented.iter().map(|der| parse(der)).collect::<Option<Vec<_>>>()?;
        let anchors = self.anchors.iter().map(parse).collect::<Option<Vec<_>>>()?;
        let leaf = presented.first()?;
        let now = self.date_check.then(|| i64::try_from(now.as_secs()).unwrap_or(i64::MAX));
        let bears_name =
            self.name.as_ref().is_none_or(|expected| name::bears(leaf, expected, self.checks_ip_address));
        let name = if bears_name { 0 } else { flags::CN_MISMATCH };
        let path = chain::judge(&presented, &anchors, now);
        Some(name | algorithms::of_key(leaf.public_key()) | path | usage(leaf))
    }
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

fn parse<'a>(der: &'a CertificateDer<'_>) -> Option<X509Certificate<'a>> {
    parse_x509_certificate(der).ok().map(|(_, certificate)| certificate)
}

/// The rules in one handshake. What they found stays in `found`, because rustls's errors have no room for it.
#[derive(Debug)]
pub(super) struct Verifier {
    pub(super) rules: Arc<Rules>,
    pub(super) found: Arc<AtomicU32>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let presented: Vec<_> = std::iter::once(end_entity).chain(intermediates).collect();
        let Some(found) = self.rules.judge(&presented, now) else {
            return Err(CertificateError::BadEncoding.into());
        };
        self.found.store(found, Ordering::Relaxed);
        match refusal(found) {
            None => Ok(ServerCertVerified::assertion()),
            Some(error) => Err(error.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.rules.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(PeerIncompatible::Tls12NotOffered.into())
    }

    /// For each hash: ECDSA, RSA-PSS, RSA-PKCS1, the strongest hash first. ring has no P-521.
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![
            SignatureScheme::RSA_PSS_SHA512,
            SignatureScheme::RSA_PKCS1_SHA512,
            SignatureScheme::ECDSA_NISTP384_SHA384,
            SignatureScheme::RSA_PSS_SHA384,
            SignatureScheme::RSA_PKCS1_SHA384,
            SignatureScheme::ECDSA_NISTP256_SHA256,
            SignatureScheme::RSA_PSS_SHA256,
            SignatureScheme::RSA_PKCS1_SHA256,
        ]
    }
}

/// The error for which rustls sends the alert that Mbed TLS picks among all flags (`mbedtls_ssl_verify_certificate`).
fn refusal(found: u32) -> Option<CertificateError> {
    let usage = flags::KEY_USAGE | flags::EXT_KEY_USAGE | flags::BAD_PK | flags::BAD_KEY;
    match found {
        0 => None,
        // access_denied
        u32::MAX => Some(CertificateError::ApplicationVerificationFailure),
        // bad_certificate
        _ if found & flags::CN_MISMATCH != 0 => Some(CertificateError::NotValidForName),
        // unsupported_certificate
        _ if found & usage != 0 => Some(CertificateError::InvalidPurpose),
        // certificate_expired
        _ if found & flags::EXPIRED != 0 => Some(CertificateError::Expired),
        // unknown_ca
        _ if found & flags::NOT_TRUSTED != 0 => Some(CertificateError::UnknownIssuer),
        // certificate_unknown
        _ => Some(CertificateError::Other(OtherError(Arc::new(Refused { found })))),
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the certificate has the verify flags {found:#x}")]
struct Refused {
    found: u32,
}
