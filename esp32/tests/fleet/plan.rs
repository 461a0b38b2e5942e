use std::time::Duration;

use esp32_sim::client::{Broker, Config};
use esp32_sim::fleet::{Boot, Figures, Fleet, Identity, Plan, Share};
use esp32_sim::mqtt::QoS;
use esp32_sim::tls::Profile;

/// So many devices, all at once, without an observer.
pub(crate) fn plan(host: &str, port: u16, devices: usize) -> Plan {
    let broker = Broker { hostname: host.to_owned(), port: Some(port), ..Broker::default() };
    let config = Config { broker, ..Config::default() };
    Plan {
        devices: (0..devices).map(|index| identity(&format!("plant-{index}"))).collect(),
        shares: vec![Share { name: "idf-5.5".to_owned(), config, tls: Profile::default(), weight: 1 }],
        boot: Boot::Simultaneous,
        cadence: Duration::from_millis(50),
        qos: QoS::AtLeastOnce,
        sources: Vec::new(),
        observer: None,
        seed: 1,
    }
}

pub(crate) fn identity(id: &str) -> Identity {
    Identity { id: id.to_owned(), login: None }
}

/// Waits until it is so.
pub(crate) async fn until(fleet: &Fleet, so: impl Fn(&Figures) -> bool) -> Figures {
    let waiting = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(5));
        loop {
            ticks.tick().await;
            let figures = fleet.figures();
            if so(&figures) {
                return figures;
            }
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(30), waiting).await;
    in_time.unwrap_or_else(|_| panic!("{:?}", fleet.figures()))
}
