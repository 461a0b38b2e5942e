/// Bytes that no client should send, for fault tests of what receives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Malformed {
    /// A remaining length of five bytes.
    FiveByteLength,
    /// Packet type 0.
    ReservedType0,
    /// Packet type 15.
    ReservedType15,
    /// PINGREQ with a flag.
    ReservedFlags,
    /// SUBSCRIBE without its flag.
    SubscribeFlags,
    /// PUBREL without its flag.
    PubRelFlags,
    /// PUBLISH with QoS 3.
    PublishQoS3,
    /// PUBLISH with QoS 0 and DUP.
    DupQoS0,
    /// PUBLISH whose topic ends after the packet.
    LengthTooShort,
    /// PUBACK with a byte too many.
    LengthTooLong,
    /// PUBLISH without a topic.
    EmptyTopic,
    /// PUBLISH with a NUL in its topic.
    TopicNul,
    /// PUBLISH with a topic that is not UTF-8.
    TopicUtf8,
    /// PUBLISH with a surrogate in its topic.
    TopicSurrogate,
    /// PUBLISH with a wildcard in its topic.
    TopicWildcard,
    /// PUBLISH with QoS 1 and packet identifier 0.
    PublishId0,
    /// SUBSCRIBE with packet identifier 0.
    SubscribeId0,
    /// SUBSCRIBE without filters.
    SubscribeEmpty,
    /// SUBSCRIBE for QoS 3.
    SubscribeQoS3,
    /// SUBSCRIBE with `#` before the last level.
    FilterWildcard,
    /// UNSUBSCRIBE without filters.
    UnsubscribeEmpty,
    /// CONNECT of a protocol that is not MQTT.
    ProtocolName,
    /// CONNECT of protocol level 3 by the name of level 4.
    ProtocolLevel,
    /// CONNECT with the reserved connect flag.
    ConnectReservedFlag,
    /// CONNECT with a password and no user name.
    PasswordWithoutUsername,
    /// CONNECT with a quality of service for a will that it does not have.
    WillQoSWithoutWill,
    /// CONNECT with QoS 3 for its will.
    WillQoS3,
    /// CONNECT without a client identifier that keeps its session: a valid packet that must be refused.
    EmptyClientId,
    /// Two CONNECTs: valid packets, of which the second must end the connection.
    SecondConnect,
    /// PUBLISH before CONNECT: a valid packet at the wrong time.
    PublishFirst,
    /// SUBACK from a client: a valid packet in the wrong direction.
    ServerPacket,
}

impl Malformed {
    /// All of them.
    pub const ALL: [Self; 31] = [
        Self::FiveByteLength,
        Self::ReservedType0,
        Self::ReservedType15,
        Self::ReservedFlags,
        Self::SubscribeFlags,
        Self::PubRelFlags,
        Self::PublishQoS3,
        Self::DupQoS0,
        Self::LengthTooShort,
        Self::LengthTooLong,
        Self::EmptyTopic,
        Self::TopicNul,
        Self::TopicUtf8,
        Self::TopicSurrogate,
        Self::TopicWildcard,
        Self::PublishId0,
        Self::SubscribeId0,
        Self::SubscribeEmpty,
        Self::SubscribeQoS3,
        Self::FilterWildcard,
        Self::UnsubscribeEmpty,
        Self::ProtocolName,
        Self::ProtocolLevel,
        Self::ConnectReservedFlag,
        Self::PasswordWithoutUsername,
        Self::WillQoSWithoutWill,
        Self::WillQoS3,
        Self::EmptyClientId,
        Self::SecondConnect,
        Self::PublishFirst,
        Self::ServerPacket,
    ];

    /// What is sent, where a valid packet could stand.
    #[must_use]
    pub fn bytes(self) -> Vec<u8> {
        self.entry().1.to_vec()
    }

