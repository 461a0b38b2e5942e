use esp32_sim::mqtt::{
    DecodeError, EncodeError, FixedHeader, MAX_REMAINING_LENGTH, Packet, PacketType, Publish, QoS,
};

fn publish<'a>(topic: &'a str, payload: &'a [u8]) -> Publish<'a> {
    Publish { dup: false, qos: QoS::AtMostOnce, retain: false, topic, id: 0, payload }
}

#[test]
fn the_remaining_length_has_the_bytes_of_table_2_4() {
    let table: [(usize, &[u8]); 8] = [
        (0, b"\0"),
        (127, b"\x7f"),
        (128, b"\x80\x01"),
        (16_383, b"\xff\x7f"),
        (16_384, b"\x80\x80\x01"),
        (2_097_151, b"\xff\xff\x7f"),
        (2_097_152, b"\x80\x80\x80\x01"),
        (MAX_REMAINING_LENGTH, b"\xff\xff\xff\x7f"),
    ];
    for (remaining_length, bytes) in table {
        let header = FixedHeader { packet_type: PacketType::Publish, flags: 0, remaining_length };
        let mut out = Vec::new();
        header.encode(&mut out).unwrap();
        assert_eq!(&out[1..], bytes);
        assert_eq!(FixedHeader::decode(&out), Ok(Some((header, out.len()))));
    }
}

#[test]
fn a_longer_packet_is_an_error_and_leaves_the_buffer_alone() {
    let remaining_length = MAX_REMAINING_LENGTH + 1;
    let header = FixedHeader { packet_type: PacketType::Publish, flags: 0, remaining_length };
    let mut out = vec![1];
    assert_eq!(header.encode(&mut out), Err(EncodeError::PacketTooLong(remaining_length)));
    assert_eq!(out, [1]);
}

#[test]
fn a_topic_may_have_65535_bytes_and_no_more() {
    let topic = "t".repeat(65_536);
    let mut out = Vec::new();
    assert_eq!(publish(&topic, b"").encode(&mut out), Err(EncodeError::FieldTooLong(65_536)));
    assert!(out.is_empty());
    let longest = publish(&topic[1..], b"");
    longest.encode(&mut out).unwrap();
    assert_eq!(Packet::decode(&out), Ok(Some((Packet::Publish(longest), out.len()))));
}

#[test]
fn a_length_that_a_packet_cannot_have_is_refused_before_its_body_comes() {
    let error = DecodeError::Length { packet_type: PacketType::PingResp, length: MAX_REMAINING_LENGTH };
    assert_eq!(Packet::decode(b"\xd0\xff\xff\xff\x7f"), Err(error));
}

#[test]
fn a_publish_fits_a_buffer_of_its_size_without_another_allocation() {
    let packet = publish("plant/1/moisture", &[0x55; 64]);
    let mut out = Vec::with_capacity(2 + 2 + 16 + 64);
    let capacity = out.capacity();
    for _ in 0..3 {
        out.clear();
        packet.encode(&mut out).unwrap();
        assert_eq!(out.capacity(), capacity);
    }
}

#[test]
fn section_2_2_2_says_which_flags_a_packet_may_have() {
    for packet_type in PacketType::ALL {
        let allowed: Vec<u8> = (0..=u8::MAX).filter(|&flags| packet_type.allows(flags)).collect();
        let expected: &[u8] = match packet_type {
            PacketType::Publish => &[0, 1, 2, 3, 4, 5, 10, 11, 12, 13],
            PacketType::PubRel | PacketType::Subscribe | PacketType::Unsubscribe => &[2],
            _ => &[0],
        };
        assert_eq!(allowed, expected, "{packet_type:?}");
    }
}
