use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::failure::{self, stack_err};
use crate::client::{Authentication, EspError, TransportError, Verification};

/// `ESP_ERR_INVALID_STATE` (`esp_err.h`): a certificate without a key, or the other way round.
const INVALID_STATE: EspError = EspError(0x103);

/// The trust anchors, as `read` has them or the error code that it has instead (`esp_tls_mbedtls.c`, `set_ca_cert`).
pub(super) fn anchors<T>(
    verification: &Verification,
    read: impl Fn(CertificateDer<'static>) -> Result<T, u16>,
) -> Result<Vec<T>, TransportError> {
    match &verification.certificate {
        Some(pem) => certificates(pem, read),
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
pub(super) struct Identity<T> {
    pub(super) chain: Vec<T>,
    pub(super) key: PrivateKeyDer<'static>,
}

/// What the client shows when it is asked, if anything; `read` as above.
pub(super) fn identity<T>(
    authentication: &Authentication,
    read: impl Fn(CertificateDer<'static>) -> Result<T, u16>,
) -> Result<Option<Identity<T>>, TransportError> {
    match (&authentication.certificate, &authentication.key) {
        (None, None) => Ok(None),
        (Some(chain), Some(key)) => {
            let chain = certificates(chain, read)?;
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

/// A certificate that cannot be read is passed over as long as another can (`x509_crt.c`, `mbedtls_x509_crt_parse`).
fn certificates<T>(
    pem: &str,
    read: impl Fn(CertificateDer<'static>) -> Result<T, u16>,
) -> Result<Vec<T>, TransportError> {
    let mut certificates = Vec::new();
    let mut first_error = None;
    for der in CertificateDer::pem_slice_iter(pem.as_bytes()).flatten() {
        match read(der) {
            Ok(certificate) => certificates.push(certificate),
            Err(code) => first_error = first_error.or(Some(code)),
        }
    }
    if certificates.is_empty() {
        let code = first_error.unwrap_or(stack_err::X509_CERT_UNKNOWN_FORMAT);
        return Err(failure::setup(EspError::MBEDTLS_X509_CRT_PARSE_FAILED, code));
    }
    Ok(certificates)
}
