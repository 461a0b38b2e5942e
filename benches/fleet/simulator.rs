use std::sync::Arc;
use std::time::Duration;

use esp32_sim::client::{Client, Config, Credentials, Event};
use esp32_sim::device::{Application, Command, Device, Order, Orders, Setup};
use esp32_sim::mqtt::QoS;
use esp32_sim::tls::Profile;
use tokio::sync::watch;

use super::steps::{Counted, Step};
use super::target::{NAME, Target};
use super::{MESSAGES, PAYLOAD, WINDOW};

/// Publishes once it is told to, and from then on for itself.
struct Publisher {
    topic: Arc<str>,
    /// Messages that are not handed over yet.
    left: u32,
    counted: Arc<Counted>,
}

impl Application for Publisher {
    fn on_event(&mut self, _: Duration, event: &Event<'_>, commands: &mut Vec<Command>) {
        match event {
            Event::Connected { .. } => self.counted.connected(),
            Event::Published(_) => {
                self.counted.acknowledged();
                // The first that comes back opens the window.
                let room = if self.left + 1 == MESSAGES { u32::from(WINDOW) } else { 1 };
                let more = room.min(self.left);
                self.left -= more;
                commands.extend((0..more).map(|_| publish(&self.topic)));
            }
            _ => {}
        }
    }
}

fn publish(topic: &str) -> Command {
    Command::Publish {
        topic: topic.to_owned(),
        payload: PAYLOAD.to_vec(),
        qos: QoS::AtLeastOnce,
        retain: false,
    }
}

/// How a device of either kind reaches the broker.
pub(crate) fn config(target: &Target) -> Config {
    let mut config = Config::default();
    config.broker.hostname = target.address.ip().to_string();
    config.broker.port = Some(target.address.port());
    config.broker.tls = true;
    config.broker.verification.certificate =
        Some(std::fs::read_to_string(&target.ca).expect("a trust anchor"));
    config.broker.verification.common_name = Some(NAME.to_owned());
    config
}

pub(crate) async fn run(target: &Target) {
    let setup = Arc::new(Setup::new(config(target), &Profile::default(), Setup::host_clock()));
    let counted = Arc::new(Counted::nothing());
    let (orders, receiver) = watch::channel(Order::None);
    let topic: Arc<str> = "plantops/bench/telemetry".into();
    Step::Ready.reached();
    for index in 0..target.devices {
        counted.room().await;
        let credentials =
            Credentials { client_id: Some(format!("device-{index:05}")), ..Credentials::default() };
        let client =
            Client::new(Arc::clone(setup.config()), [0; 6], index as u64).with_identity(credentials, None);
        let publisher =
            Publisher { topic: Arc::clone(&topic), left: MESSAGES - 1, counted: Arc::clone(&counted) };
        let device = Device::new(Arc::clone(&setup), client, publisher, Arc::new(()), index);
        let mut orders = Orders::Shared(receiver.clone());
        tokio::spawn(async move {
            device.run(&mut orders).await;
        });
    }
    counted.all_connected(target.devices).await;
    Step::Connected.reached();
    orders.send_replace(Order::Command(publish(&topic)));
    counted.all_acknowledged(target.devices).await;
    Step::Acknowledged.reached();
}
