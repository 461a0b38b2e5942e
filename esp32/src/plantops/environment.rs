use std::f32::consts::TAU;
use std::time::Duration;

use oorandom::Rand32;

/// A plant on a window sill: the soil dries, the sun goes round, the battery empties.
#[derive(Clone, Debug)]
pub(super) struct Environment {
    moisture: f32,
    battery: f32,
    /// Warmer or colder than the others.
    offset: f32,
    watered: Duration,
}

/// Percent of the soil's water that an hour takes.
const DRYING: f32 = 0.8;
/// Volt that an hour takes of a cell that lasts for three months.
const DRAIN: f32 = 0.0004;
/// Volt at which the regulator gives up.
const EMPTY: f32 = 3.3;

impl Environment {
    pub(super) fn new(random: &mut Rand32) -> Self {
        Self {
            moisture: 40.0 + 40.0 * random.rand_float(),
            battery: 3.9 + 0.3 * random.rand_float(),
            offset: 4.0 * random.rand_float() - 2.0,
            watered: Duration::ZERO,
        }
    }

    /// Percent.
    pub(super) fn soil_moisture(&self, now: Duration) -> f32 {
        let hours = now.saturating_sub(self.watered).as_secs_f32() / 3600.0;
        self.moisture * (-DRYING / 100.0 * hours).exp()
    }

    /// Degrees Celsius; `day` is the time of day, from 0 to 1.
    pub(super) fn temperature(&self, day: f32, random: &mut Rand32) -> f32 {
        // Warmest in the middle of the afternoon.
        21.0 + self.offset + 5.0 * ((day - 0.375) * TAU).sin() + 0.2 * (random.rand_float() - 0.5)
    }

    /// Lux: none at night.
    pub(super) fn light(day: f32, random: &mut Rand32) -> f32 {
        let sun = ((day - 0.25) * TAU).sin().max(0.0);
        20_000.0 * sun * (0.8 + 0.2 * random.rand_float())
    }

    /// Volt.
    pub(super) fn battery(&self, now: Duration) -> f32 {
        (self.battery - DRAIN * now.as_secs_f32() / 3600.0).max(EMPTY)
    }

    pub(super) fn water(&mut self, now: Duration) {
        self.moisture = 85.0;
        self.watered = now;
    }
}
