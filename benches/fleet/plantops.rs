use std::time::Duration;

use esp32_sim::fleet::{Boot, Fleet, Identity, Plan, Share};
use esp32_sim::mqtt::QoS;
use esp32_sim::tls::Profile;

use super::RAMP;
use super::simulator::config;
use super::steps::Step;
use super::target::Target;

pub(crate) async fn run(target: &Target) {
    let share =
        Share { name: "idf-5.5".to_owned(), config: config(target), tls: Profile::default(), weight: 1 };
    let plan = Plan {
        devices: (0..target.devices)
            .map(|index| Identity { id: format!("device-{index:05}"), login: None })
            .collect(),
        shares: vec![share],
        boot: Boot::Jittered(RAMP),
        cadence: Duration::from_secs(3_600),
        qos: QoS::AtLeastOnce,
        sources: Vec::new(),
        observer: None,
        seed: 1,
    };
    Step::Ready.reached();
    let fleet = Fleet::start(plan).expect("a fleet");
    while fleet.figures().states.connected < target.devices {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Step::Connected.reached();
}
