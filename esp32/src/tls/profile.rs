use serde::Deserialize;

use super::Suites;

/// How a build of ESP-IDF does TLS. The default is IDF 5.5 as it comes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Profile {
    /// Who speaks TLS.
    pub stack: Stack,
    /// `MBEDTLS_HAVE_TIME_DATE`: whether notBefore and notAfter are compared with the device's clock.
    pub date_check: bool,
    /// Whether an error event carries the verify flags. From IDF 5.5 on they are asked for only once there is a peer
    /// certificate, which is not before the end of the handshake.
    pub reports_verify_flags: bool,
    /// Whether an iPAddress SAN is compared with the host: from Mbed TLS 3.5.0 on.
    pub checks_ip_address: bool,
    /// What the ClientHello offers.
    pub suites: Suites,
    /// `MBEDTLS_SSL_OUT_CONTENT_LEN`: plaintext bytes in a record of ours, 32 to 16384.
    pub out_content_len: usize,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            stack: Stack::Rustls,
            date_check: false,
            reports_verify_flags: false,
            checks_ip_address: true,
            suites: Suites::Idf5,
            out_content_len: 4096,
        }
    }
}

/// Who speaks TLS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stack {
    /// rustls, with Mbed TLS's rules for certificates: ECDHE with AES-GCM alone, no server name for an address.
    #[default]
    Rustls,
    /// Mbed TLS 2.28: every suite of the chip. It compares no iPAddress SAN and accepts SHA-224 signatures.
    #[cfg(feature = "mbedtls")]
    Mbedtls,
}
