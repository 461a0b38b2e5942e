use std::ops::RangeInclusive;

use super::failure::{self, stack_err};
#[cfg(feature = "mbedtls")]
use super::mbedtls;
use super::{Clock, Profile, Session, Stack, rustls};
use crate::client::{Authentication, EspError, TransportError, Verification};

/// Plaintext bytes in a record: as few as rustls can, as many as there may be (RFC 5246, 6.2.1).
const OUT_CONTENT_LEN: RangeInclusive<usize> = 32..=16384;

/// Makes connections. Whatever they have in common is in here once.
pub struct Connector {
    stack: Connectors,
}

enum Connectors {
    Rustls(Box<rustls::Connector>),
    #[cfg(feature = "mbedtls")]
    Mbedtls(mbedtls::Connector),
}

impl Connector {
    /// For connections to `host` with what is trusted and shown; `clock` counts only with
    /// [`date_check`](Profile::date_check). Fails as `set_client_config` of esp-tls does, on the first connection:
    /// [`MBEDTLS_SSL_SETUP_FAILED`](EspError::MBEDTLS_SSL_SETUP_FAILED) without a certificate to trust.
    pub fn new(
        profile: &Profile,
        verification: &Verification,
        authentication: &Authentication,
        host: &str,
        clock: Clock,
    ) -> Result<Self, TransportError> {
        if !OUT_CONTENT_LEN.contains(&profile.out_content_len) {
            return Err(failure::setup(EspError::MBEDTLS_SSL_SETUP_FAILED, stack_err::SSL_BAD_INPUT_DATA));
        }
        let stack = match profile.stack {
            Stack::Rustls => {
                let connector = rustls::Connector::new(profile, verification, authentication, host, clock)?;
                Connectors::Rustls(Box::new(connector))
            }
            #[cfg(feature = "mbedtls")]
            Stack::Mbedtls => {
                let connector = mbedtls::Connector::new(profile, verification, authentication, host, clock)?;
                Connectors::Mbedtls(connector)
            }
        };
        Ok(Self { stack })
    }

    /// A new connection; its ClientHello waits in [`Session::transmit`].
    pub fn connect(&self) -> Result<Box<dyn Session>, TransportError> {
        match &self.stack {
            Connectors::Rustls(connector) => connector.connect(),
            #[cfg(feature = "mbedtls")]
            Connectors::Mbedtls(connector) => connector.connect(),
        }
    }
}

impl std::fmt::Debug for Connector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connector").finish_non_exhaustive()
    }
}
