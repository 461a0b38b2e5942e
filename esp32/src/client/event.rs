use super::ErrorCodes;
use crate::mqtt::{PacketId, QoS};

/// A part of an application message, or all of it (`MQTT_EVENT_DATA`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Data<'a> {
    /// Empty in every part but the first.
    pub topic: &'a str,
    /// The bytes of this part.
    pub data: &'a [u8],
    /// `total_data_len`: bytes of the whole message.
    pub total: usize,
    /// `current_data_offset`: where this part begins.
    pub offset: usize,
    /// The packet identifier, 0 with QoS 0.
    pub id: PacketId,
    /// Quality of service.
    pub qos: QoS,
    /// Whether the broker kept it.
    pub retain: bool,
    /// Whether it was sent before.
    pub dup: bool,
}

/// What the application's handler is called with (`esp_mqtt_event_id_t`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// About to connect.
    BeforeConnect,
    /// CONNACK with code 0.
    Connected {
        /// Whether the broker kept the session.
        session_present: bool,
    },
    /// A message, or a part of one.
    Data(Data<'a>),
    /// The outbox dropped a message that was too old (`CONFIG_MQTT_REPORT_DELETED_MESSAGES`).
    Deleted(PacketId),
    /// The connection is gone.
    Disconnected,
    /// Something failed; what, is in the codes.
    Error(ErrorCodes),
    /// PUBACK or PUBCOMP.
    Published(PacketId),
    /// SUBACK.
    Subscribed {
        /// Of the SUBSCRIBE.
        id: PacketId,
        /// A granted quality of service or 0x80, for each filter.
        codes: &'a [u8],
        /// [`SubscribeFailed`](super::ErrorType::SubscribeFailed) if one of them is 0x80.
        error_type: super::ErrorType,
    },
    /// UNSUBACK.
    Unsubscribed(PacketId),
}
