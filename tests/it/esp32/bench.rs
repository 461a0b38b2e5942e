use std::sync::Arc;
use std::time::Duration;

use esp32_sim::client::{Address, Client, Config, Credentials, Event};
use esp32_sim::device::{Application, Command, Device, Order, Orders, Setup};
use esp32_sim::mqtt::QoS;
use esp32_sim::plantops::Sensor;
use esp32_sim::tls::{Clock, Profile};
use mosquitto_fixtures::broker::{Broker, Line};
use mosquitto_fixtures::client::{Connection, QoS as Quality, Transport};
use mosquitto_fixtures::deployment::Deployment;
use mosquitto_fixtures::link::Link;
use mosquitto_fixtures::pki::Password;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::deployment_copy::repository;

pub(super) const SENSOR: &str = "sensor-1";

/// This repository's own broker, with a backend and a sensor.
pub(super) async fn broker(line: Line) -> Broker {
    let deployment = Deployment::open(repository()).unwrap();
    let broker = Broker::deployment(&deployment).line(line).throwaway_certificates();
    broker.user("backend", Password::random()).user(SENSOR, Password::random()).start().await.unwrap()
}

/// How a sensor reaches a broker over TLS: verified with the deployment's own `ca.crt`, and with times that a test can
/// wait for.
pub(super) fn config(broker: &Broker) -> Config {
    let endpoint = broker.endpoint(Transport::Tls).unwrap();
    let mut config =
        Config { broker: endpoint.url().parse::<Address>().unwrap().into(), ..Config::default() };
    config.broker.verification.certificate =
        Some(std::fs::read_to_string(broker.ca_file().unwrap()).unwrap());
    // Mbed TLS 2.28 compares no addresses with the certificate.
    config.broker.verification.common_name = Some("localhost".into());
    config.network.reconnect_timeout = Duration::from_millis(200);
    config.credentials = credentials(broker, SENSOR);
    config.session.last_will = Some(Sensor::last_will(SENSOR));
    config
}

/// A link to the TLS listener, and the configuration that goes through it.
pub(super) async fn linked(broker: &Broker) -> (Link, Config) {
    let link = Link::to(broker.address(Transport::Tls).unwrap()).await.unwrap();
    let mut config = config(broker);
    config.broker.port = Some(link.address().port());
    (link, config)
}

pub(super) fn credentials(broker: &Broker, user: &str) -> Credentials {
    let (_, password) = broker.users().iter().find(|(name, _)| name == user).unwrap();
    let mut credentials =
        Credentials { client_id: Some(user.into()), username: Some(user.into()), ..Credentials::default() };
    credentials.authentication.password = Some(password.reveal().into());
    credentials
}

/// A backend that hears of what is below the sensor's topic.
pub(super) async fn backend(broker: &Broker, below: &str) -> Connection {
    let mut backend = broker.attempt_as("backend", Transport::Tcp).unwrap().connect().await.unwrap();
    backend.subscribe(&format!("plantops/{SENSOR}/{below}"), Quality::AtLeastOnce).await.unwrap();
    backend
}

/// A sensor that measures once an hour, and a line for each of its events.
pub(super) struct Bench {
    pub(super) orders: mpsc::UnboundedSender<Order>,
    events: mpsc::UnboundedReceiver<String>,
    device: JoinHandle<()>,
}

impl Bench {
    pub(super) fn power_on(config: Config) -> Self {
        Self::with(
            config,
            &Profile::default(),
            Setup::host_clock(),
            Duration::from_secs(3_600),
            QoS::AtLeastOnce,
        )
    }

    pub(super) fn with(config: Config, tls: &Profile, clock: Clock, cadence: Duration, qos: QoS) -> Self {
        let setup = Arc::new(Setup::new(config, tls, Arc::clone(&clock)));
        let client = Client::new(Arc::clone(setup.config()), [0x24, 0x6F, 0x28, 1, 2, 3], 1);
        let (sender, events) = mpsc::unbounded_channel();
        let (orders, receiver) = mpsc::unbounded_channel();
        let sensor = Recorded { sensor: Sensor::new(SENSOR, cadence, qos, clock, 1), events: sender };
        let device = Device::new(setup, client, sensor, Arc::new(()), 0);
        let device = tokio::spawn(async move {
            device.run(&mut Orders::Own(receiver)).await;
        });
        Self { orders, events, device }
    }

    /// Every event up to and including the first one that begins like this.
    pub(super) async fn until(&mut self, beginning: &str) -> Vec<String> {
        let mut seen = Vec::new();
        loop {
            let next = tokio::time::timeout(Duration::from_secs(30), self.events.recv()).await;
            let Ok(Some(event)) = next else { panic!("no {beginning:?} after {seen:#?}") };
            let last = event.starts_with(beginning);
            seen.push(event);
            if last {
                return seen;
            }
        }
    }

    pub(super) fn publish(&self, topic: &str, payload: &[u8], qos: QoS) {
        let command =
            Command::Publish { topic: topic.to_owned(), payload: payload.to_vec(), qos, retain: false };
        self.orders.send(Order::Command(command)).unwrap();
    }

    pub(super) async fn end(self, order: Order) {
        self.orders.send(order).unwrap();
        self.device.await.unwrap();
    }
}

struct Recorded {
    sensor: Sensor,
    events: mpsc::UnboundedSender<String>,
}

impl Application for Recorded {
    fn on_event(&mut self, now: Duration, event: &Event<'_>, commands: &mut Vec<Command>) {
        let line = match event {
            Event::Connected { session_present } => format!("CONNECTED {session_present}"),
            Event::Data(data) => {
                format!("DATA {} {}+{}/{}", data.topic, data.offset, data.data.len(), data.total)
            }
            Event::Disconnected => "DISCONNECTED".to_owned(),
            Event::Error(codes) => format!(
                "ERROR {:04X} {:04X} {:X} {}",
                codes.transport.esp_err.0,
                codes.transport.stack_err,
                codes.transport.verify_flags,
                codes.connect_return_code
            ),
            other => format!("{other:?}").to_uppercase(),
        };
        // Nobody may listen any more.
        let _ = self.events.send(line);
        self.sensor.on_event(now, event, commands);
    }

    fn wake_at(&self) -> Option<Duration> {
        self.sensor.wake_at()
    }

    fn on_wake(&mut self, now: Duration, commands: &mut Vec<Command>) {
        self.sensor.on_wake(now, commands);
    }
}
