use std::sync::Arc;
use std::time::Duration;

use esp32_sim::client::{Broker, Client, Config, Data, ErrorType, Event, LastWill};
use esp32_sim::device::{self, Application, Command, Device, Orders, Setup};
use esp32_sim::mqtt;
use esp32_sim::tls::{Profile, Stack};
use mosquitto_fixtures::client::QoS;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;

use super::player::{Order, Said};
use super::role::{Role, Task, WILL};

/// The simulated ESP32.
pub(super) async fn play(
    role: Role,
    stack: Stack,
    mut orders: UnboundedReceiver<Order>,
    voice: UnboundedSender<Said>,
) {
    let setup = Setup::new(config(&role), &Profile { stack, ..Profile::default() }, Setup::host_clock());
    let client = Client::new(Arc::clone(setup.config()), [0x24, 0x6F, 0x28, 1, 2, 3], 1);
    let (unacknowledged, mut acknowledged) = watch::channel(0);
    let task = role.task.clone();
    let application = Actor { role, voice, unacknowledged: unacknowledged.clone() };
    let device = Device::new(Arc::new(setup), client, application, Arc::new(()), 0);
    let (sender, receiver) = unbounded_channel();
    let obeying = async {
        while let Some(order) = orders.recv().await {
            let order = match order {
                Order::CutOff => device::Order::PowerCut,
                Order::Leave => {
                    acknowledged.wait_for(|open| *open == 0).await.unwrap();
                    device::Order::Stop
                }
                Order::Publish(payload) => {
                    unacknowledged.send_modify(|open| *open += 1);
                    device::Order::Command(publish(&task, payload))
                }
            };
            sender.send(order).unwrap();
        }
    };
    let mut receiver = Orders::Own(receiver);
    tokio::select! {
        _ = device.run(&mut receiver) => {}
        () = obeying => {}
    }
}

fn config(role: &Role) -> Config {
    let mut config = Config {
        broker: Broker {
            hostname: role.address.ip().to_string(),
            port: Some(role.address.port()),
            tls: true,
            ..Broker::default()
        },
        ..Config::default()
    };
    config.broker.verification.certificate = Some(std::fs::read_to_string(&role.authority).unwrap());
    // Mbed TLS 2.28 compares no addresses with the certificate.
    config.broker.verification.common_name = Some("localhost".into());
    config.credentials.client_id = Some(role.client.name().into());
    config.credentials.username = Some(role.client.name().into());
    config.credentials.authentication.password = Some(role.password.clone());
    config.session.keepalive = role.keep_alive;
    config.session.disable_clean_session = !role.clean_session;
    config.session.last_will = role.will.clone().map(|topic| LastWill {
        topic,
        msg: WILL.into(),
        qos: mqtt::QoS::AtLeastOnce,
        retain: false,
    });
    config.session.message_retransmit_timeout = role.resends_after;
    config.network.disable_auto_reconnect = !role.reconnects;
    config.network.reconnect_timeout = Duration::from_millis(200);
    config
}

fn publish(task: &Task, payload: String) -> Command {
    let Task::Publish { topic, qos, retain } = task else { panic!("it subscribes") };
    let (topic, payload) = (topic.clone(), payload.into_bytes());
    Command::Publish { topic, payload, qos: quality(*qos), retain: *retain }
}

fn quality(qos: QoS) -> mqtt::QoS {
    match qos {
        QoS::AtMostOnce => mqtt::QoS::AtMostOnce,
        QoS::AtLeastOnce => mqtt::QoS::AtLeastOnce,
        QoS::ExactlyOnce => mqtt::QoS::ExactlyOnce,
    }
}

/// A firmware that does what its role says, and no more.
struct Actor {
    role: Role,
    voice: UnboundedSender<Said>,
    unacknowledged: watch::Sender<usize>,
}

impl Actor {
    fn message(&self, data: &Data<'_>) -> Said {
        assert_eq!(data.data.len(), data.total, "in parts");
        let payload = str::from_utf8(data.data).unwrap();
        Said::Message(self.role.client.delivery(data.qos as u8, data.retain, data.topic, payload))
    }
}

impl Application for Actor {
    fn on_event(&mut self, _: Duration, event: &Event<'_>, commands: &mut Vec<Command>) {
        let said = match event {
            Event::Connected { .. } => {
                if let Task::Subscribe { filter, qos } = &self.role.task {
                    commands.push(Command::Subscribe { filter: filter.clone(), qos: quality(*qos) });
                }
                Said::Connected
            }
            Event::Data(data) => self.message(data),
            Event::Error(codes) if codes.error_type == ErrorType::ConnectionRefused => {
                Said::Refused(format!("connect_return_code {}", codes.connect_return_code))
            }
            Event::Disconnected | Event::Error(_) => Said::Complaint(format!("{event:?}")),
            Event::Published(_) => {
                self.unacknowledged.send_modify(|open| *open -= 1);
                Said::Acknowledged
            }
            Event::Subscribed { .. } => Said::Subscribed,
            _ => return,
        };
        // Nobody may listen any more.
        let _ = self.voice.send(said);
    }
}
