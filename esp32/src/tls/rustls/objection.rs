use std::sync::Arc;

use rustls::{CertificateError, OtherError};

use crate::client::{TransportError, verify_flags as flags};
use crate::tls::failure::{self, stack_err};

/// Why a server's certificate is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Objection {
    #[error("the certificate has the verify flags {found:#x}")]
    Flags { found: u32 },
    #[error("the certificates do not fit a record")]
    TooLong,
    #[error("a certificate cannot be read, Mbed TLS -{code:#x}")]
    Unreadable { code: u16 },
}

impl Objection {
    pub(super) fn failure(self, reports_verify_flags: bool) -> TransportError {
        match self {
            Self::Flags { found } => {
                failure::handshake(failure::of_flags(found), if reports_verify_flags { found } else { 0 })
            }
            Self::TooLong => failure::handshake(stack_err::SSL_FEATURE_UNAVAILABLE, 0),
            Self::Unreadable { code } => failure::handshake(code, 0),
        }
    }

    /// Whether the server is told: of a message that it does not put together Mbed TLS says nothing.
    pub(super) fn has_alert(&self) -> bool {
        *self != Self::TooLong
    }
}

/// The error for which rustls sends the alert that Mbed TLS picks among all flags (`mbedtls_ssl_verify_certificate`), or
/// has for a certificate that it cannot read (`ssl_parse_certificate_chain`).
impl From<Objection> for CertificateError {
    fn from(objection: Objection) -> Self {
        let usage = flags::KEY_USAGE | flags::EXT_KEY_USAGE | flags::BAD_PK | flags::BAD_KEY;
        match objection {
            // access_denied
            Objection::Flags { found: u32::MAX } => Self::ApplicationVerificationFailure,
            // bad_certificate
            Objection::Flags { found } if found & flags::CN_MISMATCH != 0 => Self::NotValidForName,
            // unsupported_certificate
            Objection::Unreadable { code: stack_err::X509_UNKNOWN_VERSION } => Self::InvalidPurpose,
            // bad_certificate
            Objection::TooLong | Objection::Unreadable { .. } => Self::BadEncoding,
            // unsupported_certificate
            Objection::Flags { found } if found & usage != 0 => Self::InvalidPurpose,
            // certificate_expired
            Objection::Flags { found } if found & flags::EXPIRED != 0 => Self::Expired,
            // unknown_ca
            Objection::Flags { found } if found & flags::NOT_TRUSTED != 0 => Self::UnknownIssuer,
            // certificate_unknown
            Objection::Flags { .. } => Self::Other(OtherError(Arc::new(objection))),
        }
    }
}
