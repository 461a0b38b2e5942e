use esp32_sim::client::{CommandError, Config};
use esp32_sim::mqtt::{Filter, Packet, Publish, QoS};

use super::rig::Rig;

#[test]
fn qos_0_raises_nothing() {
    let mut rig = Rig::connected(Config::default());
    rig.publish(b"x", QoS::AtMostOnce);
    rig.seconds(10);
    assert_eq!(rig.seen(), ["0 publish() = 0", "0 > PUBLISH 0 QoS 0 1 bytes"]);
}

#[test]
fn qos_1_is_published_at_puback() {
    let mut rig = Rig::connected(Config::default());
    rig.publish(b"x", QoS::AtLeastOnce);
    rig.broker(&Packet::PubAck(1));
    assert_eq!(rig.seen(), ["0 publish() = 1", "0 > PUBLISH 1 QoS 1 1 bytes", "0 PUBLISHED 1"]);
    assert_eq!(rig.client.outbox_bytes(), 0);
}

#[test]
fn qos_2_is_published_at_pubcomp() {
    let mut rig = Rig::connected(Config::default());
    rig.publish(b"x", QoS::ExactlyOnce);
    rig.broker(&Packet::PubRec(1));
    rig.broker(&Packet::PubComp(1));
    assert_eq!(
        rig.seen(),
        ["0 publish() = 1", "0 > PUBLISH 1 QoS 2 1 bytes", "0 > PUBREL 1", "0 PUBLISHED 1"]
    );
}

#[test]
fn acknowledgements_of_unknown_ids_raise_nothing() {
    let mut rig = Rig::connected(Config::default());
    rig.broker(&Packet::PubAck(7));
    rig.broker(&Packet::PubComp(7));
    assert_eq!(rig.seen(), [""; 0]);
    // Both of these are answered whatever the identifier.
    rig.broker(&Packet::PubRec(7));
    rig.broker(&Packet::PubRel(8));
    assert_eq!(rig.seen(), ["0 > PUBREL 7", "0 > PUBCOMP 8"]);
}

/// Against MQTT-4.4.0-1: espressif/esp-mqtt #238.
#[test]
fn a_message_is_resent_on_the_same_connection_every_second() {
    let mut rig = Rig::connected(Config::default());
    rig.publish(b"x", QoS::AtLeastOnce);
    rig.seen();
    rig.seconds(4);
    assert_eq!(
        rig.seen(),
        [
            "2000 > PUBLISH 1 QoS 1 DUP 1 bytes",
            "3000 > PUBLISH 1 QoS 1 DUP 1 bytes",
            "4000 > PUBLISH 1 QoS 1 DUP 1 bytes"
        ]
    );
}

#[test]
fn only_the_oldest_message_is_resent() {
    let mut rig = Rig::connected(Config::default());
    rig.publish(b"x", QoS::AtLeastOnce);
    rig.publish(b"y", QoS::AtLeastOnce);
    rig.seen();
    rig.seconds(3);
    assert_eq!(rig.seen(), ["2000 > PUBLISH 1 QoS 1 DUP 1 bytes", "3000 > PUBLISH 1 QoS 1 DUP 1 bytes"]);
}

#[test]
fn subscribe_is_resent_too_without_dup() {
    let mut rig = Rig::connected(Config::default());
    rig.client.subscribe(rig.now, &[Filter { topic: "a", qos: QoS::AtMostOnce }]).unwrap();
    rig.settle();
    rig.seconds(2);
    assert_eq!(rig.seen(), ["0 > SUBSCRIBE 1", "2000 > SUBSCRIBE 1"]);
}

#[test]
fn pubrel_is_resent_after_pubrec() {
    let mut rig = Rig::connected(Config::default());
    rig.publish(b"x", QoS::ExactlyOnce);
    rig.broker(&Packet::PubRec(1));
    rig.seen();
    rig.seconds(2);
    let seen = rig.seen();
    assert_eq!(seen.last().map(String::as_str), Some("2000 > PUBREL 1"), "{seen:?}");
}

#[test]
fn a_message_expires_after_thirty_seconds_and_a_late_puback_raises_nothing() {
    let mut rig = Rig::connected(Config::default());
    rig.publish(b"x", QoS::AtLeastOnce);
    rig.seconds(30);
    assert!(rig.client.outbox_bytes() > 0);
    rig.seconds(1);
    assert_eq!(rig.client.outbox_bytes(), 0);
    rig.seen();
    rig.broker(&Packet::PubAck(1));
    assert_eq!(rig.seen(), [""; 0]);
}

#[test]
fn expiry_is_told_when_the_build_says_so() {
    let mut config = Config::default();
    config.kconfig.report_deleted_messages = true;
    let mut rig = Rig::connected(config);
    rig.publish(b"x", QoS::AtLeastOnce);
    rig.seconds(31);
    assert_eq!(rig.seen().last().map(String::as_str), Some("31000 DELETED 1"));
}

