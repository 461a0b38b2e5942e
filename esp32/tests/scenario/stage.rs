use std::time::Duration;

use esp32_sim::client::Broker;
use esp32_sim::mqtt::QoS;
use esp32_sim::scenario::{Fate, Play, Stage};

use crate::peer::Peer;

/// Devices that publish no telemetry to this peer, and end when the test does.
pub(crate) fn stage(peer: &Peer) -> Stage {
    let broker = Broker { hostname: "127.0.0.1".into(), port: Some(peer.port), ..Broker::default() };
    let hour = Duration::from_secs(3_600);
    Stage::new(broker).telemetry(24 * hour, QoS::AtLeastOnce).lasting(hour)
}

/// Waits until it is so with a device.
pub(crate) async fn until(play: &Play, device: usize, so: impl Fn(&Fate) -> bool) -> Fate {
    let waiting = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(5));
        loop {
            ticks.tick().await;
            let fate = play.fates().swap_remove(device);
            if so(&fate) {
                return fate;
            }
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(30), waiting).await;
    in_time.unwrap_or_else(|_| panic!("{}", play.fates()[device].trace))
}

/// A certificate with its key, PEM.
pub(crate) fn certificate() -> (String, String) {
    let made = rcgen::generate_simple_self_signed([String::from("sensor")]).unwrap();
    (made.cert.pem(), made.signing_key.serialize_pem())
}
