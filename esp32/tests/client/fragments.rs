use std::time::Duration;

use esp32_sim::client::Config;
use esp32_sim::mqtt::{Packet, Publish, QoS};

use super::rig::Rig;

fn publish(qos: QoS, bytes: usize) -> Vec<u8> {
    let payload = vec![b'x'; bytes];
    let mut packet = Vec::new();
    let id = if qos == QoS::AtMostOnce { 0 } else { 5 };
    Packet::Publish(Publish { dup: false, qos, retain: false, topic: "t", id, payload: &payload })
        .encode(&mut packet)
        .unwrap();
    packet
}

#[test]
fn a_message_that_fits_the_buffer_is_one_event() {
    let mut rig = Rig::connected(Config::default());
    let packet = publish(QoS::AtLeastOnce, 1_024 - 3 - 3 - 2);
    assert_eq!(packet.len(), 1_024);
    rig.bytes(&packet);
    assert_eq!(rig.seen(), ["0 DATA 't' 0+1016/1016", "0 > PUBACK 5"]);
}

/// The first event has what the buffer holds beside header, topic and identifier; the later ones have no topic.
#[test]
fn a_longer_message_comes_in_parts_and_is_acknowledged_after_the_last() {
    let mut rig = Rig::connected(Config::default());
    rig.bytes(&publish(QoS::AtLeastOnce, 2_500));
    assert_eq!(
        rig.seen(),
        ["0 DATA 't' 0+1016/2500", "0 DATA '' 1016+1024/2500", "0 DATA '' 2040+460/2500", "0 > PUBACK 5"]
    );
}

#[test]
fn later_parts_are_what_one_read_gives() {
    let mut rig = Rig::connected(Config::default());
    let packet = publish(QoS::AtMostOnce, 1_500);
    rig.bytes(&packet[..1_100]);
    rig.bytes(&packet[1_100..]);
    assert_eq!(rig.seen(), ["0 DATA 't' 0+1018/1500", "0 DATA '' 1018+76/1500", "0 DATA '' 1094+406/1500"]);
}

#[test]
fn every_part_has_the_topic_when_the_build_says_so() {
    let mut config = Config::default();
    config.kconfig.topic_present_all_data_events = true;
    let mut rig = Rig::connected(config);
    rig.bytes(&publish(QoS::AtMostOnce, 1_500));
    assert_eq!(rig.seen(), ["0 DATA 't' 0+1018/1500", "0 DATA 't' 1018+482/1500"]);
}

#[test]
fn nothing_else_happens_while_a_long_message_is_read() {
    let mut config = Config::default();
    config.session.keepalive = 4;
    config.network.timeout = Duration::from_secs(60);
    let mut rig = Rig::connected(config);
    let packet = publish(QoS::AtLeastOnce, 1_500);
    rig.bytes(&packet[..1_100]);
    rig.seen();
    rig.seconds(30);
    assert_eq!(rig.seen(), [""; 0], "no ping, no end");
    rig.bytes(&packet[1_100..]);
    let seen = rig.seen();
    assert_eq!(seen[1..3], ["30000 > PUBACK 5", "30000 > PINGREQ"]);
}

/// `deliver_publish` takes a timeout for the end of the message.
#[test]
fn a_long_message_that_stalls_is_acknowledged_all_the_same() {
    let mut rig = Rig::connected(Config::default());
    rig.bytes(&publish(QoS::AtLeastOnce, 1_500)[..1_100]);
    rig.seen();
    rig.seconds(10);
    assert_eq!(rig.seen(), ["10000 > PUBACK 5"]);
}

#[test]
fn a_short_message_that_stalls_ends_the_connection_without_an_error() {
    let mut rig = Rig::connected(Config::default());
    rig.bytes(&publish(QoS::AtLeastOnce, 100)[..50]);
    rig.pass(Duration::from_millis(999));
    assert_eq!(rig.seen(), [""; 0]);
    rig.pass(Duration::from_millis(1));
    assert_eq!(rig.seen(), ["1000 close", "1000 DISCONNECTED"]);
}

#[test]
fn a_message_that_trickles_in_is_read() {
    let mut rig = Rig::connected(Config::default());
    for byte in publish(QoS::AtLeastOnce, 100) {
        rig.pass(Duration::from_millis(900));
        rig.bytes(&[byte]);
    }
    assert!(rig.seen().iter().any(|line| line.ends_with("> PUBACK 5")));
}

/// 4 MiB in 1 KiB events, and no more memory than one read.
#[test]
fn an_ota_image_comes_in_parts_of_a_kibibyte() {
    let mut rig = Rig::connected(Config::default());
    for read in publish(QoS::AtLeastOnce, 4 << 20).chunks(4_096) {
        rig.bytes(read);
    }
    let seen = rig.seen();
    assert_eq!(seen.len(), (4 << 20) / 1_024 + 2);
    assert_eq!(seen.last().map(String::as_str), Some("0 > PUBACK 5"));
}
