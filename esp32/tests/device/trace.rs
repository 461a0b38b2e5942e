use std::time::Duration;

use esp32_sim::client::{Data, Event};
use esp32_sim::device::{Power, PowerChange};
use esp32_sim::mqtt::QoS;
use esp32_sim::scenario::{Action, Scenario, Selection, Trace};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn it_shows_seed_device_and_what_happened() {
    let mut trace = Trace::new(7, 3);
    trace.action(Duration::ZERO, &Action::PowerOn);
    trace.event(SECOND, &Event::BeforeConnect);
    let (topic, data, qos) = ("plantops/fern/commands/ota", [0; 10].as_slice(), QoS::AtLeastOnce);
    let data = Data { topic, data, total: 20, offset: 0, id: 9, qos, retain: false, dup: false };
    trace.event(90 * SECOND, &Event::Data(data));
    assert_eq!(
        trace.to_string(),
        concat!(
            "device 3 of seed 7\n",
            "       0.000 s  <- PowerOn\n",
            "       1.000 s  BeforeConnect\n",
            "      90.000 s  Data { topic: \"plantops/fern/commands/ota\", bytes: 0..10 of 20, id: 9 }\n",
        )
    );
}

#[test]
fn it_keeps_the_last_64() {
    let mut trace = Trace::new(7, 0);
    for id in 1..=100 {
        trace.event(SECOND, &Event::Published(id));
    }
    let shown = trace.to_string();
    assert_eq!(shown.lines().count(), 2 + Trace::KEPT);
    assert!(shown.contains("(36 earlier)"));
    assert!(!shown.contains("Published(36)"));
    assert!(shown.contains("Published(37)"));
}

/// Plays a plan on the power of one device.
fn play(seed: u64) -> Trace {
    let scenario = Scenario::new(1)
        .boot_within(10 * SECOND)
        .step(20 * SECOND, Selection::All, Action::DeepSleep { time: 5 * SECOND })
        .step(40 * SECOND, Selection::All, Action::Brownout { resets: 2, every: SECOND });
    let mut trace = Trace::new(seed, 0);
    let mut power = Power::default();
    for step in scenario.plan(seed).unwrap() {
        settle(&mut power, step.at, &mut trace);
        trace.action(step.at, &step.action);
        match step.action {
            Action::PowerOn => power.power_on(),
            Action::DeepSleep { time } => power.deep_sleep(step.at, time),
            Action::Brownout { resets, every } => power.brownout_loop(step.at, resets, every),
            action => panic!("{action:?} was not planned"),
        }
    }
    settle(&mut power, 60 * SECOND, &mut trace);
    trace
}

fn settle(power: &mut Power, until: Duration, trace: &mut Trace) {
    while let Some(wake) = power.wake_at().filter(|wake| *wake <= until) {
        if let Some(PowerChange::Boot(_)) = power.poll(wake) {
            trace.event(wake, &Event::BeforeConnect);
        }
    }
}

#[test]
fn the_same_seed_is_the_same_trace() {
    assert_eq!(play(7).to_string(), play(7).to_string());
    assert_ne!(play(7).to_string(), play(8).to_string());
    // One boot, one out of sleep, two out of the brown-outs.
    assert_eq!(play(7).to_string().matches("BeforeConnect").count(), 4);
}
