use std::time::Duration;

use esp32_sim::device::ResetReason;
use esp32_sim::firmware::Firmware;
use esp32_sim::fleet::Identity;
use esp32_sim::mqtt::QoS;
use esp32_sim::scenario::{Fate, Play, Scenario, Stage};
use mosquitto_fixtures::broker::Broker;

use super::bench::{SENSOR, config};

const HOUR: Duration = Duration::from_secs(3_600);

/// For one device, the sensor of this broker, with times that a test can wait for. It ends when the test does.
pub(super) fn stage(broker: &Broker, firmware: &str) -> Stage {
    let (_, password) = broker.users().iter().find(|(name, _)| name == SENSOR).unwrap();
    let login = Some((SENSOR.to_owned(), password.reveal().to_owned()));
    let mut firmware = Firmware::named(firmware).unwrap();
    firmware.client.network.reconnect_timeout = Duration::from_millis(200);
    firmware.client.session.keepalive = 4;
    firmware.tls.reports_verify_flags = true;
    Stage::new(config(broker).broker)
        .firmware(firmware)
        .identities(move |_| Identity { id: SENSOR.to_owned(), login: login.clone() })
        .telemetry(24 * HOUR, QoS::AtLeastOnce)
        .lasting(HOUR)
}

pub(super) fn start(stage: &Stage, firmware: &str) -> Play {
    stage.start(&Scenario::new(1).firmware([(firmware, 1)]), 7).unwrap()
}

/// Waits until it is so with the device.
pub(super) async fn until(play: &Play, so: impl Fn(&Fate) -> bool) -> Fate {
    let waiting = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(10));
        loop {
            ticks.tick().await;
            let fate = play.fates().remove(0);
            if so(&fate) {
                return fate;
            }
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(30), waiting).await;
    in_time.unwrap_or_else(|_| panic!("{}", play.fates()[0].trace))
}

pub(super) fn boots(fate: &Fate, reason: ResetReason) -> u64 {
    fate.boots.get(&reason).copied().unwrap_or_default()
}

/// What happened since the last boot.
pub(super) fn since_boot(fate: &Fate) -> Vec<&str> {
    let events: Vec<_> = fate.trace.events().collect();
    let boot = events.iter().rposition(|event| event.starts_with("Boot(")).unwrap();
    events[boot + 1..].to_vec()
}
