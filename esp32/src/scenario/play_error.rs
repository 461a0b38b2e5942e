use std::time::Duration;

use super::ScenarioError;
use crate::firmware::FirmwareError;
use crate::fleet;

/// Why a scenario is not played. But for [`Certificate`](Self::Certificate) no device has had power then.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// None could be made.
    #[error("device {device} gets no certificate: {source}")]
    Certificate {
        /// Which device, from 0.
        device: usize,
        /// What the maker says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A firmware that is neither the stage's own nor built in.
    #[error(transparent)]
    Firmware(#[from] FirmwareError),
    /// This computer has not enough of something.
    #[error(transparent)]
    Limits(#[from] fleet::Error),
    /// A certificate is to be written, and the stage has none.
    #[error("the scenario writes certificates, and there is nobody who makes them")]
    NoCertificates,
    /// A device is to do something, and is not there.
    #[error("no device {device}, there are {devices}, from 0")]
    NoDevice {
        /// The device asked for.
        device: usize,
        /// How many there are.
        devices: usize,
    },
    /// A link is to change, and the stage has none.
    #[error("the scenario changes links, and the devices have none")]
    NoLinks,
    /// Not a scenario.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// The end comes before the last step.
    #[error("the last step comes after {last:?}, and the end after {duration:?}")]
    TooShort {
        /// When everything ends.
        duration: Duration,
        /// When the last step would come.
        last: Duration,
    },
}
