use std::collections::{BTreeMap, VecDeque};
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use super::means::Means;
use super::part::Part;
use super::{Links, Outcome, Play, PlayError, Scenario, ScenarioError};
use crate::client::{Broker, Config, Verification};
use crate::firmware::Firmware;
use crate::fleet::Identity;
use crate::mqtt::QoS;

/// Where scenarios are played: the broker, and what devices need to reach it.
#[must_use = "a stage does nothing until something is played on it"]
pub struct Stage {
    broker: Broker,
    firmware: Vec<Arc<Firmware>>,
    identities: Box<dyn Fn(usize) -> Identity + Send + Sync>,
    means: Means,
    cadence: Duration,
    qos: QoS,
    duration: Option<Duration>,
}

impl Stage {
    /// Devices `device-0`, `device-1` and so on, without a login, that publish telemetry of QoS 1 every 10 s to this
    /// broker. The trust anchor of its verification is in their flash.
    pub fn new(broker: Broker) -> Self {
        Self {
            broker,
            firmware: Vec::new(),
            identities: Box::new(|device| Identity { id: format!("device-{device}"), login: None }),
            means: Means::default(),
            cadence: Duration::from_secs(10),
            qos: QoS::AtLeastOnce,
            duration: None,
        }
    }

    /// A firmware that scenarios may name beside the built-in ones, or in the place of one.
    pub fn firmware(mut self, firmware: Firmware) -> Self {
        self.firmware.push(Arc::new(firmware));
        self
    }

    /// Who the devices are.
    pub fn identities(mut self, of: impl Fn(usize) -> Identity + Send + Sync + 'static) -> Self {
        self.identities = Box::new(of);
        self
    }

    /// The network between the devices and the broker. They verify the broker's own name all the same.
    pub fn links(mut self, links: Arc<dyn Links>) -> Self {
        self.means.links = Some(links);
        self
    }

    /// Who makes a device's certificate and key, both PEM: the first for the factory, another for each
    /// [`Action::Certificate`](super::Action::Certificate).
    pub fn certificates<E: Into<Box<dyn Error + Send + Sync>>>(
        mut self,
        issue: impl Fn(usize) -> Result<(String, String), E> + Send + Sync + 'static,
    ) -> Self {
        self.means.certificates = Some(Arc::new(move |device| issue(device).map_err(Into::into)));
        self
    }

    /// How often each device publishes telemetry, and with which quality of service.
    pub fn telemetry(self, cadence: Duration, qos: QoS) -> Self {
        Self { cadence, qos, ..self }
    }

    /// When it ends, instead of 30 s after everything planned is over.
    pub fn lasting(self, duration: Duration) -> Self {
        Self { duration: Some(duration), ..self }
    }

    /// Plays a scenario to its end.
    pub async fn play(&self, scenario: &Scenario, seed: u64) -> Result<Outcome, PlayError> {
        self.start(scenario, seed)?.outcome(std::future::pending()).await
    }

    /// Begins to play. Must be called within a runtime of tokio.
    ///
    /// # Errors
    /// When the scenario cannot be played here, before any device has power.
    pub fn start(&self, scenario: &Scenario, seed: u64) -> Result<Play, PlayError> {
        let (plan, duration) = scenario.plan_within(seed, self.duration, self.means.links.is_some())?;
        for step in &plan {
            self.means.admit(&step.action)?;
        }
        let parts = self.parts(scenario)?;
        let mut steps = vec![VecDeque::new(); parts.len()];
        for step in plan {
            steps[step.device].push_back(step);
        }
        Play::begin(parts, steps, self.means.clone(), seed, duration)
    }

    fn parts(&self, scenario: &Scenario) -> Result<Vec<Part>, PlayError> {
        let mut firmware = BTreeMap::new();
        for share in &scenario.firmware {
            let own = self.firmware.iter().find(|firmware| firmware.name == share.name);
            let found =
                own.map_or_else(|| Firmware::named(&share.name).map(Arc::new), |own| Ok(Arc::clone(own)));
            firmware.insert(share.name.as_str(), found?);
        }
        let of = |device| scenario.firmware_of(device).and_then(|name| firmware.get(name)).map(Arc::clone);
        (0..scenario.devices)
            .map(|device| {
                let firmware = of(device).ok_or(ScenarioError::NoFirmware)?;
                Ok(self.part(device, firmware))
            })
            .collect()
    }

    fn part(&self, device: usize, firmware: Arc<Firmware>) -> Part {
        Part {
            device,
            identity: (self.identities)(device),
            config: self.config(device, &firmware.client),
            firmware,
            trust_anchor: self.broker.verification.certificate.clone(),
            means: self.means.clone(),
            cadence: self.cadence,
            qos: self.qos,
        }
    }

    /// What a build decides of the verification stays, unless the stage says another name.
    fn config(&self, device: usize, firmware: &Config) -> Config {
        let build = &firmware.broker.verification;
        let verification = Verification {
            common_name: self.broker.verification.common_name.clone().or_else(|| build.common_name.clone()),
            ..build.clone()
        };
        let mut broker = Broker { verification, ..self.broker.clone() };
        if let Some(links) = &self.means.links {
            let address = links.address(device);
            broker.verification.common_name.get_or_insert(broker.hostname);
            broker.hostname = address.ip().to_string();
            broker.port = Some(address.port());
        }
        Config { broker, ..firmware.clone() }
    }
}
