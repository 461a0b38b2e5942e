use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hdrhistogram::Histogram;

use crate::device::Phase;

/// How many devices are where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct States {
    /// Without power yet.
    pub off: usize,
    /// DNS, TCP, TLS or CONNECT is under way.
    pub connecting: usize,
    /// CONNACK has come.
    pub connected: usize,
    /// Waiting to reconnect.
    pub waiting: usize,
}

/// One second of a run.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Its end, since the start.
    pub at: Duration,
    /// Where the devices are.
    pub states: States,
    /// CONNACKs with code 0.
    pub connects: u64,
    /// Messages handed to clients.
    pub published: u64,
    /// From PUBLISH to its acknowledgement, in microseconds.
    pub acknowledged: Histogram<u64>,
}

/// What came of a fleet so far. Histograms are of microseconds.
#[derive(Clone, Debug)]
pub struct Figures {
    /// Since the start.
    pub elapsed: Duration,
    /// Where the devices are now.
    pub states: States,
    /// Devices that have been connected at least once.
    pub ever_connected: usize,
    /// When the last of them was for the first time.
    pub all_connected_at: Option<Duration>,
    /// CONNACKs with code 0.
    pub connects: u64,
    /// Messages handed to clients.
    pub published: u64,
    /// PUBACK and PUBCOMP.
    pub acknowledged: u64,
    /// Telemetry that the observer received.
    pub observed: u64,
    /// Sequence numbers that the observer did not see though it saw later ones.
    pub lost: u64,
    /// Sequence numbers that it saw again.
    pub duplicated: u64,
    /// Wills that it saw: status `offline`.
    pub wills: u64,
    /// What went wrong, in the words of the error events, and how often.
    pub failures: BTreeMap<String, u64>,
    /// From the loss of a connection to the next CONNACK.
    pub reconnect: Histogram<u64>,
    /// From the device's clock at the measurement to the observer's at the delivery.
    pub delivery: Histogram<u64>,
    /// Each second so far. Shared: figures are asked for while the devices run.
    pub timeline: Vec<Arc<Sample>>,
    pub(super) phases: [Histogram<u64>; 4],
}

impl Figures {
    pub(super) fn new(devices: usize) -> Self {
        Self {
            elapsed: Duration::ZERO,
            states: States { off: devices, ..States::default() },
            ever_connected: 0,
            all_connected_at: None,
            connects: 0,
            published: 0,
            acknowledged: 0,
            observed: 0,
            lost: 0,
            duplicated: 0,
            wills: 0,
            failures: BTreeMap::new(),
            reconnect: histogram(),
            delivery: histogram(),
            timeline: Vec::new(),
            phases: std::array::from_fn(|_| histogram()),
        }
    }

    /// How long the steps of one kind took.
    pub fn phase(&self, phase: Phase) -> &Histogram<u64> {
        &self.phases[phase as usize]
    }
}

/// Two digits: a value is at most 1 % too high.
pub(super) fn histogram() -> Histogram<u64> {
    match Histogram::new(2) {
        Ok(histogram) => histogram,
        Err(_) => unreachable!("two digits are allowed"),
    }
}

/// Counts a duration in microseconds.
pub(super) fn record(histogram: &mut Histogram<u64>, took: Duration) {
    // It grows as it must.
    let _ = histogram.record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
}
