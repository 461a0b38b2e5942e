use esp32_sim::tls;
use mosquitto_fixtures::client::TlsVersion;

use super::client::{Client, Dates};

/// A TLS stack: a column of the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stack {
    /// An ESP32 with the defaults of its sdkconfig: Mbed TLS that ignores dates.
    Device,
    MbedTls,
    OpenSsl,
    Rustls,
}

impl Stack {
    pub(super) const ALL: [Self; 4] = [Self::Rustls, Self::OpenSsl, Self::MbedTls, Self::Device];

    /// Each of its clients with each of its versions of TLS.
    pub(super) fn meetings(self) -> impl Iterator<Item = (Client, TlsVersion)> {
        self.clients()
            .iter()
            .flat_map(move |client| self.versions().iter().map(move |version| (*client, *version)))
    }

    /// Those that say what it does, and must agree: Mbed TLS by itself, and what the simulator makes of it.
    fn clients(self) -> &'static [Client] {
        match self {
            Self::Device => &[
                Client::MbedTls(Dates::Ignored),
                Client::Simulator(tls::Stack::Mbedtls, Dates::Ignored),
                Client::Simulator(tls::Stack::Rustls, Dates::Ignored),
            ],
            Self::MbedTls => &[
                Client::MbedTls(Dates::Checked),
                Client::Simulator(tls::Stack::Mbedtls, Dates::Checked),
                Client::Simulator(tls::Stack::Rustls, Dates::Checked),
            ],
            Self::OpenSsl => &[Client::OpenSsl],
            Self::Rustls => &[Client::Rustls],
        }
    }

    /// Mbed TLS 2.28 has TLS 1.2 alone, and an ESP32 does (Kconfig MBEDTLS_SSL_PROTO_TLS1_3).
    fn versions(self) -> &'static [TlsVersion] {
        match self {
            Self::Device | Self::MbedTls => &[TlsVersion::V1_2],
            Self::OpenSsl | Self::Rustls => &[TlsVersion::V1_2, TlsVersion::V1_3],
        }
    }
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
