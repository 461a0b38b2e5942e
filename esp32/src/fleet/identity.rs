use std::sync::Arc;
use std::time::Duration;

use crate::client::{Authentication, Client, Config, Credentials, LastWill};
use crate::mqtt::QoS;
use crate::plantops::Sensor;
use crate::tls::Clock;

/// What the sketch of PubSubClient's examples waits before it connects again.
const SKETCH: Duration = Duration::from_secs(5);

/// Who a device says that it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The device id: client identifier, and the level of its topics.
    pub id: String,
    /// User name and password.
    pub login: Option<(String, String)>,
}

impl Identity {
    /// Its client, with a configuration that others may have too.
    pub(crate) fn client(&self, config: &Arc<Config>, last_will: Option<LastWill>, seed: u64) -> Client {
        let (username, password) = self.login.clone().unzip();
        let credentials = Credentials {
            username,
            client_id: Some(self.id.clone()),
            set_null_client_id: false,
            authentication: Authentication { password, ..Authentication::default() },
        };
        Client::new(Arc::clone(config), [0; 6], seed).with_identity(credentials, last_will)
    }

    /// Its firmware above the client. Where the client does not connect again by itself, that does.
    pub(crate) fn sensor(
        &self,
        config: &Config,
        cadence: Duration,
        qos: QoS,
        clock: &Clock,
        seed: u64,
    ) -> Sensor {
        let sensor = Sensor::new(&self.id, cadence, qos, Arc::clone(clock), seed);
        if config.network.disable_auto_reconnect { sensor.reconnecting_after(SKETCH) } else { sensor }
    }
}
