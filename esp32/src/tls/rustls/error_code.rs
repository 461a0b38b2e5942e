use rustls::{CertificateError, Error, InvalidMessage, PeerIncompatible};

use crate::tls::failure::stack_err;

/// The positive code that Mbed TLS has for what rustls calls `error`.
pub(super) fn error_code(error: &Error) -> u16 {
    match error {
        Error::AlertReceived(_) => stack_err::SSL_FATAL_ALERT_MESSAGE,
        Error::InappropriateMessage { .. } | Error::InappropriateHandshakeMessage { .. } => {
            stack_err::SSL_UNEXPECTED_MESSAGE
        }
        Error::InvalidMessage(
            InvalidMessage::InvalidContentType
            | InvalidMessage::MessageTooLarge
            | InvalidMessage::UnknownProtocolVersion
            | InvalidMessage::InvalidEmptyPayload,
        )
        | Error::PeerSentOversizedRecord => stack_err::SSL_INVALID_RECORD,
        Error::InvalidMessage(_) => stack_err::SSL_DECODE_ERROR,
        Error::DecryptError => stack_err::SSL_INVALID_MAC,
        Error::InvalidCertificate(CertificateError::BadEncoding) => stack_err::X509_INVALID_FORMAT,
        // Of an RSA key it would be 0x4380.
        Error::InvalidCertificate(CertificateError::BadSignature) => stack_err::ECP_VERIFY_FAILED,
        Error::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13) => {
            stack_err::SSL_BAD_PROTOCOL_VERSION
        }
        Error::PeerIncompatible(_) | Error::PeerMisbehaved(_) | Error::InvalidCertificate(_) => {
            stack_err::SSL_HANDSHAKE_FAILURE
        }
        _ => stack_err::SSL_INTERNAL_ERROR,
    }
}
