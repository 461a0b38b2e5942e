use std::time::Duration;

use serde::Deserialize;

use crate::mqtt::QoS;

/// Which library speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Library {
    /// espressif/esp-mqtt.
    #[default]
    EspMqtt,
    /// knolleary/pubsubclient 2.8: publishes QoS 0 alone, acknowledges QoS 1, passes QoS 2 over, ignores what does not
    /// fit its buffer, pings after silence, never reconnects by itself.
    PubSubClient,
}

/// `esp_mqtt_client_config_t` (`mqtt_client.h`) as far as it can be seen from outside the chip, with esp-mqtt's names,
/// nesting and defaults. `network.transport`, `if_name` and `task` have no counterpart here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// Which library speaks.
    pub library: Library,
    /// Where the broker is.
    pub broker: Broker,
    /// Who the client is.
    pub credentials: Credentials,
    /// What the session is like.
    pub session: Session,
    /// Timeouts and reconnecting.
    pub network: Network,
    /// Bytes that a packet may have.
    pub buffer: Buffer,
    /// Messages that wait.
    pub outbox: Outbox,
    /// Settings of the build.
    pub kconfig: Kconfig,
}

/// `broker`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Broker {
    /// `address.hostname`: a name or an address.
    pub hostname: String,
    /// `address.port`: 1883 without TLS, 8883 with it, unless set.
    pub port: Option<u16>,
    /// `address.transport`: whether TLS is spoken.
    pub tls: bool,
    /// `verification`: how the broker is verified.
    pub verification: Verification,
}

/// `broker.verification`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    /// `certificate`: the trust anchors, PEM. Without one, esp-tls refuses to connect.
    pub certificate: Option<String>,
    /// `skip_cert_common_name_check`: any name will do, and no SNI is sent.
    pub skip_cert_common_name_check: bool,
    /// `common_name`: the name to expect instead of the host's.
    pub common_name: Option<String>,
    /// `alpn_protos`.
    pub alpn_protos: Vec<String>,
}

/// `credentials`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credentials {
    /// `username`.
    pub username: Option<String>,
    /// `client_id`: `None` is `ESP32_` and three bytes of the MAC.
    pub client_id: Option<String>,
    /// `set_null_client_id`: an empty one, so that the broker makes one up.
    pub set_null_client_id: bool,
    /// `authentication`.
    pub authentication: Authentication,
}

/// `credentials.authentication`. Its `Debug` shows no secret.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Authentication {
    /// `password`.
    pub password: Option<String>,
    /// `certificate`: the client's own, PEM.
    pub certificate: Option<String>,
    /// `key`: its private key, PEM.
    pub key: Option<String>,
}

impl std::fmt::Debug for Authentication {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authentication").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

/// `session`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// `last_will`.
    pub last_will: Option<LastWill>,
    /// `disable_clean_session`: the broker keeps the session.
    pub disable_clean_session: bool,
    /// `keepalive`: seconds, 0 for none (`disable_keepalive`).
    pub keepalive: u16,
    /// `message_retransmit_timeout`.
    pub message_retransmit_timeout: Duration,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            last_will: None,
            disable_clean_session: false,
            keepalive: 120,
            message_retransmit_timeout: Duration::from_secs(1),
        }
    }
}

/// `session.last_will`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastWill {
    /// `topic`.
    pub topic: String,
    /// `msg`.
    pub msg: Vec<u8>,
    /// `qos`.
    pub qos: QoS,
    /// `retain`.
    pub retain: bool,
}

/// `network`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// `reconnect_timeout_ms`: the shortest wait before the next attempt; the longest is half as long again.
    pub reconnect_timeout: Duration,
    /// `timeout_ms`: of connecting, of the wait for CONNACK, of each write and of each part of a long message.
    pub timeout: Duration,
    /// `refresh_connection_after_ms`.
    pub refresh_connection_after: Option<Duration>,
    /// `disable_auto_reconnect`.
    pub disable_auto_reconnect: bool,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            reconnect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(10),
            refresh_connection_after: None,
            disable_auto_reconnect: false,
        }
    }
}

/// `buffer`: bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buffer {
    /// `size`: of the receive buffer. A longer PUBLISH arrives in parts.
    pub size: usize,
    /// `out_size`: of the send buffer.
    pub out_size: usize,
}

impl Default for Buffer {
    fn default() -> Self {
        Self { size: 1024, out_size: 1024 }
    }
}

/// `outbox`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outbox {
    /// `limit`: bytes, none by default.
    pub limit: Option<usize>,
}

/// Settings of the build (`Kconfig`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kconfig {
    /// `OUTBOX_EXPIRED_TIMEOUT_MS`.
    pub outbox_expired_timeout: Duration,
    /// `MQTT_POLL_READ_TIMEOUT_MS`: how coarse the timers of a connection are.
    pub poll_read_timeout: Duration,
    /// `MQTT_MSG_ID_INCREMENTAL`: 1, 2, 3 instead of random packet identifiers.
    pub msg_id_incremental: bool,
    /// `MQTT_SKIP_PUBLISH_IF_DISCONNECTED`.
    pub skip_publish_if_disconnected: bool,
    /// `MQTT_REPORT_DELETED_MESSAGES`.
    pub report_deleted_messages: bool,
    /// `MQTT_TOPIC_PRESENT_ALL_DATA_EVENTS`.
    pub topic_present_all_data_events: bool,
    /// `LWIP_TCP_WND_DEFAULT` and `LWIP_TCP_SND_BUF_DEFAULT`: bytes of the receive window and of the send buffer, or the
    /// host's.
    pub tcp_wnd_default: Option<u32>,
}

impl Default for Kconfig {
    fn default() -> Self {
        Self {
            outbox_expired_timeout: Duration::from_secs(30),
            poll_read_timeout: Duration::from_secs(1),
            msg_id_incremental: false,
            skip_publish_if_disconnected: false,
            report_deleted_messages: false,
            topic_present_all_data_events: false,
            tcp_wnd_default: Some(5760),
        }
    }
}
