use esp32_sim::client::{Buffer, Config, Library};
use esp32_sim::mqtt::{Filter, Packet, Publish, QoS};

use super::rig::Rig;

fn arduino() -> Config {
    let mut config = Config { library: Library::PubSubClient, ..Config::default() };
    config.session.keepalive = 15;
    config.buffer = Buffer { size: 256, out_size: 256 };
    config.network.disable_auto_reconnect = true;
    config
}

fn message<'a>(qos: QoS, id: u16, payload: &'a [u8]) -> Packet<'a> {
    Packet::Publish(Publish { dup: false, qos, retain: false, topic: "t", id, payload })
}

#[test]
fn every_publish_is_of_qos_0() {
    let mut rig = Rig::connected(arduino());
    rig.publish(b"x", QoS::ExactlyOnce);
    rig.seconds(10);
    assert_eq!(rig.seen(), ["0 publish() = 0", "0 > PUBLISH 0 QoS 0 1 bytes"]);
}

#[test]
fn publishing_needs_a_connection_and_room_for_the_whole_message() {
    let mut rig = Rig::new(arduino());
    assert!(rig.client.publish(rig.now, "t", b"x", QoS::AtLeastOnce, false).is_err());
    let mut rig = Rig::connected(arduino());
    assert!(rig.client.publish(rig.now, "t", &[0; 248], QoS::AtMostOnce, false).is_ok());
    assert!(rig.client.publish(rig.now, "t", &[0; 249], QoS::AtMostOnce, false).is_err());
}

#[test]
fn qos_1_is_acknowledged_and_qos_2_is_not() {
    let mut rig = Rig::connected(arduino());
    rig.broker(&message(QoS::AtLeastOnce, 3, b"x"));
    rig.broker(&message(QoS::ExactlyOnce, 4, b"x"));
    // The packet identifier of QoS 2 is taken for the beginning of the message.
    assert_eq!(rig.seen(), ["0 DATA 't' 0+1/1", "0 > PUBACK 3", "0 DATA 't' 0+3/3"]);
}

#[test]
fn qos_2_cannot_be_subscribed() {
    let mut rig = Rig::connected(arduino());
    assert!(rig.client.subscribe(rig.now, &[Filter { topic: "t", qos: QoS::ExactlyOnce }]).is_err());
    assert!(rig.client.subscribe(rig.now, &[Filter { topic: "t", qos: QoS::AtLeastOnce }]).is_ok());
}

#[test]
fn what_does_not_fit_the_buffer_is_passed_over() {
    let mut rig = Rig::connected(arduino());
    rig.broker(&message(QoS::AtLeastOnce, 3, &[0; 1_000]));
    rig.broker(&message(QoS::AtMostOnce, 0, b"next"));
    assert_eq!(rig.seen(), ["0 DATA 't' 0+4/4"]);
}

#[test]
fn five_bytes_of_length_end_the_connection() {
    let mut rig = Rig::connected(arduino());
    rig.bytes(&[0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]);
    assert_eq!(rig.seen(), ["0 ERROR transport 0000", "0 close", "0 DISCONNECTED"]);
}

#[test]
fn pings_after_silence_in_either_direction_and_gives_up_after_the_second() {
    let mut rig = Rig::connected(arduino());
    rig.seconds(40);
    assert_eq!(rig.seen(), ["16000 > PINGREQ", "32000 close", "32000 DISCONNECTED"]);
    rig.seconds(3_600);
    assert_eq!(rig.seen(), [""; 0], "it does not reconnect by itself");
}

#[test]
fn publishing_alone_does_not_keep_it_from_pinging() {
    let mut rig = Rig::connected(arduino());
    for _ in 0..20 {
        rig.seconds(1);
        rig.publish(b"x", QoS::AtMostOnce);
    }
    assert!(rig.seen().contains(&"16000 > PINGREQ".to_owned()));
}
