use std::time::Duration;

use serde::{Deserialize, Deserializer};

use super::ScenarioError;

/// Bytes of the largest PSRAM that a module of the ESP32 maps.
const RAM: u64 = 4 * 1024 * 1024;

/// Bytes that a message in the outbox takes beside its payload, roughly.
const OVERHEAD: u64 = 128;

/// What is done to a device.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub enum Action {
    /// The voltage drops: see [`Power::brownout_loop`](crate::device::Power::brownout_loop).
    Brownout {
        /// How often.
        resets: u32,
        /// Time between two.
        #[serde(rename = "every-ms", deserialize_with = "milliseconds")]
        every: Duration,
    },
    /// Many messages at once.
    Burst {
        /// How many.
        messages: u32,
        /// Bytes of each.
        bytes: usize,
    },
    /// Another certificate and then its key are written to flash. The firmware reads both at its next boot.
    Certificate {
        /// Entries after which power goes, and comes back: 0, 1 or 2; none: it does not.
        cut_after: Option<usize>,
    },
    /// Its name server changes.
    Dns(DnsState),
    /// It sleeps, and boots.
    DeepSleep {
        /// How long.
        #[serde(rename = "for-ms", deserialize_with = "milliseconds")]
        time: Duration,
    },
    /// Its network changes.
    Link(LinkState),
    /// The supply goes.
    PowerCut,
    /// The supply comes.
    PowerOn,
    /// `esp_restart`.
    Reset,
    /// SNTP answers.
    Sntp,
}

impl Action {
    /// Until what it began is over.
    pub(super) fn lasts(&self) -> Duration {
        match self {
            Self::Brownout { resets, every } => every.saturating_mul(*resets),
            Self::DeepSleep { time } => *time,
            _ => Duration::ZERO,
        }
    }

    /// Whether a device can do it that is called upon as `step`.
    pub(super) fn check(&self, step: usize) -> Result<(), ScenarioError> {
        match self {
            Self::Brownout { every: Duration::ZERO, .. } => Err(ScenarioError::Brownout { step }),
            Self::Burst { messages, bytes } => {
                let bytes = u64::try_from(*bytes).unwrap_or(u64::MAX).saturating_add(OVERHEAD);
                match bytes.saturating_mul(u64::from(*messages)) {
                    0..=RAM => Ok(()),
                    _ => Err(ScenarioError::Burst { step, most: RAM, overhead: OVERHEAD }),
                }
            }
            &Self::Certificate { cut_after: Some(cut_after @ 3..) } => {
                Err(ScenarioError::CutAfter { step, cut_after })
            }
            _ => Ok(()),
        }
    }
}

/// What becomes of a name that is looked up. Connections stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DnsState {
    /// It is found.
    Found,
    /// It is not, nor is an address, as if the broker had a name.
    Lost,
}

/// What becomes of bytes on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkState {
    /// Connections are reset, and no new ones open.
    Down,
    /// Connections stay, and no byte arrives.
    HalfOpen,
    /// Every byte arrives so much later, in both directions.
    #[serde(rename = "latency-ms", deserialize_with = "milliseconds")]
    Latency(Duration),
    /// Nothing moves, and nothing is lost.
    Stalled,
    /// As it should be.
    Up,
}

pub(super) fn milliseconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    u64::deserialize(deserializer).map(Duration::from_millis)
}
