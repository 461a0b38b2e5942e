use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use mosquitto_fixtures::client::QoS;

use super::client::Client;

/// What a client is told to be. One task a connection: `mosquitto_pub` and `mosquitto_sub` have no more.
#[derive(Clone)]
pub(super) struct Role {
    pub(super) client: Client,
    pub(super) address: SocketAddr,
    /// The deployment's `ca.crt`.
    pub(super) authority: PathBuf,
    pub(super) password: String,
    /// Seconds.
    pub(super) keep_alive: u16,
    pub(super) clean_session: bool,
    /// Where [`WILL`] is published, with QoS 1.
    pub(super) will: Option<String>,
    /// Whether it connects again when the connection is lost.
    pub(super) reconnects: bool,
    /// After how long an ESP32 sends again what is not acknowledged. No other client does.
    pub(super) resends_after: Duration,
    pub(super) task: Task,
}

/// The payload of a will.
pub(super) const WILL: &str = "offline";

#[derive(Clone)]
pub(super) enum Task {
    Publish { topic: String, qos: QoS, retain: bool },
    Subscribe { filter: String, qos: QoS },
}

impl Role {
    /// The same, and the broker keeps what it publishes.
    pub(super) fn retaining(mut self) -> Self {
        if let Task::Publish { retain, .. } = &mut self.task {
            *retain = true;
        }
        self
    }
}
