use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use esp32_sim::device::ResetReason;
use esp32_sim::scenario::{Action, Fate, LinkState, Links, Play};
use mosquitto_fixtures::broker::{Broker, Line};
use mosquitto_fixtures::client::{QoS as Quality, Transport};
use mosquitto_fixtures::link::{Conditions, Direction, Link};
use rstest::rstest;

use super::bench::{SENSOR, backend, broker};
use super::stage::{boots, since_boot, stage, start, until};

/// `BADCERT_FUTURE`: it is 1970 on the device.
const FUTURE: &str = "(esp_err 0x801A, Mbed TLS -0x2700, verify flags 0x200)";

#[rstest]
#[tokio::test]
async fn power_that_goes_brings_the_will_and_power_that_comes_the_device(
    #[values(Line::V2_0, Line::V2_1)] line: Line,
) {
    let broker = broker(line).await;
    let mut backend = backend(&broker, "status").await;
    let play = start(&stage(&broker, "idf-5.5"), "idf-5.5");
    until(&play, |fate| fate.acknowledged == 1).await;
    backend.receive_until(b"online").await.unwrap();
    play.act(0, Action::PowerCut).unwrap();
    backend.receive_until(b"offline").await.unwrap();
    assert!(!play.fates()[0].is_connected);
    play.act(0, Action::PowerOn).unwrap();
    backend.receive_until(b"online").await.unwrap();
    let fate = until(&play, |fate| fate.connects == 2).await;
    assert_eq!(boots(&fate, ResetReason::PowerOn), 2);

    // A tired battery: each time without a word, and each time with its will.
    play.act(0, Action::Brownout { resets: 3, every: Duration::from_secs(1) }).unwrap();
    for _ in 0..3 {
        backend.receive_until(b"offline").await.unwrap();
        backend.receive_until(b"online").await.unwrap();
    }
    let fate = until(&play, |fate| fate.connects == 5 && fate.is_connected).await;
    assert_eq!((boots(&fate, ResetReason::Brownout), boots(&fate, ResetReason::PowerOn)), (3, 2));

    // Stopped, it says goodbye, and the broker sends no will.
    let outcome = play.outcome(std::future::ready(())).await.unwrap();
    assert_eq!(outcome.lost().count(), 0, "{outcome}");
    backend.publish(&format!("plantops/{SENSOR}/status"), "last", Quality::AtLeastOnce).await.unwrap();
    let seen = backend.receive_until(b"last").await.unwrap();
    assert_eq!(seen.len(), 1, "{seen:?}");
}

/// Who looks at dates connects once SNTP has answered, and again after a sleep. A cut takes it back to 1970.
#[rstest]
#[tokio::test]
async fn deep_sleep_keeps_the_time_of_day_and_a_power_cut_loses_it(
    #[values(Line::V2_0, Line::V2_1)] line: Line,
) {
    let broker = broker(line).await;
    let play = start(&stage(&broker, "hardened"), "hardened");
    let refuses = |fate: &Fate| since_boot(fate).iter().any(|event| event.contains(FUTURE));
    let fate = until(&play, refuses).await;
    assert_eq!(fate.connects, 0, "{}", fate.trace);
    play.act(0, Action::Sntp).unwrap();
    until(&play, |fate| fate.connects == 1).await;

    for action in [Action::DeepSleep { time: Duration::from_millis(100) }, Action::Reset] {
        let connects = play.fates()[0].connects;
        play.act(0, action).unwrap();
        let fate = until(&play, |fate| fate.connects == connects + 1).await;
        assert_eq!(since_boot(&fate)[..2], ["BeforeConnect", "Connected { session_present: true }"]);
    }
    assert_eq!(boots(&play.fates()[0], ResetReason::DeepSleep), 1);
    assert_eq!(boots(&play.fates()[0], ResetReason::Software), 1);

    play.act(0, Action::PowerCut).unwrap();
    play.act(0, Action::PowerOn).unwrap();
    let fate = until(&play, |fate| boots(fate, ResetReason::PowerOn) == 2 && refuses(fate)).await;
    assert_eq!(fate.connects, 3, "{}", fate.trace);
    play.act(0, Action::Sntp).unwrap();
    until(&play, |fate| fate.connects == 4).await;

    // And who does not look does not care.
    let play = start(&stage(&broker, "idf-5.5"), "idf-5.5");
    let fate = until(&play, |fate| fate.connects == 1).await;
    let connected = since_boot(&fate)[..2].to_vec();
    assert_eq!(connected, ["BeforeConnect", "Connected { session_present: false }"], "{}", fate.trace);
}

/// The network of the one device.
struct Network(Link);

impl Links for Network {
    fn address(&self, _device: usize) -> SocketAddr {
        self.0.address()
    }

