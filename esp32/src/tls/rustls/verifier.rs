use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, PeerIncompatible, SignatureScheme};
use x509_parser::parse_x509_certificate;

use super::provider::PROVIDER;
use crate::client::verify_flags as flags;
use crate::tls::x509::Rules;

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
        let Some(found) = self.rules.judge(&presented, Duration::from_secs(now.as_secs())) else {
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
        // Not by rustls's own function: it has webpki read the certificate, which knows version 3 alone.
        let key = parse_x509_certificate(cert).map_err(|_| CertificateError::BadEncoding)?.1;
        let key = &key.public_key().subject_public_key.data;
        let candidates = PROVIDER
            .signature_verification_algorithms
            .mapping
            .iter()
            .filter(|(scheme, _)| *scheme == dss.scheme);
        candidates
            .flat_map(|(_, algorithms)| algorithms.iter())
            .find(|algorithm| algorithm.verify_signature(key, message, dss.signature()).is_ok())
            .map(|_| HandshakeSignatureValid::assertion())
            .ok_or_else(|| CertificateError::BadSignature.into())
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
