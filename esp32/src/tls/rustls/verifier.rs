use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, PeerIncompatible, SignatureScheme};
use x509_parser::parse_x509_certificate;

use super::objection::Objection;
use super::provider::PROVIDER;
use crate::tls::x509::Rules;

/// The rules in one handshake. What they have against the server stays in `objection`, because rustls's errors have no room for it.
#[derive(Debug)]
pub(super) struct Verifier {
    pub(super) rules: Arc<Rules>,
    pub(super) objection: Arc<OnceLock<Objection>>,
}

/// `MBEDTLS_SSL_IN_CONTENT_LEN`: bytes of the buffer for incoming records.
const IN_CONTENT_LEN: usize = 16384;

impl Verifier {
    fn judge(&self, presented: &[&CertificateDer<'_>], now: Duration) -> Result<(), Objection> {
        if message_length(presented) > IN_CONTENT_LEN {
            return Err(Objection::TooLong);
        }
        match self.rules.judge(presented, now) {
            Ok(0) => Ok(()),
            Ok(found) => Err(Objection::Flags { found }),
            Err(code) => Err(Objection::Unreadable { code }),
        }
    }
}

/// Of the handshake message with the certificates: four bytes before it, three before the list and each of them
/// (RFC 5246, 7.4 and 7.4.2).
fn message_length(presented: &[&CertificateDer<'_>]) -> usize {
    presented.iter().fold(4 + 3, |length, certificate| length + 3 + certificate.len())
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
        self.judge(&presented, Duration::from_secs(now.as_secs()))
            .map_err(|objection| CertificateError::from(*self.objection.get_or_init(|| objection)))?;
        Ok(ServerCertVerified::assertion())
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
