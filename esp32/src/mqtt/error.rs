use super::PacketType;

/// Bytes that are no valid MQTT 3.1.1 packet. The receiver closes the connection (section 4.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// Packet types 0 and 15 (section 2.2.1).
    #[error("packet type {0} is reserved")]
    ReservedType(u8),
    /// The low four bits of the first byte (section 2.2.2); QoS 3, and DUP with QoS 0, in a PUBLISH.
    #[error("{packet_type:?} with flags {flags:#06b}")]
    Flags {
        /// The packet.
        packet_type: PacketType,
        /// Its four flags.
        flags: u8,
    },
    /// A remaining length of more than four bytes (section 2.2.3).
    #[error("the remaining length has more than four bytes")]
    RemainingLength,
    /// A remaining length that this packet cannot have.
    #[error("{packet_type:?} with a remaining length of {length} bytes")]
    Length {
        /// The packet.
        packet_type: PacketType,
        /// Its remaining length in bytes.
        length: usize,
    },
    /// A field ends after the packet.
    #[error("a field of {wanted} bytes where {left} are left")]
    Truncated {
        /// The length of the field in bytes.
        wanted: usize,
        /// The bytes left in the packet.
        left: usize,
    },
    /// The packet goes on after its last field.
    #[error("{0} bytes after the last field")]
    Trailing(usize),
    /// A string that is not UTF-8 (section 1.5.3, MQTT-1.5.3-1).
    #[error("a string is not UTF-8")]
    Utf8,
    /// A string with U+0000 (MQTT-1.5.3-2).
    #[error("a string has a NUL")]
    Nul,
    /// Packet identifier 0 (MQTT-2.3.1-1).
    #[error("packet identifier 0")]
    PacketId,
    /// A quality of service above 2.
    #[error("quality of service {0}")]
    QoS(u8),
    /// An empty topic name, or one with a wildcard (MQTT-4.7.3-1, MQTT-3.3.2-2).
    #[error("no valid topic name")]
    TopicName,
    /// An empty topic filter, or a wildcard that shares its level (MQTT-4.7.3-1, MQTT-4.7.1-2, MQTT-4.7.1-3).
    #[error("no valid topic filter")]
    TopicFilter,
    /// SUBSCRIBE, SUBACK or UNSUBSCRIBE with nothing in it (MQTT-3.8.3-3, MQTT-3.10.3-2).
    #[error("{0:?} with an empty list")]
    Empty(PacketType),
    /// A CONNECT of another protocol (MQTT-3.1.2-1).
    #[error("the protocol name is not MQTT")]
    ProtocolName,
    /// A CONNECT of another version (MQTT-3.1.2-2).
    #[error("protocol level {0} is not 4")]
    ProtocolLevel(u8),
    /// Connect flags that are reserved, or contradict each other (MQTT-3.1.2-3, -11, -13, -14, -15, -22).
    #[error("connect flags {0:#010b}")]
    ConnectFlags(u8),
    /// Acknowledge flags that are reserved, or a session kept by a refusal (section 3.2.2.1, MQTT-3.2.2-4).
    #[error("CONNACK flags {flags:#010b} with return code {code}")]
    ConnAckFlags {
        /// The acknowledge flags.
        flags: u8,
        /// The return code.
        code: u8,
    },
    /// A SUBACK return code that is reserved (MQTT-3.9.3-2).
    #[error("SUBACK return code {0:#04x}")]
    SubAckCode(u8),
}

/// A packet that has no form on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// A string, password or will message of more than 65 535 bytes (section 1.5.3).
    #[error("a field of {0} bytes, of at most 65535")]
    FieldTooLong(usize),
    /// A remaining length above [`MAX_REMAINING_LENGTH`](super::MAX_REMAINING_LENGTH).
    #[error("a remaining length of {0} bytes, of at most 268435455")]
    PacketTooLong(usize),
}
