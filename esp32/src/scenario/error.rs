/// Why a scenario cannot be played.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ScenarioError {
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
    /// Nothing to deal out: no firmware, or all weights are 0.
    #[error("no firmware with a weight above 0")]
    NoFirmware,
    /// Wrong syntax, an unknown key, a value out of range. The text names line and key.
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
}
