use std::net::SocketAddr;
use std::time::SystemTime;

use esp32_sim::tls;
use mosquitto_fixtures::client::TlsVersion;
use mosquitto_fixtures::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::outcome::Outcome;
use super::{mbedtls, openssl, rustls, simulator};

/// Who meets the broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Client {
    MbedTls(Dates),
    OpenSsl,
    Rustls,
    /// A simulated device with one of its TLS stacks.
    Simulator(tls::Stack, Dates),
}

/// What is made of notBefore and notAfter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dates {
    Checked,
    Ignored,
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

impl Client {
    pub(super) fn meet(self, meeting: &Meeting<'_>) -> Outcome {
        match self {
            Self::MbedTls(dates) => mbedtls::meet(meeting, dates),
            Self::OpenSsl => openssl::meet(meeting),
            Self::Rustls => rustls::meet(meeting),
            Self::Simulator(stack, dates) => simulator::meet(meeting, stack, dates),
        }
    }
}

impl std::fmt::Display for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::MbedTls(_) => "Mbed TLS",
            Self::OpenSsl => "OpenSSL",
            Self::Rustls => "rustls",
            Self::Simulator(tls::Stack::Mbedtls, _) => "simulator on Mbed TLS",
            Self::Simulator(tls::Stack::Rustls, _) => "simulator on rustls",
        })
    }
}
