use std::sync::Arc;
use std::time::Duration;

use super::PlayError;
use super::means::Means;
use crate::client::Config;
use crate::device::{Entry, Flash};
use crate::firmware::Firmware;
use crate::fleet::Identity;
use crate::mqtt::QoS;

/// What one device is given to play with.
pub(super) struct Part {
    /// Which it is, from 0.
    pub(super) device: usize,
    pub(super) identity: Identity,
    pub(super) firmware: Arc<Firmware>,
    /// The firmware's, with the broker as this device reaches it. What flash has, is not in it.
    pub(super) config: Config,
    pub(super) trust_anchor: Option<String>,
    pub(super) means: Means,
    pub(super) cadence: Duration,
    pub(super) qos: QoS,
}

impl Part {
    /// Flash as it leaves the factory.
    pub(super) fn flash(&self) -> Result<Flash, PlayError> {
        let mut entries = vec![Entry::FirmwareVersion(self.firmware.name.clone())];
        entries.extend(self.trust_anchor.clone().map(Entry::CaCertificates));
        if self.means.certificates.is_some() {
            entries.extend(self.means.certificate(self.device)?);
        }
        let mut flash = Flash::default();
        // Nobody cuts the power in the factory.
        let _ = flash.write(entries);
        Ok(flash)
    }
}
