use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The device's own time of day. There is no battery behind it: it starts at 1970-01-01 and runs on until SNTP steps
/// it. Resets and deep sleep leave it alone, a power cut does not (ESP-IDF, "System Time", "RTC timer").
///
/// `now` is the time since the device first had power; it does not start again with a reset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WallClock {
    /// Parts per million too fast; too slow if negative.
    drift_ppm: i32,
    /// When it was last set, and to what.
    set_at: Duration,
    set_to: Duration,
    synchronised: bool,
}

impl WallClock {
    /// A clock at 1970-01-01 that runs `drift_ppm` parts per million too fast.
    pub fn new(drift_ppm: i32) -> Self {
        Self { drift_ppm, set_at: Duration::ZERO, set_to: Duration::ZERO, synchronised: false }
    }

    /// SNTP answered: it is `unix`, since 1970.
    pub fn sntp_step(&mut self, now: Duration, unix: Duration) {
        *self = Self { drift_ppm: self.drift_ppm, set_at: now, set_to: unix, synchronised: true };
    }

    /// Power is back after a cut: it is 1970 again.
    pub fn power_on(&mut self, now: Duration) {
        *self = Self { set_at: now, ..Self::new(self.drift_ppm) };
    }

    /// Whether SNTP answered since power came.
    pub fn is_synchronised(&self) -> bool {
        self.synchronised
    }

    /// What the device takes for the time of day.
    pub fn time(&self, now: Duration) -> SystemTime {
        let elapsed = now.saturating_sub(self.set_at);
        let drift = elapsed.mul_f64(f64::from(self.drift_ppm.unsigned_abs()) / 1e6);
        let elapsed = match self.drift_ppm {
            0.. => elapsed.saturating_add(drift),
            _ => elapsed.saturating_sub(drift),
        };
        UNIX_EPOCH.checked_add(self.set_to.saturating_add(elapsed)).unwrap_or(UNIX_EPOCH)
    }
}
