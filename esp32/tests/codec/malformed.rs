use std::collections::HashSet;

use esp32_sim::mqtt::{DecodeError, Malformed, Packet, PacketType};

fn expected(malformed: Malformed) -> Option<DecodeError> {
    let flags = |packet_type, flags| Some(DecodeError::Flags { packet_type, flags });
    match malformed {
        Malformed::FiveByteLength => Some(DecodeError::RemainingLength),
        Malformed::ReservedType0 => Some(DecodeError::ReservedType(0)),
        Malformed::ReservedType15 => Some(DecodeError::ReservedType(15)),
        Malformed::ReservedFlags => flags(PacketType::PingReq, 1),
        Malformed::SubscribeFlags => flags(PacketType::Subscribe, 0),
        Malformed::PubRelFlags => flags(PacketType::PubRel, 0),
        Malformed::PublishQoS3 => flags(PacketType::Publish, 6),
        Malformed::DupQoS0 => flags(PacketType::Publish, 8),
        Malformed::LengthTooShort => Some(DecodeError::Truncated { wanted: 5, left: 1 }),
        Malformed::LengthTooLong => Some(DecodeError::Length { packet_type: PacketType::PubAck, length: 3 }),
        Malformed::EmptyTopic | Malformed::TopicWildcard => Some(DecodeError::TopicName),
        Malformed::TopicNul => Some(DecodeError::Nul),
        Malformed::TopicUtf8 | Malformed::TopicSurrogate => Some(DecodeError::Utf8),
        Malformed::PublishId0 | Malformed::SubscribeId0 => Some(DecodeError::PacketId),
        Malformed::SubscribeEmpty => Some(DecodeError::Empty(PacketType::Subscribe)),
        Malformed::SubscribeQoS3 => Some(DecodeError::QoS(3)),
        Malformed::FilterWildcard => Some(DecodeError::TopicFilter),
        Malformed::UnsubscribeEmpty => Some(DecodeError::Empty(PacketType::Unsubscribe)),
        Malformed::ProtocolName => Some(DecodeError::ProtocolName),
        Malformed::ProtocolLevel => Some(DecodeError::ProtocolLevel(3)),
        Malformed::ConnectReservedFlag => Some(DecodeError::ConnectFlags(0x03)),
        Malformed::PasswordWithoutUsername => Some(DecodeError::ConnectFlags(0x42)),
        Malformed::WillQoSWithoutWill => Some(DecodeError::ConnectFlags(0x0a)),
        Malformed::WillQoS3 => Some(DecodeError::ConnectFlags(0x1e)),
        _ => None,
    }
}

#[test]
fn each_malformed_packet_is_refused_for_its_own_reason() {
    for malformed in Malformed::ALL {
        let bytes = malformed.bytes();
        assert_eq!(Packet::decode(&bytes).err(), expected(malformed), "{malformed:?}");
        assert_eq!(malformed.is_visible(), expected(malformed).is_some(), "{malformed:?}");
    }
}

#[test]
fn what_only_the_session_shows_is_made_of_whole_packets() {
    for malformed in Malformed::ALL.into_iter().filter(|malformed| !malformed.is_visible()) {
        let bytes = malformed.bytes();
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let (_, length) = Packet::decode(rest).unwrap().expect("a whole packet");
            rest = &rest[length..];
        }
    }
}

#[test]
fn the_table_has_each_malformed_packet_once() {
    assert_eq!(Malformed::ALL.into_iter().collect::<HashSet<_>>().len(), Malformed::ALL.len());
}

#[test]
fn wildcards_stand_alone_in_their_level() {
    for (filter, valid) in [
        ("#", true),
        ("+", true),
        ("/", true),
        ("+/a/#", true),
        ("a/#", true),
        ("a#", false),
        ("a+", false),
        ("+a/b", false),
        ("#/", false),
        ("", false),
    ] {
        let mut out = Vec::new();
        Packet::Unsubscribe { id: 1, topics: vec![filter] }.encode(&mut out).unwrap();
        assert_eq!(Packet::decode(&out).err(), (!valid).then_some(DecodeError::TopicFilter), "{filter:?}");
    }
}

#[test]
fn reserved_answers_of_a_broker_are_refused() {
    assert_eq!(Packet::decode(b"\x20\x02\x02\0"), Err(DecodeError::ConnAckFlags { flags: 2, code: 0 }));
    assert_eq!(Packet::decode(b"\x20\x02\x01\x05"), Err(DecodeError::ConnAckFlags { flags: 1, code: 5 }));
    assert_eq!(Packet::decode(b"\x90\x03\0\x01\x03"), Err(DecodeError::SubAckCode(3)));
    assert_eq!(Packet::decode(b"\x90\x02\0\x01"), Err(DecodeError::Empty(PacketType::SubAck)));
    assert_eq!(Packet::decode(b"\x10\x0e\0\x04MQTT\x04\x02\0\x0a\0\x01a\0"), Err(DecodeError::Trailing(1)));
}
