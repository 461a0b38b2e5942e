use std::time::Duration;

use super::Figures;

/// What one may ask of a fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promise {
    /// Every device was connected so long after the start.
    AllConnectedWithin(Duration),
    /// The observer saw telemetry, and no sequence number twice.
    NothingDuplicated,
    /// The observer saw telemetry, and each sequence number below the highest.
    NothingLost,
    /// Of the reconnects, all but 1 in 100 took at most so long.
    ReconnectWithin(Duration),
    /// The observer saw so many wills.
    Wills(u64),
}

/// A promise that was not kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{promise:?}: {seen}")]
pub struct Unmet {
    /// What was asked.
    pub promise: Promise,
    /// What there was instead.
    pub seen: String,
}

impl Promise {
    /// Holds the figures to it.
    pub fn check(self, figures: &Figures) -> Result<(), Unmet> {
        let unmet = |seen| Err(Unmet { promise: self, seen });
        match self {
            Self::AllConnectedWithin(limit) => match figures.all_connected_at {
                Some(at) if at <= limit => Ok(()),
                Some(at) => unmet(format!("after {:.1} s", at.as_secs_f64())),
                None => unmet(format!("{} devices were connected", figures.ever_connected)),
            },
            // Who sees nothing misses nothing: that proves nothing.
            Self::NothingDuplicated | Self::NothingLost if figures.observed == 0 => {
                unmet("the observer received nothing".to_owned())
            }
            Self::NothingDuplicated if figures.duplicated > 0 => {
                unmet(format!("{} were", figures.duplicated))
            }
            Self::NothingLost if figures.lost > 0 => unmet(format!("{} were", figures.lost)),
            Self::NothingDuplicated | Self::NothingLost => Ok(()),
            Self::ReconnectWithin(limit) => {
                let took = Duration::from_micros(figures.reconnect.value_at_quantile(0.99));
                if took <= limit { Ok(()) } else { unmet(format!("{:.1} s", took.as_secs_f64())) }
            }
            Self::Wills(count) if count == figures.wills => Ok(()),
            Self::Wills(_) => unmet(format!("{} were", figures.wills)),
        }
    }
}
