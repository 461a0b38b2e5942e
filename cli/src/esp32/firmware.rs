use std::path::Path;

use esp32_sim::client::{Broker, Config, Verification};
use esp32_sim::firmware::Firmware;
use esp32_sim::fleet;
use mosquitto_fixtures::foreign::{self, Kind};

use super::Error;
use super::one_line::one_line;
use super::options::Share;
use super::target::Target;

/// A part of the fleet, with this broker's address.
pub(crate) fn resolve(share: &Share, firmware: Firmware, target: &Target) -> fleet::Share {
    let Firmware { client, tls, .. } = firmware;
    let (reached, build) = (target.broker(), client.broker.verification);
    let verification = Verification {
        certificate: reached.verification.certificate,
        common_name: reached.verification.common_name.or(build.common_name),
        ..build
    };
    let config = Config { broker: Broker { verification, ..reached }, ..client };
    fleet::Share { name: share.firmware.clone(), config, tls, weight: share.weight }
}

/// What is built in under a name, or a file of this folder has.
pub(crate) fn read(firmware: &str, folder: &Path) -> Result<Firmware, Error> {
    let file = folder.join(firmware);
    if file.extension().is_none_or(|extension| extension != "toml") {
        let named = Firmware::named(firmware);
        return named.map_err(|cause| Error::NoSuchFirmware { cause: one_line(&cause) });
    }
    let path = || file.clone();
    let text = foreign::read_text(&file, Kind::Firmware)?;
    let parsed = Firmware::from_toml(&text);
    parsed.map_err(|cause| Error::Firmware { path: path(), cause: one_line(&cause) })
}
