use std::net::IpAddr;
use std::sync::Arc;
use std::time::SystemTime;

use super::dns::Dns;
use crate::client::{Config, TransportError};
use crate::tls::{Clock, Connector, Profile};

/// Everything that devices of one firmware have in common.
#[derive(Clone, Debug)]
pub struct Setup {
    pub(super) config: Arc<Config>,
    /// What failed while it was made is what each connection fails with.
    pub(super) connector: Option<Result<Arc<Connector>, TransportError>>,
    pub(super) port: u16,
    /// The address that it comes from, instead of what the host chooses.
    pub(super) source: Option<IpAddr>,
    pub(super) dns: Dns,
}

impl Setup {
    /// For devices that are configured alike. `clock` is what TLS takes for the time of day.
    pub fn new(config: Config, tls: &Profile, clock: Clock) -> Self {
        let broker = &config.broker;
        let connector = broker.tls.then(|| {
            Connector::new(
                tls,
                &broker.verification,
                &config.credentials.authentication,
                &broker.hostname,
                clock,
            )
            .map(Arc::new)
        });
        let port = broker.port.unwrap_or(if broker.tls { 8883 } else { 1883 });
        Self { config: Arc::new(config), connector, port, source: None, dns: Dns::default() }
    }

    /// The same for devices that come from this address.
    #[must_use]
    pub fn coming_from(&self, source: IpAddr) -> Self {
        Self { source: Some(source), ..self.clone() }
    }

    /// The same for devices that ask this name server.
    #[must_use]
    pub fn asking(self, dns: Dns) -> Self {
        Self { dns, ..self }
    }

    /// The clock of this computer.
    pub fn host_clock() -> Clock {
        Arc::new(SystemTime::now)
    }

    /// What the clients are configured with.
    pub fn config(&self) -> &Arc<Config> {
        &self.config
    }
}
