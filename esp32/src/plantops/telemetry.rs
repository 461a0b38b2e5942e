use serde::{Deserialize, Serialize};

/// One measurement. Written with the sequence number first.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Telemetry {
    /// 0, 1, 2 … since power-on: a gap is a loss, a number twice is a duplicate.
    pub sequence: u32,
    /// Microseconds since 1970 by the device's clock.
    pub time_us: u64,
    /// Percent.
    pub soil_moisture: f32,
    /// Degrees Celsius.
    pub temperature: f32,
    /// Lux.
    pub light: f32,
    /// Volt.
    pub battery: f32,
}
