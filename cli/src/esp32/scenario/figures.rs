use std::collections::BTreeMap;
use std::time::Duration;

use esp32_sim::device::KeyPair;
use esp32_sim::scenario::{Fate, Outcome, Scenario};
use serde::Serialize;

use super::super::figures::Broker;
use super::super::target::Target;

/// What a scenario came to: what `--format json` prints.
#[derive(Debug, Serialize)]
pub(super) struct Figures {
    pub(super) broker: Broker,
    pub(super) seconds: f64,
    pub(super) seed: u64,
    pub(super) devices: Devices,
    /// By reason.
    pub(super) boots: BTreeMap<String, u64>,
    /// CONNACKs with code 0.
    pub(super) connects: u64,
    pub(super) published: u64,
    pub(super) acknowledged: u64,
    /// The last events of those that are lost, of at most five.
    pub(super) traces: Vec<String>,
    /// What was asked for and could not be judged.
    pub(super) not_judged: Vec<String>,
    /// What was promised and not kept.
    pub(super) broken: Vec<String>,
}

/// Devices, counted at the end.
#[derive(Debug, Serialize)]
pub(super) struct Devices {
    pub(super) total: u64,
    pub(super) by_firmware: BTreeMap<String, u64>,
    pub(super) running: u64,
    /// Of those that run, without a connection.
    pub(super) lost: u64,
    /// Whose certificate and key in flash do not belong together.
    pub(super) torn: u64,
}

impl Figures {
    /// Of a scenario that was `stopped` nobody knows what would have become of the devices.
    pub(super) fn of(
        scenario: &Scenario,
        target: &Target,
        took: Duration,
        outcome: &Outcome,
        stopped: bool,
    ) -> Self {
        let fates = &outcome.fates;
        let count = |so: fn(&Fate) -> bool| fates.iter().filter(|fate| so(fate)).count() as u64;
        let sum = |of: fn(&Fate) -> u64| fates.iter().map(of).sum();
        let mut by_firmware = BTreeMap::new();
        for name in (0..fates.len()).filter_map(|device| scenario.firmware_of(device)) {
            *by_firmware.entry(name.to_owned()).or_default() += 1;
        }
        let mut boots = BTreeMap::new();
        for (reason, count) in fates.iter().flat_map(|fate| &fate.boots) {
            *boots.entry(reason.to_string()).or_default() += count;
        }
        let devices = Devices {
            total: fates.len() as u64,
            by_firmware,
            running: count(|fate| fate.is_running),
            lost: count(Fate::is_lost),
            torn: count(|fate| !matches!(fate.key_pair, KeyPair::Absent | KeyPair::Matching)),
        };
        let seconds = took.as_secs_f64();
        let (not_judged, broken) = match devices.lost {
            _ if stopped => {
                (vec![format!("the scenario was stopped after {seconds:.1} s, before its end")], Vec::new())
            }
            0 => Default::default(),
            lost => (
                Vec::new(),
                vec![format!("{lost} of {} devices have power and no connection", devices.total)],
            ),
        };
        Self {
            broker: target.described(None),
            seconds,
            seed: outcome.seed,
            devices,
            boots,
            connects: sum(|fate| fate.connects),
            published: sum(|fate| fate.published),
            acknowledged: sum(|fate| fate.acknowledged),
            traces: outcome.lost().take(Outcome::SHOWN).map(|fate| fate.trace.to_string()).collect(),
            not_judged,
            broken,
        }
    }
}
