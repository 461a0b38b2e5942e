use std::time::Duration;

use esp32_sim::client::{Config, LastWill};
use esp32_sim::mqtt::{Filter, Packet, QoS};

use super::rig::{MAC, Rig};

#[test]
fn disconnect_says_so_at_the_next_turn_and_comes_back_by_itself() {
    let mut rig = Rig::connected(Config::default());
    rig.client.disconnect();
    rig.settle();
    assert_eq!(rig.seen(), [""; 0]);
    rig.seconds(1);
    assert_eq!(rig.seen(), ["1000 > DISCONNECT", "1000 close", "1000 DISCONNECTED"]);
    rig.seconds(16);
    assert_eq!(rig.seen().len(), 2, "BEFORE_CONNECT and connect");
}

#[test]
fn stop_says_disconnect_raises_nothing_and_wipes_the_outbox() {
    let mut rig = Rig::connected(Config::default());
    rig.publish(b"kept", QoS::AtLeastOnce);
    rig.seen();
    rig.client.stop(rig.now);
    rig.settle();
    assert_eq!(rig.seen(), ["0 > DISCONNECT", "0 close"]);
    assert_eq!(rig.client.outbox_bytes(), 0);
    rig.seconds(3_600);
    assert_eq!(rig.seen(), [""; 0]);
}

#[test]
fn refresh_closes_without_disconnect_and_connects_at_once() {
    let mut config = Config::default();
    config.network.refresh_connection_after = Some(Duration::from_secs(30));
    let mut rig = Rig::connected(config);
    rig.seconds(30);
    assert_eq!(rig.seen(), ["30000 close", "30000 DISCONNECTED", "30000 BEFORE_CONNECT", "30000 connect"]);
}

#[test]
fn suback_raises_subscribed_with_its_codes() {
    let mut rig = Rig::connected(Config::default());
    rig.client.subscribe(rig.now, &[Filter { topic: "a", qos: QoS::AtMostOnce }]).unwrap();
    rig.client.subscribe(rig.now, &[Filter { topic: "b", qos: QoS::AtLeastOnce }]).unwrap();
    rig.settle();
    rig.broker(&Packet::SubAck { id: 2, codes: &[0x80] });
    rig.broker(&Packet::SubAck { id: 1, codes: &[0] });
    rig.broker(&Packet::SubAck { id: 1, codes: &[0] });
    assert_eq!(
        rig.seen(),
        [
            "0 > SUBSCRIBE 1",
            "0 > SUBSCRIBE 2",
            "0 SUBSCRIBED 2 [128] SubscribeFailed",
            "0 SUBSCRIBED 1 [0] None"
        ]
    );
}

#[test]
fn unsuback_raises_unsubscribed_once() {
    let mut rig = Rig::connected(Config::default());
    rig.client.unsubscribe(rig.now, "a").unwrap();
    rig.settle();
    rig.broker(&Packet::UnsubAck(1));
    rig.broker(&Packet::UnsubAck(1));
    assert_eq!(rig.seen(), ["0 > UNSUBSCRIBE 1", "0 UNSUBSCRIBED 1"]);
}

#[test]
fn subscribing_needs_a_connection() {
    let mut rig = Rig::new(Config::default());
    assert!(rig.client.subscribe(rig.now, &[Filter { topic: "a", qos: QoS::AtMostOnce }]).is_err());
    assert!(rig.client.unsubscribe(rig.now, "a").is_err());
}

#[test]
fn connect_carries_will_session_and_credentials() {
    let mut config = Config::default();
    config.session.disable_clean_session = true;
    config.session.last_will =
        Some(LastWill { topic: "s".into(), msg: b"offline".to_vec(), qos: QoS::AtLeastOnce, retain: true });
    config.credentials.username = Some("u".into());
    config.credentials.authentication.password = Some("p".into());
    let mut rig = Rig::new(config);
    rig.start();
    rig.client.transport_connected(rig.now);
    let Ok(Some((Packet::Connect(connect), _))) = Packet::decode(rig.client.outbound()) else {
        panic!("no CONNECT")
    };
    let will = connect.will.unwrap();
    assert!(!connect.clean_session);
    assert_eq!(
        (will.topic, will.message, will.qos, will.retain),
        ("s", &b"offline"[..], QoS::AtLeastOnce, true)
    );
    assert_eq!((connect.username, connect.password), (Some("u"), Some(&b"p"[..])));
}

#[test]
fn client_id_is_given_or_of_the_mac_or_empty() {
    let id = |config: Config| Rig::new(config).client.client_id().to_owned();
    let mut config = Config::default();
    assert_eq!(id(config.clone()), "ESP32_abCDEF", "{MAC:02X?}: the first byte in small letters");
    config.credentials.client_id = Some("sensor-1".into());
    assert_eq!(id(config.clone()), "sensor-1");
    config.credentials.set_null_client_id = true;
    assert_eq!(id(config), "");
}

#[test]
fn secrets_are_not_shown_by_debug() {
    let mut config = Config::default();
    config.credentials.authentication.password = Some("hunter2".into());
    config.credentials.authentication.key = Some("-----BEGIN".into());
    let shown = format!("{config:?}");
    assert!(!shown.contains("hunter2") && !shown.contains("BEGIN"), "{shown}");
}
