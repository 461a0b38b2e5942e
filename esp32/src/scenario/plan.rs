use std::time::Duration;

use oorandom::Rand64;

use super::{Action, Scenario, ScenarioError, Selection};
use crate::firmware::deal;

/// What happens to one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedStep {
    /// When, since the scenario began.
    pub at: Duration,
    /// To which, from 0.
    pub device: usize,
    /// What.
    pub action: Action,
}

impl Scenario {
    /// Everything that happens, in its order: each device's [`Action::PowerOn`] first, unless a step is earlier. The
    /// same seed gives the same plan.
    pub fn plan(&self, seed: u64) -> Result<Vec<PlannedStep>, ScenarioError> {
        self.check()?;
        let mut random = Rand64::new(seed.into());
        let mut plan: Vec<PlannedStep> = (0..self.devices)
            .map(|device| PlannedStep {
                at: any(self.boot_within, &mut random),
                device,
                action: Action::PowerOn,
            })
            .collect();
        for step in &self.steps {
            for device in self.selected(&step.devices, &mut random) {
                let at = step.at.saturating_add(any(step.within, &mut random));
                plan.push(PlannedStep { at, device, action: step.action.clone() });
            }
        }
        // Stable: what happens at the same moment stays in the order of the scenario.
        plan.sort_by_key(|step| step.at);
        Ok(plan)
    }

    /// The name of what `device` runs; `None` if there is nothing to deal out.
    pub fn firmware_of(&self, device: usize) -> Option<&str> {
        let share = deal(device, self.firmware.iter().map(|share| share.weight))?;
        self.firmware.get(share).map(|share| share.name.as_str())
    }

    fn selected(&self, selection: &Selection, random: &mut Rand64) -> Vec<usize> {
        match selection {
            Selection::All => (0..self.devices).collect(),
            Selection::Fraction(fraction) => {
                let wanted = (fraction * self.devices as f64).round() as usize;
                let mut devices: Vec<usize> = (0..self.devices).collect();
                // The first steps of a Fisher-Yates shuffle: as many as are wanted.
                for index in 0..wanted {
                    let other = random.rand_range(index as u64..self.devices as u64) as usize;
                    devices.swap(index, other);
                }
                devices.truncate(wanted);
                devices.sort_unstable();
                devices
            }
            Selection::Only(only) => only.clone(),
        }
    }
}

/// A moment anywhere in `within`.
fn any(within: Duration, random: &mut Rand64) -> Duration {
    within.mul_f64(random.rand_float())
}
