use std::time::{Duration, UNIX_EPOCH};

use oorandom::Rand32;

use super::download::Download;
use super::environment::Environment;
use super::{Acknowledgement, Telemetry};
use crate::client::{Data, Event, LastWill};
use crate::device::{Application, Command};
use crate::mqtt::QoS;
use crate::tls::Clock;

/// A sensor: measures on a cadence, obeys commands.
pub struct Sensor {
    id: Box<str>,
    cadence: Duration,
    qos: QoS,
    clock: Clock,
    random: Rand32,
    environment: Environment,
    /// When it measures next; while there is a connection.
    next: Option<Duration>,
    sequence: u32,
    /// For a client that does not reconnect by itself.
    reconnect_after: Option<Duration>,
    reconnect_at: Option<Duration>,
    download: Option<Box<Download>>,
}

impl Sensor {
    /// A sensor that publishes telemetry every `cadence` with `qos`.
    pub fn new(id: &str, cadence: Duration, qos: QoS, clock: Clock, seed: u64) -> Self {
        let mut random = Rand32::new(seed);
        let environment = Environment::new(&mut random);
        Self {
            id: id.into(),
            cadence,
            qos,
            clock,
            random,
            environment,
            next: None,
            sequence: 0,
            reconnect_after: None,
            reconnect_at: None,
            download: None,
        }
    }

    /// With a firmware that connects again itself, for a client that does not.
    #[must_use]
    pub fn reconnecting_after(self, wait: Duration) -> Self {
        Self { reconnect_after: Some(wait), ..self }
    }

    /// What the broker says of it when it is lost.
    pub fn last_will(id: &str) -> LastWill {
        LastWill { topic: status_topic(id), msg: b"offline".to_vec(), qos: QoS::AtLeastOnce, retain: true }
    }

    /// How many measurements were published.
    pub fn sequence(&self) -> u32 {
        self.sequence
    }

    fn measure(&mut self, now: Duration) -> Telemetry {
        let time = (self.clock)().duration_since(UNIX_EPOCH).unwrap_or_default();
        let day = (time.as_secs() % 86_400) as f32 / 86_400.0;
        let sequence = self.sequence;
        self.sequence = sequence.wrapping_add(1);
        Telemetry {
            sequence,
            time_us: u64::try_from(time.as_micros()).unwrap_or(u64::MAX),
            soil_moisture: tenths(self.environment.soil_moisture(now)),
            temperature: tenths(self.environment.temperature(day, &mut self.random)),
            light: Environment::light(day, &mut self.random).round(),
            battery: (self.environment.battery(now) * 100.0).round() / 100.0,
        }
    }

    fn on_data(&mut self, now: Duration, data: &Data<'_>, commands: &mut Vec<Command>) {
        if data.offset == 0 {
            let below = data.topic.strip_prefix("plantops/").and_then(|rest| rest.strip_prefix(&*self.id));
            let Some(command) = below.and_then(|rest| rest.strip_prefix("/commands/")) else { return };
            self.download = Some(Box::new(Download::new(command)));
        }
        let Some(download) = &mut self.download else { return };
        download.add(data.data);
        if data.offset + data.data.len() < data.total {
            return;
        }
        let Some(download) = self.download.take() else { return };
        let acknowledgement = self.obey(now, *download);
        commands.push(self.publish("status/ack", &acknowledgement, QoS::AtLeastOnce));
    }

    fn obey(&mut self, now: Duration, download: Download) -> Acknowledgement {
        let (command, bytes) = (download.command.clone(), download.bytes);
        let number =
            str::from_utf8(&download.beginning).ok().and_then(|text| text.trim().parse::<u32>().ok());
        let (done, sha256) = match command.as_str() {
            "cadence" => match number.filter(|seconds| *seconds > 0) {
                Some(seconds) => {
                    self.cadence = Duration::from_secs(seconds.into());
                    self.next = self.next.map(|_| now + self.cadence);
                    (true, None)
                }
                None => (false, None),
            },
            "ota" => (true, Some(download.digest())),
            "ping" => (true, None),
            "water" => {
                self.environment.water(now);
                (true, None)
            }
            _ => (false, None),
        };
        Acknowledgement { command, done, bytes, sha256 }
    }

    fn publish(&self, below: &str, message: &impl serde::Serialize, qos: QoS) -> Command {
        let topic = format!("plantops/{}/{below}", self.id);
        // Numbers and strings can always be written.
        let payload = serde_json::to_vec(message).unwrap_or_default();
        Command::Publish { topic, payload, qos, retain: false }
    }
}

impl Application for Sensor {
    fn on_event(&mut self, now: Duration, event: &Event<'_>, commands: &mut Vec<Command>) {
        match event {
            Event::Connected { .. } => {
                let (topic, payload) = (status_topic(&self.id), b"online".to_vec());
                commands.push(Command::Publish { topic, payload, qos: QoS::AtLeastOnce, retain: true });
                let filter = format!("plantops/{}/commands/#", self.id);
                commands.push(Command::Subscribe { filter, qos: QoS::AtLeastOnce });
                // Not all at the same moment after an outage: each begins anywhere in its cadence.
                self.next = Some(now + self.cadence.mul_f32(self.random.rand_float()));
            }
            Event::Data(data) => self.on_data(now, data, commands),
            Event::Disconnected => {
                self.next = None;
                self.download = None;
                self.reconnect_at = self.reconnect_after.map(|wait| now + wait);
            }
            _ => {}
        }
    }

    fn wake_at(&self) -> Option<Duration> {
        self.next.or(self.reconnect_at)
    }

    fn on_wake(&mut self, now: Duration, commands: &mut Vec<Command>) {
        if self.reconnect_at.take_if(|at| *at <= now).is_some() {
            commands.push(Command::Reconnect);
        }
        if let Some(due) = self.next {
            let telemetry = self.measure(now);
            commands.push(self.publish("telemetry", &telemetry, self.qos));
            // A device that fell behind does not catch up.
            self.next = Some((due + self.cadence).max(now));
        }
    }
}

/// Where a sensor's status stands.
fn status_topic(id: &str) -> String {
    format!("plantops/{id}/status")
}

fn tenths(value: f32) -> f32 {
    (value * 10.0).round() / 10.0
}
