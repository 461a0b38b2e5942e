use std::time::Duration;

use esp32_sim::client::{Data, Event};
use esp32_sim::device::{KeyPair, ResetReason};
use esp32_sim::mqtt::QoS;
use esp32_sim::scenario::{Action, Trace};

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

#[test]
fn two_that_differ_in_their_times_alone_have_the_same_events() {
    let trace = |second| {
        let mut trace = Trace::new(7, 0);
        trace.action(second, &Action::PowerOn);
        trace.boot(second, ResetReason::PowerOn, KeyPair::Absent);
        trace.event(2 * second, &Event::BeforeConnect);
        trace.down(3 * second);
        trace.boot(3 * second, ResetReason::Brownout, KeyPair::Mismatched);
        trace
    };
    let (trace, later) = (trace(SECOND), trace(2 * SECOND));
    assert_ne!(trace, later);
    let events = [
        "<- PowerOn",
        "Boot(PowerOn)",
        "BeforeConnect",
        "Down",
        "Boot(Brownout), certificate and key: Mismatched",
    ];
    assert_eq!(trace.events().collect::<Vec<_>>(), events);
    assert_eq!(later.events().collect::<Vec<_>>(), events);
}
