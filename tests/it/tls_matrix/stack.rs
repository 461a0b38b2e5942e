use std::net::SocketAddr;
use std::time::SystemTime;

use mosquitto_fixtures::client::TlsVersion;
use mosquitto_fixtures::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::outcome::Outcome;
use super::{mbedtls, openssl, rustls};

/// A TLS stack as a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stack {
    /// An ESP32 with the defaults of its sdkconfig: Mbed TLS that ignores dates.
    Device,
    MbedTls,
    OpenSsl,
    Rustls,
}

impl std::fmt::Display for Stack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Device => "ESP32",
            Self::MbedTls => "Mbed TLS",
            Self::OpenSsl => "OpenSSL",
            Self::Rustls => "rustls",
        })
    }
}

/// A client and the listener that it is to meet.
pub(super) struct Meeting<'a> {
    pub(super) address: SocketAddr,
    pub(super) client_id: String,
    pub(super) anchors: &'a [CertificateDer<'static>],
    /// The name that is looked for in the certificate.
    pub(super) name: &'a str,
    /// When it is judged, if not now.
    pub(super) instant: Option<SystemTime>,
    pub(super) identity: Option<&'a Identity>,
    pub(super) version: TlsVersion,
}

/// A client certificate with those of its issuers, and its private key.
pub(super) struct Identity {
    pub(super) chain: Vec<CertificateDer<'static>>,
    pub(super) key: PrivateKeyDer<'static>,
}

impl Stack {
    pub(super) const ALL: [Self; 4] = [Self::Rustls, Self::OpenSsl, Self::MbedTls, Self::Device];

    /// Mbed TLS 2.28 has TLS 1.2 alone, and an ESP32 does (Kconfig MBEDTLS_SSL_PROTO_TLS1_3).
    pub(super) fn versions(self) -> &'static [TlsVersion] {
        match self {
            Self::Device | Self::MbedTls => &[TlsVersion::V1_2],
            Self::OpenSsl | Self::Rustls => &[TlsVersion::V1_2, TlsVersion::V1_3],
        }
    }

    pub(super) fn meet(self, meeting: &Meeting<'_>) -> Outcome {
        match self {
            Self::Device => mbedtls::meet(meeting, mbedtls::Dates::Ignored),
            Self::MbedTls => mbedtls::meet(meeting, mbedtls::Dates::Checked),
            Self::OpenSsl => openssl::meet(meeting),
            Self::Rustls => rustls::meet(meeting),
        }
    }
}
