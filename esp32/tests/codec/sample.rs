//! A packet of each kind with its bytes, written by hand from the specification.

use esp32_sim::mqtt::{Connect, Filter, Packet, Publish, QoS, Will};

const LONG: [u8; 125] = [0x55; 125];

pub(crate) fn all() -> Vec<(Packet<'static>, Vec<u8>)> {
    let connect = Connect {
        client_id: "a",
        clean_session: true,
        keep_alive: 10,
        will: None,
        username: None,
        password: None,
    };
    let will = Will { topic: "w", message: b"\0\xff", qos: QoS::AtLeastOnce, retain: true };
    let full = Connect { will: Some(will), username: Some("u"), password: Some(b"\0p"), ..connect };
    let publish =
        Publish { dup: false, qos: QoS::AtMostOnce, retain: false, topic: "a/b", id: 0, payload: b"hi" };
    let again = Publish { dup: true, qos: QoS::ExactlyOnce, retain: true, id: 0x1234, ..publish };
    let long = Publish { topic: "a", payload: &LONG, ..publish };
    let subscribe =
        vec![Filter { topic: "a/+/#", qos: QoS::AtLeastOnce }, Filter { topic: "b", qos: QoS::ExactlyOnce }];
    let refused = Packet::ConnAck { session_present: false, code: 5 };
    vec![
        (Packet::Connect(connect), b"\x10\x0d\0\x04MQTT\x04\x02\0\x0a\0\x01a".to_vec()),
        (
            Packet::Connect(full),
            b"\x10\x1b\0\x04MQTT\x04\xee\0\x0a\0\x01a\0\x01w\0\x02\0\xff\0\x01u\0\x02\0p".to_vec(),
        ),
        (Packet::ConnAck { session_present: true, code: 0 }, b"\x20\x02\x01\0".to_vec()),
        (refused, b"\x20\x02\0\x05".to_vec()),
        (Packet::Publish(publish), b"\x30\x07\0\x03a/bhi".to_vec()),
        (Packet::Publish(again), b"\x3d\x09\0\x03a/b\x12\x34hi".to_vec()),
        (Packet::Publish(long), [b"\x30\x80\x01\0\x01a".as_slice(), &LONG].concat()),
        (Packet::PubAck(1), b"\x40\x02\0\x01".to_vec()),
        (Packet::PubRec(2), b"\x50\x02\0\x02".to_vec()),
        (Packet::PubRel(0x0100), b"\x62\x02\x01\0".to_vec()),
        (Packet::PubComp(u16::MAX), b"\x70\x02\xff\xff".to_vec()),
        (
            Packet::Subscribe { id: 7, filters: subscribe },
            b"\x82\x0e\0\x07\0\x05a/+/#\x01\0\x01b\x02".to_vec(),
        ),
        (Packet::SubAck { id: 7, codes: &[1, 0x80] }, b"\x90\x04\0\x07\x01\x80".to_vec()),
        (Packet::Unsubscribe { id: 8, topics: vec!["#", "a"] }, b"\xa2\x08\0\x08\0\x01#\0\x01a".to_vec()),
        (Packet::UnsubAck(8), b"\xb0\x02\0\x08".to_vec()),
        (Packet::PingReq, b"\xc0\0".to_vec()),
        (Packet::PingResp, b"\xd0\0".to_vec()),
        (Packet::Disconnect, b"\xe0\0".to_vec()),
    ]
}
