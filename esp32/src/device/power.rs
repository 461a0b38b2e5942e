use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

/// Why a device booted (`esp_reset_reason_t`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResetReason {
    /// `ESP_RST_BROWNOUT`: the voltage dropped too low.
    Brownout,
    /// `ESP_RST_DEEPSLEEP`: it slept.
    DeepSleep,
    /// `ESP_RST_POWERON`: power came.
    PowerOn,
    /// `ESP_RST_SW`: `esp_restart`.
    Software,
}

impl ResetReason {
    /// Whether the time of day is lost too: the RTC timer survives every reset but this one.
    pub fn loses_clock(self) -> bool {
        self == Self::PowerOn
    }
}

impl fmt::Display for ResetReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Brownout => "brownout",
            Self::DeepSleep => "deep-sleep",
            Self::PowerOn => "power-on",
            Self::Software => "reset",
        })
    }
}

/// What became of the supply. All of RAM goes with [`Down`](Self::Down): client, outbox, connection. Flash stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PowerChange {
    /// The firmware starts from the beginning.
    Boot(ResetReason),
    /// The firmware is gone, without a word to the broker.
    Down,
}

/// Where a device stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PowerState {
    /// It runs, until the voltage drops again.
    Brownout {
        /// Resets to come.
        resets: u32,
        /// Time from one to the next.
        every: Duration,
        /// When the next one comes.
        next: Duration,
    },
    /// Only the RTC runs.
    DeepSleep {
        /// When it wakes up.
        until: Duration,
    },
    /// No power.
    Off,
    /// It runs.
    On,
}

/// The supply of a device, without I/O. What cannot happen in a state does nothing: a reset without power, say.
///
/// `now` is the time since the device first had power; it does not start again with a reset.
#[derive(Clone, Debug)]
pub struct Power {
    state: PowerState,
    changes: VecDeque<PowerChange>,
}

impl Default for Power {
    fn default() -> Self {
        Self { state: PowerState::Off, changes: VecDeque::new() }
    }
}

impl Power {
    /// Where it stands.
    pub fn state(&self) -> PowerState {
        self.state
    }

    /// Whether firmware runs.
    pub fn is_running(&self) -> bool {
        matches!(self.state, PowerState::On | PowerState::Brownout { .. })
    }

    /// Power comes.
    pub fn power_on(&mut self) {
        if self.state == PowerState::Off {
            self.state = PowerState::On;
            self.changes.push_back(PowerChange::Boot(ResetReason::PowerOn));
        }
    }

    /// Power goes, out of sleep too.
    pub fn power_cut(&mut self) {
        self.fall(PowerState::Off);
    }

    /// `esp_restart`. It does not end a loop of brown-outs.
    pub fn reset(&mut self) {
        if self.is_running() {
            let state = self.state;
            self.fall(state);
            self.changes.push_back(PowerChange::Boot(ResetReason::Software));
        }
    }

    /// `esp_deep_sleep`.
    pub fn deep_sleep(&mut self, now: Duration, time: Duration) {
        if self.is_running() {
            self.fall(PowerState::DeepSleep { until: now.saturating_add(time) });
        }
    }

    /// A tired battery: the device resets `resets` times, `every` so often, then holds.
    pub fn brownout_loop(&mut self, now: Duration, resets: u32, every: Duration) {
        if self.is_running() {
            self.state = match resets {
                0 => PowerState::On,
                _ => PowerState::Brownout { resets, every, next: now.saturating_add(every) },
            };
        }
    }

    /// When [`poll`](Self::poll) must be called at the latest; in the past for "at once".
    pub fn wake_at(&self) -> Option<Duration> {
        match self.state {
            _ if !self.changes.is_empty() => Some(Duration::ZERO),
            PowerState::Brownout { next, .. } => Some(next),
            PowerState::DeepSleep { until } => Some(until),
            PowerState::Off | PowerState::On => None,
        }
    }

    /// What happened, in its order, until there is no more.
    pub fn poll(&mut self, now: Duration) -> Option<PowerChange> {
        if self.changes.is_empty() {
            match self.state {
                PowerState::Brownout { resets, every, next } if next <= now => {
                    self.fall(match resets {
                        0 | 1 => PowerState::On,
                        _ => PowerState::Brownout {
                            resets: resets - 1,
                            every,
                            next: next.saturating_add(every),
                        },
                    });
                    self.changes.push_back(PowerChange::Boot(ResetReason::Brownout));
                }
                PowerState::DeepSleep { until } if until <= now => {
                    self.state = PowerState::On;
                    self.changes.push_back(PowerChange::Boot(ResetReason::DeepSleep));
                }
                _ => {}
            }
        }
        self.changes.pop_front()
    }

    fn fall(&mut self, to: PowerState) {
        if self.is_running() {
            self.changes.push_back(PowerChange::Down);
        }
        self.state = to;
    }
}
