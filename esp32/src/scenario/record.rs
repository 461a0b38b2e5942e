use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Action, Fate, Trace};
use crate::client::Event;
use crate::device::{KeyPair, Probe, ResetReason};

/// Looks on at one device, through all of its boots.
pub(super) struct Record {
    started: Instant,
    fate: Mutex<Fate>,
}

impl Record {
    pub(super) fn new(started: Instant, trace: Trace) -> Self {
        Self { started, fate: Mutex::new(Fate::new(trace)) }
    }

    pub(super) fn action(&self, action: &Action) {
        let now = self.now();
        self.fate().trace.action(now, action);
    }

    pub(super) fn boot(&self, reason: ResetReason, key_pair: KeyPair) {
        let now = self.now();
        let mut fate = self.fate();
        fate.trace.boot(now, reason, key_pair);
        *fate.boots.entry(reason).or_default() += 1;
        fate.is_running = true;
        fate.key_pair = key_pair;
    }

    pub(super) fn down(&self) {
        let now = self.now();
        let mut fate = self.fate();
        fate.trace.down(now);
        fate.is_running = false;
        fate.is_connected = false;
    }

    pub(super) fn written(&self, key_pair: KeyPair) {
        self.fate().key_pair = key_pair;
    }

    pub(super) fn snapshot(&self) -> Fate {
        self.fate().clone()
    }

    /// Since the play began.
    pub(super) fn now(&self) -> Duration {
        self.started.elapsed()
    }

    fn fate(&self) -> MutexGuard<'_, Fate> {
        self.fate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Probe for Record {
    fn event(&self, _device: usize, event: &Event<'_>) {
        let now = self.now();
        let mut fate = self.fate();
        fate.trace.event(now, event);
        match event {
            Event::Connected { .. } => {
                fate.is_connected = true;
                fate.connects += 1;
            }
            Event::Disconnected => fate.is_connected = false,
            Event::Published(_) => fate.acknowledged += 1,
            _ => {}
        }
    }

    fn published(&self, _device: usize) {
        self.fate().published += 1;
    }
}
