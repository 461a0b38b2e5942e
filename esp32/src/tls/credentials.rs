use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::failure::{self, stack_err};
use crate::client::{Authentication, EspError, TransportError, Verification};

/// `ESP_ERR_INVALID_STATE` (`esp_err.h`): a certificate without a key, or the other way round.
const INVALID_STATE: EspError = EspError(0x103);

/// The trust anchors that can be read; a certificate that cannot is passed over as long as another can
/// (`esp_tls_mbedtls.c`, `set_ca_cert`).
pub(super) fn anchors(verification: &Verification) -> Result<Vec<CertificateDer<'static>>, TransportError> {
    match &verification.certificate {
        Some(pem) => certificates(pem),
        None => Err(failure::setup(EspError::MBEDTLS_SSL_SETUP_FAILED, 0)),
    }
}

/// The name that the certificate must bear and that goes into SNI, unless the check is off
/// (`esp_tls_mbedtls.c`, `set_client_config`).
pub(super) fn expected_name(verification: &Verification, host: &str) -> Option<String> {
    (!verification.skip_cert_common_name_check)
        .then(|| verification.common_name.clone().unwrap_or_else(|| host.to_owned()))
}

/// The client's certificate with its chain, and its key.
pub(super) struct Identity {
    pub(super) chain: Vec<CertificateDer<'static>>,
    pub(super) key: PrivateKeyDer<'static>,
}

/// What the client shows when it is asked, if anything.
pub(super) fn identity(authentication: &Authentication) -> Result<Option<Identity>, TransportError> {
    match (&authentication.certificate, &authentication.key) {
        (None, None) => Ok(None),
        (Some(chain), Some(key)) => {
            let chain = certificates(chain)?;
            let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|_| unreadable_key())?;
            Ok(Some(Identity { chain, key }))
        }
        _ => Err(failure::setup(INVALID_STATE, 0)),
    }
}

/// A private key that is none.
pub(super) fn unreadable_key() -> TransportError {
    failure::setup(EspError::MBEDTLS_PK_PARSE_KEY_FAILED, stack_err::PK_KEY_INVALID_FORMAT)
}

/// A PEM bundle without one certificate.
pub(super) fn unreadable_certificate() -> TransportError {
    failure::setup(EspError::MBEDTLS_X509_CRT_PARSE_FAILED, stack_err::X509_CERT_UNKNOWN_FORMAT)
}

fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>, TransportError> {
    let readable =
        |certificate: &CertificateDer<'_>| x509_parser::parse_x509_certificate(certificate).is_ok();
    let certificates: Vec<_> =
        CertificateDer::pem_slice_iter(pem.as_bytes()).flatten().filter(readable).collect();
    if certificates.is_empty() { Err(unreadable_certificate()) } else { Ok(certificates) }
}