    fn set(&self, _device: usize, state: LinkState) {
        match state {
            LinkState::Down => self.0.down(),
            LinkState::HalfOpen => self.0.half_open(),
            LinkState::Latency(one_way) => self.0.latency(one_way),
            LinkState::Stalled => {
                self.0.stall(Direction::Upstream);
                self.0.stall(Direction::Downstream);
            }
            LinkState::Up => self.0.change(|conditions| *conditions = Conditions::default()),
        }
    }
}

async fn linked(broker: &Broker) -> Play {
    let network = Arc::new(Network(Link::to(broker.address(Transport::Tls).unwrap()).await.unwrap()));
    let play = start(&stage(broker, "idf-5.5").links(network), "idf-5.5");
    until(&play, |fate| fate.acknowledged == 1).await;
    play
}

/// What is in RAM when the network goes outlives it, and what is there when the firmware starts anew does not.
#[rstest]
#[tokio::test]
async fn a_message_in_the_outbox_survives_a_link_and_not_a_reset(
    #[values(Line::V2_0, Line::V2_1)] line: Line,
) {
    let broker = broker(line).await;
    let mut backend = backend(&broker, "telemetry/burst").await;
    let play = linked(&broker).await;
    let burst = async |bytes| {
        let published = play.fates()[0].published;
        play.act(0, Action::Burst { messages: 3, bytes }).unwrap();
        until(&play, |fate| fate.published == published + 3).await;
    };
    play.act(0, Action::Link(LinkState::Down)).unwrap();
    until(&play, |fate| !fate.is_connected).await;
    burst(11).await;
    play.act(0, Action::Link(LinkState::Up)).unwrap();
    for _ in 0..3 {
        backend.receive_until(&[b'.'; 11]).await.unwrap();
    }

    until(&play, |fate| fate.acknowledged == fate.published).await;
    play.act(0, Action::Link(LinkState::Down)).unwrap();
    until(&play, |fate| !fate.is_connected).await;
    burst(22).await;
    play.act(0, Action::Reset).unwrap();
    play.act(0, Action::Link(LinkState::Up)).unwrap();
    until(&play, |fate| boots(fate, ResetReason::Software) == 1 && fate.is_connected).await;
    burst(33).await;
    let seen = backend.receive_until(&[b'.'; 33]).await.unwrap();
    assert!(seen.iter().all(|message| message.payload.len() != 22), "{seen:?}");
}

/// The acknowledgement takes twice as long as bytes each way; what waits arrives when the link carries again.
#[rstest]
#[tokio::test]
async fn a_slow_link_and_a_stalled_one_delay_and_lose_nothing(#[values(Line::V2_0, Line::V2_1)] line: Line) {
    let broker = broker(line).await;
    let mut backend = backend(&broker, "telemetry/burst").await;
    let play = linked(&broker).await;
    let one_way = Duration::from_millis(200);
    play.act(0, Action::Link(LinkState::Latency(one_way))).unwrap();
    let begun = Instant::now();
    play.act(0, Action::Burst { messages: 1, bytes: 11 }).unwrap();
    backend.receive_until(&[b'.'; 11]).await.unwrap();
    assert!(begun.elapsed() >= one_way);
    until(&play, |fate| fate.acknowledged == fate.published).await;
    assert!(begun.elapsed() >= 2 * one_way);

    play.act(0, Action::Link(LinkState::Stalled)).unwrap();
    play.act(0, Action::Burst { messages: 1, bytes: 22 }).unwrap();
    let fate = until(&play, |fate| fate.published == 3).await;
    assert_eq!(fate.acknowledged, 2, "{}", fate.trace);
    play.act(0, Action::Link(LinkState::Up)).unwrap();
    backend.receive_until(&[b'.'; 22]).await.unwrap();
    let fate = until(&play, |fate| fate.acknowledged == 3).await;
    assert_eq!(fate.connects, 1, "{}", fate.trace);
}

/// Nothing arrives and nothing is closed: the device notices after one keep alive, the broker after one and a half.
#[rstest]
#[tokio::test]
async fn device_notices_a_half_open_link_and_comes_back_when_it_is_up(
    #[values(Line::V2_0, Line::V2_1)] line: Line,
) {
    let broker = broker(line).await;
    let mut backend = backend(&broker, "status").await;
    let play = linked(&broker).await;
    play.act(0, Action::Link(LinkState::HalfOpen)).unwrap();
    let fate = until(&play, |fate| !fate.is_connected).await;
    assert_eq!(since_boot(&fate).last(), Some(&"Disconnected"), "{}", fate.trace);
    backend.receive_until(b"offline").await.unwrap();
    play.act(0, Action::Link(LinkState::Up)).unwrap();
    let fate = until(&play, |fate| fate.is_connected).await;
    assert_eq!((fate.connects, fate.boots.len()), (2, 1), "{}", fate.trace);
    backend.receive_until(b"online").await.unwrap();
}
