/// Why a firmware cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FirmwareError {
    /// Not a firmware: wrong syntax, an unknown key, a value out of range. The text names line and key.
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
    /// No such firmware is built in.
    #[error("no firmware {name:?}; there are {}", super::Firmware::NAMES.join(", "))]
    Unknown {
        /// What was asked for.
        name: String,
    },
}
