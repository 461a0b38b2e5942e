use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::distribution::Distribution;

/// What a run came to: what `--format json` prints and `merge` reads.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Figures {
    pub(crate) broker: Broker,
    /// Seconds since 1970, to lay the timelines of several workers over each other.
    pub(crate) started_at: u64,
    pub(crate) seconds: f64,
    pub(crate) seed: u64,
    pub(crate) fleet: Fleet,
    pub(crate) devices: Devices,
    pub(crate) messages: Messages,
    /// What went wrong, in the words of the device's error event, and how often.
    pub(crate) failures: BTreeMap<String, u64>,
    /// In the order in which a device goes through them.
    pub(crate) phases: Vec<Phase>,
    pub(crate) timeline: Vec<Sample>,
    /// The broker's own figures, where they could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sys: Option<Sys>,
    /// What was asked for and could not be judged.
    #[serde(default)]
    pub(crate) not_judged: Vec<String>,
    /// What was promised and not kept.
    pub(crate) broken: Vec<String>,
}

impl Figures {
    /// Whether everything was judged and every promise kept.
    pub(crate) fn is_well(&self) -> bool {
        self.not_judged.is_empty() && self.broken.is_empty()
    }

    /// What is said of a run where all is well.
    pub(crate) fn praise(&self) -> String {
        let lost = match self.messages.delivered {
            Some(_) => "nothing was lost",
            None => "nobody looked whether something was lost (--observer)",
        };
        format!("every device connected, {lost}")
    }
}

/// The thing under test.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Broker {
    pub(crate) address: String,
    /// Of a broker that the command started, or whose observer may read `$SYS`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<String>,
}

/// Which part of which fleet a report is of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fleet {
    /// Devices of all workers.
    pub(crate) devices: u32,
    pub(crate) workers: u32,
    /// The workers whose devices these are, from 1.
    pub(crate) slices: Vec<u32>,
}

/// Devices, counted.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Devices {
    /// That were simulated.
    pub(crate) total: u64,
    /// That were never switched on, because the run was stopped before.
    #[serde(default)]
    pub(crate) off: u64,
    /// That were connected at least once.
    pub(crate) connected: u64,
    /// That were connected at the end.
    pub(crate) connected_at_end: u64,
    /// CONNACKs with code 0 beyond the first of each device.
    pub(crate) reconnects: u64,
    pub(crate) by_firmware: BTreeMap<String, u64>,
}

/// Messages, counted.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Messages {
    pub(crate) published: u64,
    pub(crate) acknowledged: u64,
    /// What the observer saw; `None` without one.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(crate) delivered: Option<Delivered>,
}

/// Telemetry, as the observer received it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Delivered {
    pub(crate) observed: u64,
    pub(crate) lost: u64,
    pub(crate) duplicated: u64,
}

/// A step of a device's way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Step {
    /// From the host's name to an open TCP connection.
    Tcp,
    /// The TLS handshake.
    Tls,
    /// From CONNECT to CONNACK.
    ConnAck,
    /// From the first PUBLISH of QoS 1 or 2 to its PUBACK or PUBCOMP.
    PubAck,
    /// From a measurement on the device to its arrival at the observer.
    Delivery,
    /// From the loss of a connection to the next CONNACK.
    Reconnect,
}

impl Step {
    pub(crate) const ALL: [Self; 6] =
        [Self::Tcp, Self::Tls, Self::ConnAck, Self::PubAck, Self::Delivery, Self::Reconnect];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Tcp => "TCP connect",
            Self::Tls => "TLS handshake",
            Self::ConnAck => "CONNECT to CONNACK",
            Self::PubAck => "PUBLISH to PUBACK",
            Self::Delivery => "measurement to observer",
            Self::Reconnect => "loss to next CONNACK",
        }
    }
}

/// How long a step took.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Phase {
    #[serde(rename = "name")]
    pub(crate) step: Step,
    #[serde(flatten)]
    pub(crate) took: Distribution,
}

/// One second of a run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Sample {
    /// Its end, in seconds since the start.
    pub(crate) at: u64,
    /// Devices that were connected then.
    pub(crate) connected: u64,
    /// CONNACKs with code 0 in it.
    pub(crate) connects: u64,
    /// From PUBLISH to PUBACK, of those that ended in it.
    pub(crate) acknowledged: Distribution,
}

/// A cross-check: what the broker said of itself last, and what the devices had done by then.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Sys {
    /// Seconds since the start.
    pub(crate) at: f64,
    /// `$SYS/broker/clients/connected`: the observers are clients too.
    pub(crate) connected: u64,
    /// By how much `$SYS/broker/publish/messages/received` had grown.
    pub(crate) published: u64,
    /// Devices that were connected by their own account.
    pub(crate) devices_connected: u64,
    /// Messages that they had handed to their clients.
    pub(crate) devices_published: u64,
}
