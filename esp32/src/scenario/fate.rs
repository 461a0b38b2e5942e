use std::collections::BTreeMap;

use super::Trace;
use crate::device::{KeyPair, ResetReason};

/// What became of one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fate {
    /// Its last events.
    pub trace: Trace,
    /// How often it booted, by reason.
    pub boots: BTreeMap<ResetReason, u64>,
    /// Whether its firmware runs: it has power, and does not sleep.
    pub is_running: bool,
    /// Whether CONNACK has come and the connection still stands.
    pub is_connected: bool,
    /// What stands in its flash.
    pub key_pair: KeyPair,
    /// CONNACKs with code 0.
    pub connects: u64,
    /// Messages handed to its clients, one after another.
    pub published: u64,
    /// Those that the broker acknowledged.
    pub acknowledged: u64,
}

impl Fate {
    pub(super) fn new(trace: Trace) -> Self {
        Self {
            trace,
            boots: BTreeMap::new(),
            is_running: false,
            is_connected: false,
            key_pair: KeyPair::Absent,
            connects: 0,
            published: 0,
            acknowledged: 0,
        }
    }

    /// Whether it has power and no connection.
    pub fn is_lost(&self) -> bool {
        self.is_running && !self.is_connected
    }
}
