use std::time::Duration;

use crate::client::Event;
use crate::mqtt::QoS;

/// What an application calls of its client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// `esp_mqtt_client_disconnect`.
    Disconnect,
    /// `esp_mqtt_client_publish`.
    Publish {
        /// The topic.
        topic: String,
        /// The application message.
        payload: Vec<u8>,
        /// Quality of service.
        qos: QoS,
        /// Whether the broker keeps it.
        retain: bool,
    },
    /// `esp_mqtt_client_reconnect`.
    Reconnect,
    /// `esp_mqtt_client_subscribe`.
    Subscribe {
        /// The topic filter.
        filter: String,
        /// The highest quality of service wanted.
        qos: QoS,
    },
    /// `esp_mqtt_client_unsubscribe`.
    Unsubscribe {
        /// The topic filter.
        filter: String,
    },
}

/// The firmware above the client: its event handler, and its timers. It has no I/O; `now` is the time since power-on.
pub trait Application: Send {
    /// The event handler. Commands are carried out before the client goes on, in their order.
    fn on_event(&mut self, now: Duration, event: &Event<'_>, commands: &mut Vec<Command>);

    /// When [`on_wake`](Self::on_wake) wants to be called; in the past for "at once".
    fn wake_at(&self) -> Option<Duration> {
        None
    }

    /// A timer of the firmware.
    fn on_wake(&mut self, _now: Duration, _commands: &mut Vec<Command>) {}
}
