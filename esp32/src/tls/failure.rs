use crate::client::{EspError, TransportError, verify_flags};

/// Positive error codes of Mbed TLS (`mbedtls/ssl.h`, `x509.h`, `pk.h`, `asn1.h`); one of ASN.1 is added to one of X.509 or PK.
pub(super) mod stack_err {
    pub(crate) const OID_NOT_FOUND: u16 = 0x002E;
    pub(crate) const ASN1_OUT_OF_DATA: u16 = 0x0060;
    pub(crate) const ASN1_UNEXPECTED_TAG: u16 = 0x0062;
    pub(crate) const ASN1_INVALID_LENGTH: u16 = 0x0064;
    pub(crate) const ASN1_LENGTH_MISMATCH: u16 = 0x0066;
    pub(crate) const ASN1_INVALID_DATA: u16 = 0x0068;
    pub(crate) const X509_FEATURE_UNAVAILABLE: u16 = 0x2080;
    pub(crate) const X509_INVALID_FORMAT: u16 = 0x2180;
    pub(crate) const X509_INVALID_VERSION: u16 = 0x2200;
    pub(crate) const X509_INVALID_SERIAL: u16 = 0x2280;
    pub(crate) const X509_INVALID_ALG: u16 = 0x2300;
    pub(crate) const X509_INVALID_NAME: u16 = 0x2380;
    pub(crate) const X509_INVALID_DATE: u16 = 0x2400;
    pub(crate) const X509_INVALID_SIGNATURE: u16 = 0x2480;
    pub(crate) const X509_INVALID_EXTENSIONS: u16 = 0x2500;
    pub(crate) const X509_UNKNOWN_VERSION: u16 = 0x2580;
    pub(crate) const X509_UNKNOWN_SIG_ALG: u16 = 0x2600;
    pub(crate) const X509_SIG_MISMATCH: u16 = 0x2680;
    pub(crate) const X509_CERT_VERIFY_FAILED: u16 = 0x2700;
    pub(crate) const X509_CERT_UNKNOWN_FORMAT: u16 = 0x2780;
    pub(crate) const X509_FATAL_ERROR: u16 = 0x3000;
    pub(crate) const PK_UNKNOWN_NAMED_CURVE: u16 = 0x3A00;
    pub(crate) const PK_INVALID_ALG: u16 = 0x3A80;
    pub(crate) const PK_INVALID_PUBKEY: u16 = 0x3B00;
    pub(crate) const PK_UNKNOWN_PK_ALG: u16 = 0x3C80;
    pub(crate) const PK_KEY_INVALID_FORMAT: u16 = 0x3D00;
    pub(crate) const ECP_INVALID_KEY: u16 = 0x4C80;
    pub(crate) const ECP_VERIFY_FAILED: u16 = 0x4E00;
    pub(crate) const ECP_FEATURE_UNAVAILABLE: u16 = 0x4E80;
    pub(crate) const ECP_BAD_INPUT_DATA: u16 = 0x4F80;
    pub(crate) const SSL_INTERNAL_ERROR: u16 = 0x6C00;
    pub(crate) const SSL_HANDSHAKE_FAILURE: u16 = 0x6E00;
    pub(crate) const SSL_FEATURE_UNAVAILABLE: u16 = 0x7080;
    pub(crate) const SSL_BAD_INPUT_DATA: u16 = 0x7100;
    pub(crate) const SSL_BAD_PROTOCOL_VERSION: u16 = 0x6E80;
    pub(crate) const SSL_INVALID_MAC: u16 = 0x7180;
    pub(crate) const SSL_INVALID_RECORD: u16 = 0x7200;
    pub(crate) const SSL_CONN_EOF: u16 = 0x7280;
    pub(crate) const SSL_DECODE_ERROR: u16 = 0x7300;
    pub(crate) const SSL_UNEXPECTED_MESSAGE: u16 = 0x7700;
    pub(crate) const SSL_FATAL_ALERT_MESSAGE: u16 = 0x7780;
    pub(crate) const SSL_BAD_CERTIFICATE: u16 = 0x7A00;
}

/// What esp-tls says when a handshake ends with `stack_err` (`esp_mbedtls_handshake`).
pub(super) fn handshake(stack_err: u16, verify_flags: u32) -> TransportError {
    TransportError { esp_err: EspError::MBEDTLS_SSL_HANDSHAKE_FAILED, stack_err, verify_flags, sock_errno: 0 }
}

/// What esp-tls says when a read ends with `stack_err` (`esp_mbedtls_read`).
pub(super) fn read(stack_err: u16) -> TransportError {
    TransportError { esp_err: EspError::MBEDTLS_SSL_READ_FAILED, stack_err, ..TransportError::default() }
}

/// What esp-tls says when a write ends with `stack_err` (`esp_mbedtls_write`).
pub(super) fn write(stack_err: u16) -> TransportError {
    TransportError { esp_err: EspError::MBEDTLS_SSL_WRITE_FAILED, stack_err, ..TransportError::default() }
}

/// What esp-tls says when it could not configure TLS (`set_client_config`).
pub(super) fn setup(esp_err: EspError, stack_err: u16) -> TransportError {
    TransportError { esp_err, stack_err, ..TransportError::default() }
}

/// What the end of the stream means: in the handshake, in the middle of the connection, after close_notify.
pub(super) fn end_of_stream(is_handshaking: bool, close_notify_received: bool) -> TransportError {
    match (is_handshaking, close_notify_received) {
        (true, _) => handshake(stack_err::SSL_CONN_EOF, 0),
        (false, false) => read(stack_err::SSL_CONN_EOF),
        (false, true) => TransportError { esp_err: EspError::TCP_CLOSED_FIN, ..TransportError::default() },
    }
}

/// The code that goes with verify flags. keyUsage and extendedKeyUsage are asked for by TLS, after X.509 had nothing to
/// say (`ssl_tls.c`, `mbedtls_ssl_verify_certificate`).
pub(super) fn of_flags(flags: u32) -> u16 {
    match flags {
        u32::MAX => stack_err::X509_FATAL_ERROR,
        _ if flags & !(verify_flags::KEY_USAGE | verify_flags::EXT_KEY_USAGE) == 0 => {
            stack_err::SSL_BAD_CERTIFICATE
        }
        _ => stack_err::X509_CERT_VERIFY_FAILED,
    }
}