#[test]
fn offline_qos_0_is_lost_and_qos_1_is_kept_and_sent_once_connected() {
    let mut rig = Rig::new(Config::default());
    rig.publish(b"lost", QoS::AtMostOnce);
    rig.publish(b"kept", QoS::AtLeastOnce);
    rig.publish(b"kept", QoS::AtLeastOnce);
    assert_eq!(rig.seen(), ["0 publish(): not connected", "0 publish() = 1", "0 publish() = 2"]);
    rig.start();
    rig.accept(false);
    rig.seen();
    // One message a turn.
    rig.seconds(2);
    assert_eq!(rig.seen(), ["1000 > PUBLISH 1 QoS 1 4 bytes", "2000 > PUBLISH 2 QoS 1 4 bytes"]);
}

#[test]
fn outbox_survives_a_reconnect_whatever_the_session() {
    let mut rig = Rig::connected(Config::default());
    rig.publish(b"x", QoS::AtLeastOnce);
    rig.client.transport_poll_failed(rig.now);
    rig.settle();
    rig.seconds(16);
    rig.accept(false);
    rig.seen();
    rig.seconds(2);
    let seen = rig.seen();
    assert!(seen.iter().any(|line| line.ends_with("PUBLISH 1 QoS 1 DUP 1 bytes")), "{seen:?}");
}

#[test]
fn messages_expire_while_there_is_no_connection() {
    let mut config = Config::default();
    config.network.disable_auto_reconnect = true;
    let mut rig = Rig::connected(config);
    rig.publish(b"x", QoS::AtLeastOnce);
    rig.client.transport_poll_failed(rig.now);
    rig.settle();
    rig.seconds(36);
    assert_eq!(rig.client.outbox_bytes(), 0);
}

#[test]
fn a_full_outbox_turns_a_message_down() {
    let mut config = Config::default();
    config.outbox.limit = Some(100);
    let mut rig = Rig::new(config);
    rig.client.publish(rig.now, "t", &[0; 60], QoS::AtLeastOnce, false).unwrap();
    let refused = rig.client.publish(rig.now, "t", &[0; 60], QoS::AtLeastOnce, false).unwrap_err();
    assert!(matches!(refused, CommandError::OutboxFull { limit: 100, wanted: 60, .. }), "{refused:?}");
}

#[test]
fn enqueue_leaves_the_sending_to_the_task() {
    let mut rig = Rig::connected(Config::default());
    rig.client.enqueue(rig.now, "t", b"x", QoS::AtMostOnce, false, true).unwrap();
    rig.settle();
    assert_eq!(rig.seen(), [""; 0]);
    rig.seconds(1);
    assert_eq!(rig.seen(), ["1000 > PUBLISH 0 QoS 0 1 bytes"]);
    assert_eq!(rig.client.outbox_bytes(), 0);
    assert!(rig.client.enqueue(rig.now, "t", b"x", QoS::AtMostOnce, false, false).is_err());
}

#[test]
fn inbound_qos_2_is_not_deduplicated() {
    let mut rig = Rig::connected(Config::default());
    let publish =
        Publish { dup: true, qos: QoS::ExactlyOnce, retain: false, topic: "t", id: 9, payload: b"twice" };
    rig.broker(&Packet::Publish(publish));
    rig.broker(&Packet::Publish(publish));
    rig.broker(&Packet::PubRel(9));
    assert_eq!(
        rig.seen(),
        ["0 DATA 't' 0+5/5", "0 > PUBREC 9", "0 DATA 't' 0+5/5", "0 > PUBREC 9", "0 > PUBCOMP 9"]
    );
}

#[test]
fn a_topic_longer_than_the_buffer_cannot_be_published() {
    let mut rig = Rig::connected(Config::default());
    let topic = "t".repeat(1_020);
    assert!(matches!(
        rig.client.publish(rig.now, &topic, b"", QoS::AtMostOnce, false),
        Err(CommandError::Unencodable { topic: 1_020, buffer: 1_024 })
    ));
    assert!(rig.client.publish(rig.now, "", b"", QoS::AtLeastOnce, false).is_err());
    assert!(rig.client.publish(rig.now, "t", &[0; 4_096], QoS::AtLeastOnce, false).is_ok(), "in slices");
}

#[test]
fn packet_identifiers_are_random_unless_the_build_says_otherwise() {
    let id = |seed| {
        let config = std::sync::Arc::new(Config::default());
        let mut client = esp32_sim::client::Client::new(config, super::rig::MAC, seed);
        client.publish(std::time::Duration::ZERO, "t", b"x", QoS::AtLeastOnce, false).unwrap()
    };
    assert_eq!(id(1), id(1));
    assert_ne!(id(1), id(2));
}
