/// Why a scenario cannot be played.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ScenarioError {
    /// A brown-out loop in which no time passes.
    #[error("step {step}: between two brown-outs there is time")]
    Brownout {
        /// Which step, from 0.
        step: usize,
    },
    /// More than a chip can hold.
    #[error("step {step}: a burst of at most {most} bytes is wanted, with {overhead} more for each message")]
    Burst {
        /// Which step, from 0.
        step: usize,
        /// Bytes of all messages.
        most: u64,
        /// What one takes beside its own.
        overhead: u64,
    },
    /// Certificate and key are two entries of flash.
    #[error("step {step}: power can go after 0, 1 or 2 entries, not {cut_after}: certificate and key are 2")]
    CutAfter {
        /// Which step, from 0.
        step: usize,
        /// What was given.
        cut_after: usize,
    },
    /// A step is for a device that there is not.
    #[error("step {step}: no device {device}, there are {devices}, from 0")]
    Device {
        /// Which step, from 0.
        step: usize,
        /// The device asked for.
        device: usize,
        /// How many there are.
        devices: usize,
    },
    /// A share of the devices is none.
    #[error("step {step}: a fraction from 0 to 1 is wanted, not {fraction}")]
    Fraction {
        /// Which step, from 0.
        step: usize,
        /// What was given.
        fraction: f64,
    },
    /// Nobody to play it.
    #[error("no devices")]
    NoDevices,
    /// Nothing to deal out: no firmware, or all weights are 0.
    #[error("no firmware with a weight above 0")]
    NoFirmware,
    /// Wrong syntax, an unknown key, a value out of range. The text names line and key.
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
}