    /// The statement, or else the section, of MQTT 3.1.1 that it breaks.
    #[must_use]
    pub fn clause(self) -> &'static str {
        self.entry().0
    }

    /// Whether the bytes alone show it. The others are valid packets that the session does not allow.
    #[must_use]
    pub fn is_visible(self) -> bool {
        !matches!(self, Self::EmptyClientId | Self::SecondConnect | Self::PublishFirst | Self::ServerPacket)
    }

    /// Whether it is sent in place of the CONNECT, not after it.
    #[must_use]
    pub fn comes_first(self) -> bool {
        matches!(
            self,
            Self::ProtocolName
                | Self::ProtocolLevel
                | Self::ConnectReservedFlag
                | Self::PasswordWithoutUsername
                | Self::WillQoSWithoutWill
                | Self::WillQoS3
                | Self::EmptyClientId
                | Self::SecondConnect
                | Self::PublishFirst
        )
    }

    fn entry(self) -> (&'static str, &'static [u8]) {
        match self {
            Self::FiveByteLength => ("2.2.3", b"\x30\x80\x80\x80\x80\x01"),
            Self::ReservedType0 => ("2.2.1", b"\x00\x00"),
            Self::ReservedType15 => ("2.2.1", b"\xf0\x00"),
            Self::ReservedFlags => ("MQTT-2.2.2-2", b"\xc1\x00"),
            Self::SubscribeFlags => ("MQTT-3.8.1-1", b"\x80\x06\0\x01\0\x01a\0"),
            Self::PubRelFlags => ("MQTT-3.6.1-1", b"\x60\x02\0\x01"),
            Self::PublishQoS3 => ("MQTT-3.3.1-4", b"\x36\x05\0\x01a\0\x01"),
            Self::DupQoS0 => ("MQTT-3.3.1-2", b"\x38\x03\0\x01a"),
            Self::LengthTooShort => ("3.3.2", b"\x30\x03\0\x05a"),
            Self::LengthTooLong => ("3.4.1", b"\x40\x03\0\x01\0"),
            Self::EmptyTopic => ("MQTT-4.7.3-1", b"\x30\x02\0\0"),
            Self::TopicNul => ("MQTT-1.5.3-2", b"\x30\x05\0\x03a\0b"),
            Self::TopicUtf8 => ("MQTT-1.5.3-1", b"\x30\x04\0\x02\xc3\x28"),
            Self::TopicSurrogate => ("MQTT-1.5.3-1", b"\x30\x05\0\x03\xed\xa0\x80"),
            Self::TopicWildcard => ("MQTT-3.3.2-2", b"\x30\x05\0\x03a/#"),
            Self::PublishId0 => ("MQTT-2.3.1-1", b"\x32\x05\0\x01a\0\0"),
            Self::SubscribeId0 => ("MQTT-2.3.1-1", b"\x82\x06\0\0\0\x01a\0"),
            Self::SubscribeEmpty => ("MQTT-3.8.3-3", b"\x82\x02\0\x01"),
            Self::SubscribeQoS3 => ("MQTT-3.8.3-4", b"\x82\x06\0\x01\0\x01a\x03"),
            Self::FilterWildcard => ("MQTT-4.7.1-2", b"\x82\x08\0\x01\0\x03#/a\0"),
            Self::UnsubscribeEmpty => ("MQTT-3.10.3-2", b"\xa2\x02\0\x01"),
            Self::ProtocolName => ("MQTT-3.1.2-1", b"\x10\x0d\0\x04MQTX\x04\x02\0\x0a\0\x01a"),
            Self::ProtocolLevel => ("MQTT-3.1.2-2", b"\x10\x0d\0\x04MQTT\x03\x02\0\x0a\0\x01a"),
            Self::ConnectReservedFlag => ("MQTT-3.1.2-3", b"\x10\x0d\0\x04MQTT\x04\x03\0\x0a\0\x01a"),
            Self::PasswordWithoutUsername => {
                ("MQTT-3.1.2-22", b"\x10\x10\0\x04MQTT\x04\x42\0\x0a\0\x01a\0\x01p")
            }
            Self::WillQoSWithoutWill => ("MQTT-3.1.2-13", b"\x10\x0d\0\x04MQTT\x04\x0a\0\x0a\0\x01a"),
            Self::WillQoS3 => ("MQTT-3.1.2-14", b"\x10\x13\0\x04MQTT\x04\x1e\0\x0a\0\x01a\0\x01w\0\x01m"),
            Self::EmptyClientId => ("MQTT-3.1.3-8", b"\x10\x0c\0\x04MQTT\x04\0\0\x0a\0\0"),
            Self::SecondConnect => (
                "MQTT-3.1.0-2",
                b"\x10\x0d\0\x04MQTT\x04\x02\0\x0a\0\x01a\x10\x0d\0\x04MQTT\x04\x02\0\x0a\0\x01a",
            ),
            Self::PublishFirst => ("MQTT-3.1.0-1", b"\x30\x03\0\x01a"),
            Self::ServerPacket => ("2.2.1", b"\x90\x03\0\x01\0"),
        }
    }
}
