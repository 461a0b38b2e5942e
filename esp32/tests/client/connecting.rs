use std::time::Duration;

use esp32_sim::client::{Config, EspError, TransportError};
use esp32_sim::mqtt::{Packet, Publish, QoS};
use rstest::rstest;

use super::rig::Rig;

const UNREACHABLE: TransportError = TransportError {
    esp_err: EspError::FAILED_CONNECT_TO_HOST,
    stack_err: 0,
    verify_flags: 0,
    sock_errno: 111,
};
const FIN: TransportError =
    TransportError { esp_err: EspError::TCP_CLOSED_FIN, stack_err: 0, verify_flags: 0, sock_errno: 0 };

#[test]
fn start_raises_before_connect_and_connected() {
    let mut rig = Rig::new(Config::default());
    rig.start();
    rig.accept(true);
    assert_eq!(
        rig.seen(),
        [
            "0 BEFORE_CONNECT",
            "0 connect",
            "0 > CONNECT ESP32_abCDEF keep alive 120",
            "0 CONNECTED session_present=true"
        ]
    );
}

#[test]
fn failure_of_the_transport_raises_error_and_disconnected() {
    let mut rig = Rig::new(Config::default());
    rig.start();
    rig.seen();
    rig.client.transport_failed(rig.now, UNREACHABLE);
    rig.settle();
    assert_eq!(rig.seen(), ["0 ERROR transport 8004", "0 close", "0 DISCONNECTED"]);
}

#[rstest]
fn refused_connect_raises_error_with_the_code(#[values(1, 2, 3, 4, 5, 6, 255)] code: u8) {
    let mut rig = Rig::new(Config::default());
    rig.start();
    rig.client.transport_connected(rig.now);
    rig.settle();
    rig.seen();
    rig.bytes(&[0x20, 2, 0, code]);
    assert_eq!(rig.seen(), [format!("0 ERROR refused {code}"), "0 close".into(), "0 DISCONNECTED".into()]);
}

#[test]
fn silence_after_connect_ends_in_disconnected_alone() {
    let mut rig = Rig::new(Config::default());
    rig.start();
    rig.client.transport_connected(rig.now);
    rig.settle();
    rig.seen();
    rig.pass(Duration::from_millis(9_999));
    assert_eq!(rig.seen(), [""; 0]);
    rig.pass(Duration::from_millis(1));
    assert_eq!(rig.seen(), ["10000 close", "10000 DISCONNECTED"]);
}

#[test]
fn a_publish_before_connack_ends_in_disconnected_alone() {
    let mut rig = Rig::new(Config::default());
    rig.start();
    rig.client.transport_connected(rig.now);
    rig.settle();
    rig.seen();
    rig.broker(&Packet::Publish(Publish {
        dup: false,
        qos: QoS::AtMostOnce,
        retain: false,
        topic: "t",
        id: 0,
        payload: b"early",
    }));
    assert_eq!(rig.seen(), ["0 close", "0 DISCONNECTED"]);
}

#[test]
fn fin_of_the_broker_raises_error_and_disconnected() {
    let mut rig = Rig::connected(Config::default());
    rig.client.transport_closed(rig.now, FIN);
    rig.settle();
    assert_eq!(rig.seen(), ["0 ERROR transport 8008", "0 close", "0 DISCONNECTED"]);
}

#[test]
fn a_socket_that_fails_in_the_poll_raises_disconnected_alone() {
    let mut rig = Rig::connected(Config::default());
    rig.client.transport_poll_failed(rig.now);
    rig.settle();
    assert_eq!(rig.seen(), ["0 close", "0 DISCONNECTED"]);
}

#[test]
fn a_write_that_is_not_taken_for_ten_seconds_ends_in_disconnected_alone() {
    let mut rig = Rig::connected(Config::default());
    rig.client.publish(rig.now, "t", b"stuck", QoS::AtMostOnce, false).unwrap();
    assert!(rig.client.poll(rig.now).is_none());
    assert_eq!(rig.client.wake_at(), Some(Duration::from_secs(10)));
    assert!(rig.client.poll(Duration::from_millis(9_999)).is_none());
    assert!(rig.client.poll(Duration::from_secs(10)).is_some(), "close");
}

/// 5 s, 10 s and 15 s after the loss the task looks whether more than 10 s have passed.
#[test]
fn reconnects_after_ten_or_fifteen_seconds_as_the_ticks_fall() {
    let delay = |seed| {
        let mut rig = Rig::seeded(Config::default(), seed);
        rig.start();
        rig.client.transport_failed(rig.now, UNREACHABLE);
        rig.settle();
        rig.seen();
        rig.seconds(16);
        let seen = rig.seen();
        assert_eq!(seen.len(), 2, "{seen:?}");
        let at: u64 = seen[0].strip_suffix(" BEFORE_CONNECT").unwrap().parse().unwrap();
        at / 1000
    };
    let mut delays: Vec<u64> = (0..100).map(delay).collect();
    delays.sort_unstable();
    delays.dedup();
    assert_eq!(delays, [10, 15]);
}

#[test]
fn retries_for_ever_with_the_same_delay() {
    let mut rig = Rig::new(Config::default());
    rig.start();
    for _ in 0..1_000 {
        rig.client.transport_failed(rig.now, UNREACHABLE);
        rig.settle();
        rig.seen();
        rig.seconds(16);
        assert_eq!(rig.seen().len(), 2, "BEFORE_CONNECT and connect");
    }
}

#[test]
fn reconnect_ends_the_wait_and_is_without_effect_elsewhere() {
    let mut rig = Rig::connected(Config::default());
    rig.client.reconnect();
    rig.settle();
    assert_eq!(rig.seen(), [""; 0]);
    rig.client.transport_poll_failed(rig.now);
    rig.settle();
    rig.seen();
    rig.client.reconnect();
    rig.settle();
    assert_eq!(rig.seen(), ["0 BEFORE_CONNECT", "0 connect"]);
}

#[test]
fn without_auto_reconnect_it_waits_to_be_asked() {
    let mut config = Config::default();
    config.network.disable_auto_reconnect = true;
    let mut rig = Rig::connected(config);
    rig.client.transport_poll_failed(rig.now);
    rig.settle();
    rig.seen();
    rig.seconds(3_600);
    assert_eq!(rig.seen(), [""; 0]);
    rig.client.reconnect();
    rig.settle();
    assert_eq!(rig.seen(), ["3600000 BEFORE_CONNECT", "3600000 connect"]);
}
