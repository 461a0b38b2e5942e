use std::time::Duration;

use super::{Action, PlannedStep, PlayError, Scenario};
use crate::fleet::allow_files;

/// After the last step: a device that has just failed to connect waits for 10 to 15 s and tries again.
const SETTLING: Duration = Duration::from_secs(30);

/// A connection's own descriptor, and through a link its two others and the link's.
const FILES: (usize, usize) = (1, 4);

impl Scenario {
    /// Whether a step changes a link: then every device needs one.
    pub fn changes_links(&self) -> bool {
        self.steps.iter().any(|step| matches!(step.action, Action::Link(_)))
    }

    /// Whether it can be played on this computer, and in `duration` where one is given: what can be said before there is
    /// a broker. Raises the limit of file descriptors.
    pub fn fits(&self, seed: u64, duration: Option<Duration>) -> Result<(), PlayError> {
        self.plan_within(seed, duration, self.changes_links()).map(drop)
    }

    /// The plan and when it ends.
    pub(super) fn plan_within(
        &self,
        seed: u64,
        duration: Option<Duration>,
        linked: bool,
    ) -> Result<(Vec<PlannedStep>, Duration), PlayError> {
        // Before anything is made for each of them.
        allow_files(self.devices.saturating_mul(if linked { FILES.1 } else { FILES.0 }))?;
        let plan = self.plan(seed)?;
        let last = plan.last().map_or(Duration::ZERO, |step| step.at);
        let end = match duration {
            Some(duration) if duration < last => return Err(PlayError::TooShort { duration, last }),
            Some(duration) => duration,
            None => {
                let over = plan.iter().map(|step| step.at.saturating_add(step.action.lasts())).max();
                over.unwrap_or_default().saturating_add(SETTLING)
            }
        };
        Ok((plan, end))
    }
}
