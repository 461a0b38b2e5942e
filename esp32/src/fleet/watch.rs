use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

use super::Figures;
use super::figures::{Sample, histogram, record};
use crate::client::Event;
use crate::device::{Phase, Probe};

/// Where one device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Off,
    Connecting,
    Connected,
    Waiting,
}

struct Seen {
    figures: Figures,
    devices: Vec<(State, Option<Instant>, bool)>,
    /// Of the second that has begun.
    connects: u64,
    published: u64,
    acknowledged: Histogram<u64>,
}

/// Looks on at all devices.
pub(super) struct Watch {
    started: Instant,
    seen: Mutex<Seen>,
}

impl Watch {
    pub(super) fn new(devices: usize) -> Self {
        let seen = Seen {
            figures: Figures::new(devices),
            devices: vec![(State::Off, None, false); devices],
            connects: 0,
            published: 0,
            acknowledged: histogram(),
        };
        Self { started: Instant::now(), seen: Mutex::new(seen) }
    }

    pub(super) fn figures(&self) -> Figures {
        let mut figures = self.seen().figures.clone();
        figures.elapsed = self.started.elapsed();
        figures
    }

    /// Ends a second.
    pub(super) fn sample(&self) {
        let mut seen = self.seen();
        let sample = Sample {
            at: self.started.elapsed(),
            states: seen.figures.states,
            connects: std::mem::take(&mut seen.connects),
            published: std::mem::take(&mut seen.published),
            acknowledged: std::mem::replace(&mut seen.acknowledged, histogram()),
        };
        seen.figures.timeline.push(Arc::new(sample));
    }

    pub(super) fn observed(&self, lost: u64, duplicated: u64, took: Option<Duration>) {
        let mut seen = self.seen();
        let figures = &mut seen.figures;
        figures.observed += 1;
        // A message that comes late was counted as lost before.
        figures.lost += lost;
        figures.duplicated += duplicated;
        if let Some(took) = took {
            record(&mut figures.delivery, took);
        }
    }

    pub(super) fn found_again(&self) {
        let mut seen = self.seen();
        seen.figures.lost = seen.figures.lost.saturating_sub(1);
        seen.figures.observed += 1;
    }

    /// A device has no power any more, or was stopped.
    pub(super) fn off(&self, device: usize) {
        self.seen().enter(device, State::Off);
    }

    pub(super) fn will(&self) {
        self.seen().figures.wills += 1;
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    fn enter(&mut self, device: usize, state: State) {
        let Some((before, ..)) = self.devices.get_mut(device) else { return };
        let before = std::mem::replace(before, state);
        *self.count(before) -= 1;
        *self.count(state) += 1;
    }

    fn count(&mut self, state: State) -> &mut usize {
        let states = &mut self.figures.states;
        match state {
            State::Off => &mut states.off,
            State::Connecting => &mut states.connecting,
            State::Connected => &mut states.connected,
            State::Waiting => &mut states.waiting,
        }
    }

    fn connected(&mut self, device: usize, now: Instant, elapsed: Duration) {
        self.enter(device, State::Connected);
        self.connects += 1;
        self.figures.connects += 1;
        let devices = self.devices.len();
        let Some((_, lost_at, ever)) = self.devices.get_mut(device) else { return };
        let first = !std::mem::replace(ever, true);
        let lost_at = lost_at.take();
        if let Some(lost_at) = lost_at {
            record(&mut self.figures.reconnect, now - lost_at);
        }
        if first {
            self.figures.ever_connected += 1;
            if self.figures.ever_connected == devices {
                self.figures.all_connected_at = Some(elapsed);
            }
        }
    }

    fn disconnected(&mut self, device: usize, now: Instant) {
        self.enter(device, State::Waiting);
        if let Some((_, lost_at, true)) = self.devices.get_mut(device) {
            lost_at.get_or_insert(now);
        }
    }
}

impl Probe for Watch {
    fn phase(&self, _device: usize, phase: Phase, took: Duration) {
        let mut seen = self.seen();
        record(&mut seen.figures.phases[phase as usize], took);
        if phase == Phase::PubAck {
            record(&mut seen.acknowledged, took);
        }
    }

    fn event(&self, device: usize, event: &Event<'_>) {
        let mut seen = self.seen();
        match event {
            Event::BeforeConnect => seen.enter(device, State::Connecting),
            Event::Connected { .. } => seen.connected(device, Instant::now(), self.started.elapsed()),
            Event::Disconnected => seen.disconnected(device, Instant::now()),
            Event::Error(codes) => {
                *seen.figures.failures.entry(codes.to_string()).or_default() += 1;
            }
            Event::Published(_) => seen.figures.acknowledged += 1,
            _ => {}
        }
    }

    fn published(&self, _device: usize) {
        let mut seen = self.seen();
        seen.figures.published += 1;
        seen.published += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Watch;
    use crate::device::{Phase, Probe};

    #[test]
    fn a_long_step_is_not_cut_to_what_was_long_before() {
        let watch = Watch::new(1);
        for took in [Duration::from_micros(3), Duration::from_secs(70)] {
            watch.phase(0, Phase::Tls, took);
        }
        let figures = watch.figures();
        let longest = Duration::from_micros(figures.phase(Phase::Tls).max());
        assert!(longest >= Duration::from_secs(70), "{longest:?}");
    }
}
