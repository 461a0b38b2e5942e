use std::time::Duration;

use esp32_sim::client::Broker;
use esp32_sim::device::ResetReason;
use esp32_sim::mqtt::QoS;
use esp32_sim::scenario::{Action, Outcome, Scenario, Selection, Stage};

use crate::peer::{Ends, Faults, Peer};
use crate::stage::stage;

/// Far longer than this peer takes for all that one step brings about.
const STEP: Duration = Duration::from_secs(1);

async fn play(seed: u64) -> Outcome {
    let peer = Peer::start(Faults::default()).await;
    let scenario = Scenario::new(4)
        .firmware([("idf-5.5", 3), ("hardened", 1)])
        .step(STEP, Selection::All, Action::Brownout { resets: 2, every: STEP })
        .step(4 * STEP, Selection::Fraction(0.5), Action::PowerCut)
        .step(5 * STEP, Selection::All, Action::Burst { messages: 3, bytes: 100 })
        .step(6 * STEP, Selection::All, Action::PowerOn)
        .step(7 * STEP, Selection::Only(vec![2]), Action::DeepSleep { time: STEP });
    let stage = stage(&peer).lasting(9 * STEP);
    let outcome = stage.play(&scenario, seed).await.unwrap();
    assert_eq!(outcome.lost().count(), 0, "{outcome}");
    outcome
}

fn events(outcome: &Outcome) -> Vec<Vec<&str>> {
    outcome.fates.iter().map(|fate| fate.trace.events().collect()).collect()
}

fn cut(outcome: &Outcome) -> Vec<bool> {
    events(outcome).iter().map(|events| events.contains(&"<- PowerCut")).collect()
}

#[tokio::test]
async fn the_same_seed_is_the_same_trace_of_every_device() {
    let (first, second, other) = tokio::join!(play(7), play(7), play(9));
    assert_eq!(events(&first), events(&second));
    // By lot, others: and each message with another identifier.
    assert_ne!(cut(&first), cut(&other));
    assert!(events(&first).iter().zip(events(&other)).all(|(first, other)| *first != other));

    let cut = cut(&first);
    assert_eq!(cut.iter().filter(|cut| **cut).count(), 2);
    for (device, fate) in first.fates.iter().enumerate() {
        let boots = |reason| fate.boots.get(&reason).copied().unwrap_or_default();
        assert_eq!(boots(ResetReason::PowerOn), 1 + u64::from(cut[device]), "{}", fate.trace);
        assert_eq!(boots(ResetReason::Brownout), 2, "{}", fate.trace);
        assert_eq!(boots(ResetReason::DeepSleep), u64::from(device == 2), "{}", fate.trace);
        assert_eq!(fate.connects, fate.boots.values().sum::<u64>(), "{}", fate.trace);
        // `online` at each, and the burst of who had power.
        let published = fate.connects + if cut[device] { 0 } else { 3 };
        assert_eq!((fate.published, fate.acknowledged), (published, published), "{}", fate.trace);
    }
}

#[tokio::test]
async fn what_is_due_is_done_however_late_it_is() {
    let peer = Peer::start(Faults::default()).await;
    let every = Duration::from_millis(1);
    let scenario = Scenario::new(1).step(every, Selection::All, Action::Brownout { resets: 30, every }).step(
        32 * every,
        Selection::All,
        Action::PowerCut,
    );
    let outcome = stage(&peer).lasting(32 * every).play(&scenario, 7).await.unwrap();
    assert_eq!(outcome.fates[0].boots[&ResetReason::Brownout], 30, "{}", outcome.fates[0].trace);
    assert!(!outcome.fates[0].is_running, "{}", outcome.fates[0].trace);
}

#[tokio::test]
async fn who_has_power_at_the_end_says_goodbye() {
    let peer = Peer::start(Faults::default()).await;
    let play = stage(&peer).start(&Scenario::new(3), 7).unwrap();
    let outcome = play.outcome(peer.quiet(3)).await.unwrap();
    assert!(outcome.fates.iter().all(|fate| fate.is_connected && fate.is_running), "{outcome}");
    assert_eq!(peer.ended(3).await, Ends { disconnect: 3, ..Ends::default() });
}

#[tokio::test]
async fn a_failing_run_prints_the_seed_and_the_last_events_of_five() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let broker = Broker { hostname: "127.0.0.1".into(), port: Some(closed), ..Broker::default() };
    let scenario = Scenario::new(8).step(Duration::ZERO, Selection::Only(vec![1]), Action::PowerCut);
    let stage = Stage::new(broker).telemetry(STEP, QoS::AtMostOnce).lasting(STEP / 10);
    let shown = stage.play(&scenario, 1234).await.unwrap().to_string();
    assert!(shown.starts_with("seed 1234: 7 of 8 devices have power and no connection\n"), "{shown}");
    let devices: Vec<_> = shown.lines().filter(|line| line.ends_with(" of seed 1234")).collect();
    assert_eq!(devices.len(), Outcome::SHOWN);
    // Who has no power is not lost.
    assert_eq!(devices[..2], ["device 0 of seed 1234", "device 2 of seed 1234"]);
    assert_eq!(shown.matches("s  Boot(PowerOn)\n").count(), Outcome::SHOWN);
    assert!(shown.ends_with("and 2 more\n"), "{shown}");
}
