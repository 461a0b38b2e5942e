use std::sync::Arc;
use std::time::SystemTime;

use super::{Profile, Session, Stack, rustls};
use crate::client::{Authentication, TransportError, Verification};

/// What a device takes for the time of day.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// Makes connections. Whatever they have in common is in here once.
pub struct Connector {
    stack: Connectors,
}

enum Connectors {
    Rustls(rustls::Connector),
}

impl Connector {
    /// For connections to `host` with what is trusted and shown; `clock` counts only with
    /// [`date_check`](Profile::date_check). Fails as `set_client_config` of esp-tls does, on the first connection:
    /// [`MBEDTLS_SSL_SETUP_FAILED`](crate::client::EspError::MBEDTLS_SSL_SETUP_FAILED) without a certificate to trust.
    pub fn new(
        profile: &Profile,
        verification: &Verification,
        authentication: &Authentication,
        host: &str,
        clock: Clock,
    ) -> Result<Self, TransportError> {
        let stack = match profile.stack {
            Stack::Rustls => Connectors::Rustls(rustls::Connector::new(
                profile,
                verification,
                authentication,
                host,
                clock,
            )?),
        };
        Ok(Self { stack })
    }

    /// A new connection; its ClientHello waits in [`Session::transmit`].
    pub fn connect(&self) -> Result<Box<dyn Session>, TransportError> {
        match &self.stack {
            Connectors::Rustls(connector) => connector.connect(),
        }
    }
}

impl std::fmt::Debug for Connector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connector").finish_non_exhaustive()
    }
}
