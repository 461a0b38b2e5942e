use esp32_sim::client::Config;
use esp32_sim::mqtt::{Packet, QoS};

use super::rig::Rig;

#[test]
fn pings_at_half_the_keep_alive() {
    let mut rig = Rig::connected(Config::default());
    rig.seconds(59);
    assert_eq!(rig.seen(), [""; 0]);
    rig.seconds(1);
    assert_eq!(rig.seen(), ["60000 > PINGREQ"]);
    rig.broker(&Packet::PingResp);
    rig.seconds(60);
    assert_eq!(rig.seen(), ["120000 > PINGREQ"]);
}

#[test]
fn pings_on_a_busy_link_too() {
    let mut rig = Rig::connected(Config::default());
    for _ in 0..60 {
        rig.seconds(1);
        rig.publish(b"busy", QoS::AtMostOnce);
    }
    let pings = rig.seen().into_iter().filter(|line| line.ends_with("PINGREQ")).collect::<Vec<_>>();
    assert_eq!(pings, ["60000 > PINGREQ"]);
}

#[test]
fn without_an_answer_it_gives_up_after_a_whole_keep_alive() {
    let mut rig = Rig::connected(Config::default());
    rig.seconds(119);
    rig.seen();
    rig.seconds(1);
    assert_eq!(rig.seen(), ["120000 close", "120000 DISCONNECTED"]);
}

#[test]
fn other_traffic_is_no_answer_to_a_ping() {
    let mut rig = Rig::connected(Config::default());
    for _ in 0..120 {
        rig.publish(b"x", QoS::AtLeastOnce);
        let id = u16::try_from(rig.now.as_secs() + 1).unwrap();
        rig.broker(&Packet::PubAck(id));
        rig.seconds(1);
    }
    let seen = rig.seen();
    assert_eq!(seen[seen.len() - 2..], ["120000 close", "120000 DISCONNECTED"]);
}

#[test]
fn no_keep_alive_means_no_ping() {
    let mut config = Config::default();
    config.session.keepalive = 0;
    let mut rig = Rig::connected(config);
    assert_eq!(rig.client.wake_at(), None);
    rig.seconds(100_000);
    assert_eq!(rig.seen(), [""; 0]);
}

/// Half of 5 s is 2.5 s, and the task turns once a second.
#[test]
fn timers_are_as_coarse_as_the_poll_timeout() {
    let mut config = Config::default();
    config.session.keepalive = 5;
    let mut rig = Rig::connected(config);
    rig.seconds(4);
    assert_eq!(rig.seen(), ["3000 > PINGREQ"]);
}

#[test]
fn an_idle_client_is_woken_for_its_pings_alone() {
    let mut rig = Rig::connected(Config::default());
    let mut wakes = 0;
    while rig.now.as_secs() < 3_600 {
        rig.now = rig.client.wake_at().unwrap();
        wakes += 1;
        rig.settle();
        rig.broker(&Packet::PingResp);
    }
    assert_eq!(wakes, 60);
}
