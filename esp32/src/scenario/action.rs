use std::time::Duration;

use serde::{Deserialize, Deserializer};

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
    /// The device gets another certificate and key.
    Certificate {
        /// Entries of flash after which power goes; none: it does not.
        cut_after: Option<usize>,
    },
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

/// What becomes of bytes on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkState {
    /// Connections are reset, and no new ones open.
    Down,
    /// Connections stay, and no byte arrives.
    HalfOpen,
    /// As it should be.
    Up,
}

pub(super) fn milliseconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    u64::deserialize(deserializer).map(Duration::from_millis)
}
