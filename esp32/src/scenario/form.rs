use std::time::Duration;

use serde::Deserialize;

use super::action::milliseconds;
use super::{Action, ScenarioError};

/// Devices and what happens to them.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Scenario {
    /// How many.
    pub devices: usize,
    /// What they run, dealt out by weight, in turn.
    #[serde(default = "as_it_comes")]
    pub firmware: Vec<FirmwareShare>,
    /// Each gets power anywhere within this time; 0: all at once.
    #[serde(default, rename = "boot-within-ms", deserialize_with = "milliseconds")]
    pub boot_within: Duration,
    /// What happens to them, in any order.
    #[serde(default)]
    pub steps: Vec<Step>,
}

/// Firmware of a part of the devices.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FirmwareShare {
    /// See [`Firmware`](crate::firmware::Firmware).
    pub name: String,
    /// Of so many parts.
    pub weight: u32,
}

/// Something that happens to some devices.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Step {
    /// When, since the scenario began.
    #[serde(rename = "at-ms", deserialize_with = "milliseconds")]
    pub at: Duration,
    /// To each of them anywhere within this time from then; 0: to all at once.
    #[serde(default, rename = "within-ms", deserialize_with = "milliseconds")]
    pub within: Duration,
    /// To whom.
    #[serde(default)]
    pub devices: Selection,
    /// What.
    pub action: Action,
}

/// Some of the devices.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Selection {
    /// Each.
    #[default]
    All,
    /// So large a part of them, from 0 to 1, drawn by lot.
    Fraction(f64),
    /// These, counted from 0.
    Only(Vec<usize>),
}

fn as_it_comes() -> Vec<FirmwareShare> {
    vec![FirmwareShare { name: "idf-5.5".into(), weight: 1 }]
}

impl Scenario {
    /// So many devices of `idf-5.5` that boot together, and nothing happens to them.
    pub fn new(devices: usize) -> Self {
        Self { devices, firmware: as_it_comes(), boot_within: Duration::ZERO, steps: Vec::new() }
    }

    /// Reads and checks one.
    pub fn from_toml(text: &str) -> Result<Self, ScenarioError> {
        let scenario: Self = toml::from_str(text)?;
        scenario.check()?;
        Ok(scenario)
    }

    /// What they run instead: names and weights.
    #[must_use]
    pub fn firmware<'a>(mut self, shares: impl IntoIterator<Item = (&'a str, u32)>) -> Self {
        let share = |(name, weight): (&str, u32)| FirmwareShare { name: name.to_owned(), weight };
        self.firmware = shares.into_iter().map(share).collect();
        self
    }

    /// Each boots anywhere within this time.
    #[must_use]
    pub fn boot_within(mut self, within: Duration) -> Self {
        self.boot_within = within;
        self
    }

    /// At `at`, `action` happens to `devices`, to all of them at once.
    #[must_use]
    pub fn step(mut self, at: Duration, devices: Selection, action: Action) -> Self {
        self.steps.push(Step { at, within: Duration::ZERO, devices, action });
        self
    }

    pub(super) fn check(&self) -> Result<(), ScenarioError> {
        if self.devices == 0 {
            return Err(ScenarioError::NoDevices);
        }
        if self.firmware.iter().all(|share| share.weight == 0) {
            return Err(ScenarioError::NoFirmware);
        }
        for (step, Step { devices, action, .. }) in self.steps.iter().enumerate() {
            action.check(step)?;
            match devices {
                Selection::All => {}
                Selection::Fraction(fraction) if (0.0..=1.0).contains(fraction) => {}
                &Selection::Fraction(fraction) => return Err(ScenarioError::Fraction { step, fraction }),
                Selection::Only(only) => {
                    if let Some(&device) = only.iter().find(|device| **device >= self.devices) {
                        return Err(ScenarioError::Device { step, device, devices: self.devices });
                    }
                }
            }
        }
        Ok(())
    }
}
