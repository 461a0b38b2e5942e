use std::path::Path;

use esp32_sim::client::{Address, Broker, Config, Verification};
use esp32_sim::firmware::{Firmware, FirmwareError};
use esp32_sim::fleet;

use super::Error;
use super::options::Share;
use super::target::Target;

/// A part of the fleet, with this broker's address.
pub(crate) fn resolve(share: &Share, firmware: Firmware, target: &Target) -> fleet::Share {
    let Firmware { client, tls, .. } = firmware;
    let mut verification =
        Verification { certificate: target.trust_anchor.clone(), ..client.broker.verification };
    let mut address = target.address.clone();
    if let Some((container, port)) = target.direct {
        // Its certificate has the names that a client of the published port uses.
        verification.common_name = Some("localhost".into());
        address = Address { host: container.to_string(), port, ..address };
    }
    let config = Config { broker: Broker { verification, ..address.into() }, ..client };
    fleet::Share { name: share.firmware.clone(), config, tls, weight: share.weight }
}

/// What is built in under a name, or a file has.
pub(crate) fn read(firmware: &str) -> Result<Firmware, Error> {
    let file = Path::new(firmware);
    if file.extension().is_none_or(|extension| extension != "toml") {
        let named = Firmware::named(firmware);
        return named.map_err(|cause| Error::NoSuchFirmware { cause: one_line(&cause) });
    }
    let path = || file.to_owned();
    let text = std::fs::read_to_string(file).map_err(|source| Error::Read { path: path(), source })?;
    let parsed = Firmware::from_toml(&text);
    parsed.map_err(|cause| Error::Firmware { path: path(), cause: one_line(&cause) })
}

/// Without the picture of the line that a TOML error draws.
fn one_line(error: &FirmwareError) -> String {
    let text = error.to_string();
    let drawn = |line: &&str| {
        line.trim_start_matches([' ', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']).starts_with('|')
    };
    text.lines().filter(|line| !drawn(line)).collect::<Vec<_>>().join(": ")
}
