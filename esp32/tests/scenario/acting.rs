use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use esp32_sim::client::Broker;
use esp32_sim::device::{KeyPair, ResetReason};
use esp32_sim::scenario::{Action, DnsState, LinkState, Links, PlayError, Scenario, Selection, Stage};
use rstest::rstest;

use crate::peer::{Ends, Faults, Peer};
use crate::stage::{certificate, stage, until};

#[tokio::test]
async fn power_cut_resets_the_connection_and_power_brings_another() {
    let peer = Peer::start(Faults::default()).await;
    let play = stage(&peer).start(&Scenario::new(2), 7).unwrap();
    peer.quiet(2).await;
    play.act(1, Action::PowerCut).unwrap();
    assert_eq!(peer.ended(1).await, Ends { reset: 1, ..Ends::default() });
    until(&play, 1, |fate| !fate.is_running && !fate.is_connected).await;
    play.act(1, Action::PowerOn).unwrap();
    let fate = until(&play, 1, |fate| fate.connects == 2).await;
    assert_eq!(fate.boots[&ResetReason::PowerOn], 2);
    assert_eq!(play.fates()[0].boots[&ResetReason::PowerOn], 1);
}

#[rstest]
#[case::burst(Action::Burst { messages: 3, bytes: 10 })]
#[case::brownout(Action::Brownout { resets: 3, every: Duration::from_millis(1) })]
#[case::certificate(Action::Certificate { cut_after: Some(1) })]
#[case::deep_sleep(Action::DeepSleep { time: Duration::ZERO })]
#[case::reset(Action::Reset)]
#[case::sntp(Action::Sntp)]
#[tokio::test]
async fn nothing_happens_to_a_device_without_power(#[case] action: Action) {
    let peer = Peer::start(Faults::default()).await;
    let stage = stage(&peer).certificates(|_| Ok::<_, Infallible>(certificate()));
    let scenario = Scenario::new(1).step(Duration::ZERO, Selection::All, Action::PowerCut);
    let play = stage.start(&scenario, 7).unwrap();
    play.act(0, action).unwrap();
    play.act(0, Action::PowerOn).unwrap();
    let fate = until(&play, 0, |fate| fate.boots.get(&ResetReason::PowerOn) == Some(&2)).await;
    assert_eq!(fate.boots.len(), 1, "{}", fate.trace);
    assert_eq!(fate.key_pair, KeyPair::Matching);
    let fate = until(&play, 0, |fate| fate.acknowledged > 0).await;
    assert_eq!(fate.published, 1, "{}", fate.trace);
}

/// The factory's pair stands in flash. The torn one stays until both entries are written again.
#[rstest]
#[case::before_the_first_entry(0, KeyPair::Matching)]
#[case::between_the_two(1, KeyPair::Mismatched)]
#[case::after_the_second(2, KeyPair::Matching)]
#[tokio::test]
async fn power_that_goes_while_a_certificate_is_written_leaves_its_entries(
    #[case] cut_after: usize,
    #[case] left: KeyPair,
) {
    let peer = Peer::start(Faults::default()).await;
    let stage = stage(&peer).certificates(|_| Ok::<_, Infallible>(certificate()));
    let play = stage.start(&Scenario::new(1), 7).unwrap();
    until(&play, 0, |fate| fate.is_connected).await;
    play.act(0, Action::Certificate { cut_after: Some(cut_after) }).unwrap();
    let fate = until(&play, 0, |fate| fate.boots[&ResetReason::PowerOn] == 2).await;
    assert_eq!(fate.key_pair, left, "{}", fate.trace);
    play.act(0, Action::Reset).unwrap();
    let fate = until(&play, 0, |fate| fate.boots.contains_key(&ResetReason::Software)).await;
    assert_eq!(fate.key_pair, left, "{}", fate.trace);
    play.act(0, Action::Certificate { cut_after: None }).unwrap();
    until(&play, 0, |fate| fate.key_pair == KeyPair::Matching).await;
}

/// A network that is only told about.
struct Told {
    broker: SocketAddr,
    changes: Mutex<Vec<(usize, LinkState)>>,
}

impl Links for Told {
    fn address(&self, _device: usize) -> SocketAddr {
        self.broker
    }

    fn set(&self, device: usize, state: LinkState) {
        self.changes.lock().unwrap().push((device, state));
    }
}

#[tokio::test]
async fn a_link_changes_in_the_order_of_the_steps_with_power_or_without() {
    let peer = Peer::start(Faults::default()).await;
    let broker = ([127, 0, 0, 1], peer.port).into();
    let links = Arc::new(Told { broker, changes: Mutex::default() });
    let nowhere = Broker { hostname: "nowhere.invalid".into(), ..Broker::default() };
    let at = Duration::from_millis(10);
    let scenario = Scenario::new(2)
        .step(at, Selection::Only(vec![1]), Action::Link(LinkState::HalfOpen))
        .step(at, Selection::Only(vec![1]), Action::PowerCut)
        .step(at, Selection::Only(vec![1]), Action::Link(LinkState::Down))
        .step(at, Selection::Only(vec![1]), Action::Link(LinkState::Up));
    let play = Stage::new(nowhere).links(links.clone()).start(&scenario, 7).unwrap();
    until(&play, 0, |fate| fate.is_connected).await;
    until(&play, 1, |fate| fate.trace.events().any(|event| event == "<- Link(Up)")).await;
    let changes = [LinkState::HalfOpen, LinkState::Down, LinkState::Up].map(|state| (1, state));
    assert_eq!(*links.changes.lock().unwrap(), changes);
}

#[tokio::test]
async fn a_lost_name_server_ends_no_connection_and_lets_none_begin() {
    let peer = Peer::start(Faults::default()).await;
    let play = stage(&peer).start(&Scenario::new(1), 7).unwrap();
    until(&play, 0, |fate| fate.acknowledged == 1).await;
    play.act(0, Action::Dns(DnsState::Lost)).unwrap();
    play.act(0, Action::Burst { messages: 1, bytes: 10 }).unwrap();
    let fate = until(&play, 0, |fate| fate.acknowledged == 2).await;
    assert_eq!(fate.connects, 1, "{}", fate.trace);

    play.act(0, Action::Reset).unwrap();
    let not_found = "Error: the name cannot be resolved (esp_err 0x8001)";
    let fate = until(&play, 0, |fate| fate.trace.events().any(|event| event == not_found)).await;
    assert!(fate.is_lost(), "{}", fate.trace);
    play.act(0, Action::Dns(DnsState::Found)).unwrap();
    play.act(0, Action::Reset).unwrap();
    until(&play, 0, |fate| fate.connects == 2).await;
}

#[tokio::test]
async fn what_cannot_be_done_is_turned_down() {
    let peer = Peer::start(Faults::default()).await;
    let play = stage(&peer).start(&Scenario::new(2), 7).unwrap();
    let refused = |device, action| play.act(device, action).unwrap_err();
    assert!(matches!(refused(2, Action::Reset), PlayError::NoDevice { device: 2, devices: 2 }));
    assert!(matches!(refused(0, Action::Link(LinkState::Up)), PlayError::NoLinks));
    assert!(matches!(refused(0, Action::Certificate { cut_after: None }), PlayError::NoCertificates));
    let burst = Action::Burst { messages: u32::MAX, bytes: 1 };
    assert!(matches!(refused(0, burst), PlayError::Scenario(_)));
}
